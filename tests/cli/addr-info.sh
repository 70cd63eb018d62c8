#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc addr info: forms, classes, what is embedded, prefixes and ranges; --registry
. "${srcdir:?run by make check}/tests/lib.sh"
need jq

if netipc --version | grep -q ' big-endian'; then
	loopback='00 02 00 50 7f 00 00 01 00 00 00 00 00 00 00 00'
else
	loopback='02 00 00 50 7f 00 00 01 00 00 00 00 00 00 00 00'
fi

# block NAME ADDRESS LINES - the block of ADDRESS has these lines in this order, and those
# that stand between are not looked at
block() {
	netipc addr info "$2" >"$tmp/out" 2>"$tmp/err" </dev/null || { fail "$1: $(cat "$tmp/err")"; return; }
	printf '%s\n' "$3" >"$tmp/want"
	grep -Fx -f "$tmp/want" "$tmp/out" >"$tmp/got"
	if cmp -s "$tmp/want" "$tmp/got"; then
		pass "$1"
	else
		fail "$1"
		diff -u "$tmp/want" "$tmp/out" | sed 's/^/  /'
	fi
}

# Prefixes and ranges, the whole block

t "a prefix with host bits" 0 'IPv4: 0xc0000205
form          canon
canonical     192.0.2.5/24
expanded      192.0.2.5
integer       3221225989
network       192.0.2.0/24
netmask       255.255.255.0
wildcard      0.0.0.255
addresses     256, 192.0.2.0 to 192.0.2.255
hosts         254, 192.0.2.1 to 192.0.2.254
broadcast     192.0.2.255
class         Documentation (TEST-NET-1), 192.0.2.0/24, RFC 5737
              source no, destination no, forwardable no, global no, reserved no
sets          @special, @documentation
scope         global
reverse       2.0.192.in-addr.arpa' '' addr info 192.0.2.5/24
t "an IPv6 prefix has no broadcast address" 0 'IPv6: 0x20010db8000000000000000000000000
form          text
canonical     2001:db8::/33
expanded      2001:0db8:0000:0000:0000:0000:0000:0000
integer       42540766411282592856903984951653826560
network       2001:db8::/33
netmask       ffff:ffff:8000::
wildcard      ::7fff:ffff:ffff:ffff:ffff:ffff
addresses     39614081257132168796771975168, 2001:db8:: to 2001:db8:7fff:ffff:ffff:ffff:ffff:ffff
class         Documentation, 2001:db8::/32, RFC 3849
              source no, destination no, forwardable no, global no, reserved no
sets          @special, @documentation
scope         global' '' addr 2001:db8:0::/33
t "a range" 0 'IPv4: 0xc0000201
form          canon
canonical     192.0.2.1-192.0.2.9
addresses     9, 192.0.2.1 to 192.0.2.9
enclosing     192.0.2.0/28
prefixes      192.0.2.1
              192.0.2.2/31
              192.0.2.4/30
              192.0.2.8/31
class         Documentation (TEST-NET-1), 192.0.2.0/24, RFC 5737
              source no, destination no, forwardable no, global no, reserved no
sets          @special, @documentation
scope         global' '' addr 192.0.2.1-192.0.2.9
while IFS='|' read -r net addresses hosts broadcast; do
	same "exact: $net" "$addresses|$hosts|$broadcast" "$(netipc addr --json "$net" | jq -r '
		"\(.count) \(.first) \(.last)|\(.hosts) \(.first_host) \(.last_host)|\(.broadcast)"')"
done <<'EOT'
192.0.2.4/30|4 192.0.2.4 192.0.2.7|2 192.0.2.5 192.0.2.6|192.0.2.7
192.0.2.4/31|2 192.0.2.4 192.0.2.5|2 192.0.2.4 192.0.2.5|null
192.0.2.4/32|1 192.0.2.4 192.0.2.4|1 192.0.2.4 192.0.2.4|null
0.0.0.0/0|4294967296 0.0.0.0 255.255.255.255|4294967294 0.0.0.1 255.255.255.254|255.255.255.255
2001:db8::/126|4 2001:db8:: 2001:db8::3|4 2001:db8:: 2001:db8::3|null
2001:db8::/127|2 2001:db8:: 2001:db8::1|2 2001:db8:: 2001:db8::1|null
2001:db8::/128|1 2001:db8:: 2001:db8::|1 2001:db8:: 2001:db8::|null
::/0|340282366920938463463374607431768211456 :: ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff|340282366920938463463374607431768211456 :: ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff|null
EOT
tj "JSON of a prefix" 0 '[.kind,.address,.network,.length,.netmask,.wildcard,.reverse,.sockaddr,.prefixes]' \
	'["prefix","192.0.2.5/23","192.0.2.0/23",23,"255.255.254.0","0.0.1.255",null,null,null]' '' \
	addr -j 192.0.2.5/23
