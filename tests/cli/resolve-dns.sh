#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc resolve --dns, @SERVER and --type ask a DNS server: what each prints, and what it says
# to the server
. "${srcdir:?run by make check}/tests/lib.sh"
need jq

fakedns dns --log "$tmp/log" --zone "$srcdir/tests/data/world.zone" --synth bulk.test
wait_ready dns
server=$ready
conf=$tmp/resolv.conf
printf 'search example.org example.net\n' >"$conf"
unset LOCALDOMAIN RES_OPTIONS

# q NAME STATUS STDOUT STDERR-GLOB ARG... - t of resolve with the server and the file
q() {
	_n=$1 _s=$2 _o=$3 _e=$4
	shift 4
	t "$_n" "$_s" "$_o" "$_e" resolve --resolv-conf "$conf" "@$server" "$@"
}
qj() {
	_n=$1 _s=$2 _f=$3 _o=$4 _e=$5
	shift 5
	tj "$_n" "$_s" "$_f" "$_o" "$_e" resolve --resolv-conf "$conf" "@$server" "$@"
}

# mark - from here on log prints what the server is asked
mark() {
	marked=$(wc -l <"$tmp/log")
}
log() {
	tail -n "+$((marked + 1))" "$tmp/log"
}

# asked NAME PATTERN - since the mark the server has seen a query whose line matches
asked() {
	if log | grep -qE "$2"; then
		pass "$1"
	else
		fail "$1: no query like $2"
		log | sed 's/^/  /'
	fi
	mark
}

# Addresses
q 'addresses, A first' 0 '192.0.2.80
2001:db8::80' '' www.example.org
q 'with a service' 0 '192.0.2.80:80
[2001:db8::80]:80' '' www.example.org 80
q '-4' 0 192.0.2.80 '' -4 www.example.org
q '-6' 0 2001:db8::80 '' -6 www.example.org
q 'one family is enough' 0 192.0.2.4 '' four.example.org
q 'none of this family' 1 '' '*four.example.org: no AAAA record (NODATA)' -6 four.example.org
q 'no such name' 1 '' '*nosuch.example.org.: no such name (NXDOMAIN)' nosuch.example.org.
q 'a name without addresses' 1 '' '*notes.example.org: no A and no AAAA record (NODATA)' \
	notes.example.org
q 'an alias' 0 '192.0.2.80
2001:db8::80' '' ftp.example.org
q 'the canonical name' 0 'canonical name www.example.org
192.0.2.80' '' -4 --canonname ftp.example.org
q 'aliases that lead from zone to zone' 0 '192.0.2.83
192.0.2.84' '' -4 shop.example.org
q 'aliases without end' 3 '' '*loop.example.org*alias*' loop.example.org
q 'an address is its own answer' 0 192.0.2.9 '' 192.0.2.9
q 'the same with -6' 1 '' '*192.0.2.9: not an IPv6 address' -6 192.0.2.9
qj 'rows of each kind of socket' 0 \
	'select(.socktype != "raw") | [.address,.port,.socktype,.proto,.family]' \
	'["192.0.2.4",443,"stream","tcp","ipv4"]
["192.0.2.4",443,"dgram","udp","ipv4"]' '' --json four.example.org 443
qj 'what the answer was' 0 '[.name,.status,.ttl,.canonname,.qname,.source,.rcode,.flags,.tries,.error]' \
	'["ftp.example.org","ok",300,"www.example.org","ftp.example.org","dns","NOERROR",["rd","ra"],1,null]' \
	'' --json --socktype stream -4 ftp.example.org
qj 'the server' 0 .server "\"$server\"" '' --json --socktype stream -4 ftp.example.org
qj 'an address as NAME' 0 '[.address,.source,.server]' '["::1","literal",null]' '' \
	--json --socktype stream ::1
