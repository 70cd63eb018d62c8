#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc sockopt probe: what the kernel does with sockets, in every format
. "${srcdir:?run by make check}/tests/lib.sh"
need jq

# real NAME ARG... - as t, for what an emulator or another kernel may answer differently
real() {
	if emulated; then
		left_out "$1" 'the emulator makes these calls'
	elif [ "$(uname -s)" != Linux ]; then
		left_out "$1" 'it is about Linux'
	else
		t "$@"
	fi
}

# Usage
t "no part" 2 '' '*: an operand is missing: *' sockopt probe
t "no such part" 2 '' '*: no part "what"*' sockopt probe what
t "no such kind" 2 '' '*: --kinds: no kind "foo"; there are: tcp tcp-listen *' \
	sockopt probe fileops -k tcp,foo
t "a kind of another part" 2 '' '*: --kinds: no kind "tcp-listen"; *' \
	sockopt probe options -k tcp-listen
t "an empty list of kinds" 2 '' '*: --kinds: no kind ""; *' sockopt probe flags --kinds=
t "an empty kind" 2 '' '*: --kinds: no kind ""; *' sockopt probe flags -k udp,
t "sockets have no kinds" 2 '' '*: --kinds: sockets are not tried by kinds*' \
	sockopt probe sockets -k tcp
t "no such call" 2 '' '*: fileops: there is no "fopen"' sockopt probe fileops -k tcp fopen
t "no such domain" 2 '' '*: sockets: there is no "AF_NONE"' sockopt probe sockets AF_NONE
t "no such option" 2 '' '*: no option "TCP_NODELY"; did you mean "TCP_NODELAY"?' \
	sockopt probe options -k tcp TCP_NODELY
t "no such flag" 2 '' '*: flags: there is no "MSG_NONE"' sockopt probe flags -k udp MSG_NONE
t "a bad name among good ones" 2 \
	'FUNCTION  LECTURE         UNIX-STREAM
lseek     usually ESPIPE  ESPIPE' '*: fileops: there is no "fopen"' \
	sockopt probe fileops -k unix-stream fopen lseek

# sockets
tj "UNIX sockets are everywhere" 0 'select(.type == "SOCK_STREAM")' \
	'{"domain":"AF_UNIX","type":"SOCK_STREAM","protocol":"0","result":"ok","reason":null}' '' \
	sockopt probe sockets -j unix
tj "TCP is a stream, UDP is not" 0 \
	'select((.protocol == "IPPROTO_TCP" or .protocol == "IPPROTO_UDP") and
		(.type == "SOCK_STREAM" or .type == "SOCK_DGRAM")) | [.protocol, .type, .result]' \
	'["IPPROTO_TCP","SOCK_STREAM","ok"]
["IPPROTO_TCP","SOCK_DGRAM","EPROTONOSUPPORT"]
["IPPROTO_UDP","SOCK_STREAM","EPROTONOSUPPORT"]
["IPPROTO_UDP","SOCK_DGRAM","ok"]' '' sockopt probe sockets -j AF_INET
netipc sockopt probe sockets -H inet >"$tmp/out"
ok "the matrix: a row a protocol" grep -Eq '^AF_INET +0 +ok +ok( |$)' "$tmp/out"
ok "and one of TCP" grep -Eq '^AF_INET +IPPROTO_TCP +ok +EPROTONOSUPPORT( |$)' "$tmp/out"
netipc sockopt probe sockets >"$tmp/out"
ok "the heading" grep -Eq '^DOMAIN +PROTOCOL +STREAM +DGRAM +' "$tmp/out"
same "no line of the text below is long" '' "$(sed -n '/^not tried/,$p' "$tmp/out" | grep '.\{97\}')"
netipc sockopt probe sockets -v >"$tmp/out"
ok "a line a cell, with the reason" grep -Eq \
	'^AF_INET +SOCK_DGRAM +IPPROTO_TCP +EPROTONOSUPPORT +the domain has no such protocol' "$tmp/out"
tj "every cell that is not ok has its reason" 0 'select(.result != "ok" and .reason == null)' '' '' \
	sockopt probe sockets -j
t "csv" 0 "$(printf 'socket,length\r\ntcp,8\r')" '' \
	sockopt probe options --csv -o socket,length -k tcp SO_LINGER
