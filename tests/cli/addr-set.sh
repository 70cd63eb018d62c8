#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc addr agg, sort, count, set, compare
. "${srcdir:?run by make check}/tests/lib.sh"
need jq
cr=$(printf '\r')

list=$tmp/list
cat >"$list" <<'END'
# a list with all that may be in one
10.0.1.0/24 the office

  10.0.0.77/24	; its guests
192.0.2.1-192.0.2.2
192.0.2.0 255.255.255.254 a mask
198.51.100.0/0.0.0.3
ip6:2001:db8::/33
2001:db8:8000::+39614081257132168796771975168
END
printf '10.0.2.0/23\r\n10.0.4.0/24\r\n::1' >"$tmp/crlf"

# agg

t "agg: all forms" 0 '10.0.0.0/23
192.0.2.0/31
192.0.2.2
198.51.100.0/30
2001:db8::/32' '' addr agg "$list"
t "agg: several files, CRLF, no newline at the end" 0 '10.0.0.0/22
10.0.4.0/24
192.0.2.0/31
192.0.2.2
198.51.100.0/30
::1
2001:db8::/32' '' addr agg "$list" "$tmp/crlf"
input=$tmp/crlf
t "agg: standard input" 0 '10.0.2.0/23
10.0.4.0/24
::1' '' addr agg
input=$tmp/crlf
t "agg: - and networks on the command line" 0 '10.0.0.0-10.0.4.255
::-::1' '' addr agg --ranges 10.0.0.0/23 - ::
t "agg: a class" 0 '169.254.0.0/16
fe80::/10' '' addr agg @link-local
t "agg: a file that looks like a network" 0 '::/0' '' addr agg ./../../"$(
	cd / && echo ::/0 >"$tmp/10.0.0.0" && echo "../../../../../../..$tmp/10.0.0.0")"
t "agg: everything" 0 '0.0.0.0/0
::/0' '' addr agg 0.0.0.0-127.255.255.255 128.0.0.0/1 ::/1 8000::/1
t "agg: the ends" 0 '0.0.0.0
255.255.255.255
::
ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff' '' addr agg 255.255.255.255 0.0.0.0 :: \
	ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff
t "agg: one family" 0 '::1' '' addr agg -6 "$tmp/crlf"
t "agg: the other" 0 '10.0.2.0/23
10.0.4.0/24' '' addr agg -4 "$tmp/crlf"
t "agg: no longer prefixes than" 0 '10.0.0.0/22
10.0.4.0/24
192.0.2.0/24
198.51.100.0/24
::/64
2001:db8::/32' '' addr agg --max-len4=24 --max-len6=64 "$list" "$tmp/crlf"
t "agg: SPF" 0 'ip4:10.0.2.0/23
ip4:10.0.4.0/24
ip6:::1' '' addr agg --spf "$tmp/crlf"
netipc addr agg --spf "$list" >"$tmp/spf"
same "agg: SPF is read back" "$(netipc addr agg "$list")" "$(netipc addr agg "$tmp/spf")"
t "agg: nothing" 0 '' '' addr agg /dev/null
printf '10.0.0.0/24\0  10.0.1.0/24 x\0' >"$tmp/nul"
t "agg: -0" 0 '10.0.0.0/23' '' addr agg -0 "$tmp/nul"
printf '\357\273\277%s\n' 192.0.2.1 >"$tmp/bom"
t "agg: a byte order mark" 0 '192.0.2.1' '' addr agg "$tmp/bom"

tj "agg: JSON" 0 '[.prefix, .family, .first, .last, .length, .count, .error]' \
	'["192.0.2.0/31","ipv4","192.0.2.0","192.0.2.1",31,2,null]
["2001:db8::/32","ipv6","2001:db8::","2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",32,"79228162514264337593543950336",null]' \
	'' addr agg -j 192.0.2.0/31 2001:db8::/32
tj "agg: the largest count" 0 .count '"340282366920938463463374607431768211456"' '' addr agg -j ::/0
tj "agg: a range that is no prefix has no length" 0 '[.prefix, .length, .count]' \
	'["192.0.2.1-192.0.2.2",null,2]
["192.0.2.4",32,1]' '' addr agg -j --ranges 192.0.2.1+2 192.0.2.4
t "agg: CSV" 0 "prefix,family,first,last,length,count,input,error$cr
192.0.2.0/31,ipv4,192.0.2.0,192.0.2.1,31,2,,$cr" '' addr agg --csv 192.0.2.0/31
t "agg: TSV without a heading" 0 "192.0.2.0/31	2" '' addr agg --tsv -H -o prefix,count 192.0.2.0/31
t "agg: table" 0 'PREFIX        COUNT
192.0.2.0/31      2
192.0.2.2         1' '' addr agg -o prefix,count 192.0.2.0+3

