#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc addr split, nth, next, prev, super, range, list, rand, contains, gaps
. "${srcdir:?run by make check}/tests/lib.sh"
need jq
crlf=$(printf '\r')
all6=ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff

# split by length

t "split" 0 '192.0.2.0/25
192.0.2.128/25' '' addr split 192.0.2.0/24 /25
t "split: the slash may be left out" 0 '192.0.2.0/25
192.0.2.128/25' '' addr split 192.0.2.0/24 25
t "split: several" 0 '192.0.2.0/31
192.0.2.2/31
2001:db8::/31
2001:dba::/31' '' addr split 192.0.2.0/30 2001:db8::/30 /31
t "split: to single addresses" 0 '192.0.2.0
192.0.2.1' '' addr split 192.0.2.0/31 /32
t "split: to itself" 0 '192.0.2.0/24' '' addr split 192.0.2.77/24 /24
t "split: /0 to itself" 0 '::/0' '' addr split ::/0 /0
t "split: all of IPv4" 0 '0.0.0.0/1
128.0.0.0/1' '' addr split 0.0.0.0/0 /1
t "split: all of IPv6" 0 '::/1
8000::/1' '' addr split ::/0 /1
t "split: /32" 0 '192.0.2.1' '' addr split 192.0.2.1 /32
t "split: /128" 0 '2001:db8::1' '' addr split 2001:db8::1 /128
t "split: /127" 0 '2001:db8::
2001:db8::1' '' addr split 2001:db8::/127 /128
t "split: a range keeps its ends" 0 '192.0.2.1
192.0.2.2/31
192.0.2.4/30
192.0.2.8/31' '' addr split 192.0.2.1-192.0.2.9 /30
t "split: a range that is a prefix" 0 '192.0.2.0/31
192.0.2.2/31' '' addr split 192.0.2.0-192.0.2.3 /31
t "split: a count" 0 '192.0.2.0/31
192.0.2.2/31' '' addr split 192.0.2.0+4 /31
t "split: a netmask" 0 '192.0.2.0/25
192.0.2.128/25' '' addr split 192.0.2.0/255.255.255.0 /25
t "split: a wildcard" 0 '192.0.2.0/25
192.0.2.128/25' '' addr split 192.0.2.0/0.0.0.255 /25
t "split: an SPF token" 0 '192.0.2.0/25
192.0.2.128/25' '' addr split ip4:192.0.2.0/24 /25
t "split: the last addresses" 0 '255.255.255.254
255.255.255.255' '' addr split 255.255.255.254/31 /32
t "split: it is smaller already" 1 '' \
	'netipc addr split: "192.0.2.0/24" is smaller than a /16' addr split 192.0.2.0/24 /16
t "split: too long for IPv4" 2 '' \
	'netipc addr split: "192.0.2.0/24" has no /64: an address has 32 bits' \
	addr split 192.0.2.0/24 /64
t "split: the rest goes on" 2 '192.0.2.0/31
2001:db8::/31' '*"192.0.2.0/33" is not a prefix: length 33 is over 32 (column 11)*"192.0.0.0/34"*' \
	addr split 192.0.2.0/33 192.0.2.0/31 192.0.0.0/34 2001:db8::/31 /31
t "split: no length" 2 '' "netipc addr split: one of /LEN behind NET, --into and --hosts is wanted \
(Try 'netipc addr split --help')" addr split 192.0.2.0/24
t "split: two ways" 2 '' '*one of /LEN behind NET, --into and --hosts is wanted*' \
	addr split 192.0.2.0/24 /25 --into 2
t "split: nothing to split" 2 '' '*an operand is missing: NET*' addr split /25
t "split: no number behind the slash" 2 '' \
	'netipc addr split: "/x" is not a length from /0 to /128' addr split 192.0.2.0/24 /x
t "split: nothing behind the slash" 2 '' '*"/" is not a length*' addr split 192.0.2.0/24 /
t "split: a leading zero" 2 '' '*"/025" is not a length*' addr split 192.0.2.0/24 /025
t "split: over 128" 2 '' '*"/129" is not a length*' addr split ::/0 /129
t "split: over 128 without a slash" 2 '' '*a length is from /0 to /128*' addr split ::/0 129
t "split: bits behind the length" 2 '' \
	'*"192.0.2.1/24" is not a prefix: bits behind the length are set; the prefix is 192.0.2.0/24*' \
	addr split --strict 192.0.2.1/24 /25
printf '192.0.2.0/31\n\n x\n2001:db8::/127\n' >"$tmp/nets"
input=$tmp/nets
t "split: standard input" 2 '192.0.2.0
192.0.2.1' 'netipc addr split: standard input:3: "x" is not an address: *
netipc addr split: standard input:4: "2001:db8::/127" is smaller than a /32' addr split - /32

