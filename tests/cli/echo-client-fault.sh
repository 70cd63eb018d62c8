#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc echo-client when the system fails: each call that can, made to fail by strace
# shellcheck disable=SC2094 # -P names the file that strace looks at
. "${srcdir:?run by make check}/tests/lib.sh"
emulated && skip 'strace would see the calls of the emulator'
need strace cmp socat
strace -o /dev/null true 2>/dev/null || skip 'tracing is not permitted here'
# A sanitizer that looks for leaks needs tracing itself.
ASAN_OPTIONS=${ASAN_OPTIONS-}:detect_leaks=0
export ASAN_OPTIONS

start tcp echo-server -q 127.0.0.1:0
wait_ready tcp
tcp=$ready
start udp echo-server -q -u 127.0.0.1:0
wait_ready udp
udp=$ready
head -c 300000 /dev/urandom >"$tmp/data"
printf 'a\nb\nc\n' >"$tmp/lines"

# with FAULT INPUT ARG... - the client with that fault; $status, $tmp/back, $tmp/err
with() {
	_fault=$1 _input=$2
	shift 2
	strace -o /dev/null -e "inject=$_fault" "$NETIPC" echo-client "$@" \
		<"$_input" >"$tmp/back" 2>"$tmp/err"
	status=$?
}

# survives FAULT - all comes back all the same
survives() {
	with "$1" "$tmp/data" "$tcp"
	same "$1: status" 0 $status
	ok "$1" cmp "$tmp/data" "$tmp/back"
}

# fails MESSAGE FAULT INPUT ARG...
fails() {
	_message=$1
	shift
	with "$@"
	if [ $status -eq 3 ] && like "netipc echo-client: $_message" "$(cat "$tmp/err")"; then
		pass "$1"
	else
		fail "$1: status $status; $(cat "$tmp/err")"
	fi
}

survives recvfrom:error=EINTR:when=1
survives recvfrom:error=EAGAIN:when=1
survives sendto:error=EINTR:when=1
survives sendto:error=EAGAIN:when=1..2
survives sendto:error=ENOBUFS:when=1
survives epoll_pwait,epoll_pwait2:error=EINTR:when=1..3
fails 'socket(AF_INET, SOCK_STREAM, 0): [TN]o*' socket:error=EMFILE "$tmp/data" "$tcp"
fails "connect $tcp: Network*unreachable" connect:error=ENETUNREACH "$tmp/data" "$tcp"
fails "connect $tcp: *timed out" connect:error=ETIMEDOUT "$tmp/data" "$tcp"
fails 'getsockopt SO_ERROR: *' getsockopt:error=ENOBUFS:when=1 "$tmp/data" "$tcp"
fails 'getsockname: *' getsockname:error=ENOBUFS "$tmp/data" "$tcp"
fails 'getpeername: *' getpeername:error=ENOTCONN "$tmp/data" "$tcp"
fails "receive from $tcp: Connection reset by peer" recvfrom:error=ECONNRESET:when=1 \
	"$tmp/data" "$tcp"
fails 'start of the epoll backend: *' epoll_create1:error=EMFILE "$tmp/data" "$tcp"
fails 'watch descriptor *: No space left on device' epoll_ctl:error=ENOSPC "$tmp/data" "$tcp"
fails 'wait for events: Bad file descriptor' epoll_pwait,epoll_pwait2:error=EBADF:when=2 "$tmp/data" "$tcp"
# A server that refuses to take more: what is missing is told when it closes
with sendto:error=EPIPE:when=2+ "$tmp/data" -t 1 "$tcp"
same 'EPIPE: status' 3 $status
# A server that closes after a second: the error of send(2), which recv(2) does not see again,
# tells whether the connection broke.
socat -d -d "TCP4-LISTEN:0,bind=127.0.0.1,fork" 'SYSTEM:sleep 1' 2>"$tmp/socat" &
pids="$pids $!"
poll grep -q listening "$tmp/socat"
closing=127.0.0.1:$(sed -n 's/.*listening on .*:\([0-9]*\)$/\1/p' "$tmp/socat")
fails "send to $closing: Connection reset by peer" sendto:error=ECONNRESET "$tmp/data" "$closing"
with sendto:error=EPIPE "$tmp/data" "$closing"
same 'EPIPE, then the end: status' 1 $status
ok 'EPIPE, then the end' like '*closed the connection before the end of the input; *' \
	"$(cat "$tmp/err")"
