#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc resolve --dns with servers that are dead, lame, refuse or send what is no message: the
# good one of two has the answer; without a good one each question has one record that says so.
. "${srcdir:?run by make check}/tests/lib.sh"
need jq

: >"$tmp/resolv.conf"
awk 'BEGIN { for (n = 1; n <= 100; n++) print "ip-10-0-0-" n ".bench.test 10.0.0." n }' \
	>"$tmp/want"
cut -d ' ' -f 1 <"$tmp/want" >"$tmp/lines"

# servers ARG... - fakedns with -a of each; $first and $second are where
servers() {
	fakedns dns --synth bench.test "$@"
	wait_ready dns
	first=$ready
	second=$(sed -n '2s/^ready //p' "$tmp/dns.out")
}

dns() {
	netipc resolve --dns -4 --resolv-conf "$tmp/resolv.conf" -f "$tmp/lines" "$@"
}

# The bad one is asked first
for fault in '--loss 100' --refused '--servfail 100' '--lame 100' '--malformed 100' '--loop 100' \
	'--wrong-id 100' '--truncate 100 --tcp-refuse' '--truncate 100 --tcp-half'; do
	# shellcheck disable=SC2086 # two words
	servers -a 127.0.0.1 $fault -a 127.0.0.1
	dns "@$first" "@$second" >"$tmp/out" 2>"$tmp/err"
	same "$fault and a good one: status" 0 "$?"
	same "$fault and a good one: standard error" '' "$(cat "$tmp/err")"
	ok "$fault and a good one: the answers" diff "$tmp/want" "$tmp/out"
	stop "$pid"
	ok "$fault: it was asked" grep -q 'udp=[1-9].*' "$tmp/dns.out"
done

# Nobody listens
servers
stop "$pid"
dead=$first
servers
dns "@$dead" "@$first" >"$tmp/out" 2>"$tmp/err"
same 'a closed port and a good one: status' 0 "$?"
ok 'a closed port and a good one: the answers' diff "$tmp/want" "$tmp/out"

# alone STATUS WORD FAULT - no other server: a record for each line, in order, none has an answer
alone() {
	_word=$2
	# shellcheck disable=SC2086
	servers --tcp-faults $3
	dns --json --timeout 0.1 --retries 2 "@$first" >"$tmp/out" 2>"$tmp/err"
	same "$3 alone: status" "$1" "$?"
	same "$3 alone: records" 100 "$(jq -s length "$tmp/out")"
	same "$3 alone: complaints" 100 "$(wc -l <"$tmp/err" | tr -d ' ')"
	# shellcheck disable=SC2016 # the inner shell expands it
	ok "$3 alone: in order" sh -c 'jq -r .name "$1" | cmp - "$2"' sh "$tmp/out" "$tmp/lines"
	same "$3 alone: the words" "$_word" "$(jq -r .status "$tmp/out" | sort | uniq | tr '\n' ' ')"
	same "$3 alone: no addresses" '' "$(jq -r '.addresses[]?' "$tmp/out")"
	stop "$pid"
}

alone 3 'timeout ' '--loss 100'
alone 3 'refused ' --refused
alone 3 'servfail ' '--servfail 100'
alone 3 'timeout ' '--wrong-id 100'
alone 3 'timeout ' '--wrong-question 100'

# What cannot be read is no answer: of some of the noise the engine sees at once that it is none
servers --malformed 100
dns --json --timeout 0.1 --retries 2 "@$first" >"$tmp/out" 2>"$tmp/err"
same 'malformed alone: status' 3 "$?"
same 'malformed alone: records' 100 "$(jq -s length "$tmp/out")"
same 'malformed alone: other words' '' \
	"$(jq -r .status "$tmp/out" | grep -vE '^(malformed|timeout)$')"
stop "$pid"
servers --loop 100
dns --json --timeout 0.1 --retries 2 "@$first" >"$tmp/out" 2>"$tmp/err"
same 'compression loops alone: status' 3 "$?"
same 'compression loops alone: words' 'malformed ' \
	"$(jq -r .status "$tmp/out" | sort | uniq | tr '\n' ' ')"
stop "$pid"

# TCP's trouble is that of those who need it
for fault in --tcp-refuse --tcp-half --tcp-mute; do
	servers --truncate 30 "$fault"
	dns --timeout 0.2 --retries 1 "@$first" >"$tmp/out" 2>"$tmp/err"
	same "$fault: lines and complaints" 100 "$(cat "$tmp/out" "$tmp/err" | wc -l | tr -d ' ')"
	same "$fault: no wrong answer" '' "$(grep -vxFf "$tmp/want" "$tmp/out")"
	ok "$fault: the others are answered" test "$(wc -l <"$tmp/out")" -ge 50
	stop "$pid"
done

# All kinds of answers side by side
cat >"$tmp/lines" <<'END'
ip-10-0-0-1.bench.test
nx-1.bench.test
nodata-1.bench.test
fail-1.bench.test
mute-1.bench.test
cname-ip-10-0-0-2.bench.test
a..b
elsewhere.example
ip-10-0-0-1.bench.test
END
servers
dns --json --timeout 0.1 --retries 1 "@$first" >"$tmp/out" 2>"$tmp/err"
same 'all kinds: status' 3 "$?"
same 'all kinds: words' 'ok nxdomain nodata servfail timeout ok invalid refused ok ' \
	"$(jq -r .status "$tmp/out" | tr '\n' ' ')"
same 'all kinds: addresses' '10.0.0.1 10.0.0.2 10.0.0.1 ' \
	"$(jq -r '.addresses[]?' "$tmp/out" | tr '\n' ' ')"
stop "$pid"

done_testing
