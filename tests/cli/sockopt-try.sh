#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc sockopt try and list
. "${srcdir:?run by make check}/tests/lib.sh"
need jq

# try
t "a time too short for a timeval is not taken for none" 2 '' \
	'*: "0.9us" is not a whole number of microseconds' sockopt try SO_RCVTIMEO=0.9us

t "set as asked" 0 \
	'OPTION        ASKED   GOT     WHY
SO_KEEPALIVE  on      on      -
TCP_KEEPIDLE  600s    600s    -
SO_LINGER     {1,5s}  {1,5s}  -' '' sockopt try SO_KEEPALIVE=1 tcp_keepidle=10m linger=on,5
t "csv" 0 "$(printf 'option,asked,got\r\nSO_LINGER,"{1,5s}","{1,5s}"\r')" '' \
	sockopt try --csv -o option,asked,got SO_LINGER='{1,5}'
t "tsv" 0 "$(printf 'option\tasked\tgot\twas\nIP_TTL\t9\t9\t64')" '' \
	sockopt try --tsv -o option,asked,got,was IP_TTL=9
tj "json" 0 . '{"option":"TCP_USER_TIMEOUT","asked":7.5,"got":7.5,"was":0,"unit":"s",'\
'"type":"milliseconds","why":null,"error":null}' '' sockopt try -j TCP_USER_TIMEOUT=7500
t "all on one socket, in order" 0 'IP_TTL  64  9
IP_TTL  9   10' '' sockopt try -H -o option,was,got IP_TTL=9 IP_TTL=10
t "0x, k, names" 0 'IP_TTL           16
IP_MTU_DISCOVER  do
IP_TOS           0xb8 (EF)' '' \
	sockopt try -H -o option,got IP_TTL=0x10 IP_MTU_DISCOVER=do IP_TOS=EF
t "another socket" 0 'IPV6_V6ONLY  off  on' '' \
	sockopt try -f inet6 -p udp -H -o option,was,got V6ONLY=on
t "the kernel's overhead" 0 'SO_RCVBUF  65536  131072  set; the kernel keeps twice as much' '' \
	sockopt try -p udp -H SO_RCVBUF=64k
t "on TCP also something else" 0 \
	'set; the kernel keeps twice as much; auto-tuning is off now (SO_BUF_LOCK=0 turns it on)' '' \
	sockopt try -H -o why SO_RCVBUF=64k
tj "another socket does not have it" 1 '[.got,.was,.error]' '[null,null,"EOPNOTSUPP"]' '' \
	sockopt try -f unix -j TCP_NODELAY=on
printf 'SO_KEEPALIVE=on\nbad\nSO_REUSEADDR=on\n' >"$tmp/in"
input=$tmp/in
t "a bad line does not stop the others" 2 'SO_KEEPALIVE  on
SO_REUSEADDR  on' 'netipc sockopt try: standard input:2: "bad" is not NAME=VALUE' \
	sockopt try -H -o option,got -
t "no operand" 2 '' '*an operand is missing: NAME=VALUE...*' sockopt try
t "no value" 2 '' '*: "SO_DEBUG" is not NAME=VALUE' sockopt try SO_DEBUG
t "no such option" 2 '' '*: no option "SO_DEBUGG"; did you mean "SO_DEBUG"?' sockopt try SO_DEBUGG=1
t "not one option" 2 '' '*: "timestamp" is not one option: SO_TIMESTAMP or TCP_TIMESTAMP' \
	sockopt try timestamp=1
t "several of a name: that of the socket" 0 TCP_CORK '' sockopt try -H -o option cork=1
t "on another socket the other" 0 UDP_CORK '' sockopt try -p udp -H -o option cork=1

# By the numbers
t "an option by its numbers" 0 'SO_KEEPALIVE  off  on' '' \
	sockopt try -H -o option,was,got "$(netipc sockopt list -j keepalive |
		jq -r '"SOL_SOCKET:\(.number)"')=on"
