#!/bin/sh
# SPDX-License-Identifier: MIT
# Every "$ netipc ..." of the manual pages and of README prints what stands below it.
#
# The examples run in tests/data, as the pages say; those of netipc-resolve(1) and
# netipc-rresolve(1) in the world that the head of tests/data/world.zone tells of.  A display
# whose output differs from machine to machine stands below a line  .\" no-test  (README: a
# fence marked "no-test");  .\" little-endian  and  .\" glibc  keep one from machines of the
# other byte order and from other libcs.
. "${srcdir:?run by make check}/tests/lib.sh"
mkdir "$tmp/bin"
cat >"$tmp/bin/netipc" <<END
#!/bin/sh
exec $NETIPC_EXEC "$NETIPC" "\$@"
END
chmod +x "$tmp/bin/netipc"
PATH=$tmp/bin:$PATH
features=$(netipc --version | sed -n 's/^Features://p')
n=0
bad=0
untested=0

# extract FILE - writes $tmp/NNN.cmd and $tmp/NNN.want for each example of a page
extract() {
	awk -v dir="$tmp" -v features="$features " '
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
		function has(feature) {
			return index(features, " " feature " ") > 0
		}
		/^\.\\" no-test/ { skip = 1 }
		/^\.\\" (little-endian|big-endian|glibc)/ { skip = !has($2) }
		/^```/ {
			if (display) {
				display = 0
				skip = 0
				want = ""
			} else {
				display = 1
				skip = skip || /no-test/ || !/console/ ||
					(/little-endian/ && !has("little-endian"))
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

# try_page PAGE - runs its examples
try_page() {
	untested=$((untested + $(extract "$1")))
	for cmd in "$tmp"/*.cmd; do
		[ -e "$cmd" ] || continue
		n=$((n + 1))
		(cd "$srcdir/tests/data" && sh "$cmd") >"$tmp/got" 2>&1 </dev/null
		if ! diff -u "${cmd%.cmd}.want" "$tmp/got"; then
			echo "$1: this example prints something else: $(cat "$cmd")"
			bad=1
		fi
		rm -f "$cmd" "${cmd%.cmd}.want"
	done
}

# The pages in the world: this script again, in there
if [ $# -gt 0 ]; then
	ip addr add 192.0.2.10/24 dev lo && ip addr add 2001:db8::10/128 dev lo &&
		ip addr add 2001:db8::80/128 dev lo || exit 99
	fakedns world --zone "$srcdir/tests/data/world.zone" \
		--synth bulk.test --synth 10.in-addr.arpa \
		-a 127.0.0.53#53 -a ::1#53 -a 127.0.0.54#53 --refused -a 127.0.0.55#53 --loss 100 \
		-a 192.0.2.80#80
	wait_ready world
	for page in "$@"; do
		try_page "$page"
	done
	echo "$n of them hold"
	exit $bad
fi

for page in "$srcdir"/man/*.1 "$srcdir"/README.md; do
	case $page in
	*/netipc-resolve.1 | */netipc-rresolve.1) ;;
	*) try_page "$page" ;;
	esac
done
world="$srcdir/man/netipc-resolve.1 $srcdir/man/netipc-rresolve.1"
if [ -z "$netns" ]; then
	left_out "$world" 'no network namespace can be made here'
else
	# shellcheck disable=SC2086
	in_world "$srcdir/tests/data/world" sh "$0" $world
	case $? in
	0) ;;
	99) left_out "$world" 'the files of /etc cannot be replaced here' ;;
	*) bad=1 ;;
	esac
fi
echo "$n examples hold, $untested are not tested"
[ "$n" -gt 0 ] && [ "$bad" -eq 0 ] && [ "$untested" -lt "$n" ]
