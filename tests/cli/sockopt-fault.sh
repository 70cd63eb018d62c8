#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc sockopt when system calls fail
. "${srcdir:?run by make check}/tests/lib.sh"
need_faults

# fault NAME STATUS STDOUT STDERR-GLOB INJECT ARG... - netipc ARG... while strace makes a call fail
fault() {
	_name=$1 _status=$2 _out=$3 _glob=$4 _inject=$5
	shift 5
	strace -f -o "$tmp/trace" -e trace=socket,getsockopt,setsockopt -e "inject=$_inject" \
		"$NETIPC" "$@" >"$tmp/out" 2>"$tmp/err" </dev/null
	outcome "$_name" "$_status" "$_out" "$_glob" $?
}

fault "no socket" 3 '' 'netipc sockopt: socket(AF_INET, SOCK_STREAM, 0): *' \
	socket:error=EMFILE sockopt
fault "no socket to try on" 3 '' 'netipc sockopt try: socket(AF_INET, SOCK_DGRAM, 17): *' \
	socket:error=EACCES sockopt try -p udp SO_KEEPALIVE=1
fault "no socket is needed to list" 0 'SO_TYPE' '' socket:error=EMFILE \
	sockopt list -H -o option SO_TYPE
same "and none is opened" 0 "$(grep -c '^[0-9]* *socket(' "$tmp/trace")"
fault "an option cannot be read" 3 'SO_TYPE  -  EIO' \
	'netipc sockopt: SO_TYPE is not read: I*/* error (EIO)' getsockopt:error=EIO \
	sockopt -H -o option,value,error SO_TYPE
fault "reading is forbidden" 3 'SO_TYPE  -  EPERM' \
	'netipc sockopt: SO_TYPE is not read: Operation not permitted (EPERM)' \
	getsockopt:error=EPERM sockopt -H -o option,value,error SO_TYPE
fault "one of all cannot be read: it is in the table" 3 '*SO_TYPE  *  -  *SO_ERROR  *' \
	'netipc sockopt: SO_TYPE is not read: Bad file descriptor (EBADF)' \
	getsockopt:error=EBADF:when=6 sockopt # three tell its kind
fault "the socket has no options" 0 '' '' getsockopt:error=ENOPROTOOPT sockopt
fault "an option cannot be set" 1 'SO_KEEPALIVE  on  off  refused: *memory' '' \
	setsockopt:error=ENOMEM sockopt try -H SO_KEEPALIVE=1
fault "an option cannot be set: its record" 1 '*"error":"ENOMEM"*' '' setsockopt:error=ENOMEM \
	sockopt try -j SO_KEEPALIVE=1
fault "it cannot be read back" 0 'SO_KEEPALIVE  on  -  set; it cannot be read back' '' \
	getsockopt:error=ENOPROTOOPT sockopt try -H SO_KEEPALIVE=1
fault "an error number that has no name here" 1 '*"error":"No medium found"*' '' \
	setsockopt:error=ENOMEDIUM sockopt try -j SO_KEEPALIVE=1

fault "no fresh socket, no default" 0 '*"default":null,*"error":null}' '' socket:error=EMFILE \
	sockopt list -j TCP_NODELAY
fault "a default that cannot be read" 0 '*"default":null,*"error":null}' '' getsockopt:error=EIO \
	sockopt list -j TCP_NODELAY

# A sysctl that cannot be read: its name stands alone, and nothing is concluded from it
strace -f -o "$tmp/trace" -P /proc/sys/net/ipv4/ip_default_ttl -e trace=open,openat \
	-e inject=open,openat:error=EACCES "$NETIPC" sockopt try -H -o why IP_TTL=0 IP_TTL=-1 \
	>"$tmp/out" 2>&1
same "a sysctl cannot be read: status" 1 $?
same "a sysctl cannot be read" 'refused: Invalid argument (it takes 1 to 255, or -1 for '\
'net.ipv4.ip_default_ttl)
raised by the kernel' "$(cat "$tmp/out")"

# What reading all of them does, with no call failing
fault "all options" 0 '*' '' setsockopt:error=EPERM sockopt --all
sed -n 's/.*getsockopt([0-9]*, \([^,]*, [^,]*\),.*/\1/p' "$tmp/trace" >"$tmp/read"
[ "$(wc -l <"$tmp/read")" -gt 100 ] && pass "many are read" || fail "many are read"
same "nothing is set" 0 "$(grep -c 'setsockopt(' "$tmp/trace")"
same "none is read twice" '' "$(sort "$tmp/read" | uniq -d)"
same "none is read that has an effect" '' "$(grep -E \
	', (SO_PEERPIDFD|SO_ORIGINAL_DST|TCP_(SAVED_SYN|ZEROCOPY_RECEIVE|FASTOPEN_KEY|AO_GET_KEYS))$' \
	"$tmp/read")"

done_testing
