#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc resolve --dns and rresolve --dns ask a server that fails in all the ways that
# tests/fakedns.c has: every question gets its answer, the right one, once and in order.
. "${srcdir:?run by make check}/tests/lib.sh"

# Names, and the addresses that they have by the rule of fakedns --synth
awk 'BEGIN {
	for (i = 32; i < 127; i++)
		code[sprintf("%c", i)] = i
	for (n = 1; n <= 2000; n++) {
		name = "h" n ".bench.test"
		letters = name
		gsub(/\./, "", letters)
		h = 5381
		for (i = 1; i <= length(letters); i++)
			h = (h * 33 + code[substr(letters, i, 1)]) % 4294967296
		printf "%s 10.%d.%d.%d\n", name, int(h / 65536) % 256, int(h / 256) % 256, h % 256
	}
}' >"$tmp/forward"
awk 'BEGIN {
	for (n = 1; n <= 2000; n++) {
		a = "10.1." int(n / 256) "." n % 256
		gsub(/\./, "-", a)
		print "10.1." int(n / 256) "." n % 256 " ip-" a ".bench.test"
	}
}' >"$tmp/reverse"
: >"$tmp/resolv.conf"

# server ARG... - a fakedns with these faults; $ready is where
server() {
	fakedns dns --synth bench.test --synth 10.in-addr.arpa "$@"
	wait_ready dns
}

# bulk NAME N WAY ARG... - N lines of WAY (forward or reverse), asked of the server with ARG...
bulk() {
	_name="$1: $2 lines, $3" _way=$3
	head -n "$2" "$tmp/$_way" >"$tmp/want"
	cut -d ' ' -f 1 <"$tmp/want" >"$tmp/lines"
	shift 3
	if [ "$_way" = forward ]; then
		set -- resolve -4 "$@"
	else
		set -- rresolve "$@"
	fi
	netipc "$@" --dns --resolv-conf "$tmp/resolv.conf" -f "$tmp/lines" "@$ready" \
		>"$tmp/out" 2>"$tmp/err"
	_got=$?
	if [ "$_got" -eq 0 ] && [ ! -s "$tmp/err" ] && cmp -s "$tmp/want" "$tmp/out"; then
		pass "$_name"
		return
	fi
	fail "$_name: netipc $*: status $_got"
	head -n 5 "$tmp/err" | sed 's/^/  /'
	diff "$tmp/want" "$tmp/out" | head -n 10 | sed 's/^/  /'
}

# seen COUNTER... - ends the server, which has done these things
seen() {
	stop "$pid"
	for _count in "$@"; do
		if [ "$(counted dns "$_count")" -gt 0 ]; then
			pass "the server says: $_count"
		else
			fail "the server never did: $_count: $(cat "$tmp/dns.out")"
		fi
	done
}

for way in forward reverse; do
	server --delay 5 --loss 5 --servfail 2 --truncate 2 --wrong-id 2 --wrong-question 2
	bulk 'mixed faults' 2000 "$way" --retries 12
	seen loss servfail truncate wrong-id wrong-question tcp
done

for fault in loss servfail truncate wrong-id wrong-question wrong-peer; do
	server "--$fault" 10
	bulk "$fault alone" 200 forward --retries 12
	seen "$fault"
done

for fault in duplicate reorder; do
	server "--$fault" 30 --hold 5 --jitter 3
	bulk "$fault alone" 200 forward --timeout 5
	seen "$fault"
done

# Answers in random order need no patience but a place to wait
server --jitter 20
bulk 'each answer overtakes others' 500 reverse
stop "$pid"

server --truncate 100
bulk 'all answers come by TCP' 200 forward
seen truncate tcp

server --tcp-close --truncate 50
bulk 'TCP is closed behind each answer' 200 forward
seen tcp

server --delay 3
bulk 'TCP alone' 200 forward --tcp
seen tcp
same 'nothing by UDP' 0 "$(counted dns udp)"

server --tcp-faults --servfail 10 --duplicate 10
bulk 'TCP alone, with faults' 200 forward --tcp --retries 12
seen servfail duplicate tcp

server --formerr-edns
bulk 'EDNS is refused' 100 forward --bufsize 1232
seen udp

server --loss 5
bulk 'letters in random case' 200 forward --random-case --retries 12
seen loss

server -a ::1
bulk 'IPv6' 100 forward
seen udp

done_testing
