#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc echo-client when the system fails: each call that can, made to fail by strace
# shellcheck disable=SC2094 # -P names the file that strace looks at
. "${srcdir:?run by make check}/tests/lib.sh"
need_faults
need cmp socat

start tcp echo-server -q 127.0.0.1:0
wait_ready tcp
tcp=$ready
start udp echo-server -q -u 127.0.0.1:0
wait_ready udp
udp=$ready
head -c 300000 /dev/urandom >"$tmp/data"
printf 'a\nb\nc\n' >"$tmp/lines"

# traced ARG... - strace of all threads.  With $alone there is only one, as a second cannot be made.
alone=
traced() {
	strace -f -o /dev/null ${alone:+-e inject=clone,?clone3:error=EAGAIN} "$@"
}

# with FAULT INPUT ARG... - the client with that fault; $status, $tmp/back, $tmp/err
with() {
	_fault=$1 _input=$2
	shift 2
	traced -e "inject=$_fault" "$NETIPC" echo-client "$@" <"$_input" >"$tmp/back" 2>"$tmp/err"
	status=$?
}

# survives FAULT - all comes back all the same
survives() {
	with "$1" "$tmp/data" "$tcp"
	same "$1: status$alone" 0 $status
	ok "$1$alone" cmp "$tmp/data" "$tmp/back"
}

# fails MESSAGE FAULT INPUT ARG...
fails() {
	_message=$1
	shift
	with "$@"
	if [ $status -eq 3 ] && like "netipc echo-client: $_message" "$(cat "$tmp/err")"; then
		pass "$1$alone"
	else
		fail "$1$alone: status $status; $(cat "$tmp/err")"
	fi
}

# A server that closes after a second
socat -d -d "TCP4-LISTEN:0,bind=127.0.0.1,fork" 'SYSTEM:sleep 1' 2>"$tmp/socat" &
pids="$pids $!"
poll grep -q listening "$tmp/socat"
closing=127.0.0.1:$(sed -n 's/.*listening on .*:\([0-9]*\)$/\1/p' "$tmp/socat")

stream() {
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
	same "EPIPE: status$alone" 3 $status
	# A server that closes after a second: the error of send(2), which recv(2) does not see again,
	# tells whether the connection broke.
	fails "send to $closing: Connection reset by peer" sendto:error=ECONNRESET "$tmp/data" "$closing"
	with sendto:error=EPIPE "$tmp/data" "$closing"
	same "EPIPE, then the end: status$alone" 1 $status
	ok "EPIPE, then the end$alone" like '*closed the connection before the end of the input; *' \
		"$(cat "$tmp/err")"
	# Of the input alone: the loader reads too
	traced -P "$tmp/data" -e inject=read,readv:error=EIO "$NETIPC" echo-client "$tcp" \
		<"$tmp/data" >"$tmp/back" 2>"$tmp/err"
	same "read EIO: status$alone" 3 $?
	ok "read EIO$alone" like 'netipc echo-client: standard input: I*/* error' "$(cat "$tmp/err")"
	traced -P "$tmp/data" -e inject=read,readv:error=EINTR:when=1..2 "$NETIPC" echo-client \
		"$tcp" <"$tmp/data" >"$tmp/back" 2>"$tmp/err"
	same "read EINTR: status$alone" 0 $?
	ok "read EINTR$alone" cmp "$tmp/data" "$tmp/back"
	traced -P "$tmp/back" -e inject=write,writev:error=EIO:when=2 "$NETIPC" echo-client \
		"$tcp" <"$tmp/data" >"$tmp/back" 2>"$tmp/err"
	same "write EIO: status$alone" 3 $?
	ok "write EIO$alone" like 'netipc echo-client: write to standard output: I*/* error' \
		"$(cat "$tmp/err")"
	traced -P "$tmp/back" -e inject=write,writev:error=EINTR:when=1..2 "$NETIPC" echo-client \
		"$tcp" <"$tmp/data" >"$tmp/back" 2>"$tmp/err"
	same "write EINTR: status$alone" 0 $?
	ok "write EINTR$alone" cmp "$tmp/data" "$tmp/back"
	# Not a byte of a short input is sent
	with sendto:error=EPIPE "$tmp/lines" "$closing"
	same "EPIPE at once: status$alone" 1 $status
	ok "EPIPE at once$alone" like '*closed the connection before the end of the input; *' \
		"$(cat "$tmp/err")"
}

