#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc echo-client --check against servers that lie: exactly those checks fail that must, and the
# status is 1
. "${srcdir:?run by make check}/tests/lib.sh"
need jq

# checks TYPE LIE WHERE MS FAILED... - begin an examination in which those checks fail; most of it
# is waiting, so that several run at a time
checks() {
	_type=$1 _lie=$2
	liar "$1" "$2" "$3" "$4"
	shift 4
	_udp=
	[ "$_type" = tcp ] || _udp=--udp
	# shellcheck disable=SC2086
	netipc echo-client --check $_udp --json --timeout 1 --seed 1 127.0.0.1 "$port" \
		>"$tmp/$_type-$_lie" 2>/dev/null </dev/null &
	echo "$! $pid $_type $_lie $*" >>"$tmp/begun"
}

# collect - what all of them found
collect() {
	while read -r _job _liar _type _lie _failed; do
		wait "$_job"
		same "$_type $_lie: status" 1 $?
		same "$_type $_lie" "$_failed" "$(jq -r 'select(.result == "failed").check' \
			"$tmp/$_type-$_lie" | paste -sd ' ' -)"
		stop "$_liar"
	done <"$tmp/begun"
	: >"$tmp/begun"
}

checks tcp wrong 5000 0 bytes tail late-reader
checks tcp missing 5000 0 bytes tail late-reader
checks tcp extra 5000 0 bytes tail late-reader
checks tcp duplicate 5000 0 bytes tail late-reader
checks tcp reordered 5000 0 bytes tail late-reader
checks tcp closes 5000 0 bytes tail late-reader
checks tcp resets 5000 0 bytes tail late-reader
collect
checks tcp never 0 0 bytes urgent tail late-reader back-pressure delay reset
checks tcp nagle 0 45 delay
checks tcp tail 0 50 tail late-reader
checks tcp endless 0 0 half-close tail late-reader
checks tcp starves 0 0 fairness
checks tcp urgent 0 0 urgent
collect

# A server that is kept from reading for a moment seems to hold back; it cannot each time.
grows() {
	liar tcp grows 0 0
	netipc echo-client --check --json --timeout 1 --seed 1 127.0.0.1 "$port" >"$tmp/grows" \
		2>/dev/null </dev/null
	found=$?
	stop "$pid"
	[ "$found" -ne 0 ]
}
for _ in 1 2 3 4 5 6 7 8 9 10; do
	grows && break
done
same 'tcp grows: status' 1 "$found"
same 'tcp grows' back-pressure "$(jq -r 'select(.result == "failed").check' "$tmp/grows")"
checks udp wrong 0 0 datagram sizes once burst
checks udp missing 0 0 datagram sizes once burst
checks udp extra 0 0 datagram sizes once burst
checks udp duplicate 0 0 sizes once burst
checks udp late 0 1500 datagram sizes once source burst
checks udp foreign 0 0 datagram sizes once burst
checks udp never 0 0 datagram sizes once source burst
checks udp elsewhere 0 0 datagram sizes once source burst
collect

# An honest server has no fault
liar tcp honest
tj 'tcp honest' 0 'select(.result == "failed")' '' '*' echo-client --check --json 127.0.0.1 "$port"
stop $pid
# Nobody is there: that is no lie
t 'tcp nobody' 3 '*' '*onnection refused*' echo-client --check 127.0.0.1 "$port"
liar udp honest
tj 'udp honest' 0 'select(.result == "failed")' '' '*' echo-client --check --udp --json 127.0.0.1 "$port"
stop $pid
t 'udp nobody' 3 '*' '*onnection refused*' echo-client --check --udp 127.0.0.1 "$port"

done_testing
