#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc rresolve of prefixes, ranges and names of prefixes: which addresses, in which order
. "${srcdir:?run by make check}/tests/lib.sh"
need jq

# s NAME STATUS STDOUT STDERR OPERAND... - the addresses of the operands
s() {
	_what=$1 _want=$2 _says=$3 _complains=$4
	shift 4
	t "$_what" "$_want" "$_says" "$_complains" rresolve --numerichost --numericserv \
		-Ho address,port "$@"
}
s "a prefix" 0 '192.0.2.0  -
192.0.2.1  -
192.0.2.2  -
192.0.2.3  -' '' 192.0.2.0/30
s "a prefix with host bits" 0 '192.0.2.2  -
192.0.2.3  -' '' 192.0.2.3/31
s "a single one" 0 '192.0.2.3  -' '' 192.0.2.3/32
s "a netmask" 0 '192.0.2.2  -
192.0.2.3  -' '' 192.0.2.2/255.255.255.254
s "a range" 0 '192.0.2.255  -
192.0.3.0    -
192.0.3.1    -' '' 192.0.2.255-192.0.3.1
s "a number of addresses" 0 '192.0.2.9   -
192.0.2.10  -' '' 192.0.2.9+2
s "IPv6, to the last of all" 0 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe  -
ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff  -' '' ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/127
s "to the last of IPv4" 0 '255.255.255.255  -' '' 255.255.255.255/32
s "IPv6 over a border of 64 bits" 0 '2001:db8::ffff:ffff:ffff:ffff  -
2001:db8:0:1::                 -' '' 2001:db8::ffff:ffff:ffff:ffff-2001:db8:0:1::
s "several, with and without ports" 0 '192.0.2.0    80
192.0.2.1    80
2001:db8::1   -
192.0.2.9    22
fe80::1%lo    -' '' 192.0.2.0/31 80 2001:db8::1 192.0.2.9 22 fe80::1%lo
same "the name of a prefix" '256 192.0.2.0 192.0.2.255' \
	"$(netipc rresolve --numerichost 2.0.192.in-addr.arpa |
		awk 'NR == 1 { a = $1 } { b = $1 } END { print NR, a, b }')"
same "the name of an IPv6 prefix" '16 2001:db8::10 2001:db8::1f' \
	"$(netipc rresolve --numerichost \
		1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa |
		awk 'NR == 1 { a = $1 } { b = $1 } END { print NR, a, b }')"
s "a bad one does not end the batch" 2 '192.0.2.1  -
192.0.2.9  -' 'netipc rresolve: "192.0.2.0/33"*
netipc rresolve: "192.0.2.9-192.0.2.1"*
netipc rresolve: "x.y" is not an address*' 192.0.2.1 192.0.2.0/33 192.0.2.9-192.0.2.1 x.y 192.0.2.9
s "too many" 2 '' \
	'netipc rresolve: "10.0.0.0/8" has 16777216 addresses, more than 1048576: use --force*' 10.0.0.0/8
s "far too many" 2 '' '*use --force*' ::/0
s "one too many" 2 '' '*"10.0.0.0-10.16.0.0" has 1048577 addresses*' 10.0.0.0-10.16.0.0
tj "the record of one that is too many" 2 '[.input,.address,(.error//""|test("--force"))]' \
	'["10.0.0.0/8",null,true]
["192.0.2.1","192.0.2.1",false]' '*' rresolve --numerichost -j 10.0.0.0/8 192.0.2.1
same "--force goes on" '10.0.0.0 10.0.0.0' \
	"$(netipc rresolve --numerichost --force 10.0.0.0/8 2>/dev/null | head -n 1)"
s "a port of a port" 2 '' '*unexpected operand "81"*' 192.0.2.0/30 80 81
s "a port over 65535" 2 '' '*65536*' 192.0.2.0/31 65536

fakedns server --synth 10.in-addr.arpa --synth bulk.test
wait_ready server
netipc rresolve "@$ready" 10.1.0.0/20 >"$tmp/got" 2>"$tmp/err"
same "the DNS: status" 0 $?
awk 'BEGIN { for (i = 0; i < 4096; i++) {
	b = int(i / 256); c = i % 256
	print "10.1." b "." c " ip-10-1-" b "-" c ".bulk.test"
} }' >"$tmp/want"
ok "the DNS: each address of a prefix, in order" cmp "$tmp/want" "$tmp/got"
done_testing