# Of the input alone: the loader reads too
strace -o /dev/null -P "$tmp/data" -e inject=read,readv:error=EIO "$NETIPC" echo-client "$tcp" \
	<"$tmp/data" >"$tmp/back" 2>"$tmp/err"
same 'read EIO: status' 3 $?
ok 'read EIO' like 'netipc echo-client: standard input: I*/* error' "$(cat "$tmp/err")"
strace -o /dev/null -P "$tmp/data" -e inject=read,readv:error=EINTR:when=1..2 "$NETIPC" echo-client \
	"$tcp" <"$tmp/data" >"$tmp/back" 2>"$tmp/err"
same 'read EINTR: status' 0 $?
ok 'read EINTR' cmp "$tmp/data" "$tmp/back"
strace -o /dev/null -P "$tmp/back" -e inject=write,writev:error=EIO:when=2 "$NETIPC" echo-client \
	"$tcp" <"$tmp/data" >"$tmp/back" 2>"$tmp/err"
same 'write EIO: status' 3 $?
ok 'write EIO' like 'netipc echo-client: write to standard output: I*/* error' \
	"$(cat "$tmp/err")"
strace -o /dev/null -P "$tmp/back" -e inject=write,writev:error=EINTR:when=1..2 "$NETIPC" echo-client \
	"$tcp" <"$tmp/data" >"$tmp/back" 2>"$tmp/err"
same 'write EINTR: status' 0 $?
ok 'write EINTR' cmp "$tmp/data" "$tmp/back"

# UDP
with sendto:error=EINTR:when=1 "$tmp/lines" -u "$udp"
same 'udp EINTR' 0 $status
with sendto:error=EAGAIN:when=1..2 "$tmp/lines" -u "$udp"
same 'udp EAGAIN' 0 $status
with recvfrom:error=EINTR:when=1 "$tmp/lines" -u "$udp"
same 'udp recv EINTR' 0 $status
with sendto:error=ENOBUFS:when=2 "$tmp/lines" -u -t 0.3 "$udp"
same 'udp ENOBUFS: status' 1 $status
same 'udp ENOBUFS' "netipc echo-client: $udp: 1 of 3 datagrams had no answer" "$(cat "$tmp/err")"
fails "send to $udp: Operation not permitted" sendto:error=EPERM:when=1 "$tmp/lines" -u "$udp"
fails "*$udp: Connection refused" recvfrom:error=ECONNREFUSED:when=1 "$tmp/lines" -u "$udp"
# After the first answer that is the loss of one; from send(2) it is of one that is over.
with recvfrom:error=ECONNREFUSED:when=2 "$tmp/lines" -u "$udp"
same 'udp refused later: status' 1 $status
same 'udp refused later' "netipc echo-client: $udp: 1 of 3 datagrams had no answer" \
	"$(cat "$tmp/err")"
ok 'udp refused later: the others' grep -q c "$tmp/back"
with sendto:error=ECONNREFUSED:when=2 "$tmp/lines" -u "$udp"
same 'udp refused before' 0 $status
with sendto:error=ECONNREFUSED:when=2..3 "$tmp/lines" -u -t 0.3 "$udp"
same 'udp refused twice: status' 1 $status
same 'udp refused twice' "netipc echo-client: $udp: 1 of 3 datagrams had no answer" \
	"$(cat "$tmp/err")"
done_testing
