#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc rresolve: what needs no look-up, and this machine's localhost
. "${srcdir:?run by make check}/tests/lib.sh"
need jq

# number STATUS... - t with the flags that look nothing up
n() {
	_what=$1 _want=$2 _says=$3 _complains=$4
	shift 4
	t "$_what" "$_want" "$_says" "$_complains" rresolve --numerichost --numericserv "$@"
}

# Plain form
n "IPv4" 0 192.0.2.1 '' 192.0.2.1
n "IPv4 and a port" 0 192.0.2.1:80 '' 192.0.2.1 80
n "IPv4 with its port" 0 192.0.2.1:80 '' 192.0.2.1:80
n "IPv6" 0 2001:db8::1 '' 2001:DB8:0::1
n "IPv6 and a port" 0 '[2001:db8::1]:65535' '' 2001:DB8:0::1 65535
n "IPv6 with its port" 0 '[2001:db8::1]:443' '' '[2001:DB8:0::1]:443'
n "a zone" 0 'fe80::1%lo' '' fe80::1%lo
n "a zone and a port" 0 '[fe80::1%lo]:0' '' fe80::1%lo 0
n "no such zone" 1 '' 'netipc rresolve: "fe80::1%no-such": zone "no-such": no such interface here' \
	fe80::1%no-such
n "--namereqd" 1 '' 'netipc rresolve: 192.0.2.1: *(EAI_NONAME)' --namereqd 192.0.2.1
n "--dgram --nofqdn" 0 192.0.2.1:69 '' --dgram --nofqdn 192.0.2.1 69
n "the lecture's line" 0 192.0.2.1:80 '' --classic 192.0.2.1 80
n "the lecture's line without a port" 0 192.0.2.1:0 '' --classic 192.0.2.1

# Flags that a libc may not have
if netipc --version | grep -q ' idn'; then
	n "--idn" 0 192.0.2.1 '' --idn 192.0.2.1
else
	n "--idn where there is none" 2 '' 'netipc rresolve: this system has no NI_IDN' \
		--idn 192.0.2.1
fi

# UNIX addresses: glibc gives the host's own name and the path
if netipc --version | grep -q ' glibc'; then
	t "UNIX" 0 "$(uname -n):/run/x y" '' rresolve 'unix:/run/x y'
	t "UNIX, abstract" 0 "$(uname -n)" '' rresolve unix:@x
	tj "UNIX in JSON" 0 '[.address,.port,.service]' '["unix:/run/x",null,"/run/x"]' '' \
		rresolve -j unix:/run/x
	tj "a UNIX path is not escaped twice" 0 '[.input,.address]' \
		'["unix:/a\u001bb","unix:/a\u001bb"]' '' rresolve -j "$(printf 'unix:/a\033b')"
	long=/$(head -c 106 /dev/zero | tr '\0' p)
	t "the longest path" 0 "$(uname -n):$long" '' rresolve "unix:$long"
else
	t "UNIX" 2 '' 'netipc rresolve: unix:/run/x: *(EAI_FAMILY)' rresolve unix:/run/x
fi
t "UNIX and a port" 2 '' 'netipc rresolve: "unix:/run/x": a UNIX address has no port' \
	rresolve unix:/run/x 80

# Records
tj "JSON" 0 . '{"input":"2001:DB8::1","address":"2001:db8::1","zone":null,"port":80,"host":"2001:db8::1","service":"80","names":null,"fcrdns":null,"status":"ok","ttl":null,"rcode":null,"server":null,"tries":null,"time_s":null,"error":null}' \
	'' rresolve --numerichost --numericserv --json 2001:DB8::1 80
tj "JSON without a port" 0 . '{"input":"fe80::1%lo","address":"fe80::1%lo","zone":"lo","port":null,"host":"fe80::1%lo","service":null,"names":null,"fcrdns":null,"status":"ok","ttl":null,"rcode":null,"server":null,"tries":null,"time_s":null,"error":null}' \
	'' rresolve --numerichost --numericserv -j fe80::1%lo
tj "the error has a record" 1 '[.address,.port,.host,(.error|test("EAI_NONAME"))]' \
	'["192.0.2.1",80,null,true]' 'netipc rresolve: *' \
	rresolve --numerichost --namereqd -j 192.0.2.1:80
n "table" 0 'ADDRESS      PORT  HOST         SERVICE  ZONE
2001:db8::1    80  2001:db8::1  80       -' '' -o +zone 2001:db8::1 80
n "table of chosen columns" 0 'HOST
192.0.2.1' '' -o host 192.0.2.1
n "no heading" 0 '192.0.2.1  443' '' -H -o host,service 192.0.2.1 443
n "CSV" 0 "$(printf 'address,port,host\r\n192.0.2.1,80,192.0.2.1\r')" '' \
	--csv -o address,port,host 192.0.2.1 80