t "as another type" 0 'TCP_KEEPIDLE   int      7200  600
TCP_KEEPIDLE   seconds  600s  5s
TCP_KEEPINTVL  bool     75    on' '' sockopt try -H -o option,type,was,got \
	6:4:int=600 tcp:4=5 IPPROTO_TCP:0x5:bool=1
t "what the table lacks is refused by the kernel" 1 \
	'IPPROTO_TCP:999  1  -  ENOPROTOOPT  refused: Protocol not available (this kernel or this kind '\
'of socket does not have it)' '' sockopt try -H -o option,asked,got,error,why tcp:999=1
t "what the table says is never set, too" 1 \
	'SO_SNDLOWAT  refused: Protocol not available (it can never be set: it is always 1)' '' \
	sockopt try -H -o option,why "SOL_SOCKET:$(netipc sockopt list -j SO_SNDLOWAT | jq .number):int=4"
t "a level that has no name" 1 '7777:1  7777' '' sockopt try -H -o option,asked 7777:1:int=7777
t "no number" 2 '' '*: "tcp:x" is not LEVEL:NUMBER or LEVEL:NUMBER:TYPE' sockopt try tcp:x=1
t "no level" 2 '' '*: "tpc:1" is not LEVEL:NUMBER or LEVEL:NUMBER:TYPE' sockopt try tpc:1=1
t "too much" 2 '' '*: "6:1:int:1" is not LEVEL:NUMBER or LEVEL:NUMBER:TYPE' sockopt try 6:1:int:1=1
t "no type" 2 '' '*: "float" is no type: int, bool, *' sockopt try 6:1:float=1
t "a type that cannot be written" 2 '' '*: "tcp_info" is no type: *' sockopt try 6:1:tcp_info=1
t "to be read" 0 'TCP_KEEPIDLE  7200' '' sockopt -H -o option,value 6:4:int
t "to be read: the kernel does not have it" 1 'IPPROTO_TCP:999  -' \
	'netipc sockopt: IPPROTO_TCP:999 is not read: * (ENOPROTOOPT)' sockopt -H -o option,value tcp:999
t "to be listed" 0 'IPPROTO_TCP  TCP_NODELAY        1  bool
IPPROTO_TCP  IPPROTO_TCP:999  999  -' '' sockopt list -H -o level,option,number,type tcp:1 tcp:999
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

# Why: asked, got and the reason, with the sysctls of this moment
sysctl() {
	tr -s '\t' ' ' <"/proc/sys/net/$1"
}
tick=$(netipc sockopt try -H -o got SO_RCVTIMEO=1us | tr -dc 0-9.) # 0.004: HZ is 250

# why NAME STATUS ASKED GOT WHY [OPTION]... NAME=VALUE - ASKED, GOT and WHY are patterns
why() {
	_name=$1 _status=$2 _row="$3  $4  $5"
	shift 5
	netipc sockopt try -H -o asked,got,why "$@" >"$tmp/out" 2>"$tmp/err"
	_got=$?
	if [ "$_got" -eq "$_status" ] && like "$_row" "$(cat "$tmp/out")" && [ ! -s "$tmp/err" ]; then
		pass "why: $_name"
	else
		fail "why: $_name: status $_got, wanted $_status: $(cat "$tmp/out" "$tmp/err")
wanted: $_row"
	fi
}
rmem=$(sysctl core/rmem_max) wmem=$(sysctl core/wmem_max)
beyond='with CAP_NET_ADMIN goes beyond)'
why "a receive buffer above the limit" 1 1073741824 $((2 * rmem)) \
	"2 x net.core.rmem_max=$rmem (SO_RCVBUFFORCE $beyond" -p udp SO_RCVBUF=1g
why "below 0 is above it too" 1 -1 $((2 * rmem)) \
	"2 x net.core.rmem_max=$rmem (SO_RCVBUFFORCE $beyond" -p udp SO_RCVBUF=-1
