#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc echo-server when the system fails: each call that can, made to fail by strace
. "${srcdir:?run by make check}/tests/lib.sh"
need_faults
need socat jq

# serve ARG... - with those faults
serve() {
	start server echo-server "$@"
	wait_ready server
	port=${ready##*:}
}

# echoes NAME - a client gets its bytes, at the third try at the latest
echoes() {
	for _try in 1 2 3; do
		_back=$(echo hello | socat -t10 - "TCP4:127.0.0.1:$port" 2>/dev/null)
		[ "$_back" = hello ] && break
	done
	same "$1" hello "$_back"
}

# survives FAULT... - it goes on serving
survives() {
	inject "$@"
	serve -q 127.0.0.1:0
	echoes "$*"
	stop $pid
	same "$*: ends by the signal" 143 $status
}

# fails MESSAGE FAULT... - it does not start, with status 3 and one line
fails() {
	_message=$1
	shift
	inject "$@"
	t "$*" 3 '' "netipc echo-server: $_message" echo-server 127.0.0.1:0
}

# What comes and goes
survives accept4:error=ECONNABORTED:when=1
survives accept4:error=EINTR:when=1
survives accept4:error=EPROTO:when=1
survives accept4:error=EPERM:when=1
survives accept4:error=ENETDOWN:when=1..3
survives accept4:error=ENOBUFS:when=1
survives accept4:error=ENOMEM:when=1..2
survives accept4:error=EMFILE:when=1..2
survives accept4:error=ENFILE:when=1..4
survives recvfrom:error=EINTR:when=1..3
survives recvfrom:error=EAGAIN:when=1
survives sendto:error=EINTR:when=1..3
survives sendto:error=EAGAIN:when=1..3
survives sendto:error=ENOBUFS:when=1
survives sendto:error=ENOMEM:when=1
survives epoll_pwait,epoll_pwait2:error=EINTR:when=1..3
# The connection is lost, and the next is served
survives recvfrom:error=ECONNRESET:when=1
survives recvfrom:error=ENOMEM:when=1
survives sendto:error=EPIPE:when=1
survives sendto:error=ECONNRESET:when=1
survives epoll_ctl:error=ENOSPC:when=3
survives shutdown:error=ENOTCONN:when=1
# A descriptor that cannot be had back leaves nothing to give up
survives accept4:error=EMFILE:when=1..2 socket:error=EMFILE:when=2+

# It says what is wrong, once
inject accept4:error=EMFILE:when=1..6
serve -q 127.0.0.1:0
echoes 'EMFILE: served in the end'
stop $pid
same 'EMFILE: one line' 1 "$(wc -l <"$tmp/server.err")"
ok 'EMFILE: the line' like \
	"netipc echo-server: $ready: new connections cannot be served now: [TN]o*" \
	"$(cat "$tmp/server.err")"

# A fault that lasts does not make it spin: it waits between its tries
NETIPC_EXEC="strace -D -f -o $tmp/trace -e trace=accept4 -e inject=accept4:error=ENOMEM"
serve -q 127.0.0.1:0
socat -u "TCP4:127.0.0.1:$port" OPEN:/dev/null &
client=$!
pids="$pids $client"
poll grep -q ENOMEM "$tmp/trace"
sleep 0.5
stop $pid
tries=$(grep -c ENOMEM "$tmp/trace")
ok "a lasting fault: $tries tries in half a second" [ "$tries" -lt 50 ]
kill $client 2>/dev/null

# The descriptor to give up is had back as soon as there is one: after a pause, and when a
# connection ends
# spares N - the spare descriptor has been opened N times
spares() {
	[ "$(grep -c 'socket(AF_UNIX.*= [0-9]' "$tmp/trace")" -eq "$1" ]
}
lost="-e trace=accept4,socket -e inject=socket:error=EMFILE:when=3"
NETIPC_EXEC="strace -D -f -o $tmp/trace $lost -e inject=accept4:error=EMFILE:when=1..2"
serve -q 127.0.0.1:0
ok 'spare: opened' spares 1
socat -u "TCP4:127.0.0.1:$port" OPEN:/dev/null &
client=$!
pids="$pids $client"
ok 'spare: had back after a pause' poll spares 2
stop $pid
kill $client 2>/dev/null
NETIPC_EXEC="strace -D -f -o $tmp/trace $lost -e inject=accept4:error=EMFILE:when=1"
serve -q 127.0.0.1:0
echoes 'spare: served without'
ok 'spare: had back when a connection ends' poll spares 2
stop $pid

# A connection that is cut off has its reason in its record
inject sendto:error=ECONNRESET:when=1
start server echo-server --json 127.0.0.1:0
poll grep -q ready "$tmp/server.out"
port=$(jq -r .address <"$tmp/server.out" | sed 's/.*://')
echo hello | socat -t10 - "TCP4:127.0.0.1:$port" >/dev/null 2>&1
poll grep -q disconnected "$tmp/server.out"
stop $pid
same 'the reason' '["Connection reset by peer",0]' \
	"$(jq -c 'select(.event == "disconnected") | [.error, .echoed_bytes]' <"$tmp/server.out")"
same 'the counters' 'netipc echo-server: 1 connection, 0 bytes echoed, 1 cut off' \
	"$(cat "$tmp/server.err")"

# It cannot start
fails 'socket(AF_INET, SOCK_STREAM, 0): [TN]o*' socket:error=EMFILE
fails 'setsockopt SO_REUSEADDR: Protocol*not available' setsockopt:error=ENOPROTOOPT:when=1
fails 'setsockopt TCP_NODELAY: Protocol*not available' setsockopt:error=ENOPROTOOPT:when=2
fails 'bind 127.0.0.1:0: Address*in use' bind:error=EADDRINUSE
fails 'bind 127.0.0.1:0: Permission denied' bind:error=EACCES
fails 'listen 127.0.0.1:0: Address*in use' listen:error=EADDRINUSE
fails 'getsockname: *' getsockname:error=ENOBUFS
fails 'start of the epoll backend: [TN]o*' epoll_create1:error=EMFILE
fails 'pipe: [TN]o*' '?pipe,pipe2:error=EMFILE'
fails 'watch descriptor *: No space left on device' epoll_ctl:error=ENOSPC

# It cannot wait for events any more
inject epoll_pwait,epoll_pwait2:error=EBADF:when=3
serve -q 127.0.0.1:0
echo hello | socat -t10 - "TCP4:127.0.0.1:$port" >/dev/null 2>&1
wait $pid
same 'no wait: status' 3 $?
same 'no wait: line' 'netipc echo-server: wait for events: Bad file descriptor' \
	"$(cat "$tmp/server.err")"

# Without IPv6 it listens on IPv4
inject socket:error=EAFNOSUPPORT:when=1
serve -q 0
same 'no IPv6: ready' "0.0.0.0:$port" "$ready"
echoes 'no IPv6'
stop $pid
inject bind:error=EADDRNOTAVAIL:when=1
serve -q 0
same 'no IPv6 address: ready' "0.0.0.0:$port" "$ready"
stop $pid
inject socket:error=EAFNOSUPPORT:when=1
t '-6 without IPv6' 3 '' '*socket(AF_INET6, SOCK_STREAM, 0): Address family not supported*' \
	echo-server -6 0

# UDP
# datagram NAME FAULT - the datagram, or the one after it, is returned
datagram() {
	inject "$2"
	serve -q -u 127.0.0.1:0
	NETIPC_EXEC=
	printf 'a\nb\nc\n' >"$tmp/lines"
	netipc echo-client -t 1 -u "$ready" <"$tmp/lines" >"$tmp/back" 2>/dev/null
	same "$1: $2" c "$(tail -n 1 "$tmp/back")"
	stop $pid
	same "$1: $2: ends by the signal" 143 $status
}
datagram returned recvmsg:error=EINTR:when=1
datagram returned recvmsg:error=ECONNREFUSED:when=1
# (the first call tries whether pieces of datagrams are split: without them none is lost)
datagram returned sendmsg:error=EIO:when=1
same 'no pieces: loses none' a "$(head -n 1 "$tmp/back")"
datagram returned sendmsg:error=EINTR:when=2
datagram returned sendmsg:error=EAGAIN:when=2
same 'EAGAIN loses none' a "$(head -n 1 "$tmp/back")"
datagram lost sendmsg:error=EPERM:when=2
same 'EPERM loses one' b "$(head -n 1 "$tmp/back")"
datagram lost sendmsg:error=EINVAL:when=2
# Many at once: what came while it was stopped is answered in pieces, or without them.  The second
# call is the first answer.
waits() {
	awk -v port=":$(printf %04X "$port")" \
		'index($2, port) && $5 !~ /:00000000$/ { found = 1 } END { exit !found }' /proc/net/udp
}
# burst NAME RETURNED FAULT - of 20 datagrams so many are returned
burst() {
	inject "$3"
	serve -q -u --no-sandbox 127.0.0.1:0
	NETIPC_EXEC=
	kill -STOP $pid
	timeout 60 "$NETIPC" echo-client --load -u -c 20 -p 20 -t 20 --json "127.0.0.1:$port" \
		>"$tmp/burst" 2>/dev/null </dev/null &
	client=$!
	poll waits || fail "$1: nothing came"
	kill -CONT $pid
	wait $client
	same "$1: $3" "[20,$2]" "$(jq -c '[.sent, .received]' "$tmp/burst")"
	stop $pid
	same "$1: $3: ends by the signal" 143 $status
}
burst 'a piece' 20 getppid:error=EPERM
burst 'no pieces on the way' 20 sendmsg:error=EIO:when=2
burst 'no pieces here' 20 sendmsg:error=EINVAL:when=2
burst 'a piece is too large' 20 sendmsg:error=EMSGSIZE:when=2
burst 'a piece later' 20 sendmsg:error=EAGAIN:when=2
burst 'interrupted' 20 sendmsg:error=EINTR:when=2
burst 'no UDP_SEGMENT' 20 getsockopt:error=ENOPROTOOPT
burst 'no recvmmsg' 20 recvmmsg:error=ENOSYS
burst 'recvmmsg, interrupted' 20 recvmmsg:error=EINTR:when=1..3
burst 'recvmmsg, no memory' 20 recvmmsg:error=ENOMEM:when=1..3
inject setsockopt:error=ENOPROTOOPT
t 'udp: no destination' 3 '' '*setsockopt IP_PKTINFO: Protocol*not available' \
	echo-server -u 127.0.0.1:0

# UNIX: the file that was left cannot be removed
sock=$tmp/s
socat "UNIX-LISTEN:$sock" - &
pid=$!
pids="$pids $pid"
poll [ -S "$sock" ]
kill -KILL $pid
wait $pid 2>/dev/null
inject unlink:error=EACCES
t 'unix: unlink' 3 '' "*remove the old socket unix:$sock: Permission denied" \
	echo-server -U "$sock"
inject connect:error=EACCES
t 'unix: connect' 3 '' "*bind unix:$sock: Address*in use" echo-server -U "$sock"
[ -S "$sock" ]
same 'unix: it is still there' 0 $?
done_testing
