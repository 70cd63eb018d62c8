#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc addr
. "${srcdir:?run by make check}/tests/lib.sh"
need jq

if netipc --version | grep -q ' big-endian'; then
	load='0x8c710101' family4='00 02' family6='00 0a' familyu='00 01' port=0x0050
	scope='00 00 00 01' one=0x00000001 fe80=0xfe800000
else
	load='0x0101718c' family4='02 00' family6='0a 00' familyu='01 00' port=0x5000
	scope='01 00 00 00' one=0x01000000 fe80=0x000080fe
fi

t "IPv4" 0 "IPv4: 0x8c710101
form          canon
canonical     140.113.1.1
expanded      140.113.1.1
integer       2356216065
class         Global Unicast, 0.0.0.0/0, RFC 4632
              source yes, destination yes, forwardable yes, global yes, reserved no
sets          @global
scope         global
byte order    host 0x8c710101  network 8c 71 01 01  unconverted $load
reverse       1.1.113.140.in-addr.arpa
sockaddr      struct sockaddr_in, 16 bytes
  sin_family    $family4                      AF_INET 2
  sin_port      00 00                      0
  sin_addr      8c 71 01 01                140.113.1.1
  sin_zero      00 00 00 00 00 00 00 00
C             { .sin_family = AF_INET, .sin_addr.s_addr = htonl(0x8c710101) }" '' addr 140.113.1.1
bytes='0xfe, 0x80, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01'
t "IPv6 with a zone and a port" 0 "IPv6: 0xfe800000000000000000000000000001
form          canon
canonical     fe80::1%lo
expanded      fe80:0000:0000:0000:0000:0000:0000:0001
integer       338288524927261089654018896841347694593
class         Link-Local Unicast, fe80::/10, RFC 4291
              source yes, destination yes, forwardable no, global no, reserved yes
sets          @special, @link-local
scope         link-local
solicited     ff02::1:ff00:1
byte order    host 0xfe800000  network fe 80 00 00  unconverted $fe80
              host 0x00000000  network 00 00 00 00  unconverted 0x00000000
              host 0x00000000  network 00 00 00 00  unconverted 0x00000000
              host 0x00000001  network 00 00 00 01  unconverted $one
port          host 0x0050 80  network 00 50  unconverted $port
reverse       1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.e.f.ip6.arpa
sockaddr      struct sockaddr_in6, 28 bytes
  sin6_family   $family6                      AF_INET6 10
  sin6_port     00 50                      80
  sin6_flowinfo 00 00 00 00
  sin6_addr     fe 80 00 00 00 00 00 00 00 00 00 00 00 00 00 01  fe80::1
  sin6_scope_id $scope                1 lo
