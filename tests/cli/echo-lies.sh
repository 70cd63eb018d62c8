#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc echo-client against servers that lie, in each mode but --check: each lie is named, and the
# status is 1
. "${srcdir:?run by make check}/tests/lib.sh"
need jq

# says NAME STATUS GLOB ARG... - netipc echo-client ARG...: what it prints, on both streams, is
# like GLOB
says() {
	_name=$1 _want=$2 _glob=$3
	shift 3
	netipc echo-client "$@" >"$tmp/said" 2>&1 </dev/null
	_status=$?
	same "$_name: status" "$_want" "$_status"
	if like "$_glob" "$(cat "$tmp/said")"; then
		pass "$_name"
	else
		fail "$_name: wanted $_glob"
		head -n 20 "$tmp/said" | sed 's/^/  /'
	fi
}

# Messages on a stream
while read -r lie ping load; do
	liar tcp "$lie"
	says "--ping, $lie" 1 "*$(echo "$ping" | tr _ ' ')*" --ping -c 2 -i 20ms --timeout 1s \
		--seed 1 127.0.0.1 "$port"
	says "--load, $lie" 1 "*$(echo "$load" | tr _ ' ')*" --load -c 5 --timeout 1s \
		--seed 1 127.0.0.1 "$port"
	stop $pid
done <<-END
	wrong differs_at_offset_5 offset_5_differs
	missing differs_at_offset_5 offset_5_differs
	extra differs_at_offset_5 offset_5_differs
	duplicate foreign offset_64:_got_0x??,_which_was_not_sent
	reordered differs_at_offset_5 offset_5_differs
	never lost the_server_is_silent
	closes closed ended_the_connection:_59_bytes
	resets closed_(Connection_reset ended_the_connection:_Connection_reset
END

# Streams without messages, connections of one message, and the pipe.  The pipe's status is 3
# where nobody can say whether the rest would have come.  "-": the lie cannot be seen in that mode.
# sees STATUS:TEXT NAME ARG... - as says, of a cell of the table
sees() {
	_cell=$1
	shift
	[ "$_cell" = - ] && return
	_mode=$1
	shift
	says "$_mode, $lie" "${_cell%%:*}" "*$(echo "${_cell#*:}" | tr _ ' ')*" "$@" --seed 1 \
		127.0.0.1 "$port"
}
perl -e 'print pack("C*", map { ($_ * 7 + ($_ >> 8)) & 255 } 0 .. 4999)' >"$tmp/in"
while read -r lie ms bulk churn pipe; do
	liar tcp "$lie" 5 "$ms"
	sees "$bulk" --bulk --bulk -d 1 -t 1s
	sees "$churn" --churn --churn -c 2 -t 1s
	if [ "$pipe" != - ]; then
		netipc echo-client -t 1s 127.0.0.1 "$port" <"$tmp/in" >"$tmp/back" 2>"$tmp/said"
		same "the pipe, $lie: status" "${pipe%%:*}" $?
		if like "*$(echo "${pipe#*:}" | tr _ ' ')*" "$(cat "$tmp/said")"; then
			pass "the pipe, $lie"
		else
			fail "the pipe, $lie: $(cat "$tmp/said")"
		fi
	fi
	stop $pid
done <<-END
	wrong 0 1:offset_5_differs 1:offset_5_differs 1:offset_5_differs:_sent_0x23,_got_0xdc
	missing 0 1:offset_5_differs 1:offset_5_differs 1:offset_5_differs:_sent_0x23,_got_0x2a
	extra 0 1:offset_5_differs 1:offset_5_differs 1:offset_5_differs
	reordered 0 1:offset_5_differs 1:offset_5_differs 1:offset_5_differs:_sent_0x23,_got_0x2a
	duplicate 0 1:differs 1:offset_64:_got_0x??,_which_was_not_sent 1:which_was_not_sent
	late 3000 1:not_returned 1:the_server_is_silent:_64_bytes 3:returns_nothing_for_1_s
	never 0 1:not_returned 1:the_server_is_silent:_64_bytes 1:5000_of_5000_bytes_are_missing
	closes 0 1:ended_the_connection 1:ended_the_connection:_59_bytes 1:4995_of_5000_bytes_are_missing
	resets 0 1:Connection_reset 1:Connection_reset 3:Connection_reset
	tail 100 1:not - 1:5000_of_5000_bytes_are_missing
	endless 0 1:the_server_did_not_end_the_stream - 3:does_not_close_the_connection
	honest 0 0:each_way 0:2_messages_returned 0:
END
# What is late is measured
liar tcp late 0 50
netipc echo-client --ping -c 1 --json 127.0.0.1 "$port" >"$tmp/said"
same '--ping, late: status' 0 $?
same '--ping, late: measured' true "$(jq -s '.[0].rtt_s >= 0.05' "$tmp/said")"
stop $pid
# After ten small messages each waits for a delayed acknowledgement
liar tcp nagle 0 45
netipc echo-client --load -c 40 --json 127.0.0.1 "$port" >"$tmp/said"
same '--load, nagle: status' 0 $?
same '--load, nagle: measured' true "$(jq -s '.[-1].p50_s >= 0.04 and .[-1].min_s < 0.04' "$tmp/said")"
stop $pid

# Datagrams: the second is the one that is lied about
while read -r lie ping load; do
	liar udp "$lie" 2
	says "--ping --udp, $lie" 1 "*$(echo "$ping" | tr _ ' ')*" --ping --udp -c 4 -i 20ms \
		--timeout 1s --seed 1 127.0.0.1 "$port"
	stop $pid
	liar udp "$lie" 2
	says "--load --udp, $lie" "${load%%:*}" "*$(echo "${load#*:}" | tr _ ' ')*" --load --udp \
		-c 20 --pipeline 4 --timeout 1s --seed 1 127.0.0.1 "$port"
	stop $pid
done <<-END
	wrong differs_at_offset_63 1:1_different
	missing differs_at_offset_63 1:1_different
	extra differs_at_offset_64 1:1_different
	duplicate duplicate 1:1_duplicate
	never lost 1:1_missing
	elsewhere lost 1:1_missing
	foreign foreign 1:1_foreign
END
# The second comes behind the third
liar udp reordered 2
says '--ping --udp, reordered' 1 '*reordered*' --ping --udp -c 4 -i 20ms --seed 1 127.0.0.1 "$port"
stop $pid
liar udp reordered 2
says '--load --udp, reordered' 1 '*1 reordered*' --load --udp -c 20 --pipeline 4 --seed 1 \
	127.0.0.1 "$port"
stop $pid
liar udp late 2 700
says '--ping --udp, late' 1 '*probe 2: lost*probe 2: *late*' --ping --udp -c 40 -i 20ms \
	--timeout 300ms --seed 1 127.0.0.1 "$port"
stop $pid

# An honest server has no fault in any mode
for type in tcp udp; do
	liar $type honest
	udp=
	[ $type = tcp ] || udp=--udp
	# shellcheck disable=SC2086
	{
		says "--ping, honest $type" 0 '*5 sent, 5 returned*' --ping $udp -c 5 -i 10ms \
			127.0.0.1 "$port"
		says "--load, honest $type" 0 '*50 messages returned*' --load $udp -c 50 \
			127.0.0.1 "$port"
	}
	stop $pid
done

# Nobody is there: that is no lie
says '--churn, nobody' 3 '*onnection refused*' --churn -c 3 127.0.0.1 "$port"

done_testing