# split by number

t "into 1" 0 '192.0.2.0/24' '' addr split 192.0.2.0/24 --into 1
t "into 2" 0 '192.0.2.0/25
192.0.2.128/25' '' addr split 192.0.2.0/24 --into 2
t "into 5: the larger ones first" 0 '192.0.2.0/26
192.0.2.64/26
192.0.2.128/26
192.0.2.192/27
192.0.2.224/27' '' addr split 192.0.2.0/24 --into 5
t "into as many as there are" 0 '192.0.2.0
192.0.2.1' '' addr split 192.0.2.0/31 --into 2
t "into more" 1 '' 'netipc addr split: "192.0.2.0/31" has 2 addresses, fewer than 3' \
	addr split 192.0.2.0/31 --into 3
t "into more than one address" 1 '' '*"::1" has 1 address, fewer than 2' addr split ::1 --into 2
t "into: all of IPv6" 0 '::/1
8000::/2
c000::/2' '' addr split ::/0 --into 3
t "into: all of IPv6 in 2" 0 '::/1
8000::/1' '' addr split ::/0 --into 2
t "into: a range" 0 '192.0.2.1-192.0.2.4
192.0.2.5-192.0.2.7
192.0.2.8-192.0.2.10' '' addr split 192.0.2.1-192.0.2.10 --into 3
t "into: a range, one address each" 0 '192.0.2.1
192.0.2.2
192.0.2.3' '' addr split 192.0.2.1-192.0.2.3 --into 3
t "into: nearly all of IPv6" 0 "::1-8000::
8000::1-$all6" '' addr split "::1-$all6" --into 2
t "into 0" 2 '' 'netipc addr split: --into: "0" is not a number from 1 to 2^128 - 1' \
	addr split ::/0 --into 0
t "into what is no number" 2 '' '*--into: "3x" is not a number*' addr split ::/0 --into 3x
netipc addr split ::/0 --into 340282366920938463463374607431768211455 2>"$tmp/err" |
	head -n 3 >"$tmp/out"
same "into 2^128 - 1: at once, and one pair" '::/127
::2
::3' "$(cat "$tmp/out")"

# split by hosts

t "hosts: a table in the order asked, larger ones placed first" 0 \
	'PREFIX          FAMILY  FIRST        LAST         LENGTH  COUNT  HOSTS
192.0.2.128/27  ipv4    192.0.2.128  192.0.2.159      27     32     20
192.0.2.0/25    ipv4    192.0.2.0    192.0.2.127      25    128    100
192.0.2.164/31  ipv4    192.0.2.164  192.0.2.165      31      2      2
192.0.2.166     ipv4    192.0.2.166  192.0.2.166      32      1      1
192.0.2.160/30  ipv4    192.0.2.160  192.0.2.163      30      4      -' '' \
	addr split 192.0.2.0/24 --hosts 20,100,2,1,/30
tj "hosts: free" 0 '[.prefix,.hosts,.usable,.free]' '["192.0.2.0/26",62,62,false]
["192.0.2.64/27",30,30,false]
["192.0.2.96/29",null,6,false]
["192.0.2.104/29",null,6,true]
["192.0.2.112/28",null,14,true]
["192.0.2.128/25",null,126,true]' '' addr split -j 192.0.2.0/24 --hosts 62,30,/29 --free
t "hosts: borders of IPv4" 0 '192.0.2.16/29  6   6
192.0.2.0/28   7  14
192.0.2.24/29  3   6
192.0.2.32/31  2   2
192.0.2.34     1   1' '' addr split -H -o prefix,hosts,usable 192.0.2.0/24 --hosts 6,7,3,2,1
t "hosts: IPv6 has no broadcast" 0 '2001:db8::/126   4  4
2001:db8::4/127  2  2
2001:db8::6      1  1' '' addr split -H -o prefix,hosts,usable 2001:db8::/64 --hosts 4,2,1
t "hosts: none left" 0 '192.0.2.0/24' '' \
	addr split -H -o prefix 192.0.2.0/24 --hosts 254 --free
t "hosts: one too many" 1 '' 'netipc addr split: "192.0.2.0/24" has no room for 255 hosts' \
	addr split 192.0.2.0/24 --hosts 255
t "hosts: no room beside the others: nothing is printed" 1 '' \
	'netipc addr split: "192.0.2.0/24" has no room for 3 hosts beside the larger ones' \
	addr split 192.0.2.0/24 --hosts 3,126,126
