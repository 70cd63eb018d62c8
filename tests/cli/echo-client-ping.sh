#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc echo-client --ping: what becomes of each probe, the summary, every format
. "${srcdir:?run by make check}/tests/lib.sh"
need socat jq

start nobody echo-server -q 127.0.0.1:0
wait_ready nobody
nobody=$ready
stop $pid
start tcp echo-server -q 127.0.0.1:0
wait_ready tcp
tcp=$ready tcp_pid=$pid
start udp echo-server -q -u 127.0.0.1:0
wait_ready udp
udp=$ready udp_pid=$pid

# words - what varies is taken out: times, ports
words() {
	sed -E 's/[0-9.]+ (us|ms|s)\>/TIME/g; s/127\.0\.0\.1:[0-9]+/ADDRESS/g' "$1"
}

# pings NAME STATUS WANT ARG... - the own form, without what varies
pings() {
	_name=$1 _status=$2 _want=$3
	shift 3
	netipc echo-client --ping -i 1ms -t 20 "$@" >"$tmp/ping" 2>"$tmp/err" </dev/null
	same "$_name: status" "$_status" $?
	same "$_name" "$_want" "$(words "$tmp/ping")"
}

percentiles='min TIME, p50 TIME, p90 TIME, p99 TIME, p99.9 TIME, max TIME'
pings 'a stream' 0 "ADDRESS: probe 1: TIME
ADDRESS: probe 2: TIME
ADDRESS: 2 sent, 2 returned
round trip: $percentiles
jitter: TIME" -c 2 "$tcp"
pings 'datagrams' 0 "ADDRESS: probe 1: TIME
ADDRESS: 1 sent, 1 returned
round trip: $percentiles" -c 1 -u "$udp"
pings '-q' 0 "ADDRESS: 3 sent, 3 returned
round trip: $percentiles
jitter: TIME" -q -c 3 "$tcp"
pings '--connect' 0 "ADDRESS: probe 1: TIME, connect TIME
ADDRESS: probe 2: TIME, connect TIME
ADDRESS: 2 sent, 2 returned
round trip: $percentiles
connect: $percentiles
jitter: TIME" --connect -c 2 "$tcp"
pings 'nobody there' 3 'ADDRESS: probe 1: refused (Connection refused)
ADDRESS: 1 sent, 0 returned, 1 refused' -c 1 "$nobody"
pings 'busy' 0 "ADDRESS: 2 sent, 2 returned
round trip: $percentiles
jitter: TIME" --busy-poll 1ms -q -c 2 "$tcp"

# Records
tj 'json: a probe' 0 'select(.record == "probe") | [.peer, .number, .status, .bytes, .reordered,
	.rtt_s > 0, .connect_s > 0, (.local | startswith("127.0.0.1:")), .sent]' \
	"[\"$tcp\",1,\"ok\",64,false,true,true,true,null]
[\"$tcp\",2,\"ok\",64,false,true,false,true,null]" '' \
	echo-client --ping --json -c 2 -i 1ms -t 20 "$tcp"
tj 'json: the summary' 0 'select(.record == "summary") | [.sent, .received, .lost, .late,
	.duplicate, .different, .refused, .closed, .foreign, .reordered, .number,
	.min_s <= .p50_s, .p50_s <= .p90_s, .p90_s <= .p99_s, .p99_s <= .p999_s,
	.p999_s <= .max_s, .mean_s <= .max_s, .jitter_s >= 0, .elapsed_s > .max_s]' \
	"[20,20,0,0,0,0,0,0,0,0,null,true,true,true,true,true,true,true,true]" '' \
	echo-client --ping -u --json -c 20 -i 1ms -t 20 "$udp"
netipc echo-client --ping --json -c 20 -i 0 -s 100-110 -t 20 "$tcp" >"$tmp/json"
same 'json: sizes of a range' '[20,true,true,true]' "$(jq -sc '[.[] | select(.record == "probe") |
	.bytes] | [length, min >= 100, max <= 110, (unique | length) > 1]' "$tmp/json")"
t 'csv' 0 "$(printf 'record,number,status,sent,lost\r\nprobe,1,ok,,\r\nsummary,,,1,0\r')" '' \
	echo-client --ping --csv -o record,number,status,sent,lost -c 1 -t 20 "$tcp"