# What is refused

cat >"$tmp/bad" <<'END'
10.0.0.0/24
10.0.0.0/33
10.0.1.0/24
  x
END
good='10.0.0.0/23'
first="\"10.0.0.0/33\" is not a prefix: length 33 is over 32 (column 10)"
second='"x" is not an address: it begins with neither a digit nor a colon (column 3)'
t "bad lines: a complaint" 2 "$good" "netipc addr agg: $tmp/bad:2: $first
netipc addr agg: $tmp/bad:4: $second" addr agg "$tmp/bad"
t "bad lines: --err=abort" 2 '' "netipc addr agg: $tmp/bad:2: $first" \
	addr agg --err abort "$tmp/bad"
t "bad lines: --err=skip" 0 "$good" '' addr agg --err skip "$tmp/bad"
t "bad lines: --err=print" 0 "10.0.0.0/33
  x
$good" '' addr agg --err=print "$tmp/bad"
tj "bad lines: --err=print in JSON" 0 '[.prefix, .input, .error]' '[null,"10.0.0.0/33","\"10.0.0.0/33\" is not a prefix: length 33 is over 32 (column 10)"]
[null,"  x","\"x\" is not an address: it begins with neither a digit nor a colon (column 3)"]
["10.0.0.0/23",null,null]' '' addr agg -j --err=print "$tmp/bad"
input=$tmp/bad
t "bad lines of standard input" 2 "$good" "netipc addr agg: standard input:2: $first
netipc addr agg: standard input:4: *" addr agg -
t "a bad operand" 2 '10.0.0.0' "netipc addr agg: $first" addr agg 10.0.0.0/33 10.0.0.0
t "a bad operand: --err=abort" 2 '' "netipc addr agg: $first" \
	addr agg --err=abort 10.0.0.0/33 10.0.0.0
t "no such file" 3 '10.0.0.0' 'netipc addr agg: ./nosuch: No such file or directory' \
	addr agg ./nosuch 10.0.0.0
t "no such class" 2 '' 'netipc addr agg: "@nosuch" is no class of addresses*' addr agg @nosuch
t "standard input twice" 2 '' 'netipc addr agg: standard input can be read only once' addr agg - -
t "a zone" 2 '' 'netipc addr agg: "fe80::1%lo" is not a prefix: a zone names an interface*' \
	addr agg fe80::1%lo
t "bits behind the length" 0 '10.0.0.0/24' '' addr agg 10.0.0.5/24
t "bits behind the length: --strict" 2 '' \
	'netipc addr agg: "10.0.0.5/24" is not a prefix: bits behind the length are set; the prefix is 10.0.0.0/24 (column 10)' \
	addr agg --strict 10.0.0.5/24
printf '10.0.0.5/24\n10.0.1.0/24\n2001:db8::1/64\n' >"$tmp/host"
t "the same in a file" 2 '10.0.1.0/24' "netipc addr agg: $tmp/host:1: *
netipc addr agg: $tmp/host:3: *the prefix is 2001:db8::/64 (column 13)" addr agg --strict "$tmp/host"
t "an old form" 2 '' \
	'netipc addr agg: "010.0.0.1" is not an address: *(column 1); inet_aton reads 8.0.0.1, others read 10.0.0.1; --legacy takes the first' \
	addr agg 010.0.0.1
t "an old form: --legacy" 0 '8.0.0.1' \
	'netipc addr agg: "010.0.0.1" is read as 8.0.0.1, as inet_aton does; others read 10.0.0.1' \
	addr agg --legacy 010.0.0.1
printf '192.0.2.1\n10.1/16 x\n192.0.2.1-193.1\n' >"$tmp/old"
t "old forms in a file" 0 '10.0.0.0-10.0.255.255
192.0.2.1-193.0.0.1' "netipc addr agg: $tmp/old:2: \"10.1\" is read as 10.0.0.1, as inet_aton does; others read 10.1.0.0
netipc addr agg: $tmp/old:3: \"193.1\" is read as 193.0.0.1, as inet_aton does; others read 193.1.0.0" \
	addr agg --ranges --legacy "$tmp/old"
t "an ambiguous mask" 2 '' '*this mask is /0 as a netmask and /32 as a wildcard: write the length (column 10)' \
	addr agg 10.0.0.0/0.0.0.0