t "hosts: no room for a length" 1 '' \
	'netipc addr split: "192.0.2.0/24" has no room for a /25 beside the larger ones' \
	addr split 192.0.2.0/24 --hosts /24,/25
t "hosts: the gaps of a range are used from the smallest on" 0 '192.0.2.2/31
192.0.2.4/30
192.0.2.1
192.0.2.8' '' addr split -H -o prefix 192.0.2.1-192.0.2.8 --hosts 2,/30,1 --free
t "hosts: more than IPv4 has" 2 '' 'netipc addr split: no IPv4 prefix is for 4294967295 hosts' \
	addr split 0.0.0.0/0 --hosts 4294967295
t "hosts: all of IPv4" 0 '0.0.0.0/0' '' addr split -H -o prefix 0.0.0.0/0 --hosts 4294967294
t "hosts: no such length" 2 '' 'netipc addr split: no IPv4 prefix is a /33' \
	addr split 0.0.0.0/0 --hosts /33
tj "hosts: nearly all of IPv6" 0 '[.prefix,.hosts,.usable]' \
	'["::/0","340282366920938463463374607431768211455","340282366920938463463374607431768211456"]' \
	'' addr split -j ::/0 --hosts 340282366920938463463374607431768211455
for list in '' ',' '1,' ',1' 0 x 1x /x / /129 -1 340282366920938463463374607431768211456; do
	t "hosts: bad list \"$list\"" 2 '' '*--hosts: "*" is not a number of hosts or /LEN' \
		addr split ::/0 "--hosts=$list"
done
t "free without hosts" 2 '' '*--free wants --hosts*' addr split ::/0 /1 --free

# nth

t "nth" 0 '192.0.2.0
192.0.2.1
192.0.2.255
192.0.2.0' '' addr nth 192.0.2.0/24 0 1 -1 -256
t "nth: negative before options" 0 'PREFIX       INDEX
192.0.2.255    255' '' addr nth 192.0.2.0/24 -1 -o prefix,index
t "nth: behind --" 0 '192.0.2.254' '' addr nth -- 192.0.2.0/24 -2
t "nth: of a range" 0 '192.0.2.9' '' addr nth 192.0.2.7-192.0.2.11 2
t "nth: not in the net" 1 '192.0.2.1' \
	'netipc addr nth: "192.0.2.0/31" has 2 addresses: none is number 2
netipc addr nth: "192.0.2.0/31" has 2 addresses: none is number -3' \
	addr nth 192.0.2.0/31 2 1 -3
t "nth: one address" 1 '::1' 'netipc addr nth: "::1" has 1 address: none is number 1' \
	addr nth ::1 1 0
t "nth: the last of all" 0 "$all6
$all6" '' addr nth ::/0 340282366920938463463374607431768211455 -1
t "nth: over 2^128" 2 '' '*"340282366920938463463374607431768211456" is not a number, from 0 on or from -1 back' \
	addr nth ::/0 340282366920938463463374607431768211456
t "nth: no number" 2 '' 'netipc addr nth: "1x" is not a number, from 0 on or from -1 back' \
	addr nth ::/0 1x
t "nth: an empty one" 2 '' '*"" is not a number*' addr nth ::/0 ''
t "nth: no number given" 2 '' '*an operand is missing: NET I...*' addr nth ::/0
t "nth: a bad net" 2 '' '*"x" is not an address*' addr nth x 1
t "nth: an unknown option" 2 '' '*unknown option -x*' addr nth ::/0 -x
tj "nth: JSON" 0 '[.input,.prefix,.first,.last,.length,.count,.index]' \
	'["192.0.2.0/24","192.0.2.255","192.0.2.255","192.0.2.255",32,1,255]' '' \
	addr nth -j 192.0.2.0/24 -1
tj "nth: a number that JSON cannot hold" 0 '[.prefix,.index]' \
	'["8000::","170141183460469231731687303715884105728"]' '' \
	addr nth -j ::/0 170141183460469231731687303715884105728
printf '1\n-1\n\nx\n7\n' >"$tmp/numbers"
input=$tmp/numbers
t "nth: numbers from standard input" 2 '192.0.2.1
192.0.2.3' 'netipc addr nth: standard input:4: "x" is not a number*
netipc addr nth: standard input:5: "192.0.2.0/30" has 4 addresses: none is number 7' \
	addr nth 192.0.2.0/30 -