stream
with pipe2:error=EMFILE "$tmp/data" "$tcp"
same 'no pipe for the second thread: status' 0 $status
ok 'no pipe for the second thread' cmp "$tmp/data" "$tmp/back"
with pipe2:error=EMFILE:when=2 "$tmp/data" "$tcp"
same 'no pipe for its end: status' 0 $status
ok 'no pipe for its end' cmp "$tmp/data" "$tmp/back"
alone=', one thread'
stream
alone=

# piped FAULT... - all goes through the client into a pipe, and comes out again
piped() {
	{
		strace -f -o /dev/null "$@" "$NETIPC" echo-client "$tcp" <"$tmp/data" 2>"$tmp/err"
		echo $? >"$tmp/status"
	} | cat >"$tmp/back"
	same "$2, a pipe: status" '0 ' "$(cat "$tmp/status") $(cat "$tmp/err")"
	ok "$2, a pipe" cmp "$tmp/data" "$tmp/back"
}
piped -e inject=splice:error=EINVAL
piped -e inject=splice:error=EAGAIN:when=1..3
piped -e inject=splice:error=EINTR:when=2+2
piped -e inject=tee:error=EAGAIN:when=1+2
piped -e inject=tee:error=EINVAL
piped -e inject=pipe2:error=EMFILE:when=1
# The read behind the first splice, of the first thread: the loader reads too
strace -o "$tmp/trace" -e trace=read,splice "$NETIPC" echo-client "$tcp" <"$tmp/data" | cat >"$tmp/back"
first=$(awk '/^splice\(.* = [1-9]/ { print n + 1; exit } /^read/ { n++ }' "$tmp/trace")
if [ -n "$first" ]; then
	{
		strace -o /dev/null -e inject=read:error=EIO:when="$first" "$NETIPC" echo-client \
			"$tcp" <"$tmp/data" 2>"$tmp/err"
		echo $? >"$tmp/status"
	} | cat >"$tmp/back"
	same 'a pipe read EIO: status' 3 "$(cat "$tmp/status")"
	ok 'a pipe read EIO' grep -q 'netipc echo-client: read from a pipe: I.*/.* error' "$tmp/err"
else
	left_out 'a pipe read EIO' 'no splice(2) here'
fi

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

# UNIX
start unix echo-server -q -U "$tmp/s" --dgram
wait_ready unix
start records echo-server -q -U "$tmp/r" --seqpacket
wait_ready records
fails 'bind: Address*in use' bind:error=EADDRINUSE "$tmp/lines" -U "$tmp/s" --dgram
with sendto:error=EAGAIN:when=1..2 "$tmp/lines" -U "$tmp/s" --dgram
same 'unix dgram EAGAIN' 0 $status
with sendto:error=EPIPE:when=2 "$tmp/lines" -U "$tmp/r" --seqpacket
same 'records EPIPE: status' 1 $status
same 'records EPIPE' "netipc echo-client: unix:$tmp/r closed the connection before the end of \
the input; 0 of 2 bytes are missing" "$(cat "$tmp/err")"
fails "receive from unix:$tmp/r: Connection reset by peer" recvfrom:error=ECONNRESET:when=2 \
	"$tmp/lines" -U "$tmp/r" --seqpacket
with recvfrom:error=EINTR:when=1 "$tmp/lines" -U "$tmp/r" --seqpacket
same 'records EINTR' 0 $status
done_testing
