#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc echo-client --check and --flags: a good server passes, others are found out
. "${srcdir:?run by make check}/tests/lib.sh"
need socat jq

echo_servers

# results FILE - "NAME RESULT" of each line of the own form
results() {
	awk 'NF > 2 { print $1, $2 }' "$1" | grep -v '^[0-9]'
}
netipc echo-client --check -t 20 "$tcp" >"$tmp/out" 2>"$tmp/err"
same 'a stream: status' '0 ' "$? $(cat "$tmp/err")"
same 'a stream' 'connect passed
bytes passed
urgent passed
half-close passed
tail passed
late-reader passed
back-pressure passed
fairness passed
delay passed
reset passed' "$(results "$tmp/out")"
same 'a stream: in all' '10 passed, 0 failed, 0 skipped' "$(tail -n 1 "$tmp/out")"
netipc echo-client --check -u -t 20 "$udp" >"$tmp/out" 2>"$tmp/err"
same 'datagrams: status' '0 ' "$? $(cat "$tmp/err")"
same 'datagrams' 'datagram passed
sizes passed
once passed
source passed
burst passed' "$(results "$tmp/out")"

# Every check stands in the manual page
netipc echo-client --check -u --json -t 20 "$udp" >"$tmp/json"
netipc echo-client --check --json -t 20 "$tcp" >>"$tmp/json"
sed -n '/^\.Sh CHECKS/,/^\.Sh COLUMNS/s/^\.It Cm //p' "$srcdir/man/netipc-echo-client.1" |
	sort >"$tmp/page"
jq -r .check "$tmp/json" | sort >"$tmp/checks"
ok 'the page has every check' diff "$tmp/page" "$tmp/checks"
same 'json' 'true' "$(jq -s --arg tcp "$tcp" --arg udp "$udp" 'map(.result == "passed" and
	(.detail | length > 0) and (.what | length > 0) and .time_s >= 0 and
	(.peer == $tcp or .peer == $udp)) | all' "$tmp/json")"
t 'csv' 0 "$(printf 'check,result\r\ndatagram,passed\r\nsizes,passed\r\nonce,passed\r
source,passed\r\nburst,passed\r')" '' echo-client --check -u --csv -o check,result -t 20 "$udp"
t 'table' 0 'CHECK     RESULT
datagram  passed
sizes     passed
once      passed
source    passed
burst     passed' '' echo-client --check -u -o check,result -t 20 "$udp"
netipc echo-client --check -u -t 20 "$udp" >/dev/full 2>"$tmp/err"
same 'a full disk' 3 $?

# Servers that are no good
# found NAME CHECKS SERVER - status 1, and those of CHECKS have failed
found() {
	foreign "$1" "$3"
	netipc echo-client --check --json -t 0.5 "127.0.0.1:$port" >"$tmp/json" 2>"$tmp/err"
	same "$1: status" 1 $?
	for check in $2; do
		same "$1: $check" failed \
			"$(jq -r --arg check "$check" 'select(.check == $check) | .result' "$tmp/json")"
	done
}
found truncates 'bytes tail late-reader' 'SYSTEM:head -c 5000'
found changes 'bytes tail late-reader' 'SYSTEM:tr a b'
found sinks 'bytes urgent tail late-reader' 'SYSTEM:cat >/dev/null'
found never-ends 'half-close tail' 'SYSTEM:cat; exec sleep 2'
t 'nobody there' 3 '' "*connect $nobody: Connection refused" echo-client --check "$nobody"
t 'nobody there: UDP' 3 '' "netipc echo-client: send to $nobody: Connection refused" \
	echo-client --check -u "$nobody"
netipc echo-client --check -u -t 0.3 "$nobody" >"$tmp/out" 2>"$tmp/err"
ok 'nobody there: datagrams' [ $? -ne 0 ]

# Flags: what the page says of each
netipc echo-client --flags -t 20 "$tcp" >"$tmp/out" 2>"$tmp/err"
same 'flags of a stream: status' '0 ' "$? $(cat "$tmp/err")"
same 'flags of a stream' 'MSG_OOB SIGURG SO_OOBINLINE MSG_PEEK MSG_TRUNC MSG_WAITALL MSG_DONTWAIT MSG_DONTROUTE MSG_EOR' \
	"$(results "$tmp/out" | cut -d ' ' -f 1 | paste -sd ' ')"
same 'flags of a stream: none failed' '' "$(results "$tmp/out" | grep failed)"
ok 'MSG_OOB' grep -q '^MSG_OOB .*: "abcd" came back; .* did not ask for it$' "$tmp/out"
ok 'SIGURG' grep -q '^SIGURG .*: SIGURG came to the owner .* has "!"$' "$tmp/out"
ok 'SO_OOBINLINE' grep -q '^SO_OOBINLINE .*: "ab!cd" came, with the mark .* before "!"; .*: Invalid' \
	"$tmp/out"
ok 'MSG_PEEK' grep -q '^MSG_PEEK .* again without the flag' "$tmp/out"
ok 'MSG_TRUNC' grep -q '^MSG_TRUNC .* 3 bytes: they were thrown away, unseen; "defgh" came' "$tmp/out"
ok 'MSG_WAITALL' grep -q '^MSG_WAITALL .* 8 there: it waited, and "abcdefghijkl" came$' "$tmp/out"
ok 'MSG_DONTWAIT' grep -q '^MSG_DONTWAIT .* EAGAIN at once' "$tmp/out"
netipc echo-client --flags -u --json -t 20 "$udp" >"$tmp/json" 2>"$tmp/err"
same 'flags of datagrams: status' '0 ' "$? $(cat "$tmp/err")"
same 'flags of datagrams' '["MSG_PEEK","MSG_TRUNC","MSG_DONTWAIT","MSG_DONTROUTE","MSG_EOR"]' \
	"$(jq -sc 'map(.check)' "$tmp/json")"
same 'MSG_TRUNC of a datagram' 'asked for 3 bytes: "abc" came, with 8 as the length; the rest is gone' \
	"$(jq -r 'select(.check == "MSG_TRUNC") | .detail' "$tmp/json")"
t 'flags of datagrams: nobody' 3 '' "netipc echo-client: send to $nobody: Connection refused" \
	echo-client --flags -u -t 20 "$nobody"
t 'check and flags' 2 '' '*exclude one another*' echo-client --check --flags 127.0.0.1 7
done_testing
