#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc sockopt probe when system calls fail, and that it stays on this machine
. "${srcdir:?run by make check}/tests/lib.sh"
need_faults
need jq

# fault NAME STATUS STDOUT-GLOB STDERR-GLOB INJECT ARG... - netipc sockopt probe ARG... while
# strace makes a call fail
fault() {
	_name=$1 _status=$2 _out=$3 _glob=$4 _inject=$5
	shift 5
	strace -f -o "$tmp/trace" -e trace="${_inject%%:*}" -e "inject=$_inject" \
		"$NETIPC" sockopt probe "$@" >"$tmp/out" 2>"$tmp/err" </dev/null
	_got=$?
	if ! grep -q INJECTED "$tmp/trace"; then
		fail "$_name: the call was not made"
	else
		outcome "$_name" "$_status" "$_out" "$_glob" "$_got"
	fi
}

# The table of the process is full: that is no fact about a kind of socket
fault "sockets: too many files" 3 '' '*: socket(AF_UNIX, SOCK_STREAM, 0): *' \
	socket:error=EMFILE sockets unix
fault "sockets: no memory, later" 3 '*' '*: socket(AF_UNIX, SOCK_DGRAM, 0): *' \
	socket:error=ENOMEM:when=2 sockets unix
fault "fileops: too many files" 3 '' '*: tcp: socket: *' socket:error=EMFILE fileops -k tcp
fault "fileops: too many files, later" 3 '' '*: tcp: socket: *' \
	socket:error=ENFILE:when=2 fileops -k tcp lseek
fault "options: too many files" 3 '' '*: tcp: socket: *' socket:error=EMFILE options -k tcp
fault "options: too many files, later" 3 '' '*: tcp: socket: *' \
	socket:error=EMFILE:when=2 options -k tcp
fault "flags: too many files" 3 '' '*: unix-stream: socketpair: *' \
	socketpair:error=EMFILE flags -k unix-stream
fault "flags: too many files, later" 3 '' '*: unix-stream: socketpair: *' \
	socketpair:error=ENOBUFS:when=2 flags -k unix-stream MSG_PEEK

# What is refused is told
fault "not there" 0 'tcp: not tried: EAFNOSUPPORT, socket: this kernel does not have the domain' '' \
	socket:error=EAFNOSUPPORT fileops -k tcp lseek
fault "not there: its record" 0 '*"socket":"tcp","result":"EPERM",*"reason":"socket: it needs *' '' \
	socket:error=EPERM options -j -k tcp SO_TYPE
fault "no bind" 0 'tcp-listen: not tried: EADDRNOTAVAIL, bind: *' '' \
	bind:error=EADDRNOTAVAIL fileops -k tcp-listen lseek
fault "no listen" 0 'tcp-listen: not tried: EADDRINUSE, listen: *' '' \
	listen:error=EADDRINUSE fileops -k tcp-listen lseek
fault "no connect" 0 'tcp-connected: not tried: ENETUNREACH, connect: *' '' \
	connect:error=ENETUNREACH fileops -k tcp-connected lseek
fault "no connect of datagrams" 0 'udp: not tried: ENETUNREACH, connect: *' '' \
	connect:error=ENETUNREACH fileops -k udp lseek
fault "no accept" 0 'tcp-connected: not tried: ECONNABORTED, accept: *' '' \
	accept4:error=ECONNABORTED fileops -k tcp-connected lseek
fault "no name" 0 'tcp-listen: not tried: ENOTSOCK, bind: *' '' \
	getsockname:error=ENOTSOCK fileops -k tcp-listen lseek
fault "not non-blocking" 0 'unix-stream: not tried: EINVAL, socketpair: *' '' \
	fcntl:error=EINVAL fileops -k unix-stream lseek
fault "nothing can be sent to it" 3 '' '*: unix-stream: nothing can be sent to it*' \
	sendto:error=ENOBUFS fileops -k unix-stream lseek

# A call that fails is an answer
fault "lseek" 0 '*lseek  *  EIO
lseek: not usually ESPIPE with unix-stream' '' lseek:error=EIO fileops -k unix-stream lseek
fault "dup" 0 '*"result":"EMFILE","agrees":false,*' '' dup:error=EMFILE fileops -j -k tcp dup
fault "no epoll" 0 '*epoll_ctl  *  EMFILE' '' epoll_create1:error=EMFILE fileops -k tcp epoll_ctl
fault "no pipe" 0 '*splice  *  EMFILE' '' pipe2:error=EMFILE fileops -k tcp splice
fault "no file in memory" 0 'ENOSYS  there is no file in memory to try it with' '' \
	memfd_create:error=ENOSYS fileops -H -o result,detail -k tcp 'sendfile to'
fault "the file cannot be written" 0 'ENOSPC  there is no file in memory to try it with' '' \
	pwrite64:error=ENOSPC fileops -H -o result,detail -k tcp 'sendfile from'
fault "an option" 0 '*SO_TYPE  EIO' '' getsockopt:error=EIO options -k tcp SO_TYPE
fault "flags: nothing can be sent" 0 '*MSG_PEEK*unix-stream *ENOBUFS *' '' \
	sendto:error=ENOBUFS flags -k unix-stream MSG_PEEK
fault "flags: nothing can be received" 0 '*MSG_PEEK*unix-stream *ENOMEM *' '' \
	recvfrom:error=ENOMEM flags -k unix-stream MSG_PEEK
fault "flags: no message can be received" 0 '*MSG_EOR*unix-dgram *EIO *' '' \
	recvmsg:error=EIO flags -k unix-dgram MSG_EOR
