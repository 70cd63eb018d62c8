#!/bin/sh
# SPDX-License-Identifier: MIT
# Every "$ netipc ..." of the manual pages and of README prints what stands below it.
#
# The examples run in tests/data, as the pages say.  A display whose output differs from
# machine to machine stands below a line  .\" no-test  (README: a fence marked "no-test");
# .\" little-endian  keeps one from machines of the other byte order.
: "${srcdir:?run by make check}"
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
mkdir "$tmp/bin"
cat >"$tmp/bin/netipc" <<EOF
#!/bin/sh
exec $NETIPC_EXEC "$NETIPC" "\$@"
EOF
chmod +x "$tmp/bin/netipc"
PATH=$tmp/bin:$PATH
order=$(netipc --version | grep -o '[a-z]*-endian')
n=0
bad=0
untested=0

# extract FILE - writes $tmp/NNN.cmd and $tmp/NNN.want for each example of a page
extract() {
	awk -v dir="$tmp" -v order="$order" '
		function open_example(command) {
			n++
			gsub(/\\e/, "\\", command)
			gsub(/\\&/, "", command)
			cmd = sprintf("%s/%03d.cmd", dir, n)
			want = sprintf("%s/%03d.want", dir, n)
			print command > cmd
			printf "" > want
			close(cmd)
		}
		/^\.\\" no-test/ { skip = 1 }
		/^\.\\" (little|big)-endian/ { skip = ($2 != order) }
		/^```/ {
			if (display) {
				display = 0
				skip = 0
				want = ""
			} else {
				display = 1
				skip = skip || /no-test/ || !/console/ ||
					(/endian/ && index($0, order) == 0)
			}
			next
		}
		/^\.Bd -literal/ { display = 1; next }
		/^\.Ed/ { display = 0; skip = 0; want = ""; next }
		!display { next }
		skip { if (/^\$ netipc/) untested++; next }
		/^\$ / { if (want) close(want); open_example(substr($0, 3)); next }
		want {
			gsub(/\\e/, "\\")
			gsub(/\\&/, "")
			print > want
		}
		END { print untested + 0 }' "$1"
}

for page in "$srcdir"/man/*.1 "$srcdir"/README.md; do
	[ -e "$page" ] || continue
	untested=$((untested + $(extract "$page")))
	for cmd in "$tmp"/*.cmd; do
		[ -e "$cmd" ] || continue
		n=$((n + 1))
		(cd "$srcdir/tests/data" && sh "$cmd") >"$tmp/got" 2>&1 </dev/null || :
		if ! diff -u "${cmd%.cmd}.want" "$tmp/got"; then
			echo "$page: this example prints something else: $(cat "$cmd")"
			bad=1
		fi
		rm -f "$cmd" "${cmd%.cmd}.want"
	done
done
echo "$n examples hold, $untested are not tested"
[ "$n" -gt 0 ] && [ "$bad" -eq 0 ] && [ "$untested" -lt "$n" ]
