#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc resolve: what needs no look-up, and this machine's localhost
. "${srcdir:?run by make check}/tests/lib.sh"
need jq

# Plain form
t "IPv4" 0 '192.0.2.1' '' resolve 192.0.2.1
t "IPv4 and a port" 0 '192.0.2.1:80' '' resolve 192.0.2.1 80
t "IPv6" 0 '2001:db8::1' '' resolve 2001:DB8:0::1
t "IPv6 and a port" 0 '[2001:db8::1]:65535' '' resolve 2001:DB8:0::1 65535
t "port 0" 0 '192.0.2.1:0' '' resolve 192.0.2.1 0
t "a zone" 0 '[fe80::1%lo]:9' '' resolve fe80::1%lo 9
t "a zone by its number" 0 'fe80::1%lo' '' resolve fe80::1%1

# No name
t "no name, passive" 0 '0.0.0.0:80' '' resolve -4 --passive '*' 80
t "no name, passive, IPv6" 0 '[::]:80' '' resolve -6 --passive '*' 80
t "no name" 0 '127.0.0.1:80' '' resolve -4 '*' 80
t "no name, IPv6" 0 '[::1]:80' '' resolve -6 '*' 80
t "no service" 0 '192.0.2.1' '' resolve 192.0.2.1 '*'
t "no name and no service" 2 '' 'netipc resolve: neither a name nor a service' resolve '*'
t "no name and no service, both written" 2 '' 'netipc resolve: neither a name nor a service' \
	resolve '*' '*'

# Flags and hints
t "--numerichost" 0 '192.0.2.1' '' resolve --numerichost 192.0.2.1
t "--numerichost of a name" 1 '' 'netipc resolve: localhost: *(EAI_NONAME)' \
	resolve --numerichost localhost
t "--numericserv" 0 '192.0.2.1:80' '' resolve --numericserv 192.0.2.1 80
t "--numericserv of a name" 1 '' 'netipc resolve: 192.0.2.1 service http: *(EAI_NONAME)' \
	resolve --numericserv 192.0.2.1 http
t "--v4mapped" 0 '[::ffff:192.0.2.1]:80' '' resolve -6 --v4mapped 192.0.2.1 80
t "--v4mapped --all" 0 '::ffff:192.0.2.1' '' resolve -6 --v4mapped --all 192.0.2.1
t "-4 of IPv6" 1 '' 'netipc resolve: ::1: *(EAI_*)' resolve -4 ::1
t "-6 of IPv4" 1 '' 'netipc resolve: 192.0.2.1: *(EAI_*)' resolve -6 192.0.2.1
t "-4 and -6" 0 '192.0.2.1' '' resolve -46 192.0.2.1
t "-4 and -6, IPv6" 0 '::1' '' resolve -46 ::1
t "--canonname" 0 'canonical name 192.0.2.1
192.0.2.1' '' resolve --canonname 192.0.2.1
t "--socktype" 0 'stream  tcp' '' \
	resolve -o socktype,proto --socktype stream -H 192.0.2.1 80
tj "--socktype by number" 0 .proto '"udp"' '' resolve --socktype 2 -j 192.0.2.1 80
t "--protocol" 0 'SOCKTYPE  PROTO
dgram     udp' '' resolve -o socktype,proto --protocol UDP 192.0.2.1 80
tj "--protocol by number" 0 '[.socktype,.proto]' '["stream","tcp"]' '' \
	resolve --protocol 6 -j 192.0.2.1 80
if netipc --version | grep -q ' glibc'; then
	t "--protocol against --socktype" 2 '' 'netipc resolve: *(EAI_SOCKTYPE)' \
		resolve --socktype stream --protocol udp 192.0.2.1
else
	t "--protocol against --socktype" 1 '' 'netipc resolve: *(EAI_S*)' \
		resolve --socktype stream --protocol udp 192.0.2.1
fi
t "unknown type" 2 '' '*--socktype: "stram" is not one of stream, dgram, raw, seqpacket or a number*' \
	resolve --socktype stram 192.0.2.1
tj "--socktype by its constant" 0 '[.socktype,.proto]' '["stream","tcp"]' '' \
	resolve --socktype SOCK_STREAM --protocol IPPROTO_TCP -j 192.0.2.1 80
