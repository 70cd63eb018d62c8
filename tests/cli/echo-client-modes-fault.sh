#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc echo-client --ping, --load, --bulk, --churn when the system fails: what was not measured is
# said, and nothing is counted that was not
. "${srcdir:?run by make check}/tests/lib.sh"
need_faults
need jq timeout

start server echo-server -q --tcp --udp 127.0.0.1:0
wait_ready server
tcp=$(sed -n 's/^ready \(.*\) tcp$/\1/p' "$tmp/server.out")
poll grep -q udp "$tmp/server.out"
udp=$(sed -n 's/^ready \(.*\) udp$/\1/p' "$tmp/server.out")

# with NAME STATUS STDERR-GLOB FAULT ARG... - the client with that fault; its text in $tmp/out
with() {
	_name=$1 _status=$2 _err=$3
	NETIPC_EXEC="timeout 60 strace -f -o /dev/null -e inject=$4"
	shift 4
	t "$_name" "$_status" '*' "$_err" echo-client "$@"
	NETIPC_EXEC=
}

# said NAME TEXT... - each of these stands in what it printed
said() {
	_name=$1
	shift
	for _text in "$@"; do
		ok "$_name: $_text" grep -q -e "$_text" "$tmp/out"
	done
}

# --ping
ping() {
	_p_name=$1 _p_status=$2 _p_err=$3 _p_fault=$4
	shift 4
	with "--ping, $_p_name" "$_p_status" "$_p_err" "$_p_fault" --ping -c 3 -i 20ms -t 20 "$@"
}
ping 'EINTR of recv' 0 '' recvfrom:error=EINTR:when=1..2 "$tcp"
ping 'ENOBUFS of send' 0 '' sendto:error=ENOBUFS:when=1 "$tcp"
said 'ENOBUFS of send' ' 3 sent, 3 returned$'
ping 'EPIPE' 1 '' sendto:error=EPIPE:when=1 "$tcp"
said 'EPIPE' 'probe 1: closed (Broken pipe)' ' 3 sent, 2 returned, 1 closed$'
ping 'ECONNRESET' 1 '' recvfrom:error=ECONNRESET:when=1 "$tcp"
said 'ECONNRESET' 'probe 1: closed (Connection reset by peer)' ' 3 sent, 2 returned, 1 closed$'
ping 'no descriptor' 3 '' socket:error=EMFILE "$tcp"
said 'no descriptor' 'probe 3: refused ([TN]o' ' 3 sent, 0 returned, 3 refused$'
ping 'one connection less' 1 '' socket:error=EMFILE:when=2 --connect "$tcp"
said 'one connection less' 'probe 2: refused ([TN]o' ' 3 sent, 2 returned, 1 refused$'
ping 'ENETUNREACH' 3 '' connect:error=ENETUNREACH "$tcp"
said 'ENETUNREACH' 'probe 1: refused (Network .*unreachable)'
ping 'SO_ERROR' 3 '' getsockopt:error=ENOBUFS "$tcp"
said 'SO_ERROR' 'probe 1: refused (No buffer space available)'
ping 'no TCP_INFO' 0 '' getsockopt:error=ENOPROTOOPT:when=2+ "$tcp"
said 'no TCP_INFO' ' 3 sent, 3 returned$'
ping 'no TCP_INFO in records' 0 '' getsockopt:error=ENOPROTOOPT:when=2+ --json "$tcp"
same 'no TCP_INFO in records' '[null,null,null]' \
	"$(jq -sc 'map(select(.record == "probe").tcp_rtt_s)' "$tmp/out")"
ping 'TCP_INFO in records' 0 '' getppid:error=EPERM --json "$tcp"
same 'TCP_INFO in records' 3 "$(jq -s 'map(select(.tcp_rtt_s > 0)) | length' "$tmp/out")"
ping 'no loop' 3 'netipc echo-client: start of the epoll backend: *' epoll_create1:error=EMFILE \
	"$tcp"