t "tsv" 0 "$(printf 'socket\tlength\ntcp\t8')" '' \
	sockopt probe options --tsv -o socket,length -k tcp SO_LINGER
if [ -r /proc/net/protocols ]; then
	netipc sockopt probe sockets -j >"$tmp/out"
	for entry in SCTP:IPPROTO_SCTP DCCP:IPPROTO_DCCP; do
		grep -q "^${entry%:*} " /proc/net/protocols && continue
		same "${entry#*:} is not asked for" untried "$(jq -r --arg p "${entry#*:}" \
			'select(.domain == "AF_INET" and .protocol == $p).result' "$tmp/out" | sort -u)"
	done
	same "nor is a domain that is not there" untried \
		"$(jq -r 'select(.domain == "AF_AX25").result' "$tmp/out")"
fi

# options
t "TCP_NODELAY is TCP's" 0 \
	'OPTION       TCP  UDP  UNIX-STREAM
TCP_NODELAY  4    -    -' '' sockopt probe options -k tcp,udp,unix-stream TCP_NODELAY
t "lengths" 0 'SO_LINGER    8   8
SO_PEERCRED  12  12' '' sockopt probe options -H -k udp,unix-stream so_linger PEERCRED
tj "records" 0 . \
	'{"level":"SOL_SOCKET","option":"SO_TYPE","socket":"tcp","result":"ok","length":4,"reason":null}' \
	'' sockopt probe options -j -k tcp SO_TYPE
tj "the number is another for each family, the reason is not" 0 '.length, .reason' 'null
"this kind of socket does not have it"' '' sockopt probe options -j -k unix-stream TCP_MAXSEG
tj "what reading does is told" 0 '[.option, .socket, .result, .reason]' \
	'["SO_PEERPIDFD",null,"unread","reading opens a descriptor"]
["SO_SNDBUFFORCE",null,"unread","it cannot be got"]' '' \
	sockopt probe options -j -k tcp SO_PEERPIDFD SO_SNDBUFFORCE
t "the same in the table" 0 'SO_PEERPIDFD  unread' '' sockopt probe options -H -k tcp SO_PEERPIDFD
netipc sockopt probe options -H -k tcp,udp TCP >"$tmp/out"
[ "$(grep -Ec '^TCP_[A-Z0-9_]+ +[0-9]+ +-$' "$tmp/out")" -gt 15 ] && pass "a level" ||
	fail "a level: $(cat "$tmp/out")"
netipc sockopt probe options -k unix-stream >"$tmp/out"
same "what it does not have is not in the table" 0 "$(grep -c '^TCP_' "$tmp/out")"
ok "but counted" grep -Eq '^[0-9]+ more options are on none of these: see --all$' "$tmp/out"
ok "as is what is not read" grep -Eq '^[0-9]+ are not read, as -v tells$' "$tmp/out"
netipc sockopt probe options -a -k unix-stream >"$tmp/out"
ok "--all has it" grep -Eq '^TCP_NODELAY +-$' "$tmp/out"
same "nothing that the kernel has no answer to is ok" '' "$(netipc sockopt probe options -j |
	jq -r 'select((.result == "ok") != (.length != null)).option')"

# fileops
t "what the lecture says" 0 \
	'FUNCTION  LECTURE         TCP      UNIX-STREAM  UNIX-DGRAM
fchdir    ENOTDIR         ENOTDIR  ENOTDIR      ENOTDIR
lseek     usually ESPIPE  ESPIPE   ESPIPE       ESPIPE' '' \
	sockopt probe fileops -k tcp,unix-stream,unix-dgram fchdir lseek
tj "records" 0 . \
	'{"function":"lseek","lecture":"usually ESPIPE","socket":"tcp","result":"ESPIPE","agrees":true,'\
'"detail":null,"reason":"a socket has no position"}' '' sockopt probe fileops -j -k tcp lseek
real "read, as recv" 0 'read          tcp            ENOTCONN  yes  -
read          tcp-listen     ENOTCONN  yes  -
read          tcp-connected  ok        yes  1 byte
read          unix-dgram     ok        yes  1 byte
read 0 bytes  tcp            ok        no   0 bytes
read 0 bytes  tcp-listen     ok        no   0 bytes
read 0 bytes  tcp-connected  ok        yes  0 bytes, 5 left
read 0 bytes  unix-dgram     ok        no   0 bytes, 5 left' '' \
	sockopt probe fileops -H -o function,socket,result,agrees,detail \
	-k tcp,tcp-listen,tcp-connected,unix-dgram 'read'