t "a type that is no int" 2 '' \
	'netipc resolve: --socktype: "2147483648" is not a number from 0 to 2147483647*' \
	resolve --socktype 2147483648 192.0.2.1
t "unknown protocol" 2 '' '*--protocol: "tpc" is not one of tcp, udp, *' \
	resolve --protocol tpc 192.0.2.1
if netipc --version | grep -q ' idn'; then
	t "--idn" 0 '192.0.2.1' '' resolve --idn --canonidn 192.0.2.1
	t "--idn of bytes that are no text" 2 '' \
		'netipc resolve: a\\xff.test: *(EAI_IDN_ENCODE)' \
		resolve --idn "$(printf 'a\377.test')"
else
	t "--idn where there is none" 2 '' 'netipc resolve: this system has no AI_IDN' \
		resolve --idn 192.0.2.1
	t "--canonidn where there is none" 2 '' 'netipc resolve: this system has no AI_CANONIDN' \
		resolve --canonidn 192.0.2.1
fi

# Records
tj "JSON" 0 . '{"input":"192.0.2.1","name":"192.0.2.1","service":"80","address":"192.0.2.1","zone":null,"port":80,"family":"ipv4","socktype":"stream","proto":"tcp","canonname":null,"error":null}' \
	'' resolve --socktype stream --json 192.0.2.1 80
tj "JSON of IPv6 with a zone, no service" 0 '[.address,.zone,.port,.family]' \
	'["fe80::1%lo","lo",null,"ipv6"]' '' resolve --socktype stream -j fe80::1%lo
tj "each row is a record" 0 'select(.socktype != "raw")|[.socktype,.proto]' '["stream","tcp"]
["dgram","udp"]' '' resolve --json -o socktype,proto,port 192.0.2.1 80
tj "the canonical name" 0 .canonname '"192.0.2.1"' '' \
	resolve --socktype stream --canonname -j 192.0.2.1
tj "the error has a record" 1 '[.name,.address,(.error|test("EAI_"))]' '["::1",null,true]' \
	'netipc resolve: *' resolve -4 -j ::1
t "table" 0 'NAME       ADDRESS    PORT  FAMILY  SOCKTYPE  PROTO  SERVICE
192.0.2.1  192.0.2.1    80  ipv4    stream    tcp    80' '' \
	resolve --socktype stream -o +service 192.0.2.1 80
t "table of chosen columns" 0 'ADDRESS      PORT
2001:db8::1    53' '' resolve --socktype dgram -o address,port 2001:db8::1 53
t "no heading" 0 '2001:db8::1  53' '' \
	resolve --socktype dgram -H -o address,port 2001:db8::1 53
t "CSV" 0 "$(printf 'name,address,port\r\n192.0.2.1,192.0.2.1,80\r')" '' \
	resolve --socktype stream --csv -o name,address,port 192.0.2.1 80
t "TSV" 0 "$(printf 'input\tname\tservice\taddress\tzone\tport\tfamily\tsocktype\tproto\tcanonname\terror\n192.0.2.1\t192.0.2.1\t80\t192.0.2.1\t\t80\tipv4\tstream\ttcp\t\t')" \
	'' resolve --socktype stream --tsv 192.0.2.1 80
t "the lecture's lines" 0 '192.0.2.1:80' '' resolve --classic 192.0.2.1 80
t "the lecture's program asks for IPv4" 1 '' '*(EAI_*)' resolve --classic ::1 80
t "the lecture's line of IPv6" 0 '[::1]:80' '' resolve --classic -6 ::1 80
t "the lecture's line without a service" 0 '192.0.2.1:0' '' resolve --classic 192.0.2.1
t "unknown column" 2 '' '*no column "adress"; did you mean "address"*' \
	resolve -o adress 192.0.2.1

# Standard input
printf '192.0.2.1 80\n\n  2001:db8::1\t 22  \n192.0.2.2\n' >"$tmp/list"
input=$tmp/list
t "lines of standard input" 0 '192.0.2.1 192.0.2.1:80
2001:db8::1 [2001:db8::1]:22
192.0.2.2 192.0.2.2' '' resolve -