printf '192.0.2.0/25\n192.0.2.128/25\n' >"$tmp/nets"
input=$tmp/nets
t "nth: nets from standard input" 0 '192.0.2.1
192.0.2.126
192.0.2.129
192.0.2.254' '' addr nth - 1 -2
t "nth: both from standard input" 2 '' '*standard input has either nets or numbers*' addr nth - -
printf '1\0-1\0' >"$tmp/numbers"
input=$tmp/numbers
t "nth: NULs between" 0 '192.0.2.1
192.0.2.3' '' addr nth -0 192.0.2.0/30 -
printf '1\0002\n' >"$tmp/numbers"
input=$tmp/numbers
t "nth: a NUL inside" 2 '' '*"1\\x002" has a NUL byte (column 2)' addr nth 192.0.2.0/24 -

# next, prev

t "next" 0 '192.0.3.0/24
192.0.2.2
2001:db9::/32
192.0.2.7-192.0.2.9' '' addr next 192.0.2.0/24 192.0.2.1 2001:db8::/32 192.0.2.4-192.0.2.6
t "next: some places behind" 0 '192.1.1.0/24' '' addr next 192.0.2.0/24 255
t "next: none at all" 0 '192.0.2.0/24' '' addr next 192.0.2.0/24 0
t "next: the end" 1 '' 'netipc addr next: nothing of its size is behind "255.255.255.0/24": the address space ends there' \
	addr next 255.255.255.0/24
t "next: beyond the end" 1 '' 'netipc addr next: nothing of its size is 2 places behind "255.255.254.0/24"' \
	addr next 255.255.254.0/24 2
t "next: of all" 1 '' '*behind "::/0": the address space ends there' addr next ::/0
t "next: much" 1 '' '*340282366920938463463374607431768211455 places behind "::/1"' \
	addr next ::/1 340282366920938463463374607431768211455
t "next: to the last" 0 "$all6" '' addr next :: 340282366920938463463374607431768211455
t "next: no number" 2 '' '*"007" is not a number from 0 to 2^128 - 1*' addr next ::1 007
t "next: a length" 2 '' '*a number is wanted behind NET, not a length*' addr next ::1 /7
t "next: a number alone" 2 '' '*an operand is missing: NET... [[]N]*' addr next 7
t "prev" 0 '192.0.1.0/24
192.0.2.1-192.0.2.3' '' addr prev 192.0.2.0/24 192.0.2.4-192.0.2.6
t "prev: the beginning" 1 '' 'netipc addr prev: nothing of its size is before "0.0.0.0/8": the address space begins there' \
	addr prev 0.0.0.0/8
t "prev: before it" 1 '' 'netipc addr prev: nothing of its size is 3 places before "2.0.0.0/8"' \
	addr prev 2.0.0.0/8 3
t "prev: to the first" 0 '::' '' addr prev "$all6" 340282366920938463463374607431768211455
tj "next: JSON of what is no prefix" 0 '[.prefix,.family,.first,.last,.length,.count]' \
	'["192.0.2.7-192.0.2.9","ipv4","192.0.2.7","192.0.2.9",null,3]' '' \
	addr next -j 192.0.2.4-192.0.2.6
tj "next: JSON of a failure" 1 '[.input,.prefix,(.error|length>0)]' '["::/0",null,true]' '*' \
	addr next -j ::/0

# super

t "super" 0 '192.0.2.0/23
192.0.2.0/31
::/0
::/127' '' addr super 192.0.2.0/24 192.0.2.1 8000::/1 ::1
t "super: a length" 0 '192.0.0.0/16
192.0.0.0/16' '' addr super 192.0.2.0/24 192.0.77.1 /16
t "super: its own length" 0 '192.0.2.0/24' '' addr super 192.0.2.0/24 /24
t "super: bits" 0 '192.0.0.0/16' '' addr super 192.0.2.0/24 8
t "super: a range" 0 '192.0.2.0/28' '' addr super 192.0.2.1-192.0.2.9
t "super: a range and bits" 0 '192.0.2.0/26' '' addr super 192.0.2.1-192.0.2.9 2
t "super: of all" 1 '' 'netipc addr super: "0.0.0.0/0" has no prefix 1 bit shorter' \
	addr super 0.0.0.0/0
t "super: too many bits" 1 '' 'netipc addr super: "10.0.0.0/8" has no prefix 9 bits shorter' \
	addr super 10.0.0.0/8 9
t "super: a longer one" 1 '' 'netipc addr super: "10.0.0.0/8" does not fit in a /9' \
	addr super 10.0.0.0/8 /9
