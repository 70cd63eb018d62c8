#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc echo-client --load, --bulk, --churn: what comes back, how it is counted, every format
. "${srcdir:?run by make check}/tests/lib.sh"
need socat jq

echo_servers

# whole NAME FILTER WANT ARG... - status 0, nothing is wrong, and FILTER makes WANT of the summary
whole() {
	_name=$1 _filter=$2 _want=$3
	shift 3
	netipc echo-client --json -t 30 "$@" >"$tmp/whole" 2>"$tmp/err" </dev/null
	same "$_name: status" '0 ' "$? $(cat "$tmp/err")"
	same "$_name: nothing is wrong" '[0,0,0,0,0,0,null]' "$(jq -c 'select(.record == "summary") |
		[.missing, .different, .unsent, .refused, .broken, (.foreign // 0) +
		(.duplicate // 0) + (.late // 0) + (.reordered // 0), .error]' "$tmp/whole")"
	same "$_name" "$_want" "$(jq -c "select(.record == \"summary\") | $_filter" "$tmp/whole")"
}

counts='[.connections, .sent, .received, .sent_bytes, .received_bytes]'
whole 'messages' "$counts" '[1,100,100,6400,6400]' --load -c 100 "$tcp"
whole 'connections, pipeline, sizes' '[.connections, .received, .sent_bytes == .received_bytes,
	.sent_bytes > 2000]' '[8,2000,true,true]' --load -c 2000 -n 8 -p 4 -s 1-3000 "$tcp"
whole 'threads' '[.connections, .received]' '[8,2001]' --load -c 2001 -n 8 -T 3 "$tcp"
whole 'more threads than connections' '[.connections, .received]' '[2,100]' \
	--load -c 100 -n 2 -T 8 "$tcp"
whole 'large messages' '[.received, .received_bytes]' '[20,20971520]' --load -c 20 -s 1m "$tcp"
whole 'datagrams' "$counts" '[1,500,500,32000,32000]' --load -u -c 500 "$udp"
whole 'datagrams, many on their way' '.received' 2000 --load -u -c 2000 -p 32 "$udp"
whole 'datagrams of all sizes' '.received' 300 --load -u -c 300 -s 8-60000 "$udp"
whole 'churn' '[.connections >= 200, .sent, .received]' '[true,200,200]' --churn -c 200 -n 4 "$tcp"
whole 'bulk' '[.connections, .sent_bytes == .received_bytes, .bandwidth > 0]' '[3,true,true]' \
	--bulk -d 0.3 -n 3 "$tcp"
whole 'a rate' '.received' 50 --load -r 100 -c 50 "$tcp"
whole 'a rate of datagrams' '.received' 30 --load -u -r 100 -c 30 "$udp"
# Each connection has its share of the messages, however many threads share the connections:
# else a rate would not be kept to the end.
start shares echo-server --json 127.0.0.1:0
poll grep -q ready "$tmp/shares.out" || fail "shares: $(cat "$tmp/shares.err")"
whole 'a rate of threads' .received 300 --load -r 100000 -c 300 -n 3 -T 2 \
	"$(jq -r .address "$tmp/shares.out")"
all_ended() {
	[ "$(grep -c disconnected "$tmp/shares.out")" = 3 ]
}
poll all_ended
same 'the connection that has a thread' 6400 "$(
	jq 'select(.event == "disconnected") | .echoed_bytes' "$tmp/shares.out" |
		grep -x 6400 | head -n 1
)"
stop "$pid"
whole 'busy' '.received' 200 --load -c 200 --busy-poll 100us "$tcp"
whole 'percentiles' '[.min_s <= .p50_s, .p50_s <= .p90_s, .p90_s <= .p99_s, .p99_s <= .p999_s,
	.p999_s <= .max_s, .mean_s <= .max_s, .rate > 0, .bandwidth > 0, .elapsed_s > 0, .peer]' \
	"[true,true,true,true,true,true,true,true,true,\"$tcp\"]" --load -c 100 "$tcp"
start unix echo-server -q -U "$tmp/s"
wait_ready unix
whole 'unix' '[.received, .peer]' "[500,\"unix:$tmp/s\"]" --load -c 500 -p 4 -U "$tmp/s"
whole 'intervals' '.received > 0' true --load -d 0.5 -i 100ms "$tcp"
same 'intervals: they grow' '[true,true]' "$(jq -sc '[.[] | select(.record == "interval") |
	.received] | [length > 1, . == sort]' "$tmp/whole")"
