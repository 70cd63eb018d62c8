#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc sockopt exec
. "${srcdir:?run by make check}/tests/lib.sh"
: "${FORCED:?run by make check}"

# The command line, which needs no kernel

t "no operand" 2 '' '*an operand is missing: NAME=VALUE... -- CMD*--help*' sockopt exec
t "no command" 2 '' '*a command is missing: -- CMD *--help*' sockopt exec SO_KEEPALIVE=1
t "no command behind --" 2 '' '*a command is missing*' sockopt exec SO_KEEPALIVE=1 --
t "no option" 2 '' '*an operand is missing*' sockopt exec -- true
t "no such option" 2 '' '*: no option "SO_NOPE"*' sockopt exec SO_NOPE=1 -- true
t "no value" 2 '' '*: "true" is not NAME=VALUE' sockopt exec SO_KEEPALIVE=1 true -- true
t "a bad value" 2 '' '*: IP_TTL: "x" is not *' sockopt exec IP_TTL=x -- true
t "cannot be set" 2 '' '*: SO_TYPE cannot be set' sockopt exec SO_TYPE=1 -- true
t "its options end at --" 2 '' '*unknown option -x*' sockopt exec -x SO_KEEPALIVE=1 -- true
t "help, not of the command" 0 '*' '' sockopt exec --help -- true

if emulated; then
	left_out "what follows" 'the emulator has no seccomp'
	t "a system that cannot" 125 '' 'netipc sockopt exec: *' sockopt exec SO_KEEPALIVE=1 -- true
	done_testing
fi
netipc sockopt exec -q SO_KEEPALIVE=1 -- true 2>"$tmp/err"
if [ $? -eq 125 ]; then
	skip "$(cat "$tmp/err")"
fi

say='netipc sockopt exec: '
# numbers that hold on all systems that have this: SOL_SOCKET/SO_KEEPALIVE, TCP_USER_TIMEOUT
keepalive=get:1:9
timeout=get:6:18

t "set on both sides, the connection inherits" 0 '1
30000
1
30000' "${say}SO_KEEPALIVE=on: set on 2 sockets
${say}TCP_USER_TIMEOUT=30s: set on 2 sockets" sockopt exec SO_KEEPALIVE=on user_timeout=30s -- \
	"$FORCED" tcp bind listen tcp connect $keepalive $timeout accept $keepalive $timeout
t "none needed: the report says so" 0 '' "${say}SO_KEEPALIVE=on: set on 0 sockets" \
	sockopt exec SO_KEEPALIVE=on -- true
t "quiet" 0 '1' '' sockopt exec -q SO_KEEPALIVE=on -- "$FORCED" tcp bind $keepalive
t "verbose" 0 '' "${say}pid [1-9]* (forced) fd [0-9]* bind: TCP_USER_TIMEOUT 0s -> 30s
${say}TCP_USER_TIMEOUT=30s: set on 1 socket" sockopt exec -v user_timeout=30s -- \
	"$FORCED" tcp bind
t "IPv6" 0 '1
9' '*' sockopt exec SO_KEEPALIVE=on IPV6_UNICAST_HOPS=9 -- \
	"$FORCED" tcp6 bind $keepalive get:41:16
t "what the command set before is replaced, what it sets later wins" 0 '1
0' '*' sockopt exec SO_KEEPALIVE=on -- \
	"$FORCED" tcp set:1:9:0 bind $keepalive set:1:9:0 $keepalive
t "set again with each call" 0 '1' '*set on 1 socket' sockopt exec SO_KEEPALIVE=on -- \
	"$FORCED" tcp bind set:1:9:0 listen $keepalive
t "keep: setting it changes nothing" 0 '1
1' "${say}SO_KEEPALIVE=on: set on 1 socket
${say}1 call of setsockopt changed nothing" sockopt exec -S SO_KEEPALIVE=on -- \
	"$FORCED" tcp set:1:9:0 $keepalive bind $keepalive