why "a send buffer above the limit" 1 1073741824 $((2 * wmem)) \
	"2 x net.core.wmem_max=$wmem (SO_SNDBUFFORCE $beyond" -p udp SO_SNDBUF=1g
why "the least receive buffer" 1 1000 '*' '* is the least (SOCK_MIN_RCVBUF)' -p udp SO_RCVBUF=1000
why "the least send buffer" 1 1 '*' '* is the least (SOCK_MIN_SNDBUF)' -p udp SO_SNDBUF=1
lowat=$(sysctl ipv4/tcp_rmem | cut -d' ' -f3)
why "RCVLOWAT" 1 1073741824 $((lowat / 2)) "half of net.ipv4.tcp_rmem[[]2]=$lowat" SO_RCVLOWAT=1g
why "RCVLOWAT below 0" 1 -5 $((lowat / 2)) "half of net.ipv4.tcp_rmem[[]2]=$lowat" SO_RCVLOWAT=-5
why "RCVLOWAT 0" 1 0 1 '0 stands for 1' SO_RCVLOWAT=0
why "IP_TOS on TCP" 1 0xff 0xfc \
	"on a stream the two ECN bits are the kernel's; SO_PRIORITY follows it" IP_TOS=255
why "IP_TOS on UDP" 0 0xff 0xff 'SO_PRIORITY follows it' -p udp IP_TOS=255
why "IP_TOS above 255" 1 440 '0xb8 (EF)' 'the lower 8 bits are kept; SO_PRIORITY follows it' \
	IP_TOS=0x1b8
ttl=$(sysctl ipv4/ip_default_ttl)
why "IP_TTL -1" 1 -1 "$ttl" "-1 stands for net.ipv4.ip_default_ttl=$ttl" IP_TTL=-1
invalid='refused: Invalid argument'
for n in 0 256; do
	why "IP_TTL $n" 1 "$n" "$ttl" \
		"$invalid (it takes 1 to 255, or -1 for net.ipv4.ip_default_ttl=$ttl)" IP_TTL=$n
done
why "no such interface, by name" 1 nosuch '""' \
	'refused: No such device (no interface has this name)' SO_BINDTODEVICE=nosuch
why "no limit to lingering" 1 '{1,-1s}' '{1,*s}' 'a time below 0 is no limit at all; *' \
	SO_LINGER=1,-1
