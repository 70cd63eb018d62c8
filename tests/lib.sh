# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2034
# lib.sh - sourced by every shell test: run netipc, compare, skip with a reason
#
#	t "loopback" 0 'IPv4: 0x7f000001' '' addr --classic 127.0.0.1
#	   name   status stdout            stderr-glob   arguments of netipc
#
# NETIPC is the binary, NETIPC_EXEC what runs it (an emulator, valgrind; often empty),
# srcdir the source tree.  Everything that a test writes goes to $tmp, and every
# process that it starts is ended at the end, by its id.

set -u
: "${srcdir:?run by make check}" "${NETIPC:?run by make check}"
NETIPC_EXEC=${NETIPC_EXEC-}
tmp=$(mktemp -d) || exit 99
pids=
failures=0
cases=0

# A background job that a signal meets before it has given up this shell's traps runs them
# too: only the shell itself may clean up.
cleanup() {
	[ "$(exec sh -c 'echo "$PPID"')" = "$$" ] || return
	for _pid in $pids; do
		kill "$_pid" 2>/dev/null
	done
	rm -rf "$tmp"
}
trap cleanup EXIT
trap 'exit 99' HUP INT TERM

# skip REASON - end the whole script as skipped
skip() {
	echo "SKIP: $*"
	exit 77
}

# need TOOL... - skip if one is not installed
need() {
	for _tool in "$@"; do
		command -v "$_tool" >/dev/null 2>&1 || skip "$_tool is not installed"
	done
}

# emulated - under an emulator (some system calls and options are not there)
emulated() {
	case $NETIPC_EXEC in *qemu*) return 0 ;; esac
	return 1
}

# need_faults - skip where strace cannot make the system calls of netipc fail
need_faults() {
	emulated && skip 'strace would see the calls of the emulator'
	need strace
	strace -o /dev/null -e inject=getppid:error=EPERM true 2>/dev/null ||
		skip 'ptrace is refused here'
	ASAN_OPTIONS=detect_leaks=0${ASAN_OPTIONS:+:$ASAN_OPTIONS} # it cannot run below ptrace
	export ASAN_OPTIONS
}

# inject CALL:FAULT... - what netipc starts with from now on; strace stays in the background, so
# that the process has its own id
inject() {
	NETIPC_EXEC=
	for _fault in "$@"; do
		NETIPC_EXEC="$NETIPC_EXEC -e inject=$_fault"
	done
	NETIPC_EXEC="strace -D -f -o /dev/null $NETIPC_EXEC"
}

# outcome NAME STATUS STDOUT-GLOB STDERR-GLOB GOT - a run with the status GOT and its output in
# $tmp/out and $tmp/err
outcome() {
	if [ "$5" -eq "$2" ] && like "$3" "$(cat "$tmp/out")" && like "$4" "$(cat "$tmp/err")"; then
		pass "$1"
	else
		fail "$1: status $5, wanted $2: $(head -c 700 "$tmp/out") $(head -c 500 "$tmp/err")"
	fi
}

# netipc ARG... - the binary under test
netipc() {
	# shellcheck disable=SC2086 # NETIPC_EXEC is a command and its arguments
	$NETIPC_EXEC "$NETIPC" "$@"
}

pass() {
	cases=$((cases + 1))
	echo "ok - $1"
}

fail() {
	cases=$((cases + 1))
	failures=$((failures + 1))
	echo "not ok - $1"
}

# left_out NAME REASON - a part of a script that this machine cannot run; a whole one: skip
left_out() {
	echo "left out - $1: $2"
}

# like GLOB TEXT - TEXT matches GLOB
like() {
	# shellcheck disable=SC2254 # a pattern is wanted
	case $2 in $1) return 0 ;; esac
	return 1
}

# input: a file that the next t or tj gives as standard input; /dev/null if empty
input=