qj 'a record without an address' 1 '[.name,.address,.status,.rcode,.error]' \
	'["nosuch.",null,"nxdomain","NXDOMAIN","nosuch.: no such name (NXDOMAIN)"]' '*NXDOMAIN*' \
	--json nosuch.
q 'a table' 0 'NAME              ADDRESS    PORT  FAMILY  SOCKTYPE  PROTO  TTL
four.example.org  192.0.2.4    22  ipv4    stream    tcp    300' '' \
	-o name,address,port,family,socktype,proto,ttl --socktype stream four.example.org 22
cr=$(printf '\r')
q 'CSV' 0 "name,address,ttl$cr
four.example.org,192.0.2.4,300$cr" '' --csv -o name,address,ttl --socktype stream four.example.org
q 'TSV without a heading' 0 'four.example.org	ok' '' --tsv -H -o name,status --socktype stream \
	four.example.org

# The search list
q 'a domain of the list' 0 192.0.2.30 '' -4 intranet
q 'the second one' 0 192.0.2.31 '' -4 wiki
qj 'the name that was found' 0 '[.name,.qname]' '["wiki","wiki.example.net"]' '' --json -4 \
	--socktype stream wiki
q 'a dot at the end: not the list' 1 '' '*intranet.: no such name*' -4 intranet.
printf 'search org\noptions ndots:2\n' >"$conf"
q 'ndots' 0 192.0.2.4 '' -4 four.example
printf 'search org\noptions ndots:1\n' >"$conf"
mark
q 'a name with dots is tried as it is first' 0 192.0.2.4 '' -4 four.example
same 'in this order' 'udp four.example. 1
udp four.example.org. 1' "$(log | cut -d ' ' -f 1-3)"
printf 'search nosuch.test\n' >"$conf"
LOCALDOMAIN=example.net RES_OPTIONS=ndots:3
export LOCALDOMAIN RES_OPTIONS
q 'LOCALDOMAIN' 0 192.0.2.31 '' -4 wiki
mark
q 'RES_OPTIONS' 0 192.0.2.4 '' -4 four.example.org
same 'of the environment' 'udp four.example.org.example.net. 1' \
	"$(log | head -n 1 | cut -d ' ' -f 1-3)"
unset LOCALDOMAIN RES_OPTIONS
printf 'search example.org\noptions no-aaaa\n' >"$conf"
mark
q 'no-aaaa' 0 192.0.2.80 '' www
same 'asks for A alone' 1 "$(log | wc -l | tr -d ' ')"
printf 'search example.org example.net\n' >"$conf"
q 'each question with -v' 0 192.0.2.31 \
	"*: wiki.example.org A: nxdomain (NXDOMAIN), $server, * ms, UDP, 1 try
*: wiki.example.net A: ok (NOERROR), $server, * ms, UDP, 1 try" -v -4 wiki

# Records
q 'MX' 0 'example.org. 300 IN MX 10 mail.example.org.
example.org. 300 IN MX 20 mail.example.net.' '' -t MX example.org
q 'small letters, and TYPEnnn' 0 'tel.example.org. 300 IN TYPE65280 \# 4 01020304' '' \
	-t type65280 tel.example.org
q 'several types' 0 'www.example.org. 300 IN A 192.0.2.80
www.example.org. 300 IN AAAA 2001:db8::80' '' -t A,AAAA www.example.org
q 'several names' 0 'four.example.org. 300 IN A 192.0.2.4
old.example.org. 300 IN A 192.0.2.98' '' -t A four.example.org old.example.org
q 'PTR of a name' 0 '4.2.0.192.in-addr.arpa. 300 IN PTR four.example.org.' '' -t PTR \
	4.2.0.192.in-addr.arpa
q 'PTR of an address' 0 '4.2.0.192.in-addr.arpa. 300 IN PTR four.example.org.' '' -t PTR 192.0.2.4
q 'PTR of an IPv6 address' 0 \
	'6.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa. 300 IN PTR six.example.org.' \
	'' -t PTR 2001:db8::6