why "lingering off" 1 '{0,9s}' '{0,0s}' 'the time stays as it was while it is off' SO_LINGER=0,9
why "a time-out between ticks" 1 1.0005s '*' \
	"rounded up to the tick of the kernel's clock, $(printf %s "${tick#0.}" | sed s/^0*//) ms" \
	SO_RCVTIMEO=1.0005
why "a time-out below 0" 1 -1s 0s 'a time below 0 is no time-out' SO_RCVTIMEO=-1
why "EDOM" 1 -1.5s 0s 'refused: * (below 0 it takes whole seconds only)' SO_RCVTIMEO=-1.5
why "another number than 1" 0 7 on 'any number but 0 is on' SO_REUSEADDR=7
why "TCP_KEEPIDLE 0" 1 0s '*' "$invalid (it takes 1s to 32767s)" TCP_KEEPIDLE=0
why "TCP_KEEPIDLE too long" 1 32768s '*' "$invalid (it takes 1s to 32767s)" TCP_KEEPIDLE=32768
why "TCP_KEEPCNT" 1 128 '*' "$invalid (it takes 1 to 127)" TCP_KEEPCNT=128
why "TCP_LINGER2" 1 1000s 120s '120s is the most (TCP_FIN_TIMEOUT_MAX)' TCP_LINGER2=1000
backoff='rounded up to when a SYN-ACK is sent again: 1, 3, 7, 15, 31 s and so on'
why "TCP_DEFER_ACCEPT 4" 1 4s 7s "$backoff" TCP_DEFER_ACCEPT=4
why "TCP_DEFER_ACCEPT 10" 1 10s 15s "$backoff" TCP_DEFER_ACCEPT=10
why "TCP_WINDOW_CLAMP" 1 1 '*' '* is the least: half of SOCK_MIN_RCVBUF' TCP_WINDOW_CLAMP=1
why "TCP_MAXSEG" 1 87 '*' "$invalid (it takes 88 to 32767)" TCP_MAXSEG=87
somaxconn=$(sysctl core/somaxconn)
why "TCP_FASTOPEN" 1 100000000 "$somaxconn" "the most is net.core.somaxconn=$somaxconn*" \
	TCP_FASTOPEN=100000000
why "TCP_THIN_DUPACK" 1 on off 'it has no effect since Linux 4.12' TCP_THIN_DUPACK=on
netipc sockopt -f inet6 SO_TYPE >"$tmp/out" 2>&1 && six=yes || six=
[ -z "$six" ] || why "IPV6_MTU" 1 1000 - "$invalid (the least is 1280; 0 is no limit)" -f inet6 IPV6_MTU=1000
[ -z "$six" ] || why "IPV6_MTU without a connection" 0 1300 - 'set; only a connection shows it' -f inet6 IPV6_MTU=1300
if ! emulated; then # it does not pass these on
	why "no such interface, by number" 0 1999999999 1999999999 \
		'no interface has this number, and the kernel takes it all the same: nothing will pass' \
		SO_BINDTOIFINDEX=1999999999
	why "0 and 1 only" 1 2 off "$invalid (it takes off or on)" SO_ZEROCOPY=2
	why "ports" 1 50000-40000 '*' "$invalid (the low port is above the high one)" \
		IP_LOCAL_PORT_RANGE=50000-40000
	why "congestion control" 1 no-such '*' "refused: No such file or directory (there is none of \
this name: net.ipv4.tcp_available_congestion_control=$(sysctl \
		ipv4/tcp_available_congestion_control))" TCP_CONGESTION=no-such
fi

# list
t "one option" 0 \
	'LEVEL        OPTION       NUMBER  TYPE  GET  SET  SINCE  MEANING
IPPROTO_TCP  TCP_NODELAY       1  bool  yes  yes  <=2.2  no Nagle algorithm' '' \
	sockopt list TCP_NODELAY
tj "json" 0 . '{"level":"IPPROTO_TCP","option":"TCP_SAVED_SYN","number":28,"type":"hex","get":true,'\
'"set":false,"since":"4.3","c_type":"bytes","capability":null,"sysctl":null,"default":null,'\
'"unit":null,"effect":"reading consumes it","meaning":"saved SYN headers; a successful read frees them","error":null}' '' \
	sockopt list -j TCP_SAVED_SYN
t "csv" 0 "$(printf 'option,c_type\r\nSO_LINGER,struct linger\r')" '' \
	sockopt list --csv -o option,c_type SO_LINGER
t "tsv" 0 "$(printf 'option\tget\tset\nSO_SNDBUFFORCE\tno\tyes')" '' \
	sockopt list --tsv -o option,get,set SO_SNDBUFFORCE
tj "what a fresh socket has, and where from" 0 '[.option,.default,.unit,.sysctl]' \
	"[\"TCP_KEEPIDLE\",$(netipc sockopt -j -o value KEEPIDLE | jq -c .value),\"s\",{\
\"net.ipv4.tcp_keepalive_time\":\"$(sysctl ipv4/tcp_keepalive_time)\"}]" '' \
	sockopt list -j TCP_KEEPIDLE
tj "of a UDP socket" 0 '[.option,.default]' '["UDP_CORK",false]' '' sockopt list -j UDP_CORK
tj "what goes by itself has none" 0 '[.option,.default]' '["TCP_INFO",null]' '' \
	sockopt list -j TCP_INFO
t "sysctls in the table" 0 "SO_RCVBUF  net.core.rmem_max=$rmem, net.core.rmem_default=$(sysctl \
	core/rmem_default), net.ipv4.tcp_rmem=$(sysctl ipv4/tcp_rmem)" '' \
	sockopt list -H -o option,sysctl SO_RCVBUF
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