whole 'intervals of threads' '.received > 0' true --load -d 0.5 -i 100ms -n 4 -T 2 "$tcp"
same 'intervals of threads: they grow' '[true,true]' "$(jq -sc '[.[] |
	select(.record == "interval") | .received] | [length > 1, . == sort]' "$tmp/whole")"

# The own form
words() {
	sed -E 's/[0-9.]+ (us|ms|s)\>/TIME/g; s/[0-9.]+ [kMG]?B\/s/RATE/g; s/[0-9]+ a second/N a second/
		s/127\.0\.0\.1:[0-9]+/ADDRESS/g'
}
percentiles='min TIME, p50 TIME, p90 TIME, p99 TIME, p99.9 TIME, max TIME'
same 'text: --load' "ADDRESS: 10 messages returned, N a second, RATE each way in TIME
round trip: $percentiles" "$(netipc echo-client --load -c 10 -t 30 "$tcp" | words)"
same 'text: --rate' "ADDRESS: 10 messages returned, N a second, RATE each way in TIME
from when it was due: $percentiles
from when it was sent: $percentiles" "$(netipc echo-client --load -c 10 -r 1000 -t 30 "$tcp" | words)"
same 'text: --churn' "ADDRESS: 10 messages returned, N a second, RATE each way in TIME
round trip: $percentiles
connect: $percentiles" "$(netipc echo-client --churn -c 10 -t 30 "$tcp" | words)"
same 'text: --bulk' 'ADDRESS: RATE each way in TIME' \
	"$(netipc echo-client --bulk -d 0.1 -t 30 "$tcp" | words)"
t 'csv' 0 "$(printf 'record,sent,missing,error\r\nsummary,7,0,\r')" '' \
	echo-client --load --csv -o record,sent,missing,error -c 7 -t 30 "$tcp"
t 'tsv' 0 'summary	7' '' echo-client --load --tsv -H -o record,received -c 7 -t 30 "$tcp"
t 'table' 0 'RECORD   RECEIVED  MISSING
summary         7        0' '' echo-client --load -o record,received,missing -c 7 -t 30 "$tcp"
netipc echo-client --load -c 100 -t 30 --histogram --hdr "$tmp/hdr" "$tcp" >"$tmp/out"
same '--histogram' 100 "$(sed -nE 's/^<= [0-9.]+ (us|ms|s) +([0-9]+).*/\2/p' "$tmp/out" |
	awk '{ sum += $1 } END { print sum }')"
ok '--hdr' grep -Eq 'Total count *= *100\]' "$tmp/hdr"
netipc echo-client --load -c 100 -t 30 "$tcp" >/dev/full 2>"$tmp/err"
same 'a full disk' 3 $?

# Nobody there, and servers that are no echo
tj 'refused' 3 '.' '' "*connect $nobody: Connection refused" \
	echo-client --load --json -c 1 "$nobody"
foreign zero 'SYSTEM:dd bs=64 count=1 2>/dev/null | tr A-Za-z B'
tj 'different' 1 '[.different, (.error | contains("differs"))]' \
	'[1,true]' '*' echo-client --load --json -c 1 -t 30 "127.0.0.1:$port"
foreign true SYSTEM:true
netipc echo-client --load --json -c 1 -t 30 "127.0.0.1:$port" >"$tmp/json" 2>"$tmp/err"
same 'ended: status' 1 $?
same 'ended' '[0,1]' "$(jq -c '[.received, .broken]' "$tmp/json")"
foreign sink 'SYSTEM:cat >/dev/null'
tj 'nothing comes back' 1 '[.sent, .received, .missing]' '[1,0,1]' '*' \
	echo-client --load --json -c 1 -t 0.3 "127.0.0.1:$port"
tj 'bulk: nothing comes back' 1 '[.received_bytes, .sent_bytes > 0]' '[0,true]' '*' \
	echo-client --bulk --json -d 0.1 -t 0.3 "127.0.0.1:$port"
tj 'datagrams to nobody' 3 '[.received, .missing, .error]' '[0,3,"send: Connection refused"]' \
	'netipc echo-client: send: Connection refused' echo-client --load -u --json -c 3 -t 0.2 "$nobody"

# Open loop: a server that stops delays all that was due meanwhile
start stops echo-server -q 127.0.0.1:0
wait_ready stops
stops=$pid
$NETIPC_EXEC "$NETIPC" echo-client --load --json -r 200 -d 2 -i 100ms -t 30 "$ready" \
	>"$tmp/stops.out" 2>"$tmp/stops.err" &
