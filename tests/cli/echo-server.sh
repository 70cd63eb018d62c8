#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc echo-server: lines, formats, half-close, peers, signals, UDP rules, socket files
. "${srcdir:?run by make check}/tests/lib.sh"
need socat jq cmp

# port NAME - the port in the ready line of the server NAME
port() {
	wait_ready "$1"
	port=${ready##*:}
}

# echoes NAME WANT ADDRESS - what is sent to the socat address comes back, then the end
echoes() {
	printf '%s' "$2" | socat -t10 - "$3" >"$tmp/back" 2>"$tmp/socat"
	same "$1" "$2" "$(cat "$tmp/back")"
}

# has FILE LINE - FILE has the line that matches the pattern as a whole
has() {
	grep -qx "$2" "$1"
}

# The lecture's server: every address of the machine, both families on one port
start lecture echo-server 0
server=$pid
port lecture
same 'lecture: ready' "[::]:$port" "$ready"
echoes 'lecture: IPv4' 'test 123' "TCP4:127.0.0.1:$port,sourceport=0"
echoes 'lecture: IPv6' 'hello world' "TCP6:[::1]:$port"
echoes 'lecture: nothing, then half-close' '' "TCP4:127.0.0.1:$port"
ok 'lecture: IPv4 is printed as IPv4' poll has "$tmp/lecture.out" 'connected from 127\.0\.0\.1:[0-9]*'
ok 'lecture: IPv6' poll has "$tmp/lecture.out" 'connected from \[::1\]:[0-9]*'
ok 'lecture: end' poll has "$tmp/lecture.out" 'disconnected from 127\.0\.0\.1:[0-9]*'
stop $server
same 'lecture: dies by the signal' 143 $status
same 'lecture: counters' 'netipc echo-server: 3 connections, 19 bytes echoed' \
	"$(cat "$tmp/lecture.err")"
same 'lecture: each client has two lines' 7 "$(wc -l <"$tmp/lecture.out")"
done_testing