tj "JSON of a range" 0 '[.kind,.address,.enclosing,.prefixes,.count,.network,.integer]' \
	'["range","192.0.2.255-192.0.3.0","192.0.2.0/23",["192.0.2.255","192.0.3.0"],2,null,null]' '' \
	addr -j 192.0.2.255+2
tj "counts that JSON cannot hold are strings" 0 '[.count,.hosts]' \
	'["18446744073709551616","18446744073709551616"]' '' addr -j 2001:db8::/64
tj "zones of PTR records" 0 '.reverse' '"in-addr.arpa"
"10.in-addr.arpa"
"1.0.0.127.in-addr.arpa"
"8.b.d.0.1.0.0.2.ip6.arpa"
"0.8.b.d.0.1.0.0.2.ip6.arpa"
"ip6.arpa"
null' '' addr -j 0.0.0.0/0 10.0.0.0/8 127.0.0.1/32 2001:db8::/32 2001:db8::/36 ::/0 2001:db8::/33

# Forms

while IFS='|' read -r form address text; do
	same "form: $text" "$form $address" "$(netipc addr --json "$text" 2>"$tmp/err" |
		jq -r '"\(.form) \(.address)"')"
done <<EOT
canon|192.0.2.1|192.0.2.1
full|2001:db8::1|2001:0db8:0000:0000:0000:0000:0000:0001
text|2001:db8::1|2001:DB8::1
text|192.0.2.0/24|192.0.2.0/255.255.255.0
text|192.0.2.0/24|192.0.2.0 0.0.0.255
text|192.0.2.0-192.0.2.9|192.0.2.0+10
text|192.0.2.0/24|ip4:192.0.2.0/24
canon|2001:db8::1|[2001:db8::1]:443
hex|192.0.2.1|0xc0000201
arpa|192.0.2.1|1.2.0.192.in-addr.arpa
arpa|192.0.2.0/24|2.0.192.in-addr.arpa
mac|fe80::200:5eff:fe00:5301|00:00:5e:00:53:01
url|192.0.2.1|http://192.0.2.1:8080/x
sockaddr|127.0.0.1|$loopback
unix|unix:/x|unix:/x
EOT
tj "a form that is asked for" 0 '[.form,.address]' '["int","192.0.2.1"]' '' \
	addr -j -i int 3221225985
tj "a number of the family that is asked for" 0 '[.form,.address]' '["int","::1"]' '' \
	addr -j -6 --input=int 1
t "a text in another form than that" 2 '' '*"192.0.2.1" is not an integer of an address*' \
	addr -i int 192.0.2.1
t "legacy: refused, and how others read it" 2 '' \
	'*leading zero, which some read as octal (column 1); inet_aton reads 8.0.0.1, others read 10.0.0.1; --legacy takes the first*' \
	addr 010.0.0.1
t "legacy: taken, and both readings shown" 0 'IPv4: 0x08000001' \
	'netipc addr: "010.0.0.1" is read as 8.0.0.1, as inet_aton does; others read 10.0.0.1' \
	addr --classic --legacy 010.0.0.1
t "legacy: one reading" 0 'IPv4: 0x7f000001' \
	'netipc addr: "0x7f.1" is read as 127.0.0.1, as inet_aton does' \
	addr --classic --legacy 0x7f.1
input=$tmp/legacy
printf '192.0.2.1\n1.2.3\n' >"$input"
t "legacy: where" 0 'IPv4: 0xc0000201
IPv4: 0x01020003' \
	'netipc addr: standard input:2: "1.2.3" is read as 1.2.0.3, as inet_aton does; others read 1.2.3.0' \
	addr --classic --legacy -