load=$!
pids="$pids $load"
poll grep -q interval "$tmp/stops.out"
kill -s STOP $stops
sleep 0.5
kill -s CONT $stops
wait $load
same 'a server that stops: nothing is missing' '[0,0,0]' "$(jq -c 'select(.record == "summary") |
	[.missing, .different, .broken]' "$tmp/stops.out")"
# A quarter of two seconds: a tenth of all waited for longer than a tenth of a second.
same 'a server that stops' true "$(jq 'select(.record == "summary") | .p90_s > 0.1' \
	"$tmp/stops.out")"

# A signal: the summary is printed
$NETIPC_EXEC "$NETIPC" echo-client --load --json -d 60 -i 50ms -t 30 "$tcp" >"$tmp/signal.out" 2>&1 &
pid=$!
pids="$pids $pid"
poll grep -q interval "$tmp/signal.out"
stop $pid
same 'a signal' 143 $status
ok 'a signal: the summary' grep -q '"summary"' "$tmp/signal.out"
start slow echo-server -q --delay 60s --drain 0s 127.0.0.1:0
wait_ready slow
slow=$pid
$NETIPC_EXEC "$NETIPC" echo-client --load --json -d 60 -i 50ms -t 60 "$ready" >"$tmp/signal.out" \
	2>"$tmp/err" &
pid=$!
pids="$pids $pid"
poll grep -q interval "$tmp/signal.out"
stop $pid
same 'a signal: what is not waited for is not the fault of the server' '[1,0,null]' "$(
	jq -c 'select(.record == "summary") | [.missing, .broken, .error]' "$tmp/signal.out")"
stop "$slow"

# By the clock more than one message is on its way, though none is answered before the end
start deaf echo-server -q -u --loss 1/1 127.0.0.1:0
wait_ready deaf
netipc echo-client --load --json -u -r 100 -d 300ms -t 1 "$ready" >"$tmp/json" 2>"$tmp/err"
same 'a rate does not wait' true "$(jq '.sent > 1 and .received == 0' "$tmp/json")"

# What is due on a connection that is not there is not sent either: here 7 messages on each
(ulimit -n 40 && netipc echo-client --load --json -r 1000 -n 64 -d 500ms "$tcp") \
	>"$tmp/json" 2>"$tmp/err"
same 'too few connections: status' 3 $?
same 'too few connections: what is due is not sent' '[true,true,true]' "$(
	jq -c '[.connections > 0, .refused > 0, .unsent >= 6 * .refused]' "$tmp/json")"

# Usage
t 'an option of another mode' 2 '' '*: --rate is for --load*' echo-client --ping -r 5 127.0.0.1 7
t 'an option of several others' 2 '' '*: --histogram is for --ping, --load, --churn and --merge*' \
	echo-client --bulk --histogram 127.0.0.1 7
t 'an option that the pipe has not' 2 '' '*: --count is for --ping, --load, --bulk and --churn*' \
	echo-client -c 3 127.0.0.1 7
t 'no limit' 2 '' '*--timeout: 0, for no limit, is for the pipe only*' \
	echo-client --load -t 0 127.0.0.1 7
t 'bulk of datagrams' 2 '' '*--bulk and --churn need connections, which --udp has not (*' echo-client --bulk -u 127.0.0.1 7
t 'churn of datagrams' 2 '' '*--bulk and --churn need connections, which --udp has not (*' echo-client --churn -u 127.0.0.1 7
t 'churn of UNIX datagrams' 2 '' '*need connections, which --dgram has not (*' \
	echo-client --churn --dgram -U "$tmp/none"
t 'a small datagram' 2 '' '*between 8 and*' echo-client --load -u -s 4 127.0.0.1 7
t 'a large datagram' 2 '' '*between 8 and*' echo-client --load -u -s 64k 127.0.0.1 7
t 'no time' 2 '' '*--duration: 0 is too short*' echo-client --load -d 0 127.0.0.1 7
t 'no time between reports' 2 '' '*--interval: 0 is for --ping only*' \
	echo-client --load -i 0 127.0.0.1 7
t 'bad rate' 2 '' '*' echo-client --load -r 0 127.0.0.1 7
t 'no connections' 2 '' '*' echo-client --load -n 0 127.0.0.1 7
t 'load and bulk' 2 '' '*exclude one another*' echo-client --load --bulk 127.0.0.1 7
done_testing