q 'text that would act on a terminal' 0 \
	'69.2.0.192.in-addr.arpa. 300 IN PTR evil\027[31m\010name.example.org.' '' -t PTR 192.0.2.69
q 'an alias before the record' 0 'ftp.example.org. 300 IN CNAME www.example.org.
www.example.org. 300 IN A 192.0.2.80' '' -t A ftp.example.org
q 'the alias itself' 0 'ftp.example.org. 300 IN CNAME www.example.org.' '' -t CNAME ftp.example.org
q 'one type of two' 1 'four.example.org. 300 IN A 192.0.2.4' '*four.example.org: no MX record (NODATA)' \
	-t A,MX four.example.org
q 'no such name is said once' 1 '' '*: nosuch.: no such name (NXDOMAIN)' -t A,MX nosuch.
qj 'a record' 0 '[.name,.ttl,.class,.type,.data,.section,.qname,.status,.rcode,.flags,.tcp]' \
	'["tel.example.org",300,"IN","NAPTR","100 10 \"U\" \"E2U+sip\" \"!^.*$!sip:info@example.org!\" .","answer","tel.example.org","ok","NOERROR",["rd","ra"],false]' \
	'' --json -t NAPTR tel.example.org
qj 'none' 1 '[.name,.type,.data,.status,.error]' \
	'[null,"MX",null,"nodata","four.example.org: no MX record (NODATA)"]' '*' --json -t MX \
	four.example.org
q 'a table of records' 0 'NAME             TTL  TYPE  DATA
www.example.org  300  A     192.0.2.80' '' -o +name -t A www.example.org
netipc resolve --resolv-conf "$conf" "@$server" -v --do -t A four.example.org 2>&1 |
	sed 's/ in [0-9.]* ms/ in N ms/' >"$tmp/verbose"
same 'all of an answer' ";; four.example.org. A: NOERROR; flags qr rd ra; answer 1, authority 0, additional 1
;; EDNS: version 0, flags do, 4096 bytes
;; from $server over UDP in N ms, 1 try
;; answer
four.example.org. 300 IN A 192.0.2.4" "$(cat "$tmp/verbose")"
netipc resolve --resolv-conf "$conf" "@$server" -v -t A nosuch. 2>/dev/null |
	sed 's/ in [0-9.]* ms/ in N ms/' >"$tmp/verbose"
same 'of one that says no, too' ";; nosuch. A: NXDOMAIN; flags qr rd ra; answer 0, authority 1, additional 0
;; from $server over UDP in N ms, 1 try
;; authority
. 86400 IN SOA ns.example.org. hostmaster.example.org. 2026112201 1800 900 604800 86400" \
	"$(cat "$tmp/verbose")"
q 'a text larger than a datagram' 0 '*' '' -t TXT big.example.org
asked 'comes over TCP' '^tcp big.example.org. 16'
qj 'which a column says' 0 .tcp true '' --json -t TXT big.example.org

# What is asked
mark
q 'recursion is asked for, EDNS not' 0 192.0.2.4 '' -4 four.example.org
asked 'rd=1' 'four.example.org. 1 rd=1$'
q '--no-recurse' 0 192.0.2.4 '' -4 --no-recurse four.example.org
asked 'rd=0' 'four.example.org. 1 rd=0'
q '--bufsize' 0 192.0.2.4 '' -4 --bufsize 4000 four.example.org
asked 'its size' 'edns=4000'
q '--do' 0 192.0.2.4 '' -4 --do four.example.org
asked 'DO and a size' 'edns=1232 do=1'
printf 'options edns0\n' >"$conf"
q 'edns0' 0 192.0.2.4 '' -4 four.example.org
asked 'of resolv.conf' 'edns=1232'
q '--bufsize=0 leaves it out' 0 192.0.2.4 '' -4 --bufsize=0 four.example.org
asked 'though resolv.conf has it' ' 1 rd=1$'
printf 'options use-vc\n' >"$conf"
q 'use-vc' 0 192.0.2.4 '' -4 four.example.org
asked 'is TCP' '^tcp four'
: >"$conf"
q '--tcp' 0 192.0.2.4 '' -4 --tcp four.example.org
asked 'too' '^tcp four'
q '--random-case' 0 192.0.2.4 '' -4 --random-case four.example.org
qj 'NSID' 0 '.edns|test("NSID \"?fakedns")' true '' --json --nsid -t A four.example.org
qj 'ECS' 0 '.edns|test("192.0.2.0/24/24")' true '' --json --ecs 192.0.2.0/24 -t A four.example.org
qj 'ECS of IPv6' 0 '.edns|test("2001:db8::/32/32")' true '' --json --ecs 2001:db8::/32 -t A \
	four.example.org