t "strict: host bits" 2 '' '*bits behind the length are set; the prefix is 192.0.2.0/24 (column *' \
	addr --strict 192.0.2.5/24
t "a mask that is both" 2 '' '*is /0 as a netmask and /32 as a wildcard: write the length*' \
	addr 192.0.2.1/0.0.0.0
t "-4 refuses an IPv6 prefix" 1 '' '*"2001:db8::/32" is not IPv4' addr -4 2001:db8::/32
t "-46 refuses a path" 1 '' '*"unix:/x" is not IP' addr -46 unix:/x

# Classes

tj "an entry" 0 '[.block,.class,.rfc,.allocated,.terminated,.source,.destination,.forwardable,.global,.reserved,.registry,.as_of,.sets,.scope]' \
	'["169.254.0.0/16","Link Local","RFC 3927","2005-05",null,true,true,false,false,true,"iana","2026-07-18",["special","link-local"],"link-local"]' '' \
	addr -j 169.254.1.1
tj "N/A and blank" 0 '[.class,.terminated,.source,.global,.registry,.as_of]' \
	'["6to4",null,true,"n/a","iana","2026-07-18"]
["Deprecated (previously ORCHID)","2014-03",null,null,"iana","2026-07-18"]
["Deprecated (Site-Local Unicast)","2004-09",null,null,"deprecated",null]' '' \
	addr -j 2002::1 2001:10::1 fec0::1
tj "the longest prefix counts" 0 '[.block,.global]' '["192.0.0.0/24",false]
["192.0.0.0/29",false]
["192.0.0.9/32",true]
["192.0.0.171/32",false]
["2001::/23",false]
["2001:1::3/128",true]
["2001:30::/28",true]' '' addr -j 192.0.0.11 192.0.0.1 192.0.0.9 192.0.0.171 2001:1::4 2001:1::3 2001:3f::1
tj "what others do not know" 0 '[.class,.rfc,.global]' '["Documentation","RFC 9637",false]
["Segment Routing (SRv6) SIDs","RFC 9602",false]
["IPv4-IPv6 Translat.","RFC 8215",false]
["Dummy IPv6 Prefix","RFC 9780",false]
["Shared Address Space","RFC 6598",false]' '' \
	addr -j 3fff::1 5f00::1 64:ff9b:1::1 100:0:0:1::1 100.64.0.1
tj "a prefix in one block, and in several" 0 '[.class,.classes,.sets]' \
	'["Private-Use",["Private-Use"],["special","private"]]
[null,["Private-Use","Global Unicast"],[]]
[null,["Private-Use","Global Unicast","Shared Address Space"],[]]
[null,["Documentation (TEST-NET-1)","Global Unicast"],[]]' '' \
	addr -j 10.0.0.0/9 10.0.0.0/7 10.0.0.0-100.64.0.0 192.0.2.255+2
block "several blocks, and their common sets" 240.0.0.0/4 \
	'class         Reserved, 240.0.0.0/4, RFC 1112 section 4
              Limited Broadcast, 255.255.255.255/32, RFC 8190, RFC 919 section 7
sets          @special'
block "an end" fec0::1 \
	'class         Deprecated (Site-Local Unicast), fec0::/10, RFC 3879, ended 2004-09
sets          @deprecated
scope         site-local'
tj "no scope where it differs" 0 '.scope' 'null
null
"link-local"
"global"' '' addr -j :: ff00::/8 ff02::/16 2001:db8::/32

# What is inside

block "NAT64" 64:ff9b::192.0.2.1 'embedded      nat64 192.0.2.1, Documentation (TEST-NET-1)'
block "Teredo" 2001:0:4136:e378:8000:63bf:3fff:fdd2 \
	'embedded      teredo 192.0.2.45, Documentation (TEST-NET-1); port 40000, server 65.54.227.120, flags 0x8000
solicited     ff02::1:ffff:fdd2'
block "6to4 and ISATAP" 2002:c000:204::5efe:10.0.0.1 \
	'embedded      6to4 192.0.2.4, Documentation (TEST-NET-1)
              isatap 10.0.0.1, Private-Use'
