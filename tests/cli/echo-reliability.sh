#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc echo-server under clients that treat it badly: tests/hammer.c tells what each does
. "${srcdir:?run by make check}/tests/lib.sh"

# hammer ARG... - the client
hammer() {
	# shellcheck disable=SC2086
	$NETIPC_EXEC "${HAMMER:?run by make check}" "$@" 2>&1
}

# hold NAME ARG... - in the background until it is ended; $client is its id
hold() {
	_client=$tmp/$1
	shift
	: >"$_client"
	# shellcheck disable=SC2086
	$NETIPC_EXEC "$HAMMER" "$@" >"$_client" 2>&1 </dev/null &
	client=$!
	pids="$pids $client"
}

# ended - the client that was started last is no more
ended() {
	kill -KILL "$client" 2>/dev/null
	wait "$client" 2>/dev/null
}

# descriptors, memory, ticks - of the server: how many, in KiB, of the processor
descriptors() {
	find "/proc/$pid/fd" -mindepth 1 | wc -l
}
memory() {
	sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$pid/status"
}
ticks() {
	awk '{ print $14 + $15 }' "/proc/$pid/stat"
}

# settled N - no more than N descriptors are open
settled() {
	[ "$(descriptors)" -le "$1" ]
}

# within NAME LIMIT VALUE
within() {
	if [ "$3" -le "$2" ]; then
		pass "$1: $3"
	else
		fail "$1: $3 is more than $2"
	fi
}

# What the figures of a process mean
sanitized=
if grep -q '^#define HAVE_SANITIZERS' "${builddir:-.}/config.h" 2>/dev/null; then
	sanitized=1
fi
[ -r /proc/self/stat ] && awk 'END { exit NF < 20 }' /proc/self/stat ||
	skip 'there is no /proc/PID/stat'
if emulated || [ -n "$sanitized" ]; then
	large=67108864 many=300
else
	large=1073741824 many=10000
fi

# Every byte, in order, and the end: a late reader, writes of every size, small buffers
serve plain 127.0.0.1:0
fds=$(descriptors)
same "late reader, half-close: $large bytes" "echoed 1, $large bytes" \
	"$(hammer streams "$ready" bytes=$large late=300)"
same 'one-byte writes' 'echoed 1, 100000 bytes' "$(hammer streams "$ready" bytes=100000 size=1)"
same 'writes of 1 B to 1 MiB' 'echoed 8, 64000000 bytes' \
	"$(hammer streams "$ready" n=8 bytes=8000000 size=0)"
same '32 connections, late readers' 'echoed 32, 67108864 bytes' \
	"$(hammer streams "$ready" n=32 bytes=2097152 late=200 size=0)"
same 'nothing, then half-close' 'echoed 3, 0 bytes' "$(hammer streams "$ready" n=3 bytes=0)"
ok 'all descriptors are given back' poll settled "$fds"

# Resets; a client that is killed in mid-stream
same 'resets' '' "$(hammer resets "$ready" 300)"
hold killed streams "$ready" n=4 bytes=100000000000
poll sh -c "[ \"\$(grep -c '^connected' '$tmp/plain.out')\" -ge 349 ]"
ended
same 'after resets and a killed client' 'echoed 20, 1310720 bytes' "$(hammer streams "$ready" n=20)"
ok 'resets: all descriptors are given back' poll settled "$fds"
stop $pid
ok 'counters' like '*: 369 connections, *' "$(cat "$tmp/plain.err")"

serve small --sockopt so_sndbuf=4096 127.0.0.1:0
same 'SO_SNDBUF of 4096' 'echoed 8, 16777216 bytes' \
	"$(hammer streams "$ready" n=8 bytes=2097152 size=0 late=100)"
stop $pid