# Servers
port=${server#*#}
t 'a port of its own' 0 192.0.2.4 '' resolve --resolv-conf "$conf" -4 four.example.org \
	"@127.0.0.1#$port"
t 'a server by name' 0 192.0.2.4 '*' resolve --resolv-conf "$conf" -4 "@localhost#$port" \
	four.example.org
t 'the second server' 0 192.0.2.4 '' resolve --resolv-conf "$conf" -4 "@127.0.0.9#$port" "@$server" \
	four.example.org
t 'nobody there' 3 '' '*four.example.org: 127.0.0.9#*: no server can be asked: *' \
	resolve --resolv-conf "$conf" --retries 0 "@127.0.0.9#$port" four.example.org
t 'a server that has no address' 3 '' '*: server no host: * (EAI_NONAME)*' \
	resolve '@no host' four.example.org
t 'no such file' 3 '' '*no such file' resolve --resolv-conf "$tmp/nosuch" --dns -4 a.test
: >"$conf"

# Words
bad() {
	_n=$1 _e=$2
	shift 2
	t "$_n" 2 '' "$_e" resolve --resolv-conf "$conf" "$@"
}
bad 'no server' '*"@": the server is missing*' @ a.test
bad 'no port' '*"@127.0.0.1#": *' '@127.0.0.1#' a.test
bad 'port 0' '*nobody can be asked at port 0*' '@127.0.0.1#0' a.test
bad 'port 65536' '*65536*' '@127.0.0.1#65536' a.test
bad 'no address' '*300*' @300.0.0.1 a.test
bad 'a name that is too long' '*63 bytes*' "@$server" \
	x123456789x123456789x123456789x123456789x123456789x123456789x123456789.test
bad 'an empty label' '*an empty label (column 3)*' "@$server" a..b
bad 'no ASCII' '*is not ASCII*"xn--"*' "@$server" "$(printf 'b\303\274cher.test')"
bad 'too many types' '*more than 32 types*' -t "$(seq -s, -f TYPE%g 33)" a.test
bad 'no type' '*"NOSUCH" is no type*' -t NOSUCH a.test
bad 'an empty type' '*"" is no type*' -t A, a.test
bad 'a family with a type' '*-4 and -6 are for addresses*' -4 -t A a.test
bad 'a flag of getaddrinfo' '*--canonname and --numericserv*' --dns --v4mapped a.test
bad '--classic' '*--classic*' --dns --classic a.test
bad 'no name' '*operand is missing*' --dns
bad 'no name with a type' '*operand is missing*' -t A
bad 'ECS of a range' '*--ecs: *' --ecs 192.0.2.1-192.0.2.9 --dns a.test
bad 'ECS with bits behind its length' '*--ecs: *' --ecs 192.0.2.1/24 --dns a.test
bad 'EDNS and none' '*--bufsize=0*' --bufsize 0 --do --dns a.test
bad 'no such service' '*' "@$server" 192.0.2.4 65536
t 'an unknown service' 1 '' 'netipc resolve: service nosuch-service: *' resolve --resolv-conf "$conf" "@$server" 192.0.2.4 nosuch-service

done_testing