t "keep: other options are the command's" 0 '1' '*' sockopt exec -S SO_REUSEADDR=off -- \
	"$FORCED" tcp set:1:9:1 $keepalive
t "keep: what has two names" 0 "$(netipc sockopt try -H -o got SO_RCVBUF=20000)" '*' \
	sockopt exec -S SO_RCVBUF=20000 -- "$FORCED" tcp set:1:33:90000 get:1:8
t "keep: the command's own mistakes stay" 0 '-92' '*' sockopt exec -S SO_KEEPALIVE=on -- \
	"$FORCED" tcp set:1:9999:1
t "not on sockets of UNIX" 0 '0
0' "${say}SO_KEEPALIVE=on: set on 0 sockets" sockopt exec -S SO_KEEPALIVE=on -- \
	"$FORCED" unix bind listen $keepalive unix connect $keepalive
t "TCP's not on UDP" 0 '' "${say}TCP_USER_TIMEOUT=30s: set on 0 sockets" \
	sockopt exec user_timeout=30s -- "$FORCED" udp bind
t "IP_TOS comes before SO_PRIORITY" 0 '5' '*' sockopt exec SO_PRIORITY=5 IP_TOS=0x10 -- \
	"$FORCED" tcp bind get:1:12
t "refused" 0 '' "${say}TCP_MAXSEG=1: set on 0 sockets, refused on 1: Invalid argument" \
	sockopt exec TCP_MAXSEG=1 -- "$FORCED" tcp bind listen
t "the kernel made something else of it" 0 '' "${say}IP_TTL=-1: set on 1 socket as 64" \
	sockopt exec IP_TTL=-1 -- "$FORCED" tcp bind
t "a thread" 0 '1' '*on 1 socket' sockopt exec SO_KEEPALIVE=1 -- \
	"$FORCED" tcp thread bind $keepalive
# shellcheck disable=SC2016
t "children, and programs that programs run" 0 '1
1' '*on 2 sockets' sockopt exec SO_KEEPALIVE=1 -- sh -c '"$0" fork fork tcp bind "$1"
	env "$0" tcp bind "$1"' "$FORCED" $keepalive

# UDP

t "UDP that is bound or connected" 0 '9
9' "${say}IP_TTL=9: set on 2 sockets" sockopt exec IP_TTL=9 -- \
	"$FORCED" udp bind get:0:2 udp connect get:0:2
t "UDP that only sends is not covered" 0 '64' "${say}IP_TTL=9: set on 1 socket
${say}1 UDP socket was neither bound nor connected: not covered (--udp covers them)" \
	sockopt exec IP_TTL=9 -- "$FORCED" udp bind udp send get:0:2
t "but with --udp" 0 '9
9' "${say}IP_TTL=9: set on 4 sockets" sockopt exec --udp IP_TTL=9 -- \
	"$FORCED" udp bind udp send get:0:2 udp6 udp send get:0:2
t "nor told of for TCP's options" 0 '' "${say}TCP_NODELAY=on: set on 0 sockets" \
	sockopt exec nodelay=1 -- "$FORCED" udp send

# How the command ends

t "its status" 7 '' '*' sockopt exec SO_KEEPALIVE=1 -- "$FORCED" exit:7
t "not found" 127 '' "${say}$tmp/nothing: No such file or directory" \
	sockopt exec SO_KEEPALIVE=1 -- "$tmp/nothing"
: >"$tmp/file"
t "cannot be run" 126 '' "${say}$tmp/file: Permission denied" \
	sockopt exec SO_KEEPALIVE=1 -- "$tmp/file"
t "standard input and output are its own" 0 'through' '' \
	sockopt exec -q SO_KEEPALIVE=1 -- sh -c 'echo through'
for signal in 9 10 15; do
	t "killed by $signal: so is netipc" $((128 + signal)) '' '*set on 0 sockets*' \
		sockopt exec SO_KEEPALIVE=1 -- "$FORCED" raise:$signal
done

done_testing