t 'tsv' 0 'probe	1	ok
summary		' '' echo-client --ping --tsv -H -o record,number,status -c 1 -t 20 "$tcp"
t 'table' 0 'RECORD  NUMBER  STATUS
probe        1  ok
summary       -  -' '' echo-client --ping -o record,number,status -c 1 -t 20 "$tcp"
tj 'json: refused' 3 '[.record, .status, .errno, .refused]' \
	'["probe","refused","ECONNREFUSED",null]
["summary",null,null,1]' '' echo-client --ping --json -c 1 "$nobody"
tj 'json: refused datagrams' 3 '[.record, .status, .errno, .refused]' \
	'["probe","refused","ECONNREFUSED",null]
["summary",null,null,1]' '' echo-client --ping -u --json -c 1 "$nobody"

# By the same seed the same sizes
for i in 1 2; do
	netipc echo-client --ping --seed 7 --json -o bytes -c 9 -i 0 -s 1-9999 -t 20 "$tcp" \
		>"$tmp/seed$i"
done
ok '--seed' cmp "$tmp/seed1" "$tmp/seed2"
netipc echo-client --ping -d 20ms -i 10ms -q -t 20 "$tcp" >"$tmp/out"
ok '-d' grep -q ' 3 sent, 3 returned' "$tmp/out"

# Times of the kernel, where it has them
netipc echo-client --ping -u --timestamping --json -c 5 -i 1ms -t 20 "$udp" >"$tmp/json"
same '--timestamping: status' 0 $?
if emulated || [ "$(uname -s)" != Linux ]; then
	left_out '--timestamping' 'the emulator passes no times on'
else
	same '--timestamping' 'true' "$(jq -s '[.[] | select(.host_send_s != null) |
		.host_send_s >= 0 and .host_recv_s >= 0 and .host_send_s < .rtt_s] |
		length > 0 and all' "$tmp/json")"
fi
netipc echo-client --ping --timestamping --json -c 5 -i 1ms -t 20 "$tcp" >"$tmp/json"
same '--timestamping of a stream' 0 $?

# Drawn, and for others
netipc echo-client --ping -q --histogram --hdr "$tmp/hdr" -c 50 -i 0 -t 20 "$tcp" >"$tmp/out"
same '--histogram: status' 0 $?
same '--histogram: all are counted' 50 "$(sed -nE 's/^<= [0-9.]+ (us|ms|s) +([0-9]+).*/\2/p' \
	"$tmp/out" | awk '{ sum += $1 } END { print sum }')"
ok '--hdr: head' grep -q '^ *Value *Percentile *TotalCount *1/(1-Percentile)' "$tmp/hdr"
ok '--hdr: all are counted' grep -Eq 'Total count *= *50\]' "$tmp/hdr"
netipc echo-client --ping -q --hdr /dev/full -c 1 -t 20 "$tcp" >"$tmp/out" 2>"$tmp/err"
same '--hdr: a full disk' 3 $?
netipc echo-client --ping -q --hdr "$tmp/no/such" -c 1 -t 20 "$tcp" >"$tmp/out" 2>"$tmp/err"
same '--hdr: no folder' 3 $?
ok '--hdr: no folder: told' grep -q 'No such file' "$tmp/err"
netipc echo-client --ping -c 3 -i 0 -t 20 "$tcp" >/dev/full 2>"$tmp/err"
same 'a full disk' 3 $?

# A server that answers nothing, one that changes a byte, one that ends each connection
socat -d -d TCP4-LISTEN:0,bind=127.0.0.1,fork 'SYSTEM:cat >/dev/null' 2>"$tmp/sink" &
pids="$pids $!"
poll grep -q listening "$tmp/sink"
port=$(sed -n 's/.*listening on .*:\([0-9]*\)$/\1/p' "$tmp/sink")
pings 'lost' 1 'ADDRESS: probe 1: lost
ADDRESS: 1 sent, 0 returned, 1 lost' -c 1 -t 0.2 "127.0.0.1:$port"
socat -d -d TCP4-LISTEN:0,bind=127.0.0.1,fork 'SYSTEM:dd bs=64 count=1 2>/dev/null | tr A-Za-z B' \
	2>"$tmp/one" &