t "super: longer than IPv4 has" 1 '' '*"10.0.0.0" does not fit in a /33' addr super 10.0.0.0 /33
t "super: common" 0 '192.0.2.0/23' '' addr super --common 192.0.3.9 192.0.2.0-192.0.2.8 192.0.2.77
t "super: common of one" 0 '192.0.2.0/24' '' addr super -c 192.0.2.0/24
t "super: common of the ends" 0 '::/0' '' addr super -c :: "$all6"
tj "super: common in JSON" 0 '[.input,.prefix]' '[null,"192.0.2.0/30"]' '' \
	addr super -cj 192.0.2.1 192.0.2.2
t "super: common of two families" 2 '' \
	'netipc addr super: "::1" is IPv6, what is before it IPv4' \
	addr super --common 192.0.2.1 ::1 192.0.2.2
t "super: common of nothing" 2 '' '*"x" is not an address*' addr super --common x
t "super: common and a length" 2 '' '*--common has neither a length nor a number*' \
	addr super --common ::1 /7
input=$tmp/nets
t "super: common of standard input" 0 '192.0.2.0/24' '' addr super --common -

# range

t "range: each the other way" 0 '192.0.2.0-192.0.2.3
192.0.2.1
192.0.2.2
192.0.2.7-192.0.2.7
192.0.2.4/30' '' addr range 192.0.2.0/30 192.0.2.1-192.0.2.2 192.0.2.7 192.0.2.4+4
t "range: to ranges" 0 '192.0.2.0-192.0.2.3
192.0.2.1-192.0.2.2' '' addr range --to=range 192.0.2.0/30 192.0.2.1-192.0.2.2
t "range: to prefixes" 0 '192.0.2.0/30
192.0.2.1
192.0.2.2' '' addr range -t prefixes 192.0.2.0/30 192.0.2.1-192.0.2.2
t "range: all" 0 "0.0.0.0-255.255.255.255
::-$all6" '' addr range 0.0.0.0/0 ::/0
t "range: all back" 0 '::/0' '' addr range "::-$all6"
same "range: the most prefixes" '254 ::1 8000::/2' "$(netipc addr range "::1-${all6%f}e" |
	awk 'NR == 1 { first = $0 } NR == 128 { middle = $0 } END { print NR, first, middle }')"
t "range: backwards" 2 '' '*it ends before it begins (column 11)' addr range 192.0.2.2-192.0.2.1
t "range: an unknown form" 2 '' '*--to: "x" is not one of range, prefixes*' addr range -t x ::
tj "range: JSON" 0 '[.prefix,.first,.last,.count]' \
	"[\"::/0\",\"::\",\"$all6\",\"340282366920938463463374607431768211456\"]" '' addr range -j ::/0

# list

t "list" 0 '192.0.2.254
192.0.2.255
192.0.3.0
2001:db8::
2001:db8::1' '' addr list 192.0.2.254-192.0.3.0 2001:db8::/127
t "list: every other" 0 '192.0.2.0
192.0.2.2' '' addr list --step 2 192.0.2.0/30
t "list: a large step" 0 '::
8000::' '' addr list -s 170141183460469231731687303715884105728 ::/0
t "list: a limit for each" 0 '192.0.2.0
192.0.2.1
::
::1' '' addr list --limit 2 192.0.2.0/24 ::/0
t "list: more than there are" 0 '192.0.2.0
192.0.2.1' '' addr list -l 3 192.0.2.0/31
t "list: none" 0 '' '' addr list -l 0 ::/0
t "list: the last addresses" 0 "${all6%f}e
$all6" '' addr list "$all6/127"
t "list: mapped" 0 '::ffff:192.0.2.0
::ffff:192.0.2.1' '' addr list ::ffff:192.0.2.0/127
t "list: step 0" 2 '' 'netipc addr list: --step: "0" is not a number from 1 to 2^128 - 1' \
	addr list -s 0 ::
t "list: a bad limit" 2 '' '*--limit: "-1" is not a number from 0 to 2^128 - 1' addr list -l -1 ::
tj "list: JSON" 0 '[.input,.prefix,.length,.count]' '["192.0.2.0/31","192.0.2.0",32,1]
["192.0.2.0/31","192.0.2.1",32,1]' '' addr list -j 192.0.2.0/31
same "list: /16 is what the shell counts" "$(i=0
	while [ $i -lt 65536 ]; do
		echo "10.1.$((i / 256)).$((i % 256))"
		i=$((i + 1))
	done | cksum)" "$(netipc addr list 10.1.0.0/16 | cksum)"
