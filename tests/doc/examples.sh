#!/bin/sh
# SPDX-License-Identifier: MIT
# Every "$ netipc ..." of the manual pages and of README prints what stands below it.
#
# The examples run in tests/data, as the pages say; those of netipc-resolve(1) and
# netipc-rresolve(1) in the world that the head of tests/data/world.zone tells of; those of
# netipc-echo-client(1), netipc-echo-server(1) and netipc-tutorial(7) there too, in an empty folder,
# with an echo server at port 7.  A display whose output differs from machine to machine stands below a line
# .\" no-test  (README: a fence marked "no-test");  .\" little-endian  and  .\" glibc  keep one
# from machines of the other byte order and from other libcs;  .\" live  from those where sockets of
# another process cannot be looked at.
#
# A display with a command that ends in & is a session: one shell runs all of it, goes on when a
# server has printed its ready line, and what comes is compared as a whole; "kill $!" ends the
# server, and what is left at the end is ended too.
#
#	examples.sh here PAGE...	runs those of the PAGEs alone, and as the machine is
. "${srcdir:?run by make check}/tests/lib.sh"
mkdir "$tmp/bin"
cat >"$tmp/bin/netipc" <<END
#!/bin/sh
if [ "\$1" = echo-server ] && $(emulated && echo true || echo false); then
	shift
	set -- echo-server --no-sandbox "\$@" # an emulator has none, which the server would tell
fi
exec $NETIPC_EXEC "$NETIPC" "\$@"
END
cat >"$tmp/ready" <<'END'
# The server that was started last has printed its line, here or to a file.  Before the first of a
# session, ready is unset: what is in files then are lines of earlier sessions.
lines() {
	cat "$got" ./* 2>/dev/null | grep -c '^ready\|"event":"ready"'
}
if [ -z "${ready-}" ]; then
	ready=$(lines)
	return
fi
ready=$((ready + 1))
left=200
until [ "$(lines)" -ge "$ready" ]; do
	left=$((left - 1))
	[ "$left" -gt 0 ] || break
	sleep 0.05
done
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
			gsub(/\\e/, "\\", command)
			gsub(/\\&/, "", command)
			if (!session) {
				n++
				cmd = sprintf("%s/%03d.cmd", dir, n)
				want = sprintf("%s/%03d.want", dir, n)
				printf "" > want
			}
			if (command ~ / &$/ && !session)
				print "ready=\n. \"$lib\"" >> cmd
			print command >> cmd
			if (command ~ / &$/) {
				session = 1
				print "pids=\"$pids $!\"\n. \"$lib\"" >> cmd
			}
			if (command ~ /^kill /)
				print "wait $! 2>/dev/null" >> cmd
			close(cmd)
		}
		function close_display() {
			if (session)
				print "kill -s KILL $pids 2>/dev/null; wait" >> cmd
			if (want) {
				close(want)
				close(cmd)
			}
			display = session = skip = 0
			want = ""
		}
		function has(feature) {
			return index(features, " " feature " ") > 0
		}
		/^\.\\" no-test/ { skip = 1 }
		/^\.\\" (little-endian|big-endian|glibc|live)/ { skip = !has($2) }
		/^```/ {
			if (display) {
				close_display()
			} else {
				display = 1
				skip = skip || /no-test/ || !/console/ ||
					(/little-endian/ && !has("little-endian"))
			}
			next
		}
		/^\.Bd -literal/ { display = 1; next }
		/^\.Ed/ { close_display(); next }
		!display { next }
		skip { if (/^\$ netipc/) untested++; next }
		/^\$ / { if (want && !session) close(want); open_example(substr($0, 3)); next }
		want {
			gsub(/\\e/, "\\")
			gsub(/\\&/, "")
			print >> want
		}
		END { print untested + 0 }' "$1"
}

# masked FILE - in place: the durations, rates and ports of clients, which vary; answers with a jitter
# overtake one another, too, where a machine is held up
masked() {
	sed -E 's/(^|[^0-9.])[0-9]+(\.[0-9]+)? (us|ms|s)([^a-z]|$)/\1TIME\4/g
		s/(^|[^0-9.])[0-9]+(\.[0-9]+)? (us|ms|s)([^a-z]|$)/\1TIME\4/g
		s/[0-9]+ segments? sent again/N segments sent again/g; s/[0-9]+ to TIME/TIME to TIME/g; s/[0-9]+ (KiB|segments;)/N \1/g
		s/[0-9][0-9.e+]* [kMG]?B\/s/RATE/g; s/[0-9]+ a second/N a second/g
		s/window of [0-9N]+ segments(; RATE)?$/WINDOW/; s/( different| returned), [0-9]+ reordered$/\1/
		s/"([a-z0-9_]*_s)":[0-9.e-]+/"\1":TIME/g; s/"(rate|bandwidth)":[0-9]+/"\1":N/g
		s/(127\.0\.0\.1|\[::1\]):[3-6][0-9]{4}([^0-9]|$)/\1:PORT\2/g' "$1" |
		awk '/^<= / || /^\.\.\.$/ { if (!bars++) print "BARS"; next } { bars = 0; print }' >"$1.masked"
	mv "$1.masked" "$1"
}

# try_page PAGE - runs its examples
try_page() {
	case $1 in
	*/netipc-echo-* | */netipc-tutorial.7 | *README.md) room=$tmp/room mask=masked ;;
	*) room=$srcdir/tests/data mask=: ;;
	esac
	untested=$((untested + $(extract "$1")))
	for cmd in "$tmp"/*.cmd; do
		[ -e "$cmd" ] || continue
		n=$((n + 1))
		(cd "$room" && got=$tmp/got lib=$tmp/ready sh "$cmd") >"$tmp/got" 2>&1 </dev/null
		$mask "$tmp/got"
		$mask "${cmd%.cmd}.want"
		if ! diff -u "${cmd%.cmd}.want" "$tmp/got"; then
			echo "$1: this example prints something else: $(cat "$cmd")"
			bad=1
		fi
		rm -f "$cmd" "${cmd%.cmd}.want"
	done
}

mkdir "$tmp/room"
if [ "${1-}" = here ]; then
	shift
	for page in "$@"; do
		try_page "$page"
	done
	echo "$n examples of $* hold, $untested are not tested"
	[ "$n" -gt 0 ] && [ "$bad" -eq 0 ]
	exit
fi

# The pages in the world: this script again, in there
if [ $# -gt 0 ]; then
	serve_world
	if ! emulated && netipc sockopt show "$pid" >/dev/null 2>&1; then
		features="$features live"
	else
		left_out 'options of live sockets' 'they cannot be looked at here'
	fi
	for page in "$@"; do
		try_page "$page"
	done
	echo "$n more examples hold, $untested are not tested"
	exit $bad
fi

for page in "$srcdir"/man/*.[17] man/netipc-sockopt.7; do
	case $page in
	*/netipc-resolve.1 | */netipc-rresolve.1 | */netipc-echo-* | */netipc-tutorial.7) ;;
	*) try_page "$page" ;;
	esac
done
# README has a port of its own
if [ -z "$netns" ]; then
	left_out README.md 'no network namespace can be made here'
else
	in_netns sh "$0" here "$srcdir/README.md" || bad=1
fi
world=
for page in resolve rresolve echo-client echo-server; do
	world="$world $srcdir/man/netipc-$page.1"
done
world="$world $srcdir/man/netipc-tutorial.7"
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