t "a range of two families" 2 '' '*one end is IPv4, the other IPv6 (column 11)' addr agg 192.0.2.1-::1
printf '192.0.2.1 198.51.100.7\n' >"$tmp/pairs"
t "a list of pairs" 2 '' '*:1: *the mask has zeros between ones (column 11)' addr agg "$tmp/pairs"
head -c 70000000 /dev/zero | tr '\0' 1 >"$tmp/long"
printf '\n10.0.0.0/24\n' >>"$tmp/long"
t "a line over 64 MiB" 2 '10.0.0.0/24' "*$tmp/long*64 MiB*" addr agg "$tmp/long"
rm "$tmp/long"

# sort, count

printf '%s\n' 'b.example' '10.0.0.0/8 ten' '::1' '9.0.0.0/8' '10.0.0.0/16 x' '10.0.0.0/8 again' \
	'10.0.0.0' '2001:db8::/32' '10.0.0.0-10.0.255.255' >"$tmp/unsorted"
t "sort" 2 '9.0.0.0/8
10.0.0.0/8 ten
10.0.0.0/8 again
10.0.0.0/16 x
10.0.0.0-10.0.255.255
10.0.0.0
::1
2001:db8::/32' "*unsorted:1: *" addr sort "$tmp/unsorted"
t "sort -ru" 0 '2001:db8::/32
::1
10.0.0.0
10.0.0.0/16 x
10.0.0.0/8 ten
9.0.0.0/8' '' addr sort -ru --err=skip "$tmp/unsorted"
t "sort -6" 0 '::1
2001:db8::/32' '' addr sort -6 --err=skip "$tmp/unsorted"
t "sort: networks and classes" 0 '10.0.0.1
10.0.0.2
127.0.0.0/8' '' addr sort -4 10.0.0.2 @loopback 10.0.0.1
tj "sort: JSON" 0 '[.input, .prefix, .family, .first, .last, .length, .count, .label]' \
	'["10.0.0.77/24 a b","10.0.0.0/24","ipv4","10.0.0.0","10.0.0.255",24,256,"a b"]
["10.0.1.0+3","10.0.1.0-10.0.1.2","ipv4","10.0.1.0","10.0.1.2",null,3,null]' '' \
	addr sort -j "$(printf '10.0.1.0+3\n10.0.0.77/24 a b\n' >"$tmp/two" && echo "$tmp/two")"
t "sort: CSV" 0 "prefix,label$cr
10.0.0.0/24,a b$cr
10.0.1.0-10.0.1.2,$cr" '' addr sort --csv -o prefix,label "$tmp/two"
t "sort: TSV" 0 'prefix	label
10.0.0.0/24	a b
10.0.1.0-10.0.1.2	' '' addr sort --tsv -o prefix,label "$tmp/two"
t "sort: table" 0 'PREFIX             LABEL
10.0.0.0/24        a b
10.0.1.0-10.0.1.2  -' '' addr sort -o prefix,label "$tmp/two"

t "count" 0 519 '' addr count -4 "$list"
t "count: all addresses" 0 340282366920938463463374607436063178752 '' addr count 0.0.0.0/0 ::/0
t "count: nothing if an input cannot be read" 3 '' \
	"netipc addr count: $tmp/none: No such file or directory" addr count ::1 "$tmp/none"
t "count: none" 0 0 '' addr count /dev/null
t "count: each once" 0 256 '' addr count 192.0.2.0/24 192.0.2.128/25 192.0.2.1
tj "count: JSON" 0 '[.family, .ranges, .prefixes, .count]' '["ipv4",3,4,519]
["ipv6",1,1,"79228162514264337593543950336"]' '' addr count -j "$list"
t "count: CSV" 0 "family,ranges,prefixes,count,input,error$cr
ipv4,1,2,3,,$cr" '' addr count --csv 192.0.2.1-192.0.2.3
t "count: table" 0 'FAMILY  RANGES  PREFIXES  COUNT
ipv4         1         2      3' '' addr count -o family,ranges,prefixes,count 192.0.2.1+3

# set, compare

t "set: union" 0 '10.0.0.0/23' '' addr set 10.0.0.0/24 + 10.0.1.0/24
t "set: difference, and a range with a dash" 0 '10.0.0.0
10.0.0.10/31
10.0.0.12/30' '' addr set 10.0.0.0/28 - 10.0.0.1-10.0.0.9
t "set: intersection" 0 '10.0.0.2' '' addr set '10.0.0.0-10.0.0.2 & 10.0.0.2+9'
t "set: symmetric difference" 0 '10.0.0.0/31
10.0.0.3
10.0.0.4/30
10.0.0.8/31
10.0.0.10' '' addr set '10.0.0.0-10.0.0.2 ^ 10.0.0.2+9'
t "set: complement, of both families" 0 '0.0.0.0/1
::/0' '' addr set '!128.0.0.0/1'
t "set: words and precedence" 0 '10.0.0.0-10.0.0.9' '' \
	addr set --ranges 10.0.0.0+8 union 10.0.0.6+4 and not 10.0.0.6
