#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc sockopt try and list
. "${srcdir:?run by make check}/tests/lib.sh"
need jq

# try
t "a time too short for a timeval is not taken for none" 2 '' \
	'*: "0.9us" is not a whole number of microseconds' sockopt try SO_RCVTIMEO=0.9us

t "set as asked" 0 \
	'OPTION        ASKED   GOT     NOTE
SO_KEEPALIVE  on      on      -
TCP_KEEPIDLE  600s    600s    -
SO_LINGER     {1,5s}  {1,5s}  -' '' sockopt try SO_KEEPALIVE=1 tcp_keepidle=10m linger=on,5
t "csv" 0 "$(printf 'option,asked,got\r\nSO_LINGER,"{1,5s}","{1,5s}"\r')" '' \
	sockopt try --csv -o option,asked,got SO_LINGER='{1,5}'
t "tsv" 0 "$(printf 'option\tasked\tgot\twas\nIP_TTL\t9\t9\t64')" '' \
	sockopt try --tsv -o option,asked,got,was IP_TTL=9
tj "json" 0 . '{"option":"TCP_USER_TIMEOUT","asked":7.5,"got":7.5,"was":0,"unit":"s",'\
'"type":"milliseconds","note":null,"error":null}' '' sockopt try -j TCP_USER_TIMEOUT=7500
t "all on one socket, in order" 0 'IP_TTL  64  9
IP_TTL  9   10' '' sockopt try -H -o option,was,got IP_TTL=9 IP_TTL=10
t "0x, k, names" 0 'IP_TTL           16
IP_MTU_DISCOVER  do
IP_TOS           0xb8 (EF)' '' \
	sockopt try -H -o option,got IP_TTL=0x10 IP_MTU_DISCOVER=do IP_TOS=EF
t "another socket" 0 'IPV6_V6ONLY  off  on' '' \
	sockopt try -f inet6 -p udp -H -o option,was,got V6ONLY=on
t "the kernel's overhead" 0 'SO_RCVBUF  65536  131072  set; the kernel keeps twice as much' '' \
	sockopt try -H SO_RCVBUF=64k
t "a buffer beyond the limit" 1 'lowered by the kernel' '' sockopt try -H -o note SO_SNDBUF=1g
t "raised" 1 'IP_TTL  -1  64  raised by the kernel' '' sockopt try -H IP_TTL=-1
t "refused" 1 'TCP_KEEPIDLE  0s  7200s  refused: Invalid argument' '' \
	sockopt try -H TCP_KEEPIDLE=0
tj "refused: the error's name" 1 '[.error,.note]' \
	'["EINVAL","refused: Invalid argument"]' '' sockopt try -j TCP_KEEPIDLE=0
tj "another socket does not have it" 1 '[.got,.was,.error]' '[null,null,"EOPNOTSUPP"]' '' \
	sockopt try -f unix -j TCP_NODELAY=on
emulated || # it answers with the first four bytes of the name
	t "names" 1 'TCP_CONGESTION  no-such  refused: No such file or directory' '' \
		sockopt try -H -o option,asked,note TCP_CONGESTION=no-such
printf 'SO_KEEPALIVE=on\nbad\nSO_REUSEADDR=on\n' >"$tmp/in"
input=$tmp/in
t "a bad line does not stop the others" 2 'SO_KEEPALIVE  on
SO_REUSEADDR  on' 'netipc sockopt try: standard input:2: "bad" is not NAME=VALUE' \
	sockopt try -H -o option,got -
t "no operand" 2 '' '*an operand is missing: NAME=VALUE...*' sockopt try
t "no value" 2 '' '*: "SO_DEBUG" is not NAME=VALUE' sockopt try SO_DEBUG
t "no such option" 2 '' '*: no option "SO_DEBUGG"; did you mean "SO_DEBUG"?' sockopt try SO_DEBUGG=1
t "not one option" 2 '' '*: "cork" is not one option: TCP_CORK or UDP_CORK' sockopt try cork=1
t "cannot be set" 2 '' '*: SO_TYPE cannot be set' sockopt try SO_TYPE=1
t "cannot be written" 2 '' '*: IP_ADD_MEMBERSHIP takes a struct, which cannot be written' \
	sockopt try IP_ADD_MEMBERSHIP=192.0.2.1
t "bad value" 2 '' '*: SO_LINGER: "5" is not off or ON,TIME such as 1,5s (whole seconds)' \
	sockopt try SO_LINGER=5
t "number too big" 2 '' '*: IP_TTL: "4294967296" is not from -2147483648 to 2147483647' \
	sockopt try IP_TTL=4294967296
tj "a bad operand has its record" 2 '[.option,.asked,.error]' \
	'["SO_DEBUG=x",null,"SO_DEBUG: \"x\" is not on, off or a number"]' '*' \
	sockopt try -j SO_DEBUG=x

# list
t "one option" 0 \
	'LEVEL        OPTION       NUMBER  TYPE  GET  SET  SINCE  MEANING
IPPROTO_TCP  TCP_NODELAY       1  bool  yes  yes  <=2.2  no Nagle algorithm' '' \
	sockopt list TCP_NODELAY
tj "json" 0 . '{"level":"IPPROTO_TCP","option":"TCP_SAVED_SYN","number":28,"type":"hex","get":true,'\
'"set":false,"since":"4.3","c_type":"bytes","capability":null,"effect":"reading consumes it",'\
'"meaning":"saved SYN headers; a successful read frees them","error":null}' '' \
	sockopt list -j TCP_SAVED_SYN
t "csv" 0 "$(printf 'option,c_type\r\nSO_LINGER,struct linger\r')" '' \
	sockopt list --csv -o option,c_type SO_LINGER
t "tsv" 0 "$(printf 'option\tget\tset\nSO_SNDBUFFORCE\tno\tyes')" '' \
	sockopt list --tsv -o option,get,set SO_SNDBUFFORCE
t "a level" 0 'UDP_CORK
UDP_ENCAP
UDP_NO_CHECK6_TX
UDP_NO_CHECK6_RX
UDP_SEGMENT
UDP_GRO' '' sockopt list -H -o option udp
t "several of a name" 0 'IPPROTO_IP    MCAST_MSFILTER
IPPROTO_IPV6  MCAST_MSFILTER' '' sockopt list -H -o level,option MCAST_MSFILTER
tj "what is not known is absent" 0 '[.type,.get,.set,.since,.meaning]' \
	'[null,null,null,null,null]' '' sockopt list -j TIPC_IMPORTANCE
t "no such option" 1 'SO_TYPE' '*: no option "SO_TPYE"; did you mean "SO_TYPE"?' sockopt list -H -o option SO_TPYE SO_TYPE
netipc sockopt list --json >"$tmp/all"
same "the whole table" true "$(jq -s 'length > 500 and all(.[]; .level and .option and .number >= 0)' \
	"$tmp/all")"

done_testing
