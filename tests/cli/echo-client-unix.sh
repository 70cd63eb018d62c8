#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc echo-client on UNIX sockets of datagrams and of records
. "${srcdir:?run by make check}/tests/lib.sh"
need jq
[ "$(uname -s)" = Linux ] || skip 'UNIX sockets have no names of their own here'

printf 'one\ntwo\n' >"$tmp/two"
{ head -c 5000 /dev/zero | tr '\0' x; printf '\n\nend'; } >"$tmp/long"
: >"$tmp/empty"

# both KIND - what datagrams and records have in common
both() {
	kind=$1
	start "$kind" echo-server -q -U "$tmp/$kind" "--$kind"
	wait_ready "$kind"
	input=$tmp/two
	t "$kind" 0 "$(cat "$tmp/two")" '' echo-client -U "$tmp/$kind" "--$kind"
	input=$tmp/long
	tj "$kind: a long line" 0 '[.equal, .datagrams, .lost, .late, .sent_bytes, .peer]' \
		"[true,6,0,0,5005,\"unix:$tmp/$kind\"]" '' echo-client -j -U "$tmp/$kind" "--$kind"
	t "$kind: empty input" 0 '' '' echo-client -U "$tmp/$kind" "--$kind"
	input=$tmp/two
	t "$kind: --hex" 0 '> 00000000  6f 6e 65 0a                                       |one.|
< 00000000  6f 6e 65 0a                                       |one.|
> 00000004  74 77 6f 0a                                       |two.|
< 00000004  74 77 6f 0a                                       |two.|' '' \
		echo-client --hex -U "$tmp/$kind" "--$kind"
	for mode in '--ping -c 3 -i 0.01' '--ping -c 2 -i 0.01 --connect' '--ping -c 2 -s 9000 -i 0' \
		'--load -c 100 -p 4' '--load -c 100 -n 4 -T 2 -s 8-2000'; do
		# shellcheck disable=SC2086 # options and their values
		tj "$kind: $mode" 0 'select(.record == "summary") | .sent == .received, .peer' \
			"true
\"unix:$tmp/$kind\"" '' echo-client -j $mode -U "$tmp/$kind" "--$kind"
	done
	stop "$pid"
	rm -f "$tmp/$kind"
	input=$tmp/two
	t "$kind: nobody" 3 '' "*connect unix:$tmp/$kind: No such file or directory" \
		echo-client -U "$tmp/$kind" "--$kind"
}
both dgram
both seqpacket

# Of the wrong kind
start stream echo-server -q -U "$tmp/stream"
wait_ready stream
for kind in dgram seqpacket; do
	t "a stream is asked for $kind" 3 '' "*connect unix:$tmp/stream: *" \
		echo-client -U "$tmp/stream" "--$kind"
done
stop "$pid"

start dgram echo-server -q -U "$tmp/dgram" --dgram
wait_ready dgram
t 'dgram: --check' 0 '*' '' echo-client --check -U "$tmp/dgram" --dgram
same 'dgram: --check: each' 'datagram passed sizes passed once passed source skipped burst skipped' \
	"$(awk 'NF > 3 && $2 ~ /ed$/ { print $1, $2 }' "$tmp/out" | grep -v , | tr '\n' ' ' | sed 's/ $//')"
t 'dgram: --flags' 0 '*' '' echo-client --flags -U "$tmp/dgram" --dgram
t 'dgram: --churn' 2 '' '*' echo-client --churn -c 1 -U "$tmp/dgram" --dgram
stop "$pid"

# Records have an end
start closing echo-server -q -U "$tmp/closing" --seqpacket --close-after 4
wait_ready closing
mkfifo "$tmp/open"
{
	echo one
	poll [ -e "$tmp/closed" ]
} >"$tmp/open" &
pids="$pids $!"
input=$tmp/open
tj 'records: the server closes' 1 '[.equal, .error]' \
	"[false,\"unix:$tmp/closing closed the connection before the end of the input; \
0 of 4 bytes are missing\"]" '*closed the connection*' \
	echo-client -j -U "$tmp/closing" --seqpacket
: >"$tmp/closed"
stop "$pid"
start records echo-server -q -U "$tmp/records" --seqpacket
wait_ready records
tj 'records: --churn' 0 'select(.record == "summary") | .received' 10 '' \
	echo-client -j --churn -c 10 -U "$tmp/records" --seqpacket
stop "$pid"

# Usage
t 'without --unix' 2 '' '*--seqpacket and --dgram are for --unix*' echo-client --dgram 127.0.0.1 7
t 'both' 2 '' '*--seqpacket and --dgram exclude each other*' \
	echo-client --dgram --seqpacket -U /s
t 'UDP on a UNIX socket' 2 '' '*--unix and --udp exclude each other*' \
	echo-client --dgram -u -U /s
for mode in bulk check flags; do
	t "records: --$mode" 2 '' '*--seqpacket is not for --bulk, --check and --flags*' \
		echo-client --$mode --seqpacket -U /s
done
done_testing