t "set: files and classes" 0 '10.0.0.0/23' '' addr set "$list" '&' @private
t "set: a quoted file" 0 '10.0.0.0/23' '' addr set "(\"$list\" - ::/0) & @private"
printf '%s\n' 10.0.0.0/25 >"$tmp/small"
input=$tmp/small
t "set: standard input" 0 '10.0.0.128/25
10.0.1.0/24' '' addr set "$list & @private - -"
input=$tmp/small
t "set: - first" 0 '10.0.0.0/26' '' addr set -- - - 10.0.0.64/26
t "set: an empty result" 0 '' '' addr set 10.0.0.0 '&' ::1
tj "set: JSON" 0 '[.prefix, .length, .count]' '["10.0.0.0",32,1]' '' addr set -j 10.0.0.0/31 - 10.0.0.1
t "set: CSV" 0 "prefix,count$cr
10.0.0.0,1$cr" '' addr set --csv -o prefix,count 10.0.0.0/31 - 10.0.0.1
t "set: no operand" 2 '' '*an operand is missing: EXPRESSION...*' addr set
t "set: an error in the expression" 2 '' \
	'netipc addr set: "10.0.0.0/8 + )" is not a set expression: ")" where a set should be (column 14)' \
	addr set 10.0.0.0/8 + ')'
t "set: an error in an operand" 2 '' \
	'netipc addr set: "10.0.0.0/40" is not a prefix: length 40 is over 32 (column 23)' \
	addr set 10.0.0.0/8 + 10.0.0.0/40
t "set: an unknown class" 2 '' '*"@nosuch" is no class*' addr set '!@nosuch'
t "set: no such file is no empty set" 3 '' 'netipc addr set: ./nosuch: No such file or directory' \
	addr set 10.0.0.0/8 - ./nosuch
t "set: standard input twice" 2 '' '*standard input can be read only once' addr set 10.0.0.0/8 - - + -
t "set: a bad line is left out" 2 '10.0.2.0/23' "*bad:2: *
*bad:4: *" addr set 10.0.0.0/22 - "$tmp/bad"
t "set: --err=abort" 2 '' "netipc addr set: $tmp/bad:2: $first" \
	addr set --err=abort 10.0.0.0/22 - "$tmp/bad"

t "compare" 1 'IN    FAMILY  RANGES  PREFIXES  COUNT
a     ipv4         1         1      1
b     ipv4         1         1      1
b     ipv6         1         1      1
both  ipv4         1         2      3' '' addr compare 10.0.0.0/30 '10.0.0.1+4 + ::1'
t "compare: equal" 0 'IN    FAMILY  RANGES  PREFIXES  COUNT
both  ipv4         1         1      2' '' addr compare 10.0.0.0/31 '10.0.0.0 + 10.0.0.1'
t "compare: only one family" 0 'IN    FAMILY  RANGES  PREFIXES  COUNT
both  ipv4         1         1      2' '' addr compare -4 10.0.0.0/31 '10.0.0.0/31 + ::1'
t "compare: nothing" 0 '' '' addr compare /dev/null 10.0.0.0-10.0.0.0\ -\ 10.0.0.0
t "compare --list" 1 '- 10.0.0.0
+ 10.0.0.4
= 10.0.0.1
= 10.0.0.2/31' '' addr compare -l 10.0.0.0/30 10.0.0.1+4
tj "compare: JSON" 1 '[.in, .family, .ranges, .prefixes, .count]' '["a","ipv4",1,1,1]
["b","ipv4",1,1,1]
["both","ipv4",1,2,3]' '' addr compare -j 10.0.0.0/30 10.0.0.1+4
tj "compare --list: JSON" 1 '[.in, .prefix, .count]' '["a","10.0.0.0",1]
["b","10.0.0.4",1]
["both","10.0.0.1",1]
["both","10.0.0.2/31",2]' '' addr compare -j -l 10.0.0.0/30 10.0.0.1+4
t "compare: CSV" 0 "in,count$cr
both,2$cr" '' addr compare --csv -o in,count 10.0.0.0/31 10.0.0.0/31
t "compare: one operand" 2 '' '*an operand is missing*' addr compare 10.0.0.0
t "compare: three" 2 '' '*unexpected operand "c"*' addr compare a b c
t "compare: an error" 2 '' '*it ends where a set should be (column 11)' addr compare ::1 '10.0.0.0 +'

done_testing
