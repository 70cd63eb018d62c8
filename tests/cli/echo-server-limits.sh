#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc echo-server: limits, faults on purpose, what it gives up, counters in files
. "${srcdir:?run by make check}/tests/lib.sh"
need socat jq

# back TEXT ADDRESS - prints what comes back until the end
back() {
	printf '%s' "$1" | socat -t5 -T5 - "$2" 2>/dev/null
}

# counters NAME - what the server NAME has printed last
counters() {
	tail -n 1 "$tmp/$1.err" | sed 's/^netipc echo-server: //'
}

# Limits
serve most --max-connections 1 127.0.0.1:0
{ poll [ -e "$tmp/second" ] && sleep 0.2; } | socat -t5 - "TCP4:$ready" >/dev/null 2>&1 &
first=$!
pids="$pids $first"
poll grep -q '^connected' "$tmp/most.out"
: >"$tmp/second"
same 'max-connections: the second is served' x "$(back x "TCP4:$ready")"
wait $first
same 'max-connections: when the first has ended' 'connected disconnected connected' \
	"$(sed -n '/^ready/d; s/ from.*//p' "$tmp/most.out" | head -n 3 | xargs)"
stop $pid
t 'max-connections: and threads' 2 '' '*--max-connections: at least one for each of --threads*' \
	echo-server --max-connections 2 -T 3 0

serve idle --idle-timeout 200ms 127.0.0.1:0
socat -u "TCP4:$ready" "OPEN:$tmp/silent,creat" # ends because the server closes
ok 'idle-timeout: closed' poll grep -q '^disconnected' "$tmp/idle.out"
stop $pid
same 'idle-timeout: counted' '1 connection, 0 bytes echoed, 1 cut off, 1 timed out' \
	"$(counters idle)"

serve rate --max-rate 20K 127.0.0.1:0
head -c 30000 /dev/zero >"$tmp/zeros"
same 'max-rate: all comes back' 30000 "$(socat -t20 - "TCP4:$ready" <"$tmp/zeros" | wc -c)"
stop $pid

serve answers -u --max-answers 2 127.0.0.1:0
back 'a' "UDP4:$ready,shut-none" >/dev/null &
answers=$!
printf 'x\ny\nz\nw\n' >"$tmp/lines"
netipc echo-client -u -t 200ms "$ready" <"$tmp/lines" >"$tmp/answered" 2>/dev/null
wait $answers
stop $pid
ok 'max-answers: some are over it' like '*over the limit' "$(counters answers)"

# UDP from a reserved port
if [ "$(id -u)" -eq 0 ] && ! emulated; then
	own=127.1.$(($$ / 256 % 256)).$(($$ % 256)):1023 # an address that no other test has
	serve reserved -u 127.0.0.1:0
	back x "UDP4:$ready,bind=$own,shut-none" >"$tmp/back"
	stop $pid
	same 'a reserved port: not answered' '0 datagrams, 0 bytes echoed, 1 not answered' \
		"$(counters reserved)"
	serve any -u --any-source 127.0.0.1:0
	back x "UDP4:$ready,bind=$own,shut-none" >"$tmp/back"
	stop $pid
	same 'any-source' '1 datagram, 1 byte echoed' "$(counters any)"
else
	left_out 'a reserved port' 'not root'
fi

# Faults: N lines by UDP, each a datagram
# faulty NAME COUNTED ARG... - with these options the counters end so
faulty() {
	_fault=$1 _counted=$2
	shift 2
	serve fault -u "$@" 127.0.0.1:0
	netipc echo-client -u -t 300ms "$ready" <"$tmp/lines" >"$tmp/answered" 2>/dev/null
	stop $pid
	ok "$_fault" like "$_counted" "$(counters fault)"
}
faulty loss '0 datagrams, 0 bytes echoed, 4 lost on purpose' --loss 100%
faulty 'loss: none' '4 datagrams, 8 bytes echoed' --loss 0
faulty duplicate '8 datagrams, 16 bytes echoed, 4 duplicated' --duplicate 1
faulty corrupt '4 datagrams, 8 bytes echoed, 4 corrupted' --corrupt 1/1
faulty delay '4 datagrams, 8 bytes echoed, 4 delayed' --delay 10ms --jitter 5ms
faulty reorder '*reordered' --reorder 100%
serve seed -u --loss 50% --seed 3 127.0.0.1:0
netipc echo-client -u -t 200ms "$ready" <"$tmp/lines" >"$tmp/one" 2>/dev/null
stop $pid
serve seed -u --loss 50% --seed 3 127.0.0.1:0
netipc echo-client -u -t 200ms "$ready" <"$tmp/lines" >"$tmp/two" 2>/dev/null
stop $pid
same 'seed: the same again' "$(cat "$tmp/one")" "$(cat "$tmp/two")"