block "EUI-64" fe80::200:5eff:fe00:5301 'embedded      eui-64 00:00:5e:00:53:01, universal
solicited     ff02::1:ff00:5301'
block "EUI-64, locally administered" fe80::5eff:fe00:5301 \
	'embedded      eui-64 02:00:5e:00:53:01, locally administered'
block "mapped" ::ffff:127.0.0.1 'sets          @special, @mapped
scope         link-local
embedded      ipv4-mapped 127.0.0.1, Loopback'
block "solicited-node" ff02::1:ff0e:8c6c \
	'class         Multicast (Solicited-Node), ff02::1:ff00:0/104, RFC 4291 section 2.7.1
              source no, destination yes, forwardable no, global no
sets          @multicast
scope         link-local
embedded      solicited-node of addresses that end in 0e:8c6c
ethernet      33:33:ff:0e:8c:6c'
block "multicast with its rendezvous point" ff7e:f40:2001:db8:beef:feed:0:1234 \
	'scope         global
embedded      embedded-rp 2001:db8:beef:feed::f
flags         0x7 R P T
ethernet      33:33:00:00:12:34'
block "multicast of a prefix" ff3e:20:2001:db8::1 'embedded      unicast-prefix 2001:db8::/32
flags         0x3 P T'
block "multicast of an interface" ff32:ff:200:5eff:fe00:5301:0:1 \
	'embedded      interface-id ::200:5eff:fe00:5301'
block "GLOP" 233.252.0.1 'class         Documentation (MCAST-TEST-NET), 233.252.0.0/24, RFC 5771, RFC 6676
ethernet      01:00:5e:7c:00:01'
block "an autonomous system" 233.22.30.1 'embedded      glop AS5662'
block "IPv4 multicast of a prefix" 234.198.51.100 'embedded      unicast-prefix 198.51.100.0/24'
tj "JSON of what is inside" 0 '[.embedded,.embedded_ipv4,.embedded_class,.embedded_mac,.teredo_server,.teredo_port,.teredo_flags,.solicited_node]' \
	'[["teredo"],["192.0.2.45"],["Documentation (TEST-NET-1)"],null,"65.54.227.120",40000,"0x8000","ff02::1:ffff:fdd2"]
[["6to4","eui-64"],["192.0.2.4"],["Documentation (TEST-NET-1)"],"00:00:5e:00:53:01",null,null,null,"ff02::1:ff00:5301"]
[null,null,null,null,null,null,null,"ff02::1:ff00:1"]
[null,null,null,null,null,null,null,null]
[null,null,null,null,null,null,null,null]' '' \
	addr -j 2001:0:4136:e378:8000:63bf:3fff:fdd2 2002:c000:204::200:5eff:fe00:5301 2001:db8::1 192.0.2.1 ::
tj "JSON of multicast" 0 '[.multicast_flags,.multicast_mac,.rendezvous_point,.embedded_prefix,.autonomous_system,.solicited_node]' \
	'[["R","P","T"],"33:33:00:00:12:34","2001:db8:beef:feed::f",null,null,null]
[["P","T"],"33:33:00:00:00:01",null,"2001:db8::/32",null,null]
[[],"33:33:00:00:00:01",null,null,null,null]
[null,"01:00:5e:16:1e:01",null,null,5662,null]' '' \
	addr -j ff7e:f40:2001:db8:beef:feed:0:1234 ff3e:20:2001:db8::1 ff02::1 233.22.30.1
tj "NAT64 of this network" 0 '[.embedded,.embedded_ipv4]' '[["nat64"],["192.0.2.33"]]
[["nat64"],["192.0.2.33"]]
[["nat64"],["192.0.2.33"]]
[null,null]' '' addr -j --nat64=2001:db8:122::/48 --nat64 2001:db8:64::/96 \
	2001:db8:122:c000:2:2100:: 2001:db8:64::192.0.2.33 64:ff9b::192.0.2.33 2001:db8:65::192.0.2.33
t "no prefix of NAT64" 2 '' \
	'*--nat64: "2001:db8::/33" is no prefix of NAT64, which is IPv6 of length 32, 40, 48, 56, 64 or 96*' \
	addr --nat64 2001:db8::/33 ::1