ping 'no room in the loop' 3 '' epoll_ctl:error=ENOSPC "$tcp"
said 'no room in the loop' 'probe 1: refused (No space left on device)'
ping 'no wait' 3 'netipc echo-client: wait for events: Bad file descriptor' \
	epoll_pwait,epoll_pwait2:error=EBADF:when=2 "$tcp"
ping 'no epoll_pwait2' 0 '' epoll_pwait2:error=ENOSYS "$tcp"
ping 'no random numbers' 3 'netipc echo-client: random numbers: *' getrandom:error=EIO "$tcp"
# Kernel times: without them the rest is measured, and it is said once
ping 'no kernel times' 0 \
	'netipc echo-client: --timestamping: no times of packets here: Protocol*not available' \
	setsockopt:error=ENOPROTOOPT -u --timestamping "$udp"
said 'no kernel times' ' 3 sent, 3 returned$'
ping 'no queue of errors' 0 '' recvmsg:error=EIO:when=1+2 -u --timestamping "$udp"
said 'no queue of errors' ' 3 sent, 3 returned$'
ping 'recvmsg EINTR' 0 '' recvmsg:error=EINTR:when=2 -u --timestamping "$udp"

# Datagrams: a refusal is of the one before
ping 'a datagram refused here' 1 '' sendto:error=EPERM:when=2 -u "$udp"
said 'a datagram refused here' 'probe 2: refused (Operation not permitted)' \
	' 3 sent, 2 returned, 1 refused$'
ping 'refusals of earlier ones' 0 '' sendto:error=ECONNREFUSED:when=2..4 -u "$udp"
ping 'nothing but refusals' 3 '' sendto:error=ECONNREFUSED -u "$udp"
said 'nothing but refusals' ' 3 sent, 0 returned, 3 refused$'
ping 'ICMP' 1 '' recvfrom:error=ECONNREFUSED:when=1 -u "$udp"
said 'ICMP' 'probe 1: refused (Connection refused)' ' 3 sent, 2 returned, 1 refused$'

# The file of --hdr
NETIPC_EXEC="timeout 60 strace -f -o /dev/null -P $tmp/hdr.new -e inject=write,writev:error=ENOSPC"
t '--hdr, write' 3 '*' "netipc echo-client: $tmp/hdr: No space left on device" \
	echo-client --ping -c 1 --hdr "$tmp/hdr" "$tcp"
NETIPC_EXEC=
t '--hdr, no folder' 3 '*' "netipc echo-client: $tmp/none/hdr: No such file or directory" \
	echo-client --ping -c 1 --hdr "$tmp/none/hdr" "$tcp"

# --load
load() {
	_l_name=$1 _l_status=$2 _l_err=$3 _l_fault=$4
	shift 4
	with "--load, $_l_name" "$_l_status" "$_l_err" "$_l_fault" --load -c 50 -t 20 "$@"
}
broke='netipc echo-client: connection [12]: the server ended the connection:'
load 'EINTR of recv' 0 '' recvfrom:error=EINTR:when=1..3 -n 2 "$tcp"
said 'EINTR of recv' ' 50 messages returned, '
load 'ENOBUFS of send' 0 '' sendto:error=ENOBUFS:when=1..3 "$tcp"
said 'ENOBUFS of send' ' 50 messages returned, '
load 'ENOBUFS of send for good' 3 'netipc echo-client: send: No buffer space available' \
	sendto,sendmsg:error=ENOBUFS -u -t 0.5 "$udp"
load 'EAGAIN of send' 0 '' sendto:error=EAGAIN:when=2..3 -n 2 "$tcp"
said 'EAGAIN of send' ' 50 messages returned, '
load 'ECONNRESET of send' 1 "$broke Connection reset by peer: *" \
	sendto:error=ECONNRESET:when=5 -n 2 "$tcp"
said 'ECONNRESET of send' ' 1 missing' '1 connection broken'
load 'ECONNRESET of recv' 1 "$broke Connection reset by peer: 64 bytes were not returned" \
	recvfrom:error=ECONNRESET:when=5 -n 2 "$tcp"