# Faults of streams
serve close --close-after 3 127.0.0.1:0
same 'close-after' all "$(back allow "TCP4:$ready")"
stop $pid
same 'close-after: counted' '1 connection, 3 bytes echoed, 1 closed' "$(counters close)"
serve reset --reset-after 3 127.0.0.1:0
back hello "TCP4:$ready" >/dev/null
poll grep -q '^disconnected' "$tmp/reset.out"
stop $pid
same 'reset-after: counted' '1 connection, 3 bytes echoed, 1 reset' "$(counters reset)"
serve stall --stall 3 --drain 20s 127.0.0.1:0
printf allow | netipc echo-client -t 300ms "$ready" >"$tmp/stalled" 2>"$tmp/stall.client"
same 'stall: a client gives up' 3 $?
same 'stall: what came before' all "$(cat "$tmp/stalled")"
stop $pid
# At the end it is not waited for: it would have been cut off
same 'stall: counted' '1 connection, 3 bytes echoed, 1 stalled' "$(counters stall)"
serve chunk --chunk 1 --delay 1ms 127.0.0.1:0
same 'chunk' hello "$(back hello "TCP4:$ready")"
stop $pid
t 'two ends' 2 '' '*--reset-after, --close-after and --stall exclude each other*' \
	echo-server --stall 1 --close-after 1 0
for share in 101% -1 x 1/0 ''; do
	t "a share: \"$share\"" 2 '' '*--loss: "'"$share"'" is no share: write 5%, 0.05 or 1/20' \
		echo-server "--loss=$share" 0
done

# What it gives up: as the kernel tells
if [ -r /proc/self/status ] && ! emulated; then
	serve box 127.0.0.1:0
	same 'sandbox: no new privileges' 1 \
		"$(sed -n 's/^NoNewPrivs:[[:space:]]*//p' "/proc/$pid/status")"
	filter=$(sed -n 's/^Seccomp:[[:space:]]*//p' "/proc/$pid/status")
	if grep -q '^#define HAVE_SANITIZERS' "${builddir:-.}/config.h" ||
		grep -q seccomp "$tmp/box.err"; then
		left_out 'sandbox: seccomp' 'not in this build or kernel'
	else
		same 'sandbox: seccomp' 2 "$filter"
	fi
	stop $pid
	serve box --no-sandbox 127.0.0.1:0
	same 'no-sandbox' 0 "$(sed -n 's/^NoNewPrivs:[[:space:]]*//p' "/proc/$pid/status")"
	stop $pid
	if [ "$(id -u)" -eq 0 ]; then
		serve user --user 65534:65534 127.0.0.1:0
		same 'user' '65534 65534 65534 65534' \
			"$(sed -n 's/^Uid:[[:space:]]*//p' "/proc/$pid/status" | tr '\t' ' ')"
		same 'user: served' x "$(back x "TCP4:$ready")"
		stop $pid
		serve user --user nobody 127.0.0.1:0
		same 'user by name' "$(id -u nobody) $(id -g nobody)" \
			"$(sed -n 's/^[UG]id:[[:space:]]*\([0-9]*\).*/\1/p' "/proc/$pid/status" |
				tr '\n' ' ' | sed 's/ $//')"
		stop $pid
	else
		left_out 'user' 'not root'
	fi
fi
serve user --user "$(id -u):$(id -g)" 127.0.0.1:0
same 'user: it is that user already' x "$(back x "TCP4:$ready")"
stop $pid
t 'no such user' 2 '' '*no user "no-such-user"' echo-server --user no-such-user 127.0.0.1:0

# Counters
serve stats --stats 100ms 127.0.0.1:0
ok 'stats' poll grep -q '0 connections (0 open), 0 bytes echoed' "$tmp/stats.err"
stop $pid
serve often --stats 1us 127.0.0.1:0
same 'stats all the time: clients are served' hello "$(back hello "TCP4:$ready")"
stop $pid
same 'stats all the time: a signal is seen' 143 $status
serve metrics --metrics "$tmp/m" -T 2 127.0.0.1:0
same 'metrics: there when it is ready' 'netipc_echo_stalled_total 0' "$(tail -n 1 "$tmp/m")"
same 'metrics: a client' hello "$(back hello "TCP4:$ready")"
ok 'metrics: counted while it runs' poll grep -qx 'netipc_echo_bytes_total 5' "$tmp/m"
stop $pid
same 'metrics: at the end' 'netipc_echo_open 0
netipc_echo_connections_total 1
netipc_echo_datagrams_total 0
netipc_echo_bytes_total 5' "$(grep -v '^#' "$tmp/m" | head -n 4)"
[ ! -e "$tmp/m.new" ]
same 'metrics: nothing else is left' 0 $?
t 'metrics: no folder' 3 '' "*$tmp/no*: No such file or directory" \
	echo-server --metrics "$tmp/no/m" 127.0.0.1:0
t 'metrics: a folder' 3 '' "*$tmp: *" echo-server --metrics "$tmp" 127.0.0.1:0
[ ! -e "$tmp.new" ]
same 'metrics: a folder: nothing is left' 0 $?
done_testing