same "list: /0 starts at once" '0.0.0.0 0.0.0.1' "$(netipc addr list 0.0.0.0/0 | head -n 2 | xargs)"
same "split: /0 starts at once" '::/127 ::2/127' "$(netipc addr split ::/0 /127 | head -n 2 | xargs)"
same "list: JSON too" '"prefix":"::"' \
	"$(netipc addr list -j ::/0 | head -n 1 | grep -o '"prefix":"[^"]*"')"

# ends NAME SIGNAL STATUS ARG... - a signal ends netipc addr ARG..., which has more to print
# than there is time for, when some of it has been read
ends() {
	_name=$1 _signal=$2 _status=$3 _before=
	shift 3
	rm -f "$tmp/pid"
	# Without job control a background job ignores SIGINT, and so does netipc then.
	[ "$_signal" = TERM ] || _before='env --default-signal=INT'
	{
		# shellcheck disable=SC2086
		$_before $NETIPC_EXEC "$NETIPC" addr "$@" 2>"$tmp/err" </dev/null &
		echo $! >"$tmp/pid"
		wait $!
		echo $? >"$tmp/status"
	} | {
		head -c 300000 >"$tmp/out"
		poll test -s "$tmp/pid" # the shell may be slower than what it began
		kill -s "$_signal" "$(cat "$tmp/pid")"
		cat >/dev/null
	}
	same "$_name: $_signal ends it" "$_status " "$(cat "$tmp/status") $(cat "$tmp/err")"
}
ends "list" TERM 143 list ::/0
ends "list of records" TERM 143 list -j ::/0 ::/1
ends "split" TERM 143 split ::/0 /127
ends "split in ranges" TERM 143 split ::1-8000:: --into 9999999999999
ends "rand" TERM 143 rand -n 9999999999999 ::/0
ends "rand without repeats" TERM 143 rand -un 9999999999999 ::/0
if env --default-signal=INT true 2>/dev/null; then
	ends "list" INT 130 list 0.0.0.0/0 ::/0
else
	left_out "SIGINT" "env knows no --default-signal"
fi

# rand

t "rand: one address" 0 '192.0.2.1' '' addr rand 192.0.2.1
t "rand: a seed" 0 '192.0.2.22
192.0.2.126
192.0.2.161
192.0.2.161' '' addr rand --seed 42 -n 4 192.0.2.0/24
t "rand: a seed of IPv6" 0 '2001:db8:6d11:3a7e:1578:b2e:c2e:c716
2001:db8:3b3:60a1:ae17:5332:39e4:99a1' '' addr rand --seed 42 -n 2 2001:db8::/32
t "rand: each net goes on where the one before has ended" 0 '192.0.2.22
192.0.2.126
192.0.2.161
192.0.2.161' '' \
	addr rand --seed 42 -n 2 192.0.2.0/24 192.0.2.0/24
t "rand: unique with a seed" 0 '192.0.2.2
192.0.2.3
192.0.2.1
192.0.2.4
192.0.2.5' '' addr rand --seed 42 -u -n 5 192.0.2.1-192.0.2.5
t "rand: prefixes" 0 '192.0.2.104/30
192.0.2.72/30' '' addr rand --seed 7 --length 30 -n 2 192.0.2.0/24
t "rand: a prefix as long as an address" 0 '192.0.2.0' '' addr rand -l 32 192.0.2.0/32
same "rand: all of them, in some order" "$(netipc addr list 10.0.0.0/20 | sort)" \
	"$(netipc addr rand -u -n 4096 10.0.0.0/20 | sort)"
same "rand: all prefixes of a range" '192.0.2.12/30
192.0.2.4/30
192.0.2.8/30' "$(netipc addr rand -u -n 3 -l 30 192.0.2.1-192.0.2.18 | sort)"
netipc addr rand -n 1000 2001:db8::/32 >"$tmp/one"
netipc addr rand -n 1000 2001:db8::/32 >"$tmp/two"
same "rand: no two alike of 2^96" 2000 "$(cat "$tmp/one" "$tmp/two" | sort -u | wc -l | tr -d ' ')"
ok "rand: all in the net" netipc addr contains -q 2001:db8::/32 - <"$tmp/one"
t "rand: too few" 1 '' 'netipc addr rand: "192.0.2.0/30" has no 5 different addresses' \
	addr rand -u -n 5 192.0.2.0/30
t "rand: too few prefixes" 1 '' 'netipc addr rand: "192.0.2.0/30" has no 3 different /31s' \
	addr rand -u -n 3 -l 31 192.0.2.0/30
t "rand: a shorter prefix" 1 '' 'netipc addr rand: "192.0.2.0/30" has no /24 in it' \
	addr rand -l 24 192.0.2.0/30
t "rand: no aligned prefix" 1 '' '*"192.0.2.1-192.0.2.6" has no /30 in it' \
	addr rand -l 30 192.0.2.1-192.0.2.6
t "rand: too long" 2 '' '*"192.0.2.0/30" has no /33: an address has 32 bits' \
	addr rand -l 33 192.0.2.0/30
t "rand: a bad length" 2 '' '*--length: "129" is not a number from 0 to 128*' addr rand -l 129 ::
t "rand: a bad seed" 2 '' '*--seed: "x" is not a number from 0 to *' addr rand -s x ::
t "rand: none" 2 '' '*--number: "0" is not a number from 1 to 2^128 - 1' addr rand -n 0 ::
tj "rand: JSON" 0 '[.prefix,.length]' '["::1",128]' '' addr rand -j ::1

# contains

t "contains" 1 '192.0.2.7 is in 192.0.2.0/24
192.0.2.0/24 equals 192.0.2.0/24
192.0.0.0/16 is around 192.0.2.0/24
192.0.2.255-192.0.3.0 is partly in 192.0.2.0/24
198.51.100.1 is not in 192.0.2.0/24
::c000:207 is not in 192.0.2.0/24' '' addr contains 192.0.2.77/24 192.0.2.7 192.0.2.0/24 \
	192.0.0.0/16 192.0.2.255-192.0.3.0 198.51.100.1 ::192.0.2.7
t "contains: all" 0 '0.0.0.0/0 equals 0.0.0.0/0
255.255.255.255 is in 0.0.0.0/0' '' addr contains 0.0.0.0/0 0.0.0.0/0 255.255.255.255
t "contains: quiet" 1 '' '' addr contains -q ::/1 ::1 8000::
t "contains: quiet, and yes" 0 '' '' addr contains --quiet ::/1 ::1 ::2
t "contains: quiet, and a bad one" 2 '' 'netipc addr contains: "x" is not an address*' \
	addr contains -q ::/1 8000:: x
t "contains: a class" 1 '10.1.1.1 is in @private
10.0.0.0/7 is partly in @private
10.0.0.0/8 is in @private
::/0 is partly in @private' '' addr contains @private 10.1.1.1 10.0.0.0/7 10.0.0.0/8 ::/0
t "contains: no such class" 2 '' '*@nosuch*' addr contains @nosuch ::1
printf '192.0.2.0/25\n192.0.2.128/25 the other half\n::1\n' >"$tmp/list"
t "contains: a file" 1 "192.0.2.0/24 is in $tmp/list
::1 is in $tmp/list
192.0.0.0/16 is partly in $tmp/list" '' addr contains "$tmp/list" 192.0.2.0/24 ::1 192.0.0.0/16
t "contains: around a class" 1 '100.0.0.0/8 is around @shared' '' addr contains @shared 100.0.0.0/8
t "contains: no such file" 3 '' "netipc addr contains: $tmp/none: No such file or directory" \
	addr contains "$tmp/none" ::1
input=$tmp/list
t "contains: the first from standard input" 0 '192.0.2.7 is in standard input' '' \
	addr contains - 192.0.2.7
input=$tmp/nets
t "contains: the others from standard input" 1 '192.0.2.0/25 equals 192.0.2.0/25
192.0.2.128/25 is not in 192.0.2.0/25' '' addr contains 192.0.2.0/25 -
t "contains: both from standard input" 2 '' '*standard input can be read only once*' \
	addr contains - -
t "contains: nothing to look for" 2 '' '*an operand is missing: NET|@CLASS|FILE OTHER...*' \
	addr contains ::/0
t "contains: nothing" 2 '' '*an operand is missing*' addr contains
tj "contains: JSON" 2 '[.input,.prefix,.relation,.contained,(.error|type)]' \
	'["::1","::1","inside",true,"null"]
["8000::","8000::","outside",false,"null"]
["x",null,null,null,"string"]' '*' addr contains -j ::/1 ::1 8000:: x
t "contains: table" 1 'PREFIX        RELATION  CONTAINED
192.0.2.0/24  around    false' '' addr contains -o prefix,relation,contained 192.0.2.1-192.0.2.3 192.0.2.0/24

# gaps

t "gaps" 0 '192.0.2.64/26
192.0.2.192/26' '' addr gaps 192.0.2.0/24 192.0.2.0/26 192.0.2.128/26
t "gaps: ranges" 0 '192.0.2.0
192.0.2.2-192.0.2.255' '' addr gaps -r 192.0.2.0/24 192.0.2.1
t "gaps: none" 0 '' '' addr gaps 192.0.2.0/24 192.0.0.0/16
t "gaps: all" 0 '192.0.2.0/24' '' addr gaps 192.0.2.0/24 198.51.100.0/24 ::/0
t "gaps: of everything" 0 '::/1
8000::' '' addr gaps ::/0 "8000::1-$all6"
t "gaps: a class" 0 '10.128.0.0/9
172.16.0.0/12
192.168.0.0/16' '' addr gaps -4 @private 10.0.0.0/9
t "gaps: IPv6 alone" 0 'fc00::/7' '' addr gaps -6 @private 10.0.0.0/9
input=$tmp/list
t "gaps: standard input" 0 '192.0.0.0/23
192.0.3.0/24' '' addr gaps 192.0.0.0/22
t "gaps: a file" 0 '192.0.0.0/23
192.0.3.0/24' '' addr gaps 192.0.0.0/22 "$tmp/list"
printf '192.0.2.0/26\n192.0.2.99\n::5\n::1\n192.0.2.77-192.0.2.78\n' >"$tmp/list"
input=$tmp/list
t "gaps: between the first and the last" 0 '192.0.2.64-192.0.2.76
192.0.2.79-192.0.2.98
::2-::4' '' addr gaps --between --ranges
t "gaps: between, and nothing is" 0 '' '' addr gaps -b 192.0.2.0/24
input=/dev/null
t "gaps: between nothing" 0 '' '' addr gaps -b
printf '192.0.2.0/26\nx\n192.0.2.128/25\n' >"$tmp/list"
t "gaps: a bad line" 2 '192.0.2.64/26' "netipc addr gaps: $tmp/list:2: \"x\" is not an address*" \
	addr gaps 192.0.2.0/24 "$tmp/list"
t "gaps: a bad line that is left out" 0 '192.0.2.64/26' '' \
	addr gaps --err=skip 192.0.2.0/24 "$tmp/list"
t "gaps: a bad line that ends it" 2 '' "netipc addr gaps: $tmp/list:2: \"x\" is not an address*" \
	addr gaps --err=abort 192.0.2.0/24 "$tmp/list"
t "gaps: a list that is not there" 3 '' "netipc addr gaps: $tmp/none: No such file or directory" \
	addr gaps 192.0.2.0/24 192.0.2.0/25 "$tmp/none"
t "gaps: strict" 2 '' '*bits behind the length*' addr gaps --strict 192.0.2.1/24 ::
t "gaps: legacy" 0 '192.0.2.1' 'netipc addr gaps: "192.0.2.00" is read as 192.0.2.0, as inet_aton does' addr gaps --legacy 192.0.2.0/31 192.0.2.00
t "gaps: nothing given" 2 '' '*an operand is missing: *' addr gaps
tj "gaps: JSON" 0 '[.prefix,.family,.first,.last,.length,.count,.error]' \
	'["192.0.2.128/25","ipv4","192.0.2.128","192.0.2.255",25,128,null]' '' \
	addr gaps -j 192.0.2.0/24 192.0.2.0/25

# formats

t "CSV" 0 "input,prefix,family,first,last,length,count,error$crlf
192.0.2.0/30,192.0.2.0,ipv4,192.0.2.0,192.0.2.0,32,1,$crlf" '' \
	addr list --csv --limit 1 192.0.2.0/30
t "TSV" 0 "prefix	count
::/1	170141183460469231731687303715884105728
8000::/1	170141183460469231731687303715884105728" '' addr split --tsv -o prefix,count ::/0 /1
t "table" 0 'PREFIX   FAMILY  FIRST  LAST  LENGTH  COUNT  HOSTS
::8/127  ipv6    ::8    ::9      127      2      -' '' addr split -o prefix,family,first,last,length,count,hosts ::8/127 /127
t "no heading" 0 '::2' '' addr next -H -o prefix ::1
t "unknown column" 2 '' '*no column "x"*' addr list -o x ::
t "a failed operand in a table" 2 'PREFIX  ERROR
-       "x" is not an address: it begins with neither a digit nor a colon (column 1)
::2     -' '*' addr next -o prefix,error x ::1
tj "a failed operand in JSON" 1 '[.input,.prefix,.error]' \
	'["::/0",null,"\"::/0\" has no prefix 1 bit shorter"]' '*' addr super -j ::/0

# Completion knows the verbs and their options

t "completion: verbs" 0 'next	print the prefix of the same size behind one
nth	print the address that has a number in a prefix' '' __complete addr n
t "completion: options" 0 '--into=	into N parts that are as equal as can be' '' \
	__complete addr split --in
t "completion: columns" 0 'relation	inside, equal, around, partly or outside' '' \
	__complete addr contains -o rel
t "completion: values" 0 'prefixes	' '' __complete addr range --to p

for verb in split nth next prev super range list rand contains gaps; do
	same "help: $verb" 1 "$(netipc addr $verb --help | grep -c -e --columns=LIST)"
done

done_testing