n "TSV" 0 "$(printf 'input\taddress\tzone\tport\thost\tservice\tnames\tfcrdns\tstatus\tttl\trcode\tserver\ttries\ttime_s\terror\n192.0.2.1\t192.0.2.1\t\t80\t192.0.2.1\t80\t\t\tok\t\t\t\t\t\t')" \
	'' --tsv 192.0.2.1 80

# Standard input
printf '192.0.2.1 80\n\n  2001:db8::1\t 22  \n192.0.2.2\n192.0.2.3:53\n' >"$tmp/list"
input=$tmp/list
n "lines of standard input" 0 '192.0.2.1 192.0.2.1:80
2001:db8::1 [2001:db8::1]:22
192.0.2.2 192.0.2.2
192.0.2.3 192.0.2.3:53' '' -
input=$tmp/list
n "a port for the lines without one" 0 '192.0.2.1 192.0.2.1:80
2001:db8::1 [2001:db8::1]:22
192.0.2.2 192.0.2.2:443
192.0.2.3 192.0.2.3:53' '' - 443
input=$tmp/list
n "the lecture's lines" 0 '192.0.2.1:80
[2001:db8::1]:22
192.0.2.2:0
192.0.2.3:53' '' --classic -
printf '192.0.2.1 80\000192.0.2.2\00' >"$tmp/list0"
input=$tmp/list0
n "NUL-separated input" 0 '192.0.2.1 192.0.2.1:80
192.0.2.2 192.0.2.2' '' -0 -
printf '192.0.2.1\nlocalhost\n::1 22 23\n192.0.2.1:1 2\n192\0002\n192.0.2.2' >"$tmp/bad"
input=$tmp/bad
n "a bad line does not end the batch" 2 '192.0.2.1 192.0.2.1
192.0.2.2 192.0.2.2' 'netipc rresolve: standard input:2: "localhost" is not an address: *
netipc rresolve: standard input:3: "::1 22 23": unexpected "23" after the port
netipc rresolve: standard input:4: "192.0.2.1:1 2": the address has a port already: 1
netipc rresolve: standard input:5: "192\\x002" is not an address: *' -
input=$tmp/bad
tj "each bad line has its record" 2 '[.input,.address,.host,.error != null]' \
	'["192.0.2.1","192.0.2.1","192.0.2.1",false]
["localhost",null,null,true]
["::1 22 23",null,null,true]
["192.0.2.1:1 2",null,null,true]
["192\u00002",null,null,true]
["192.0.2.2","192.0.2.2","192.0.2.2",false]' '*' rresolve --numerichost -j -
input=$tmp/bad
n "a table leaves them out" 2 '192.0.2.1  192.0.2.1
192.0.2.2  192.0.2.2' '*' -H -o address,host -
input=$tmp/bad
n "a table has them if the reason is wanted" 2 '*' '*' -H -o address,error -
same "all of them" 6 "$(wc -l <"$tmp/out")"

# Errors
t "no operand" 2 '' 'netipc rresolve: an operand is missing*' rresolve
t "three operands" 2 '' '*unexpected operand "x"*' rresolve 192.0.2.1 80 x
t "empty address" 2 '' 'netipc rresolve: *empty*' rresolve ''
t "a name" 2 '' 'netipc rresolve: "localhost" is not an address: *' rresolve localhost
t "an ambiguous address" 2 '' '*(column 1)*' rresolve 010.0.0.1
tj "an address whose zone is no interface here is an address" 1 \
	'[.address,.zone,.port,(.error|test("no such interface"))]' \
	'["fe80::1%no-such","no-such",9,true]' '*' rresolve -j '[FE80::1%no-such]:9'
t "a port twice" 2 '' \
	'netipc rresolve: "192.0.2.1:80": the address has a port already: 80' \
	rresolve 192.0.2.1:80 81
t "a service for a port" 2 '' 'netipc rresolve: "192.0.2.1": port "http" *' rresolve 192.0.2.1 http
t "port over 65535" 2 '' '*65536*' rresolve 192.0.2.1 65536
t "empty port" 2 '' 'netipc rresolve: "192.0.2.1": port "" *' rresolve 192.0.2.1 ''

for option in --tcp --ecs=192.0.2.0/24 --timeout=1; do
	t "$option of the DNS, which is not asked" 2 '' \
		"netipc rresolve: ${option%%=*} is of the DNS, which is not asked: *" \
		rresolve $option 192.0.2.1
done

# This machine's 127.0.0.1: what getent says of it
if command -v getent >/dev/null 2>&1; then
	# shellcheck disable=SC2046 # words: the address and its names
	set -- $(getent hosts 127.0.0.1)
	[ $# -lt 2 ] || t "127.0.0.1" 0 "$2" '' rresolve 127.0.0.1
fi
done_testing
