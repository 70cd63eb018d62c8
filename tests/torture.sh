#!/bin/sh
# SPDX-License-Identifier: MIT
# Each command line of tests/torture.commands with every allocation and each system call failing in
# turn, by tests/torture.c, in the world that the head of tests/data/world.zone tells of.
#
# EACH=N takes only each Nth fault, and FROM=I (0) another one as the first; ONLY=PATTERN only the
# lines in which grep finds that.  make torture takes all faults, make check some.
. "${srcdir:?run by make check}/tests/lib.sh"
EACH=${EACH-${NETIPC_TORTURE:-100}} FROM=${FROM:-0} ONLY=${ONLY-}

# The program that runs a line, and what it runs
driver=${builddir:?}/tests/torture
netipc=$builddir/tests/torture-netipc

if [ -z "${NETIPC_TORTURE_WORLD-}" ]; then
	emulated && skip 'the calls of the emulator would be seen'
	[ -x "$netipc" ] || skip 'this libc lets nobody stand before its allocator'
	NETIPC_TORTURE_WORLD=yes
	export NETIPC_TORTURE_WORLD EACH FROM ONLY
	# Of processes it has its own alone: sockopt goes through all that there are.
	own='unshare --pid --fork --mount-proc'
	# shellcheck disable=SC2086
	$netns $own true 2>/dev/null || skip 'no namespace of processes can be made here'
	# shellcheck disable=SC2086
	in_world "$srcdir/tests/data/world" $own sh "$0"
	_got=$?
	[ "$_got" -ne 99 ] || skip 'the files of /etc cannot be replaced here'
	exit "$_got"
fi

serve_world
start unix echo-server -q -U "$tmp/echo.sock"
wait_ready unix
holder held listen connect accept udp local
held=$pid
netipc sockopt set --all --listening "$held" keepalive=1 >/dev/null 2>&1 || exit 99

# The peer of a server: "$talk OPTION..."; the server shall serve in the end
cat >"$tmp/talk" <<'END'
case $* in *-U*) ready=${ready#unix:} ;; esac
for i in 1 2 3; do
	[ "$("$NETIPC" echo-client -t 5 "$@" "$ready" <"$tmp/words" | tail -n 1)" = three ] && exit 0
done
exit 1
END
# shellcheck disable=SC2034 # the lines of servers name it
talk="sh $tmp/talk"
export held tmp

# What commands read
cd "$srcdir/tests/data" || exit 99
printf '%s\n' 127.0.0.1 2001:db8::1 10.0.0.1 >"$tmp/addresses"
printf '%s\n' n1.bulk.test n2.bulk.test n3.bulk.test mail.example.org >"$tmp/names"
printf '%s\n' 10.1.2.3 192.0.2.80 192.0.2.25 >"$tmp/numbers"
printf 'one\ntwo\nthree\n' >"$tmp/words"
head -n 40 services >"$tmp/services"

# The sanitizers' reports go where the driver sees them.
# libc keeps what its resolver has in a thread until that ends, which may be after main().
ASAN_OPTIONS=${ASAN_OPTIONS-}:exitcode=126:fast_unwind_on_malloc=0
echo leak:__res_context_send >"$tmp/leaks"
LSAN_OPTIONS=${LSAN_OPTIONS-}:suppressions=$tmp/leaks:print_suppressions=0
export ASAN_OPTIONS LSAN_OPTIONS

runs=0 allocations=0 calls=0 lookups=0 findings=0 lines=0
while IFS='|' read -r options line; do
	case $options$line in
	'' | '#'*) continue ;;
	long*)
		[ "$EACH" -le 10 ] || continue
		options=${options#long}
		;;
	esac
	case $ONLY in
	'') ;;
	*) echo "$line" | grep -q -- "$ONLY" || continue ;;
	esac
	eval "set -- -s '$EACH' -f '$FROM' $options -- '$netipc' $line"
	"$driver" "$@" >"$tmp/torture" 2>&1 </dev/null
	got=$?
	case $got in
	0) pass "$line: $(tail -n 1 "$tmp/torture")" ;;
	77) skip "$(sed -n 's/^SKIP: //p' "$tmp/torture")" ;;
	*)
		fail "$line: status $got"
		sed 's/^/  /' "$tmp/torture"
		;;
	esac
	# shellcheck disable=SC2046 # five numbers
	set -- $(sed -n '/^[0-9]* runs, /s/[a-z,-]//gp' "$tmp/torture")
	lines=$((lines + 1)) runs=$((runs + ${1:-0})) allocations=$((allocations + ${2:-0}))
	calls=$((calls + ${3:-0})) lookups=$((lookups + ${4:-0})) findings=$((findings + ${5:-1}))
done <"$srcdir/tests/torture.commands"
echo "$lines command lines, $runs runs: $allocations allocations and $calls calls failed, $lookups" \
	"of them below libc's look-ups; $findings findings"
done_testing
