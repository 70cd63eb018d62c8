#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc echo-server -T and echo-client -T: all threads at once, their counters asked for again and
# again, and a signal that ends them at work.  ci/check.sh runs it with a thread sanitizer too.
. "${srcdir:?run by make check}/tests/lib.sh"
need jq

# begin NAME ARG... - netipc echo-client ARG... in the background; $client is its id
begin() {
	_client=$tmp/$1
	shift
	# shellcheck disable=SC2086
	$NETIPC_EXEC "$NETIPC" echo-client "$@" >"$_client" 2>"$_client.err" </dev/null &
	client=$!
	pids="$pids $client"
}

# line N - the address in the Nth ready line
line() {
	sed -n 's/^ready \([^ ]*\).*/\1/p' "$tmp/server.out" | sed -n "$1p"
}

start server echo-server -T 4 --tcp --udp --stats 20ms --metrics "$tmp/metrics" \
	--idle-timeout 60s --max-rate 10G 127.0.0.1:0
wait_ready server
poll grep -q 'udp$' "$tmp/server.out"
tcp=$(line 1) udp=$(line 2)
begin load --json --load -T 2 -n 16 -c 4000 -s 1-3000 --pipeline 4 "$tcp"
load=$client
begin datagrams --json --load -u -T 2 -n 4 -c 1000 "$udp"
datagrams=$client
begin churn --json --churn -T 2 -n 4 -c 200 "$tcp"
churn=$client
i=0
while [ $i -lt 20 ]; do
	kill -USR1 $pid
	# shellcheck disable=SC2086
	[ "$($NETIPC_EXEC "$HAMMER" streams "$tcp" n=8 bytes=20000 size=0)" = \
		'echoed 8, 160000 bytes' ] || fail "hammer $i"
	i=$((i + 1))
done
wait $load
same 'load: status' 0 $?
same 'load: all came back' 4000 "$(jq -s 'last.received' "$tmp/load")"
wait $datagrams
same 'datagrams: status' 0 $?
same 'datagrams: all came back' 1000 "$(jq -s 'last.received' "$tmp/datagrams")"
wait $churn
same 'churn: status' 0 $?
ok 'counters were printed' grep -q ' open)' "$tmp/server.err"
ok 'nothing is open' poll grep -qx 'netipc_echo_open 0' "$tmp/metrics"

# At work: the client may lose what it sends after the end, but nothing else
begin last --load -T 2 -n 8 -d 60 "$tcp"
poll grep -qx 'netipc_echo_open 8' "$tmp/metrics"
kill $pid
# It goes on as long as the client does not pause: a second signal would cut it off.
sleep 0.2
kill $client
wait $client 2>/dev/null
wait $pid
same 'the end: status' 143 $?
same 'the counters of all' "$(sed -n 's/^netipc_echo_bytes_total //p' "$tmp/metrics")" \
	"$(tail -n 1 "$tmp/server.err" | sed 's/.*, \([0-9]*\) bytes echoed.*/\1/')"
for who in server load datagrams churn last; do
	same "$who: no report of a sanitizer" '' "$(grep -h Sanitizer "$tmp/$who.err")"
done
done_testing