# The limit of descriptors: each client has its echo or the end of file; those that are served are
# served on; the processor rests; it says so once; afterwards all is well
limit=$(ulimit -S -n)
ulimit -S -n 64
serve few 127.0.0.1:0
ulimit -S -n "$limit"
fds=$(descriptors)
hold busy streams "$ready" bytes=200000000
busy=$client
poll grep -q '^connected' "$tmp/few.out"
hold crowd streams "$ready" n=100 hold=1 bytes=1000
crowd=$client
ok 'descriptors: all 100 know' poll grep -q bytes "$tmp/crowd"
echoed=$(sed -n 's/^echoed \([0-9]*\), closed [0-9]*, .*/\1/p' "$tmp/crowd")
closed=$(sed -n 's/^echoed [0-9]*, closed \([0-9]*\), .*/\1/p' "$tmp/crowd")
same "descriptors: echo or the end of file: $(cat "$tmp/crowd")" 100 \
	$((${echoed:-0} + ${closed:-0}))
ok 'descriptors: most are served' [ "${echoed:-0}" -ge 40 ]
wait "$busy"
same 'descriptors: one that was served is served on' 'echoed 1, 200000000 bytes' \
	"$(cat "$tmp/busy")"
# (a connection may have become free with the end of that one)
hold other streams "$ready" hold=1 bytes=1
poll grep -q bytes "$tmp/other"
before=$(ticks)
same 'descriptors: the next know at once' 'closed 50, 0 bytes' \
	"$(hammer streams "$ready" n=50 bytes=10)"
sleep 1
within 'descriptors: ticks of the processor in a second' 10 $(($(ticks) - before))
ended
client=$crowd
ended
ok 'descriptors: given back' poll settled "$fds"
same 'descriptors: served again' 'echoed 20, 1310720 bytes' "$(hammer streams "$ready" n=20)"
stop $pid
same 'descriptors: told once' 1 "$(grep -c 'cannot be served now' "$tmp/few.err")"

# One that never reads: nothing is stored for it, the others do not notice it
serve deaf 127.0.0.1:0
same 'never reads: warm' 'echoed 8, 8388608 bytes' "$(hammer streams "$ready" n=8 bytes=1048576)"
before=$(memory)
hold deaf streams "$ready" n=9 deaf=1 most=400000000 bytes=1048576 hold=1
ok 'never reads: the others are served' poll grep -q bytes "$tmp/deaf"
same 'never reads: what it writes is taken no more' 'echoed 8, deaf 1, 8388608 bytes' \
	"$(cat "$tmp/deaf")"
if emulated || [ -n "$sanitized" ]; then
	left_out 'never reads: memory' 'it is that of the emulator or of the sanitizer'
else
	within 'never reads: KiB more' 1024 $(($(memory) - before))
fi
ended
stop $pid

# Many connections, of which some never read
ulimit -S -n "$(ulimit -H -n)"
most=$(ulimit -S -n)
[ "$most" != unlimited ] || most=1000000
if [ "$most" -lt $((many + 100)) ]; then
	left_out "$many connections" "no more than $most descriptors are allowed"
	many=$((most - 100))
fi
silent=$((many / 10))
serve many -q --sockopt so_rcvbuf=4096 --sockopt so_sndbuf=4096 127.0.0.1:0
fds=$(descriptors) before=$(memory)
hold many streams "$ready" n=$many deaf=$silent buffer=8192 bytes=1000 hold=1
ok "$many connections" poll grep -q bytes "$tmp/many"
same "$many connections, of which $silent never read" \
	"echoed $((many - silent)), deaf $silent, $(((many - silent) * 1000)) bytes" "$(cat "$tmp/many")"
if ! emulated && [ -z "$sanitized" ]; then
	# a block for each that does not read, 256 bytes for each connection
	within "$many connections: KiB more" $((silent * 65 + many / 4 + 4096)) \
		$(($(memory) - before))
fi
ended
ok "$many connections: given back" poll settled "$fds"
stop $pid
ulimit -S -n "$limit"