# Errors
t "no operand" 2 '' 'netipc resolve: an operand is missing*' resolve
t "pairs of operands" 0 '192.0.2.1 192.0.2.1:80
2001:db8::1 2001:db8::1
192.0.2.2 192.0.2.2:443' '' resolve 192.0.2.1 80 2001:db8::1 '*' 192.0.2.2 443
t "pairs: the last one without a service" 0 '192.0.2.1 192.0.2.1:80
192.0.2.2 192.0.2.2' '' resolve 192.0.2.1 80 192.0.2.2
tj "pairs: one that is wrong" 2 '[.input,.name,.service,.port,.error]' \
	'["192.0.2.1 80","192.0.2.1","80",80,null]
["192.0.2.2 65536","192.0.2.2","65536",null,"port: \"65536\" is not a number from 0 to 65535"]
["192.0.2.3","192.0.2.3",null,null,null]' '*65536*' \
	resolve -j 192.0.2.1 80 192.0.2.2 65536 192.0.2.3
t "empty name" 2 '' 'netipc resolve: the name is empty' resolve ''
t "empty name and a service" 2 '' 'netipc resolve: the name is empty' resolve '' 80
t "empty service" 2 '' 'netipc resolve: the service is empty' resolve 192.0.2.1 ''
t "port over 65535" 2 '' 'netipc resolve: port: "65536" is not a number from 0 to 65535' \
	resolve 192.0.2.1 65536
for port in ' 80' +80 +65616 -1 ' +80'; do
	t "a number that is no port: '$port'" 2 '' \
		"netipc resolve: port: \"$port\" is not a number from 0 to 65535" \
		resolve -- 192.0.2.1 "$port"
done
printf '192.0.2.1 +65616\n' >"$tmp/signed"
input=$tmp/signed
t "a number that is no port, in a line" 2 '' \
	'netipc resolve: standard input:1: port: "+65616" is not a number from 0 to 65535' resolve -
t "no such service" 1 '' 'netipc resolve: 192.0.2.1 service no-such: *(EAI_SERVICE)' \
	resolve 192.0.2.1 no-such
t "no such zone" 1 '' 'netipc resolve: fe80::1%no-such: *(EAI_NONAME)' \
	resolve fe80::1%no-such
t "a name with an escape sequence" 1 '' 'netipc resolve: a\\x1b\[31m: *' \
	resolve --numerichost "$(printf 'a\033[31m')"

# An option that would have no effect is an error
for option in --tcp --bufsize=512 --no-recurse --do --nsid --ecs=192.0.2.0/24 --random-case \
	--resolv-conf=/dev/null --window=9 --retries=1 --timeout=1 --rate=9; do
	t "$option of the DNS, which is not asked" 2 '' \
		"netipc resolve: ${option%%=*} is of the DNS, which is not asked: *" \
		resolve $option 192.0.2.1
done
t "an option of the DNS, in a batch" 2 '' '*--rate is of the DNS*' resolve --rate 9 -f /dev/null
t "an option of the DNS with --explain" 2 '' '*--tcp is of the DNS*' resolve --explain --tcp a.b
t "a type with --explain" 2 '' '*--explain looks addresses up: no --type*' \
	resolve --explain -t MX a.b
t "a check with --compare" 2 '' '*--compare looks addresses up: *' resolve --compare --validate a.b
t "a source and the DNS, in a batch" 2 '' '*--source is of libc*' \
	resolve --dns -s files -f /dev/null
t "an anchor without a check" 2 '' '*--anchor is for --validate*' resolve --anchor /x 192.0.2.1
t "--resume without a batch" 2 '' '*--resume is for a batch*' resolve --resume /x 192.0.2.1
t "--unordered without a batch" 2 '' '*--unordered is for a batch*' resolve --unordered 192.0.2.1
t "--timeout is of --explain too" 0 '*' '' resolve --explain --timeout 9 192.0.2.1

# This machine's localhost: some loopback address, whichever families it has
netipc resolve localhost 80 >"$tmp/out" 2>"$tmp/err"
same "localhost: status" 0 $?
same "localhost: other lines" '' "$(grep -vxE '127\.0\.0\.1:80|\[::1\]:80' "$tmp/out")"
same "localhost: no address twice" "$(sort -u "$tmp/out")" "$(sort "$tmp/out")"
same "localhost: every address of the records is in the plain form" \
	"$(netipc resolve -j localhost 80 | jq -r .address | sort -u)" \
	"$(netipc resolve localhost | sort)"
done_testing