real "read of nothing, not as recv" 0 \
	'FUNCTION      LECTURE  TCP-CONNECTED  UNIX-DGRAM
read 0 bytes  as recv  ok             ok
read 0 bytes: not as recv with unix-dgram' '' \
	sockopt probe fileops -k tcp-connected,unix-dgram 'read 0 bytes'
real "write raises SIGPIPE" 0 'tcp          EPIPE  and SIGPIPE
unix-stream  ok     1 byte
tcp          EPIPE  and SIGPIPE
unix-stream  ok     nothing came' '' \
	sockopt probe fileops -H -o socket,result,detail -k tcp,unix-stream 'write'
real "an empty message" 0 'udp             an empty message came
unix-stream     nothing came
unix-dgram      an empty message came
unix-seqpacket  an empty message came' '' sockopt probe fileops -H -o socket,detail \
	-k udp,unix-stream,unix-dgram,unix-seqpacket 'write 0 bytes'
real "shutdown of a listener" 0 'shutdown SHUT_RD    ok  it does not listen any more
shutdown SHUT_WR    ok  it listens as before
shutdown SHUT_RDWR  ok  it does not listen any more' '' \
	sockopt probe fileops -H -o function,result,detail -k tcp-listen \
	'shutdown SHUT_RD' 'shutdown SHUT_WR' 'shutdown SHUT_RDWR'
real "shutdown of what is not connected" 0 'ENOTCONN
ENOTCONN
ENOTCONN' '' sockopt probe fileops -H -o result -k tcp \
	'shutdown SHUT_RD' 'shutdown SHUT_WR' 'shutdown SHUT_RDWR'
real "what is there can be read" 0 'tcp-connected   ok  the 5 bytes that were there, then the end
unix-stream     ok  the 5 bytes that were there, then the end
unix-seqpacket  ok  the 5 bytes that were there, then the end' '' \
	sockopt probe fileops -H -o socket,result,detail \
	-k tcp-connected,unix-stream,unix-seqpacket 'shutdown SHUT_RD+read'
real "nothing can be written" 0 'tcp-connected  EPIPE  and SIGPIPE
udp            EPIPE  -' '' sockopt probe fileops -H -o socket,result,detail \
	-k tcp-connected,udp 'shutdown SHUT_WR+write'
real "fstat" 0 'mode 0140777, size 0, block size 4096' '' \
	sockopt probe fileops -H -o detail -k unix-stream fstat
real "what waits" 0 'ioctl FIONREAD  5
poll            in out' '' sockopt probe fileops -H -o function,detail -k tcp-connected \
	'ioctl FIONREAD' poll
real "where Linux decides" 0 'fchmod              ok
fchown              ok
fcntl F_SETLK       ok
fdatasync           EINVAL
fsync               EINVAL
ftruncate           EINVAL
mmap                ENODEV
flock               ok
fcntl F_SETLEASE    EINVAL
fcntl F_SETPIPE_SZ  EBADF
fallocate           ENODEV
epoll_ctl           ok
sendfile from       EINVAL
copy_file_range     EINVAL
open /proc/self/fd  ENXIO' '' sockopt probe fileops -H -o function,result -k unix-stream \
	fchmod fchown 'fcntl F_SETLK' fdatasync fsync ftruncate mmap flock 'fcntl F_SETLEASE' \
	'fcntl F_SETPIPE_SZ' fallocate epoll_ctl 'sendfile from' copy_file_range 'open /proc/self/fd'
if ! emulated; then
	tj "every cell that is not ok has its reason" 0 \
		'select(.result != "ok" and .reason == null)' '' '' sockopt probe fileops -j
	tj "the lecture is right but for empty reads" 0 'select(.agrees == false).function' \
		'"read 0 bytes"
"read 0 bytes"
"read 0 bytes"' '' sockopt probe fileops -j -k tcp,tcp-listen,tcp-connected,udp,unix-stream \
		close dup dup2 fchdir fcntl fstat lseek 'read' 'write'
fi