# One that is silent, and one that does not read, are closed
serve idle --idle-timeout 500ms 127.0.0.1:0
fds=$(descriptors)
hold silent streams "$ready" n=2 deaf=1 hold=1 bytes=10
ok 'idle-timeout: both are closed' poll sh -c \
	"[ \"\$(grep -c '^disconnected' '$tmp/idle.out')\" -eq 2 ]"
ended
stop $pid
ok 'idle-timeout: counted' like '*2 connections, *2 timed out' "$(cat "$tmp/idle.err")"

# A client that leaves while the server waits on purpose, or for the end
# (a reset may come before the bytes that stall it are read)
serve stall --stall 3 127.0.0.1:0
fds=$(descriptors)
hammer resets "$ready" 20
ok 'stall: the client has left' poll sh -c \
	"[ \"\$(grep -c '^disconnected' '$tmp/stall.out')\" -eq 20 ]"
ok 'stall: given back' poll settled "$fds"
stop $pid
serve delay --delay 1h 127.0.0.1:0
hammer resets "$ready" 20
ok 'delay: the client has left' poll sh -c \
	"[ \"\$(grep -c '^disconnected' '$tmp/delay.out')\" -eq 20 ]"
stop $pid
serve left -q --drain 600 --sockopt so_sndbuf=65536 127.0.0.1:0
hold left streams "$ready" n=1 deaf=1 hold=1 buffer=8192 most=40000
poll grep -q greedy "$tmp/left"
kill $pid
sleep 0.3 # all is sent, and waits for room at the client's
ended
wait $pid
same 'drain: the client has left' 143 $?

# SIGTERM under load: what was accepted is returned, and nobody else is
serve term 127.0.0.1:0
hold load streams "$ready" n=32 bytes=8388608 size=0 late=1000
poll sh -c "[ \"\$(grep -c '^connected' '$tmp/term.out')\" -eq 32 ]"
kill $pid
gone() {
	hammer streams "$ready" bytes=0 | grep -q reset
}
ok 'SIGTERM: listens no longer' poll gone
wait "$client"
wait $pid
same 'SIGTERM: status' 143 $?
# (a client that a busy machine lets send nothing for a tenth of a second is taken for one at its
# end: it has fewer bytes, but each that the server took)
ok 'SIGTERM: no connection is cut off' like \
	'netipc echo-server: [0-9]* connections, [1-9]*[0-9] bytes echoed' "$(cat "$tmp/term.err")"
same "SIGTERM: every byte that was taken comes back: $(cat "$tmp/load")" \
	"$(sed -n 's/.*, \([0-9]*\) bytes echoed$/\1/p' "$tmp/term.err")" \
	"$(sed -n 's/.*[ ,]\([0-9]*\) bytes$/\1/p' "$tmp/load")"
same 'SIGTERM: none is wrong or waits for ever' '' "$(grep -E 'wrong|hung' "$tmp/load")"

# Sockets that were opened by who starts it
set -- "$NETIPC" echo-server
if emulated; then
	set -- "$NETIPC" echo-server --no-sandbox
fi
# shellcheck disable=SC2086
$NETIPC_EXEC "$HAMMER" hand tcp udp accepted -- $NETIPC_EXEC "$@" >"$tmp/handed.out" \
	2>"$tmp/handed.err" </dev/null &
pid=$!
pids="$pids $pid"
ok 'handed over' poll grep -q '^disconnected' "$tmp/handed.out"
same 'handed over: TCP' 'echoed 2, 20 bytes' \
	"$(hammer streams "$(sed -n 's/^ready //p' "$tmp/handed.out" | head -n 1)" n=2 bytes=10)"
same 'handed over: UDP' 'hello' \
	"$(echo hello | netipc echo-client -u -t 60 "$(sed -n 's/^ready //p' "$tmp/handed.out" | sed -n 2p)")"
stop $pid
same 'handed over: counters' 'netipc echo-server: 3 connections, 1 datagram, 31 bytes echoed' \
	"$(cat "$tmp/handed.err")"
done_testing
