#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc sockopt: the options of a fresh socket, in every format
. "${srcdir:?run by make check}/tests/lib.sh"
need jq

# The plain form is a table
t "two options" 0 \
	'LEVEL        OPTION        TYPE  VALUE  SETTABLE
SOL_SOCKET   SO_KEEPALIVE  bool  off    yes
IPPROTO_TCP  TCP_NODELAY   bool  off    yes' '' sockopt SO_KEEPALIVE TCP_NODELAY
t "no heading, chosen columns" 0 'SO_TYPE  SOCK_STREAM' '' sockopt -H -o option,value SO_TYPE
t "a column added" 0 \
	'LEVEL        OPTION        TYPE     VALUE  SETTABLE  UNIT
IPPROTO_TCP  TCP_KEEPIDLE  seconds  7200s  yes       s' '' sockopt -o +unit TCP_KEEPIDLE
t "csv" 0 "$(printf 'option,value\r\nSO_LINGER,"{0,0s}"\r')" '' \
	sockopt --csv -o option,value SO_LINGER
t "tsv" 0 "$(printf 'option\tvalue\tlength\nSO_LINGER\t{0,0s}\t8')" '' \
	sockopt --tsv -o option,value,length SO_LINGER
tj "json" 0 . '{"level":"SOL_SOCKET","option":"SO_LINGER","type":"linger",'\
'"value":{"onoff":false,"linger_s":0},"settable":true,"unit":null,"number":13,"length":8,'\
'"since":"<=2.2","capability":null,"effect":null,"meaning":"what close() does with unsent data",'\
'"error":null}' '' sockopt --json SO_LINGER
tj "typed values" 0 '[.option,.value,.unit]' \
	'["SO_TYPE","SOCK_STREAM",null]
["SO_ERROR",0,null]
["SO_KEEPALIVE",false,null]
["SO_RCVTIMEO",0,"s"]
["SO_DOMAIN","AF_INET",null]
["SO_PROTOCOL","IPPROTO_TCP",null]
["IP_MTU_DISCOVER","want",null]' '' \
	sockopt -j SO_TYPE SO_ERROR SO_KEEPALIVE SO_RCVTIMEO SO_DOMAIN SO_PROTOCOL IP_MTU_DISCOVER

# Names
t "case and prefix do not matter" 0 'SO_KEEPALIVE
SO_KEEPALIVE' '' sockopt -H -o option so_keepalive KeepAlive
t "a short name of several options: those of the socket" 0 'TCP_CORK' '' sockopt -H -o option cork
t "a level" 0 'UDP_CORK' '' sockopt -p udp -H -o option udp_cork
netipc sockopt -H -o level IPPROTO_TCP >"$tmp/out"
same "all options of a level" IPPROTO_TCP "$(sort -u "$tmp/out")"
[ "$(wc -l <"$tmp/out")" -gt 15 ] && pass "a level has many" || fail "a level has many"
for level in tcp sol_tcp SOL_TCP; do
	netipc sockopt -H -o level $level >"$tmp/again"
	ok "a level as $level" cmp "$tmp/out" "$tmp/again"
done
t "no level" 2 '' 'netipc sockopt: no option "SOL_TC"*' sockopt SOL_TC
t "names with commas" 0 'SO_TYPE
SO_DEBUG' '' sockopt --options=SO_TYPE,debug -H -o option
t "-o with names of options" 0 \
	'LEVEL       OPTION        TYPE  VALUE  SETTABLE
SOL_SOCKET  SO_KEEPALIVE  bool  off    yes
SOL_SOCKET  SO_DEBUG      bool  off    yes' '' sockopt -o SO_KEEPALIVE,debug
t "-o with a name that a column has too is the column" 0 'socktype' '' \
	sockopt -H -o type SO_TYPE
t "-o nearly the name of an option" 2 '' '*no column "KEEPALIV"; did you mean --options=SO_KEEPALIVE?*' \
	sockopt -o +KEEPALIV
t "-o nearly a column" 2 '' '*no column "leve"; did you mean "level"?*' sockopt -o leve
t "-o an option beside a column" 2 '' '*no column "nodelay"; did you mean --options=nodelay?*' \
	sockopt show -o pid,nodelay
t "-o with both is no list of columns" 2 '' '*--columns: no column "SO_DEBUG"*' \
	sockopt -o option,SO_DEBUG
printf 'SO_DEBUG\n\n  tcp_nodelay \n' >"$tmp/in"
input=$tmp/in
t "names from standard input" 0 'SO_DEBUG
TCP_NODELAY' '' sockopt -H -o option -
printf 'SO_DEBUG\0SO_TYPE' >"$tmp/in"
input=$tmp/in
t "names that end with a NUL" 0 'SO_DEBUG
SO_TYPE' '' sockopt -H -o option -0 -

# The socket
while read -r args; do
	# shellcheck disable=SC2086 # words are wanted
	set -- $args
	t "the socket: $args" 0 "$1
$2
$3" '' sockopt -H -o value SO_DOMAIN SO_TYPE SO_PROTOCOL ${4+"$4"} ${5+"$5"} ${6+"$6"}
done <<EOF
AF_INET SOCK_STREAM IPPROTO_TCP
AF_INET SOCK_STREAM IPPROTO_TCP --protocol=tcp
AF_INET SOCK_DGRAM IPPROTO_UDP --type=dgram
AF_INET SOCK_DGRAM IPPROTO_UDP --protocol=udp
AF_INET SOCK_DGRAM IPPROTO_UDP -p17
AF_INET SOCK_DGRAM IPPROTO_UDPLITE -pudplite
AF_INET SOCK_DGRAM IPPROTO_UDP -t2
AF_INET SOCK_DGRAM IPPROTO_UDP -fAF_INET -tSOCK_DGRAM -pIPPROTO_UDP
AF_UNIX SOCK_STREAM IPPROTO_IP --family=unix
AF_UNIX SOCK_SEQPACKET IPPROTO_IP -funix -tseqpacket
EOF
if netipc sockopt -f inet6 SO_TYPE >"$tmp/out" 2>&1; then
	t "an IPv6 socket has IPv6 options" 0 \
		'IPV6_V6ONLY        off