C             { .sin6_family = AF_INET6, .sin6_port = htons(80), .sin6_addr.s6_addr = { $bytes }, .sin6_scope_id = if_nametoindex(\"lo\") }" '' addr '[fe80::1%lo]:80'
t "UNIX path" 0 "UNIX: /run/x
form          unix
sockaddr      struct sockaddr_un, 9 bytes
  sun_family    $familyu                      AF_UNIX 1
  sun_path      2f 72 75 6e 2f 78 00       unix:/run/x
C             { .sun_family = AF_UNIX, .sun_path = \"/run/x\" }" '' addr unix:/run/x
t "UNIX abstract name, which begins with a NUL" 0 "UNIX: @ab
form          unix
sockaddr      struct sockaddr_un, 5 bytes
  sun_family    $familyu                      AF_UNIX 1
  sun_path      00 61 62                   unix:@ab
C             { .sun_family = AF_UNIX, .sun_path = \"\\000ab\" }" '' addr unix:@ab
t "the lecture's lines" 0 'IPv4: 0x8c710101
IPv6: 0x00000000000000000000000000000001
UNIX: @a' '' addr --classic 140.113.1.1 ::1 unix:@a
same "a blank line between blocks" 1 "$(netipc addr ::1 ::2 | grep -c '^$')"

t "table" 0 'INPUT         FAMILY  ADDRESS    PORT     INTEGER  NETWORK-ORDER
192.0.2.1:80  ipv4    192.0.2.1    80  3221225985  c0 00 02 01
unix:/x       unix    unix:/x       -           -  -' '' \
	addr -o input,family,address,port,integer,network_order 192.0.2.1:80 unix:/x
t "no heading" 0 '192.0.2.1' '' addr -H -o address 192.0.2.1
t "a column added" 0 'INPUT  FAMILY  ADDRESS  PORT  INTEGER  NETWORK-ORDER                                    CLASS             ERROR
::1    ipv6    ::1         -        1  00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 01  Loopback Address  -' '' \
	addr -o +error ::1
t "unknown column" 2 '' '*no column "adress"; did you mean "address"?*' addr -o adress ::1
tj "JSON of IPv4" 0 '[.input,.family,.address,.port,.integer,.hex,.network_order,.reverse,.error]' \
	'["192.0.2.1:80","ipv4","192.0.2.1",80,3221225985,"0xc0000201","c0 00 02 01","1.2.0.192.in-addr.arpa",null]' '' \
	addr --json 192.0.2.1:80
tj "JSON of IPv6: a number that JSON cannot hold is a string" 0 \
	'[.address,.zone,.port,.integer,(.host_order|length)]' \
	'["2001:db8::1",null,null,"42540766411282592856903984951653826561",4]' '' \
	addr --json 2001:DB8::1
tj "JSON of a zone" 0 '[.address,.zone,.port]' '["fe80::1%lo","lo",22]' '' \
	addr -j '[fe80::1%lo]:22'
tj "JSON of UNIX" 0 '[.family,.address,.path]' '["unix","unix:@a","@a"]' '' addr -j unix:@a
tj "a bad operand has its record, with the reason" 2 '[.input,.family,(.error|length>0)]' \
	'["x",null,true]
["::1","ipv6",false]' '*"x" is not an address*' addr -j x ::1
tj "invalid UTF-8 is repaired" 2 '.input' '"a�b"' '*"a\\xffb"*' addr -j "$(printf 'a\377b')"
crlf=$(printf '\r')
t "CSV" 0 "address,port$crlf
192.0.2.1,80$crlf" '' addr --csv -o address,port 192.0.2.1:80
t "CSV quotes" 2 "input$crlf
\"a\"\"b,c\"$crlf" '*' addr --csv -o input 'a"b,c'
t "TSV" 0 'address	port
192.0.2.1	80' '' addr --tsv -o address,port 192.0.2.1:80
t "TSV stays on one line" 2 'input
a\tb\nc' '*' addr --tsv -o input "$(printf 'a\tb\nc')"
t "nothing that acts on a terminal is printed" 2 \
	'a\x1b[31m  "a\x1b[31m" is not an address: it begins with neither a digit nor a colon (column 1)' \
	'*"a\\x1b\[31m" is not*' addr -H -o input,error "$(printf 'a\033[31m')"
t "a table leaves a bad operand out" 2 'INPUT
::1' 'netipc addr: "x" is not*' addr -o input x ::1
t "a table has it if the reason is wanted" 2 'INPUT  ERROR
1.2.3  "1.2.3" is not an address: 3 octets instead of four (column 6); inet_aton reads 1.2.0.3, others read 1.2.3.0; --legacy takes the first
::1    -' 'netipc addr: "1.2.3" is not*' addr -o input,error 1.2.3 ::1

while IFS='|' read -r operand reason; do
	t "refused: $operand" 2 '' "netipc addr: *$reason*" addr -- "$operand"
done <<'EOF'
010.0.0.1|leading zero, which some read as octal (column 1)
1.2.3|3 octets instead of four (column 6)
256.1.1.1|octet 256 is over 255 (column 1)
1::2::3|"::" more than once (column 6)
fe80::1%|is empty (column 8)
0x7f.1|(column 2)
2130706433|over 255
192.0.2.1:99999|not a number from 0 to 65535 (column 11)
[::1|without "]"
unix:|the name is empty
192.0.2.1:080|leading zero, which some read as octal (column 11)
localhost|neither a digit nor a colon (column 1)
|it is empty (column 1)
EOF
t "an interface that is not here: a note, and scope id 0" 0 'fe80::1%nosuch0' \
	'netipc addr: zone "nosuch0": no such interface here' addr -H -o input fe80::1%nosuch0
tj "the same in JSON" 0 '[.address,.zone,.error,.sockaddr[-11:]]' \
	'["fe80::1%nosuch0","nosuch0",null,"00 00 00 00"]' '*' addr -j fe80::1%nosuch0
t "it is refused on request" 1 '' '*zone "nosuch0": no such interface here*' \
	addr --strict-zone fe80::1%nosuch0
tj "the same with a record" 1 '[.address,.zone,.error]' \
	'[null,null,"zone \"nosuch0\": no such interface here"]' '*' \
	addr -j --strict-zone fe80::1%nosuch0
bidi=$(printf 'a\342\200\256b')
netipc addr "fe80::1%$bidi" >"$tmp/out" 2>"$tmp/err"
same "a zone cannot act on a terminal" 'canonical     fe80::1%a\u{202e}b' \
	"$(grep canonical "$tmp/out")"
same "nor can JSON" '{"input":"fe80::1%a\u202eb"}' \
	"$(netipc addr -j -o input "fe80::1%$bidi" 2>"$tmp/err")"
t "-4 refuses IPv6" 1 '' '*"::1" is not IPv4*' addr -4 ::1
t "-6 refuses IPv4" 1 '' '*"192.0.2.1" is not IPv6*' addr -6 192.0.2.1
t "-4 takes IPv4" 0 'IPv4: 0xc0000201' '' addr -4 --classic 192.0.2.1
t "no operand" 2 '' "netipc addr: an operand is missing: ADDRESS... (Try 'netipc addr --help')" addr
t "a mistyped verb" 2 '' \
	"netipc addr: no verb \"grpe\"; did you mean \"grep\"? (Try 'netipc addr --help')" \
	addr grpe -e 10.0.0.0/8
t "a word like no verb" 2 '' '*"localhost" is not an address*' addr localhost

done_testing