# flags
t "peek" 0 'MSG_PEEK of recv: look at what is there, and leave it there
  tcp-connected   works       "abcdefgh" came, and again without the flag
  unix-dgram      works       "abcdefgh" came, and again without the flag' '' \
	sockopt probe flags -k tcp-connected,unix-dgram MSG_PEEK
tj "records" 0 . '{"flag":"MSG_PEEK","call":"recv",'\
'"asked":"look at what is there, and leave it there","socket":"unix-stream","result":"works",'\
'"came":"\"abcdefgh\" came, and again without the flag"}' '' \
	sockopt probe flags -j -k unix-stream peek
real "flags of streams and of messages" 0 'MSG_OOB           tcp-connected   works
MSG_OOB           udp             EOPNOTSUPP
MSG_OOB           unix-seqpacket  EOPNOTSUPP
MSG_DONTWAIT      tcp-connected   works
MSG_DONTWAIT      udp             taken
MSG_DONTWAIT      unix-seqpacket  works
MSG_TRUNC         tcp-connected   works
MSG_TRUNC         udp             works
MSG_TRUNC         unix-seqpacket  works
MSG_WAITALL       tcp-connected   works
MSG_WAITALL       udp             ignored
MSG_WAITALL       unix-seqpacket  ignored
MSG_DONTWAIT      tcp-connected   works
MSG_DONTWAIT      udp             works
MSG_DONTWAIT      unix-seqpacket  works
MSG_NOSIGNAL      tcp-connected   works
MSG_NOSIGNAL      udp             taken
MSG_NOSIGNAL      unix-seqpacket  taken
MSG_CMSG_CLOEXEC  tcp-connected   taken
MSG_CMSG_CLOEXEC  udp             taken
MSG_CMSG_CLOEXEC  unix-seqpacket  works' '' \
	sockopt probe flags -H -o flag,socket,result -k tcp-connected,udp,unix-seqpacket \
	oob dontwait trunc waitall nosignal cmsg_cloexec
real "an urgent byte" 0 'of "ab", "!", "cd" the urgent "!" came first, then "abcd"' '' \
	sockopt probe flags -H -o came -k tcp-connected MSG_OOB
real "held back in a datagram" 0 'nothing came until "efgh" was sent, then "abcdefgh"' '' \
	sockopt probe flags -H -o came -k udp MSG_MORE
netipc sockopt probe flags -j >"$tmp/out"
same "13 flags, all tried on each of 5 kinds" '65 5' \
	"$(wc -l <"$tmp/out" | tr -d ' ') $(jq -r .socket "$tmp/out" | sort -u | wc -l | tr -d ' ')"
same "each says what came" '' "$(jq -r 'select(.came == null or .came == "").flag' "$tmp/out")"

# Not permitted: told, and no error
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null 2>&1 &&
	setpriv --reuid=65534 --regid=65534 --clear-groups test -x "$NETIPC" 2>/dev/null; then
	# shellcheck disable=SC2086 # NETIPC_EXEC is a command and its arguments
	setpriv --reuid=65534 --regid=65534 --clear-groups $NETIPC_EXEC "$NETIPC" \
		sockopt probe fileops -k tcp,raw lseek >"$tmp/out" 2>"$tmp/err"
	same "a raw socket is not for everybody: status" 0 $?
	same "a raw socket is not for everybody" 'FUNCTION  LECTURE         TCP
lseek     usually ESPIPE  ESPIPE
raw: not tried: EPERM, socket: it needs a capability: CAP_NET_RAW for most' \
		"$(cat "$tmp/out" "$tmp/err")"
else
	left_out "a raw socket is not for everybody" 'only root can become nobody, who must see netipc'
fi

# Without a loopback there are fewer kinds
if [ -n "$netns" ] && ! emulated; then
	$netns "$NETIPC" sockopt probe fileops -k tcp,tcp-connected,unix-stream lseek \
		>"$tmp/out" 2>"$tmp/err"
	same "no loopback: status" 0 $?
	same "no loopback" 'FUNCTION  LECTURE         TCP     UNIX-STREAM
lseek     usually ESPIPE  ESPIPE  ESPIPE' "$(head -n 2 "$tmp/out")"
	ok "no loopback: told" grep -q '^tcp-connected: not tried: E' "$tmp/out"
fi

done_testing