# t NAME STATUS STDOUT STDERR-GLOB ARG... - run netipc ARG... and compare all three.
# STDOUT is exact (its last newline left out); '*' takes anything.
t() {
	_name=$1 _status=$2 _out=$3 _err=$4
	shift 4
	netipc "$@" >"$tmp/out" 2>"$tmp/err" <"${input:-/dev/null}"
	_got=$?
	input=
	if [ "$_out" = '*' ]; then
		cp "$tmp/out" "$tmp/want"
	elif [ -n "$_out" ]; then
		printf '%s\n' "$_out" >"$tmp/want"
	else
		: >"$tmp/want"
	fi
	if [ "$_got" -eq "$_status" ] && like "$_err" "$(cat "$tmp/err")" &&
		cmp -s "$tmp/want" "$tmp/out"; then
		pass "$_name"
		return
	fi
	fail "$_name: netipc $*"
	echo "  status $_got, wanted $_status; stderr: $(head -c 1000 "$tmp/err")"
	echo "  wanted stderr: $_err"
	diff -u "$tmp/want" "$tmp/out" | head -n 40 | sed 's/^/  /'
}

# tj NAME STATUS JQ-FILTER WANT STDERR-GLOB ARG... - as t, and what jq -c FILTER makes of
# the output is WANT: the output is JSON, a record a line.
tj() {
	_name=$1 _status=$2 _filter=$3 _out=$4 _err=$5
	shift 5
	netipc "$@" >"$tmp/json" 2>"$tmp/err" <"${input:-/dev/null}"
	_got=$?
	input=
	printf '%s\n' "$_out" >"$tmp/want"
	[ -n "$_out" ] || : >"$tmp/want"
	if ! jq -c "$_filter" <"$tmp/json" >"$tmp/out" 2>"$tmp/jq"; then
		fail "$_name: jq: $(cat "$tmp/jq")"
		return
	fi
	if [ "$_got" -eq "$_status" ] && like "$_err" "$(cat "$tmp/err")" &&
		cmp -s "$tmp/want" "$tmp/out"; then
		pass "$_name"
		return
	fi
	fail "$_name: netipc $* | jq -c '$_filter'"
	echo "  status $_got, wanted $_status; stderr: $(head -c 1000 "$tmp/err")"
	diff -u "$tmp/want" "$tmp/out" | head -n 40 | sed 's/^/  /'
}

# same NAME WANT GOT - two texts are equal
same() {
	if [ "$2" = "$3" ]; then
		pass "$1"
	else
		fail "$1: wanted \"$2\", got \"$3\""
	fi
}

# ok NAME COMMAND... - the command succeeds
ok() {
	_name=$1
	shift
	if "$@" >"$tmp/ok" 2>&1; then
		pass "$_name"
	else
		fail "$_name: $*"
		head -n 20 "$tmp/ok" | sed 's/^/  /'
	fi
}

# glob NAME PATTERN TEXT
glob() {
	if like "$2" "$3"; then
		pass "$1"
	else
		fail "$1: wanted \"$2\", got \"$3\""
	fi
}

# tg NAME STATUS PATTERN STDERR-PATTERN ARG... - as t, and the output is like PATTERN
tg() {
	_tg=$1 _tg_out=$3
	_tg_status=$2 _tg_err=$4
	shift 4
	t "$_tg" "$_tg_status" '*' "$_tg_err" "$@"
	glob "$_tg: output" "$_tg_out" "$(cat "$tmp/out")"
}

# poll COMMAND... - until the command succeeds; fails after a minute
poll() {
	_left=1200
	until "$@" >/dev/null 2>&1; do
		_left=$((_left - 1))
		[ "$_left" -gt 0 ] || return 1
		sleep 0.05
	done
}

# start NAME ARG... - netipc ARG... in the background, output in $tmp/NAME.out and
# $tmp/NAME.err; its id is $pid
start() {
	_as=$1
	shift
	# An emulator has no sandbox, which a server would tell.
	if [ "$1" = echo-server ] && emulated; then
		shift
		set -- echo-server --no-sandbox "$@"
	fi
	: >"$tmp/$_as.out" # a ready line of an earlier one must not be seen
	# shellcheck disable=SC2086
	$NETIPC_EXEC "$NETIPC" "$@" >"$tmp/$_as.out" 2>"$tmp/$_as.err" </dev/null &
	pid=$!
	pids="$pids $pid"
}

