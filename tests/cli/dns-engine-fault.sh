#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc resolve --dns when the system fails: each call of the engine that can, made to fail
. "${srcdir:?run by make check}/tests/lib.sh"
need_faults
need cmp timeout

fakedns dns --synth bench.test
wait_ready dns
server=$ready
fakedns tcp --synth bench.test --truncate 100
wait_ready tcp
tcp=$ready
: >"$tmp/resolv.conf"
awk 'BEGIN { for (n = 1; n <= 300; n++) print "h" n ".bench.test" }' >"$tmp/names"
netipc resolve -4 --dns --resolv-conf "$tmp/resolv.conf" -f "$tmp/names" "@$server" >"$tmp/want"
same 'without a fault' '0 300' "$? $(wc -l <"$tmp/want" | tr -d ' ')"

# with FAULT SERVER ARG... - resolve with that fault; $status, $tmp/got, $tmp/err
with() {
	_fault=$1 _server=$2
	shift 2
	timeout 120 strace -f -o "$tmp/trace" -e "inject=$_fault" "$NETIPC" resolve -4 --dns \
		--resolv-conf "$tmp/resolv.conf" "$@" "@$_server" >"$tmp/got" 2>"$tmp/err"
	status=$?
	ok "$_fault: was injected" grep -q INJECTED "$tmp/trace"
}

# survives FAULT [SERVER] - every name has its address all the same
survives() {
	with "$1" "${2-$server}" -f "$tmp/names"
	same "$1: status" 0 "$status"
	ok "$1: the answers" cmp "$tmp/want" "$tmp/got"
}

# fails MESSAGE FAULT SERVER - one name has none; status 3
fails() {
	_message=$1
	shift
	with "$@" h1.bench.test
	if [ "$status" -eq 3 ] && [ ! -s "$tmp/got" ] &&
		like "netipc resolve: $_message" "$(cat "$tmp/err")"; then
		pass "$1: says so"
	else
		fail "$1: status $status; $(cat "$tmp/got" "$tmp/err")"
	fi
}

# musl sends and receives the messages one by one
send=sendmmsg,sendmsg receive=recvmmsg,recvmsg
survives $send:error=EINTR:when=1+3
survives $send:error=EAGAIN:when=1..4
survives $send:error=ENOBUFS:when=2
survives $send:error=EPERM:when=1..3
survives $send:error=ECONNREFUSED:when=1..3
survives $receive:error=EINTR:when=1+3
survives $receive:error=EAGAIN:when=1+3
survives $receive:error=ECONNREFUSED:when=2
survives setsockopt:error=EPERM
survives epoll_pwait,epoll_pwait2:error=EINTR:when=1..5
fails '*: *unreachable*' connect:error=ENETUNREACH "$server"
fails '*: *' $send:error=EPERM "$server"
fails '*: *' $send:error=ENOBUFS "$server"
fails '*: *' $send:error=EAGAIN "$server"

# By TCP
survives sendto:error=EINTR:when=1 "$tcp"
survives sendto:error=EAGAIN:when=1..2 "$tcp"
survives sendto:error=EPIPE:when=1 "$tcp"
survives recvfrom:error=EINTR:when=1 "$tcp"
survives recvfrom:error=EAGAIN:when=1..2 "$tcp"
survives recvfrom:error=ECONNRESET:when=1 "$tcp"
survives getsockopt:error=ENOBUFS:when=1 "$tcp"
survives connect:error=EAGAIN:when=2 "$tcp"
fails '*: *' recvfrom:error=ECONNRESET "$tcp"
fails '*: *' connect:error=EAGAIN:when=2+ "$tcp"
fails '*: *' sendto:error=EPIPE "$tcp"

# What there is no way round
fails 'start of the epoll backend: *' epoll_create1:error=EMFILE "$server"
fails '*: *' epoll_ctl:error=ENOSPC "$server"
fails '*: *' getrandom:error=EIO "$server"
done_testing