said 'ECONNRESET of recv' ' 1 missing' '1 connection broken'
load 'ENOMEM of recv' 3 'netipc echo-client: the connection failed: *' \
	recvfrom:error=ENOMEM:when=3 "$tcp"
said 'ENOMEM of recv' ' 1 missing'
load 'no descriptor' 3 'netipc echo-client: socket(AF_INET, SOCK_STREAM, 0): [TN]o*' \
	socket:error=EMFILE "$tcp"
load 'one descriptor less' 3 'netipc echo-client: socket(AF_INET, SOCK_STREAM, 0): [TN]o*' \
	socket:error=EMFILE:when=3 -n 4 "$tcp"
said 'one descriptor less' ' 50 messages returned, ' '1 connection refused'
load 'one refusal' 3 "netipc echo-client: connect $tcp: Connection refused" \
	connect:error=ECONNREFUSED:when=2 -n 2 "$tcp"
said 'one refusal' ' 50 messages returned, ' '1 connection refused'
load 'no loop' 3 'netipc echo-client: start of the epoll backend: *' \
	epoll_create1:error=EMFILE "$tcp"
load 'no room in the loop' 3 'netipc echo-client: watch descriptor *: No space left on device' \
	epoll_ctl:error=ENOSPC "$tcp"
load 'no wait' 3 'netipc echo-client: wait for events: Bad file descriptor' \
	epoll_pwait,epoll_pwait2:error=EBADF:when=3 -n 2 "$tcp"
load 'TCP_NODELAY' 3 'netipc echo-client: setsockopt TCP_NODELAY: Protocol*not available' \
	setsockopt:error=ENOPROTOOPT "$tcp"
load 'no thread' 3 'netipc echo-client: start of thread 1: *' '?fork,clone,?clone3:error=EAGAIN' \
	-n 4 -T 4 "$tcp"
load 'one thread less' 3 'netipc echo-client: start of thread 2: *' \
	'?fork,clone,?clone3:error=EAGAIN:when=2+' -n 4 -T 4 "$tcp"
load 'a loop of a thread' 3 'netipc echo-client: start of the epoll backend: *' \
	epoll_create1:error=EMFILE:when=2 -n 2 -T 2 "$tcp"

# Datagrams: with pieces, and without where the system or the way takes none
many='-u -p 32'
for fault in setsockopt:error=ENOPROTOOPT getsockopt:error=ENOPROTOOPT sendmsg:error=EIO:when=1 \
	sendmsg:error=EIO:when=2 sendmsg:error=EINVAL:when=2 sendmsg:error=ENOBUFS:when=2..3 \
	sendmsg:error=EAGAIN:when=2 sendmsg:error=EINTR:when=2 sendmsg:error=ECONNREFUSED:when=2..4 \
	recvmsg:error=EINTR:when=1 recvmsg:error=ECONNREFUSED:when=1; do
	# shellcheck disable=SC2086
	load "$fault" 0 '' $fault $many "$udp"
	said "$fault" ' 50 messages returned, '
done
# shellcheck disable=SC2086
load 'a datagram refused here' 3 'netipc echo-client: send: Operation not permitted' \
	sendmsg:error=EPERM:when=2+ $many "$udp"
said 'a datagram refused here' ' 0 messages returned, ' '1 connection broken'

# --churn and --bulk
with '--churn, no descriptor for one' 3 'netipc echo-client: socket(*' socket:error=EMFILE:when=3 \
	--churn -c 20 -t 20 "$tcp"
said '--churn, no descriptor for one' ' 19 messages returned, ' '1 connection refused'
with '--churn, one is reset' 1 'netipc echo-client: the server ended the connection: *' \
	sendto:error=ECONNRESET:when=3 --churn -c 20 -t 20 "$tcp"
said '--churn, one is reset' ' 19 messages returned, ' ' 1 missing'
with '--churn, close' 0 '' close:error=EIO:when=10 --churn -c 20 -t 20 "$tcp"
said '--churn, close' ' 20 messages returned, '
with '--bulk, reset' 1 \
	'netipc echo-client: the server ended the connection: Connection reset by peer: *' \
	recvfrom:error=ECONNRESET:when=3 --bulk -d 0.3 -t 20 "$tcp"