fault "flags: no descriptor can be passed" 0 'taken  no descriptor came' '' \
	sendmsg:error=EPERM flags -H -o result,came -k unix-dgram MSG_CMSG_CLOEXEC
fault "flags: no time-out can be set" 0 'taken  it cannot be tried: *' '' \
	setsockopt:error=ENOPROTOOPT flags -H -o result,came -k unix-stream MSG_WAITALL
strace -f -o "$tmp/trace" -e trace=fcntl "$NETIPC" sockopt probe flags -k unix-stream MSG_WAITALL \
	>/dev/null 2>&1
last=$(grep -c fcntl "$tmp/trace")
fault "flags: it does not become blocking" 0 'taken  it cannot be tried: *' '' \
	"fcntl:error=EPERM:when=$last" flags -H -o result,came -k unix-stream MSG_WAITALL
fault "flags: it cannot be shut" 0 'EIO  *' '' shutdown:error=EIO flags -H -o result,came \
	-k unix-stream MSG_NOSIGNAL
fault "flags: no errors are wanted" 0 'EACCES  *' '' setsockopt:error=EACCES flags -H \
	-o result,came -k udp MSG_ERRQUEUE

# Nothing is known to be loaded: only what needs no module is tried
strace -f -o "$tmp/trace" -P /proc/net/protocols -e inject=open,openat:error=EACCES \
	"$NETIPC" sockopt probe sockets >"$tmp/out" 2>&1
ok "no /proc/net/protocols" grep -q INJECTED "$tmp/trace"
same "no /proc/net/protocols: only these domains are asked for" 'AF_UNIX AF_INET AF_NETLINK' \
	"$(sed -n 's/^\(AF_[A-Z0-9]*\) .*/\1/p' "$tmp/out" | uniq | tr '\n' ' ' | sed 's/ $//')"
ok "no /proc/net/protocols: the others are told" grep -q \
	'^not tried, as that may load a module: AF_INET IPPROTO_UDPLITE, ' "$tmp/out"

# Where it talks to
# What a trial's own calls do is not taken for what the flag does: a row each, all the same.
netipc sockopt probe flags --json -k tcp-connected,unix-dgram | jq -c '[.flag,.call,.socket]' \
	>"$tmp/rows"
shows() {
	same "flags: $fault: $1" "$2" "$(jq -r --arg row "$1" '
		select("\(.flag) \(.call) \(.socket)" == $row) | "\(.result): \(.came)"' "$tmp/json" |
		sed 's,I/O error,Input/output error,')" # as musl has it
}
while IFS='|' read -r faults row want; do
	if [ -n "$faults" ]; then
		fault=$faults
		strace -f -o /dev/null -e inject="$fault" "$NETIPC" sockopt probe flags --json \
			-k tcp-connected,unix-dgram >"$tmp/json" 2>"$tmp/err"
		same "flags: $fault: status" '0 ' "$? $(cat "$tmp/err")"
		jq -c '[.flag,.call,.socket]' "$tmp/json" >"$tmp/out"
		ok "flags: $fault: a row for each" cmp "$tmp/rows" "$tmp/out"
	fi
	shows "$row" "$want"
done <<-END
	sendto:error=EIO|MSG_MORE send tcp-connected|EIO: Input/output error
	|MSG_WAITALL recv unix-dgram|EIO: Input/output error
	|MSG_DONTWAIT send tcp-connected|EIO: Input/output error
	|MSG_ERRQUEUE recv unix-dgram|EIO: Input/output error
	sendto:retval=3|MSG_PEEK recv tcp-connected|ignored: 3 of 8 bytes were sent
	|MSG_DONTWAIT send unix-dgram|taken: there was always room, or what did not fit was lost
	recvfrom:error=EIO|MSG_OOB send, recv tcp-connected|EIO: Input/output error
	|MSG_DONTROUTE send unix-dgram|taken: it was sent, and did not come
	|MSG_DONTWAIT recv tcp-connected|EIO: Input/output error
	|MSG_MORE send tcp-connected|taken: nothing came
	recvfrom:error=EAGAIN|MSG_TRUNC recv unix-dgram|EAGAIN: nothing of it came
	recvfrom:retval=0|MSG_WAITALL recv tcp-connected|ignored: 3 of 6 bytes were there, and came at once
	|MSG_DONTWAIT recv unix-dgram|taken: something came that nobody sent
	recvmsg:error=EIO|MSG_EOR send tcp-connected|EIO: Input/output error
	|MSG_ERRQUEUE recv unix-dgram|EIO: Input/output error
	|MSG_CMSG_CLOEXEC recv unix-dgram|taken: no descriptor came
	setsockopt:error=EIO|MSG_DONTWAIT recv unix-dgram|taken: it cannot be tried: Input/output error
	|MSG_DONTWAIT send tcp-connected|taken: it cannot be tried: Input/output error
END

for part in sockets options fileops flags; do
	strace -f -s 4096 -o "$tmp/trace" -e trace=network "$NETIPC" sockopt probe "$part" -a \
		>/dev/null 2>&1
	grep -q '^[0-9]* *socket(' "$tmp/trace" && pass "$part: traced" || fail "$part: traced"
	same "$part: only the loopback is spoken to" '' "$(grep -E 'sin_addr|sin6_addr|inet_pton' \
		"$tmp/trace" | grep -vE 'inet_addr\("(127\.0\.0\.1|0\.0\.0\.0)"\)|inet_pton\(AF_INET6, "::1?"')"
	same "$part: no interface is named" '' "$(grep -E 'sll_ifindex=if_nametoindex|SO_BINDTODEV.*=' \
		"$tmp/trace" | grep -v getsockopt)"
done

done_testing