pids="$pids $!"
poll grep -q listening "$tmp/one"
port=$(sed -n 's/.*listening on .*:\([0-9]*\)$/\1/p' "$tmp/one")
tj 'json: different' 1 'select(.record == "probe") | [.status, .bytes, .offset < 64]' \
	'["different",64,true]' '' echo-client --ping --json -c 1 -t 20 "127.0.0.1:$port"
socat -d -d TCP4-LISTEN:0,bind=127.0.0.1,fork SYSTEM:true 2>"$tmp/true" &
pids="$pids $!"
poll grep -q listening "$tmp/true"
port=$(sed -n 's/.*listening on .*:\([0-9]*\)$/\1/p' "$tmp/true")
netipc echo-client --ping --json -c 1 -t 20 "127.0.0.1:$port" >"$tmp/json"
same 'closed: status' 1 $?
same 'closed' '"closed"' "$(jq 'select(.record == "probe") | .status' "$tmp/json")"

# A server that stops for a while: probes go on, late ones are told from lost ones
start slow echo-server -q -u 127.0.0.1:0
wait_ready slow
kill -s STOP $pid
$NETIPC_EXEC "$NETIPC" echo-client --ping -u --json -c 30 -i 20ms -t 50ms "$ready" \
	>"$tmp/late.out" 2>"$tmp/late.err" &
late=$!
pids="$pids $late"
poll grep -q '"lost"' "$tmp/late.out"
kill -s CONT $pid
wait $late
same 'late: status' 1 $?
same 'late' '[true,true,true]' "$(jq -c 'select(.record == "summary") |
	[.sent == 30, .late > 0, .lost >= .late]' "$tmp/late.out")"

# A signal: the summary is printed
$NETIPC_EXEC "$NETIPC" echo-client --ping -i 10ms -t 20 "$tcp" >"$tmp/signal.out" 2>&1 &
pid=$!
pids="$pids $pid"
poll grep -q 'probe 3' "$tmp/signal.out"
stop $pid
same 'a signal' 143 $status
ok 'a signal: the summary' grep -q ' sent, [0-9]* returned' "$tmp/signal.out"


# Ends by time, whatever the count is; and with more probes than can be sent
tj '--count and --duration' 0 'select(.record == "summary") | .sent <= 4' true '' \
	echo-client --ping --json -c 100000 -d 300ms -i 100ms -t 20 "$tcp"
tj 'probes without an end' 1 'select(.record == "summary") | .sent > 0' true '' \
	echo-client --ping --json -u -i 1ns -d 100ms -t 1 "$udp"
$NETIPC_EXEC "$NETIPC" echo-client --ping -q -i 0 -t 20 "$tcp" >"$tmp/signal.out" 2>&1 &
pid=$!
pids="$pids $pid"
sleep 0.2
stop $pid
same 'a signal to a flood' 143 $status

# UNIX
start unix echo-server -q -U "$tmp/s"
wait_ready unix
tj 'unix' 0 'select(.record == "summary") | [.peer, .received]' "[\"unix:$tmp/s\",3]" '' \
	echo-client --ping --json -c 3 -i 0 -t 20 -U "$tmp/s"

# A name with two addresses: the one that listens
start four echo-server -q 127.0.0.1:0
wait_ready four
tj 'a name' 0 'select(.record == "summary") | [.peer, .received]' "[\"$ready\",1]" '*' \
	echo-client --ping --json -c 1 -t 20 localhost "${ready##*:}"
stop $pid
stop $tcp_pid
stop $udp_pid

# Usage
t 'two modes' 2 '' '*exclude one another*' echo-client --ping --load 127.0.0.1 7
t 'no operand' 2 '' '*an operand is missing*' echo-client --ping
t 'bad size' 2 '' '*"9-1" is not between*' echo-client --ping -s 9-1 127.0.0.1 7
t 'size 0' 2 '' '*"0" is not between 1 and 65507 bytes*' echo-client --ping -s 0 127.0.0.1 7
t 'a datagram has its number' 2 '' '*between 8 and*' echo-client --ping -u -s 7 127.0.0.1 7
t 'no size' 2 '' '*--size*' echo-client --ping -s x 127.0.0.1 7
t 'no time' 2 '' '*--duration: 0 is too short*' echo-client --ping -d 0 127.0.0.1 7
t 'count 0' 2 '' '*' echo-client --ping -c 0 127.0.0.1 7
t 'no such column' 2 '' '*datagrams*' echo-client --ping -o datagrams 127.0.0.1 7
done_testing