said '--bulk, reset' '1 connection broken'
with '--bulk, send' 1 'netipc echo-client: the server ended the connection: Broken pipe*' \
	sendto:error=EPIPE:when=3 --bulk -d 0.3 -t 20 "$tcp"
with '--bulk, shutdown' 1 '*' shutdown:error=ENOTCONN --bulk -d 0.2 -t 0.5 "$tcp"

# --check: what it cannot do it does not blame the server for
with '--check, no descriptor' 3 'netipc echo-client: socket(*' socket:error=EMFILE --check -t 20 \
	"$tcp"
with '--check, nobody' 3 "netipc echo-client: connect $tcp: Connection refused" \
	connect:error=ECONNREFUSED --check -t 20 "$tcp"
with '--flags, no descriptor' 3 'netipc echo-client: socket(*' socket:error=EMFILE --flags -t 20 \
	"$tcp"
# A call that a signal interrupts is repeated: what it says is what it says undisturbed.
for kind in '' -u; do
	server=$tcp
	[ -z "$kind" ] || server=$udp
	with "--flags${kind:+ $kind}" 0 '' getppid:error=EPERM --flags $kind -t 20 "$server"
	cp "$tmp/out" "$tmp/undisturbed"
	for call in sendto recvfrom accept4 ppoll; do
		case $kind-$call in -u-accept4) continue ;; esac
		with "--flags${kind:+ $kind}, EINTR of $call" 0 '' "$call:error=EINTR:when=1+3" \
			--flags $kind -t 20 "$server"
		ok "--flags${kind:+ $kind}, EINTR of $call: the same" \
			cmp "$tmp/undisturbed" "$tmp/out"
	done
done
# What is urgent is the second of three sends.
for lost in 'SIGURG 5' 'SO_OOBINLINE 8'; do
	strace -f -o /dev/null -e inject="sendto:retval=1:when=${lost#* }" \
		"$NETIPC" echo-client --flags -t 3 "$tcp" >"$tmp/out" 2>&1
	said "--flags, what is urgent is lost" "${lost% *} .*refused: .* timed out"
done
with '--flags, refusals' 1 '' sendto:error=EOPNOTSUPP --flags -t 20 "$tcp"
said '--flags, refusals' 'MSG_OOB .*refused: .*supported' \
	'MSG_EOR .*refused: .*supported' 'MSG_PEEK .*failed.*supported'
with '--flags, no answers' 1 '' recvfrom:error=EIO --flags -t 20 "$tcp"
said '--flags, no answers' 'MSG_PEEK .*I.*/[Oo].* error, then I.*/[Oo].* error' \
	'MSG_TRUNC .*I.*/[Oo].* error' 'MSG_WAITALL .*-1 of 12 bytes' \
	'MSG_OOB .*failed *I.*/[Oo].* error' 'SO_OOBINLINE .*failed *I.*/[Oo].* error' \
	'MSG_DONTWAIT .*failed *I.*/[Oo].* error' \
	'MSG_EOR .*failed *sent as the end of a record: I.*/[Oo].* error'
with '--flags, no settings' 1 '' fcntl:error=EPERM --flags -t 20 "$tcp"
said '--flags, no settings' 'SIGURG .*refused: Operation not permitted' \
	'MSG_WAITALL .*failed *Operation not permitted' \
	'MSG_DONTWAIT .*failed *Operation not permitted'
with '--flags, nobody accepts' 1 '' accept4:error=EMFILE --flags -t 20 "$tcp"
said '--flags, nobody accepts' 'SIGURG .*failed.*accept: ' 'SO_OOBINLINE .*failed.*accept: '
with '--flags of datagrams, refusals' 1 '' sendto:error=EPERM --flags -u -t 20 "$udp"
with '--flags of datagrams, no answers' 1 '' recvfrom:error=EIO --flags -u -t 20 "$udp"
said '--flags of datagrams, no answers' 'MSG_TRUNC .*-1, for a datagram of 8 bytes'
done_testing