t "nor this" 2 '' '*--nat64: "x" is not an address*' addr --nat64 x ::1
tj "a prefix tells what is behind its length" 0 '.embedded' 'null
["6to4"]
["6to4"]
null
["eui-64"]' '' addr -j 2002::/16 2002:c000:204::/48 2002:c000:204:1::/64 ::ffff:0.0.0.0/96 \
	fe80::200:5eff:fe00:5301/64

# The sockaddr in C compiles, and has the bytes that are shown

if command -v cc >/dev/null 2>&1 && ! emulated; then
	while read -r type address; do
		{
			printf '%s\n' '#include <arpa/inet.h>' '#include <net/if.h>' '#include <stdio.h>' \
				'#include <sys/socket.h>' '#include <sys/un.h>'
			echo "int main(void) { struct $type sa = $(netipc addr -H -o c "$address");"
			# shellcheck disable=SC2016
			echo 'for (unsigned i = 0; i < sizeof(sa); i++) printf("%s%02x", i ? " " : "", ((unsigned char *)&sa)[i]); return 0; }'
		} >"$tmp/sa.c"
		if cc -o "$tmp/sa" "$tmp/sa.c" 2>"$tmp/err"; then
			want=$(netipc addr -H -o sockaddr "$address")
			got=$("$tmp/sa")
			same "in C: $address" "$want" "$(printf '%.*s' "${#want}" "$got")"
		else
			fail "in C: $address: $(cat "$tmp/err")"
		fi
	done <<'EOT'
sockaddr_in 192.0.2.1
sockaddr_in 192.0.2.1:80
sockaddr_in6 2001:db8::1
sockaddr_in6 [fe80::1%lo]:443
sockaddr_un unix:/run/x"y\z
sockaddr_un unix:@name
EOT
else
	left_out 'the initialiser compiles' 'no C compiler for this machine'
fi

# The registries

netipc addr --registry >"$tmp/table"
same "the heading" 'BLOCK CLASS RFC SOURCE DESTINATION FORWARDABLE GLOBAL RESERVED ALLOCATED TERMINATED REGISTRY AS-OF' \
	"$(head -n 1 "$tmp/table" | tr -s ' ')"
same "a row" '192.88.99.0/24 Deprecated (6to4 Relay Anycast) RFC 7526 - - - - - 2001-06 2015-03 iana 2026-07-18' \
	"$(grep '^192.88.99.0/24 ' "$tmp/table" | tr -s ' ')"
same "a row with N/A" '2001::/32 TEREDO RFC 4380, RFC 8190 yes yes yes n/a no 2006-01 - iana 2026-07-18' \
	"$(grep '^2001::/32 ' "$tmp/table" | tr -s ' ')"
same "no heading" "$(sed -n 2p "$tmp/table" | tr -s ' ')" \
	"$(netipc addr -H --registry | head -n 1 | tr -s ' ')"
same "chosen columns" '0.0.0.0/8 no special this-network' \
	"$(netipc addr --registry -o block,global,sets | sed -n 2p | tr -s ' ')"
same "a column added" 'AS-OF SETS' "$(netipc addr --registry -o +sets | sed -n '1s/.* \(AS-OF\) */\1 /p')"
crlf=$(printf '\r')
same "CSV" "block,class,rfc,source,destination,forwardable,global,reserved,allocated,terminated,registry,as_of$crlf
0.0.0.0/8,This network,RFC 791 section 3.2,yes,no,no,no,yes,1981-09,,iana,2026-07-18$crlf" \
	"$(netipc addr --registry --csv | head -n 2)"
same "TSV" '::1/128	Loopback Address' "$(netipc addr --registry --tsv -o block,class | grep '^::1')"
tj "JSON" 0 'select(.block == "fc00::/7")' \
	'{"block":"fc00::/7","class":"Unique-Local","rfc":"RFC 4193, RFC 8190","source":true,"destination":true,"forwardable":true,"global":false,"reserved":false,"allocated":"2005-10","terminated":null,"registry":"iana","as_of":"2026-07-18"}' \
	'' addr --registry --json
t "no operand with it" 2 '' '*unexpected operand "::1"*' addr --registry ::1
t "an unknown column" 2 '' '*no column "blocks"; did you mean "block"?*' addr --registry -o blocks
if [ -w /dev/full ]; then
	netipc addr --registry >/dev/full 2>"$tmp/err"
	same "a full disk" 3 $?
fi

# Each row is what IANA's files have; the classes are what Python makes of these

if command -v python3 >/dev/null 2>&1; then
	netipc addr --registry --json -o block,class,global,registry,sets >"$tmp/registry.json"
	for class in $(netipc addr --registry --json -o sets | jq -r '.sets[]' | sort -u); do
		netipc addr agg "@$class" >"$tmp/@$class" 2>"$tmp/err" || fail "@$class: $(cat "$tmp/err")"
	done
	if python3 - "$srcdir/tests/data/iana" "$tmp" <<'EOT'
import csv, ipaddress, json, re, sys, os
data, tmp = sys.argv[1:]
bad = 0
rows = []
for name in sorted(os.listdir(data)):
    for r in csv.DictReader(open(os.path.join(data, name), newline='')):
        for block in r['Address Block'].split(','):
            block = re.sub(r'\[\d+\]', '', block).strip()
            rows.append((ipaddress.ip_network(block), r['Name'].replace('"', ''),
                         r['Globally Reachable'] == 'True'))
ours = [json.loads(line) for line in open(tmp + '/registry.json')]
iana = [o for o in ours if o['registry'] == 'iana']
if [(str(n), c) for n, c, g in rows] != [(str(ipaddress.ip_network(o['block'])), o['class']) for o in iana]:
    print('the rows differ')
    bad = 1

# A class is the difference of whole sets: what its rows have, less what longer rows have.
def numbers(net):
    return net.version, int(net[0]), int(net[-1])

def subtract(ranges, r):
    out = []
    for f, a, z in ranges:
        if f != r[0] or z < r[1] or r[2] < a:
            out.append((f, a, z))
            continue
        if a < r[1]:
            out.append((f, a, r[1] - 1))
        if r[2] < z:
            out.append((f, r[2] + 1, z))
    return out

def join(ranges):
    out = []
    for f, a, z in sorted(ranges):
        if out and out[-1][0] == f and a <= out[-1][2] + 1:
            out[-1] = (f, out[-1][1], max(z, out[-1][2]))
        else:
            out.append((f, a, z))
    return out

# By the rows' lengths: short ones first, each overrides.
everything = [(ipaddress.ip_network('0.0.0.0/0'), True), (ipaddress.ip_network('::/0'), True),
              (ipaddress.ip_network('224.0.0.0/4'), False), (ipaddress.ip_network('ff00::/8'), False),
              (ipaddress.ip_network('fec0::/10'), False), (ipaddress.ip_network('::/96'), False)]
everything += [(n, g) for n, c, g in rows]
is_global = []
for net, g in sorted(everything, key=lambda e: e[0].prefixlen):
    is_global = subtract(is_global, numbers(net))
    if g:
        is_global.append(numbers(net))

def named(*names):
    nets = [n for n, c, g in rows if c.startswith(names)]
    out = [numbers(n) for n in nets]
    for n in nets:
        for other, c, g in rows:
            if other.version == n.version and other != n and other.subnet_of(n) and not c.startswith(names):
                out = subtract(out, numbers(other))
    return out

want = {
    'global': is_global,
    'special': [numbers(n) for n, c, g in rows],
    'private': named('Private-Use', 'Unique-Local'),
    'shared': named('Shared'),
    'loopback': named('Loopback'),
    'link-local': named('Link'),
    'unspecified': named('This host', 'Unspecified'),
    'this-network': named('This network'),
    'broadcast': named('Limited'),
    'reserved': named('Reserved'),
    'benchmarking': named('Benchmarking'),
    'documentation': named('Documentation') + [numbers(ipaddress.ip_network('233.252.0.0/24'))],
    'multicast': [numbers(ipaddress.ip_network(n)) for n in ('224.0.0.0/4', 'ff00::/8')],
}
for name, ranges in want.items():
    got = join(numbers(ipaddress.ip_network(line.strip())) for line in open(tmp + '/@' + name))
    if got != join(ranges):
        print('@' + name, 'is', got, 'and not', join(ranges))
        bad = 1
sys.exit(bad)
EOT
	then
		pass "IANA's rows and the classes, as Python computes them"
	else
		fail "IANA's rows and the classes, as Python computes them"
	fi
else
	left_out 'the classes as Python computes them' 'python3 is not installed'
fi

done_testing