# wait_ready NAME - until NAME has printed its ready line; $ready is the address in it
wait_ready() {
	if ! poll grep -q '^ready ' "$tmp/$1.out"; then
		fail "$1: no ready line; stderr: $(cat "$tmp/$1.err")"
		exit 1
	fi
	ready=$(sed -n 's/^ready //p' "$tmp/$1.out" | head -n 1)
}

# echo_servers - netipc's own: $tcp and $udp are their addresses, $nobody that of none
echo_servers() {
	start nobody echo-server -q 127.0.0.1:0
	wait_ready nobody
	nobody=$ready
	stop "$pid"
	start tcp echo-server -q 127.0.0.1:0
	wait_ready tcp
	tcp=$ready
	start udp echo-server -q -u 127.0.0.1:0
	wait_ready udp
	udp=$ready
}

# serve NAME ARG... - start echo-server and wait until it is ready
serve() {
	_server=$1
	shift
	start "$_server" echo-server "$@"
	wait_ready "$_server"
}

# foreign NAME ADDRESS - a server by socat that does ADDRESS with each connection, at $port
foreign() {
	socat -d -d -t5 TCP4-LISTEN:0,bind=127.0.0.1,fork "$2" 2>"$tmp/$1.log" &
	pids="$pids $!"
	poll grep -q listening "$tmp/$1.log" || { fail "$1: socat: $(cat "$tmp/$1.log")"; exit 1; }
	port=$(sed -n 's/.*listening on .*:\([0-9]*\)$/\1/p' "$tmp/$1.log")
}

# on_terminal COLUMNS COMMANDS - a shell does COMMANDS with a terminal for standard error and
# output: what that shows
on_terminal() {
	# socat ends at once if its child fails, and what it has not read is lost
	printf 'stty cols %s rows 24 <&1\n%s\nexit 0\n' "$1" "$2" >"$tmp/terminal"
	socat -u EXEC:"sh $tmp/terminal",pty,stderr,setsid,ctty -
}

# fakedns NAME ARG... - the DNS server of the tests, as start; tests/fakedns.c tells its
# arguments.  wait_ready NAME, and $ready is 127.0.0.1#PORT; stop $pid, and NAME.out has counts.
fakedns() {
	_as=$1
	shift
	: >"$tmp/$_as.out"
	# shellcheck disable=SC2086
	$NETIPC_EXEC "${FAKEDNS:?run by make check}" "$@" >"$tmp/$_as.out" 2>"$tmp/$_as.err" \
		</dev/null &
	pid=$!
	pids="$pids $pid"
}

# holder NAME SPEC... - a process that holds sockets; tests/holder.c tells the kinds.  When it is
# ready, $pid is its id, and the rest is asked by held.  It ends with this script.
holder() {
	_as=$1
	shift
	# shellcheck disable=SC2086
	$NETIPC_EXEC "${HOLDER:?run by make check}" "$@" >"$tmp/$_as.out" 2>"$tmp/$_as.err" \
		</dev/null &
	pid=$!
	pids="$pids $pid"
	wait_ready "$_as"
	pid=$ready
}

# held NAME KIND FIELD - of the first socket of KIND that NAME holds: its fd, inode or address
held() {
	case $3 in fd) _n=2 ;; inode) _n=3 ;; *) _n=4 ;; esac
	awk -v kind="$2" -v n="$_n" '$1 == kind { print $n; exit }' "$tmp/$1.out"
}