IPV6_UNICAST_HOPS  64' '' sockopt -f inet6 -H -o option,value IPV6_V6ONLY IPV6_UNICAST_HOPS
fi
t "no such socket" 3 '' 'netipc sockopt: socket(AF_UNIX, SOCK_STREAM, 6): *' \
	sockopt --family=unix --protocol=tcp
t "no such type" 2 '' '*--type: "x" is not one of stream, dgram, raw, seqpacket or a number*' \
	sockopt -t x
t "no such family" 2 '' '*--family: "ipx" is not one of inet, inet6, unix*' sockopt -f ipx

# The whole table
netipc sockopt --json >"$tmp/all" 2>"$tmp/err"
same "all options: status" 0 $?
same "all options: no complaint" '' "$(cat "$tmp/err")"
same "all have a value" 0 "$(jq -s '[.[] | select(.value == null or .error != null)] | length' "$tmp/all")"
same "none twice" true "$(jq -s '[.[] | .level + .option] | length == (unique | length)' "$tmp/all")"
same "the lecture's options are there" true "$(jq -s '[.[].option] as $n |
	["SO_ACCEPTCONN","SO_BROADCAST","SO_DEBUG","SO_DONTROUTE","SO_ERROR","SO_KEEPALIVE",
	 "SO_LINGER","SO_OOBINLINE","SO_RCVBUF","SO_RCVLOWAT","SO_RCVTIMEO","SO_REUSEADDR",
	 "SO_SNDBUF","SO_SNDLOWAT","SO_SNDTIMEO","SO_TYPE","TCP_NODELAY","IP_TTL"] - $n == []' \
	"$tmp/all")"
same "what has an effect is not read" '["SO_ERROR"]' \
	"$(jq -sc '[.[] | select(.effect != null) | .option]' "$tmp/all")"
same "booleans are booleans, sizes numbers" true "$(jq -s 'all(.[];
	(.type != "bool" or (.value | type) == "boolean") and
	(.type != "bytes" or ((.value | type) == "number" and .unit == "bytes")) and
	(.type != "seconds" or ((.value | type) == "number" and .unit == "s")))' "$tmp/all")"
netipc sockopt --all --json >"$tmp/more" 2>"$tmp/err"
same "with --all: status" 0 $?
same "with --all: each level that a live socket can have" \
	"$(printf '%s\n' AF_VSOCK IPPROTO_ICMPV6 IPPROTO_IP IPPROTO_IPV6 IPPROTO_TCP IPPROTO_UDP \
		IPPROTO_UDPLITE SOL_ALG SOL_CAN_RAW SOL_MPTCP SOL_NETLINK SOL_PACKET SOL_RAW \
		SOL_SOCKET SOL_TLS SOL_XDP)" "$(jq -r .level "$tmp/more" | LC_ALL=C sort -u)"
same "without it: those of the socket" "$(printf '%s\n' IPPROTO_IP IPPROTO_TCP SOL_SOCKET)" \
	"$(jq -r .level "$tmp/all" | LC_ALL=C sort -u)"
same "with --all: a value or a reason" true \
	"$(jq -s 'all(.[]; (.value == null) != (.error == null))' "$tmp/more")"

# What has no value
t "a level of which this socket has nothing" 1 '' \
	'netipc sockopt: this socket has no option of "tcp"' sockopt -f unix tcp
tj "the same in JSON" 1 '[.option,.value,.error | type]' '["string","null","string"]' '*' \
	sockopt -f unix --json IPPROTO_TCP
tj "an option of another protocol" 1 '[.option,.value,.error | type]' '["string","null","string"]' \
	'netipc sockopt: UDP_CORK is not read: * (E*)' sockopt -j UDP_CORK
t "in the table" 1 'IPPROTO_UDP  UDP_CORK  bool  -  yes' '* UDP_CORK is not read: *' \
	sockopt -H UDP_CORK
t "can only be set" 1 'it can only be set' \
	'netipc sockopt: SO_SNDBUFFORCE is not read: it can only be set' \
	sockopt -H -o error SO_SNDBUFFORCE
t "would consume" 1 'TCP_SAVED_SYN  -  reading consumes it' \
	'netipc sockopt: TCP_SAVED_SYN is not read: reading consumes it' \
	sockopt -H -o option,value,effect TCP_SAVED_SYN
t "a key" 1 '-' 'netipc sockopt: TCP_FASTOPEN_KEY is not read: it holds a key' \
	sockopt -H -o value TCP_FASTOPEN_KEY
t "a level that is only listed" 1 '' \
	'netipc sockopt: the options of SOL_TIPC are only listed' sockopt TIPC_IMPORTANCE
t "no such option: the others are printed" 2 'SO_TYPE  SOCK_STREAM' \
	'netipc sockopt: no option "SO_TPYE"; did you mean "SO_TYPE"?' \
	sockopt -H -o option,value SO_TYPE --options=SO_TPYE
t "no such option: the table has no row for it" 2 '' '*: no option "SO_TPYE"; *' sockopt SO_TPYE
done_testing