# liar TYPE LIE [WHERE [MS]] - an echo server that lies: tests/liar.c tells how.  Its port is $port,
# its id $pid.
liar() {
	: >"$tmp/liar.out"
	# shellcheck disable=SC2086
	$NETIPC_EXEC "${LIAR:?run by make check}" "$@" >"$tmp/liar.out" 2>"$tmp/liar.err" \
		</dev/null &
	pid=$!
	pids="$pids $pid"
	wait_ready liar
	port=${ready##*:}
}

# counted NAME COUNTER - a count of the fakedns that was started as NAME and has ended
counted() {
	sed -n "s/^stats .* $2=\([0-9]*\).*/\1/p" "$tmp/$1.out"
}

# stop PID [SIGNAL] - end a process that start began; $status is what it ended with
stop() {
	kill -s "${2:-TERM}" "$1"
	wait "$1" 2>/dev/null
	status=$?
}

# in_netns COMMAND... - in a network namespace of its own with loopback up; skips the
# script where the machine cannot make one
if unshare -rn true 2>/dev/null; then
	netns='unshare -rn'
elif unshare -n true 2>/dev/null; then
	netns='unshare -n'
else
	netns=
fi
in_netns() {
	[ -n "$netns" ] || skip 'no network namespace can be made here'
	# shellcheck disable=SC2016
	$netns sh -c 'ip link set lo up && exec "$@"' sh "$@"
}

# mute_network - prints commands that make a link on which 198.51.100.100 and 2001:db8:1::100 are
# this end; nobody answers from the other one
mute_network() {
	cat <<'END'
ip link add mute0 type veth peer name mute1
ip link set mute0 up
ip link set mute1 up
ip addr add 198.51.100.100/24 dev mute0
ip -6 addr add 2001:db8:1::100/64 dev mute0 nodad
# it is there, says the table of neighbours, but never answers
ip neigh add 198.51.100.1 lladdr 02:00:00:00:00:01 dev mute0 nud permanent
ip neigh add 198.51.100.2 lladdr 02:00:00:00:00:02 dev mute0 nud permanent
ip neigh add 2001:db8:1::9 lladdr 02:00:00:00:00:09 dev mute0 nud permanent
END
}

# in_world DIR COMMAND... - as in_netns, and each file of DIR stands where /etc has the file
# of that name (mount --bind); status 99 if that cannot be
in_world() {
	[ -n "$netns" ] || skip 'no network namespace can be made here'
	# shellcheck disable=SC2016
	$netns -m sh -c 'ip link set lo up || exit 99
		for f in "$0"/*; do
			mount --bind "$f" "/etc/${f##*/}" || exit 99
		done
		exec "$@"' "$@"
}

# serve_world - in the world of tests/data/world: the addresses and servers that the head of
# tests/data/world.zone tells of, and an echo server at port 7, whose id is $pid
serve_world() {
	ip addr add 192.0.2.10/24 dev lo && ip addr add 2001:db8::10/128 dev lo &&
		ip addr add 2001:db8::80/128 dev lo || exit 99
	fakedns world --zone "$srcdir/tests/data/world.zone" \
		--synth bulk.test --synth 10.in-addr.arpa \
		-a 127.0.0.53#53 -a ::1#53 -a 127.0.0.54#53 --refused -a 127.0.0.55#53 --loss 100 \
		-a 192.0.2.80#80
	wait_ready world
	start echo echo-server -q --tcp --udp localhost:7
	wait_ready echo
}

# world_of_test ARG... - the script, called with ARG..., goes on in a world whose /etc has copies of
# the files of tests/data/world, in the folder $etc
world_of_test() {
	if [ "${1-}" != inside ]; then
		cp -r "$srcdir/tests/data/world" "$tmp/etc"
		chmod -R u+w "$tmp/etc"
		in_world "$tmp/etc" sh "$0" inside "$tmp/etc"
		status=$?
		[ "$status" -ne 99 ] || skip 'the files of /etc cannot be replaced here'
		exit "$status"
	fi
	etc=$2
}

# why NAME STATUS WANT ARG...: the last line of the story of resolve --explain ARG..., without
# times; has NAME GLOB: that story matches
why() {
	_name=$1 _status=$2 _want=$3
	shift 3
	netipc resolve --explain "$@" >"$tmp/out" 2>"$tmp/err"
	same "$_name: status" "$_status" $?
	same "$_name" "Why: $_want." "$(tail -n 1 "$tmp/out" |
		sed 's/[0-9][0-9]*\.[0-9][0-9]* m\{0,1\}s/T/g')"
}
has() {
	ok "$1" like "$2" "$(cat "$tmp/out")"
}

done_testing() {
	echo "$cases cases, $failures failed"
	[ "$failures" -eq 0 ] && [ "$cases" -gt 0 ]
	exit $?
}
