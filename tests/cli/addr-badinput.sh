#!/bin/sh
# SPDX-License-Identifier: MIT
# Bad input to the verbs of netipc addr: each gives the same exact message, with its place
. "${srcdir:?run by make check}/tests/lib.sh"

# in_stream VERB NAME TEXT MESSAGE - TEXT is line 2 of 3: it is complained of, the rest is done
in_stream() {
	printf '192.0.2.1\n%s\n192.0.2.3\n' "$3" >"$tmp/in"
	input=$tmp/in
	t "$1: $2" 2 '192.0.2.1
192.0.2.3' "netipc addr $1: standard input:2: $4" addr "$1"
}

# in_list NAME TEXT MESSAGE - the same in a list of networks of grep, and as such a network
printf 'a 192.0.2.1\nb 192.0.2.2\nc 192.0.2.3\n' >"$tmp/log"
in_list() {
	printf '192.0.2.1\n%s\n192.0.2.3\n' "$2" >"$tmp/in"
	input=$tmp/in
	t "grep -f: $1" 2 'a 192.0.2.1
c 192.0.2.3' "netipc addr grep: standard input:2: $3" addr grep -f - "$tmp/log"
	t "grep -e: $1" 2 '' "netipc addr grep: $3" addr grep -e "$2" "$tmp/log"
}

# No address, whatever the verb.  The column is where it stops to be one.
while IFS='|' read -r text message; do
	t "info: $text" 2 '' "netipc addr: \"$text\" is not an address: $message" \
		addr -- "$text"
	for verb in agg conv sort; do
		in_stream $verb "$text" "$text" "\"$text\" is not an address: $message"
	done
	in_list "$text" "$text" "\"$text\" is not an address: $message"
done <<'END'
256.1.1.1|octet 256 is over 255 (column 1)
1.2.3.400|octet 400 is over 255 (column 7)
1.2.3.4.5|"." where the end should be (column 8)
x1.2.3.4|it begins with neither a digit nor a colon (column 1)
1.2.3|3 octets instead of four (column 6); inet_aton reads 1.2.0.3, others read 1.2.3.0; --legacy takes the first
010.0.0.1|an octet with a leading zero, which some read as octal (column 1); inet_aton reads 8.0.0.1, others read 10.0.0.1; --legacy takes the first
127.1|2 octets instead of four (column 6); inet_aton reads 127.0.0.1, others read 127.1.0.0; --legacy takes the first
0x7f.1|"x" where a dot should be (column 2); inet_aton reads 127.0.0.1; --legacy takes it
2130706433|octet 2130706433 is over 255 (column 1); inet_aton reads 127.0.0.1; --legacy takes it
::ffff:1.2.3|3 octets instead of four (column 13)
1::2::3|"::" more than once (column 6)
:::1|"::" more than once (column 3)
1:2:3:4:5:6:7::8|eight groups and "::", which stands for none (column 1)
12345::1|a group of more than four digits (column 5)
END

# Prefixes and zones
while IFS='|' read -r text message; do
	t "info: $text" 2 '' "netipc addr: $message" addr -- "$text"
	for verb in agg conv sort; do
		in_stream $verb "$text" "$text" "$message"
	done
	in_list "$text" "$text" "$message"
done <<'END'
1.2.3.4/33|"1.2.3.4/33" is not a prefix: length 33 is over 32 (column 9)
2001:db8::/129|"2001:db8::/129" is not a prefix: length 129 is over 128 (column 12)
1.2.3.4/255.0.255.0|"1.2.3.4/255.0.255.0" is not a prefix: the mask has zeros between ones (column 9)
1.2.3.4/0.0.0.0|"1.2.3.4/0.0.0.0" is not a prefix: this mask is /0 as a netmask and /32 as a wildcard: write the length (column 9)
1.2.3.4/255.255.255.255|"1.2.3.4/255.255.255.255" is not a prefix: this mask is /32 as a netmask and /0 as a wildcard: write the length (column 9)
1.2.3.9-1.2.3.4|"1.2.3.9-1.2.3.4" is not a range: it ends before it begins (column 9)
END

# Bits behind the length belong to the address of an interface.
t 'info: 10.0.0.5/24' 0 '10.0.0.5/24  10.0.0.0/24' '' addr -H -o input,network 10.0.0.5/24
t 'info: 10.0.0.5/24 --strict' 2 '' 'netipc addr: "10.0.0.5/24" is not a prefix: bits behind the length are set; the prefix is 10.0.0.0/24 (column 10)' \
	addr --strict 10.0.0.5/24

for verb in agg conv sort; do
	echo 10.0.0.5/24 >"$tmp/in"
	input=$tmp/in
	t "$verb --strict: 10.0.0.5/24" 2 '' "netipc addr $verb: standard input:1: \"10.0.0.5/24\" is not a prefix: bits behind the length are set; the prefix is 10.0.0.0/24 (column 10)" \
		addr $verb --strict
done
t 'agg: 10.0.0.5/24' 0 10.0.0.0/24 '' addr agg 10.0.0.5/24

# A zone names an interface: it is of an address, not of a set of them.
for verb in agg sort; do
	in_stream $verb fe80::1%lo fe80::1%lo \
		'"fe80::1%lo" is not a prefix: a zone names an interface, which is no part of a set (column 8)'
done
in_list fe80::1%lo fe80::1%lo \
	'"fe80::1%lo" is not a prefix: a zone names an interface, which is no part of a set (column 8)'
in_stream conv 'an empty zone' fe80::1% '"fe80::1%": the zone behind "%" is empty (column 8)'
t 'info: an empty zone' 2 '' 'netipc addr: "fe80::1%": the zone behind "%" is empty (column 8)' \
	addr fe80::1%
t 'info: the zone of an interface' 0 'fe80::1%lo  lo' '' addr -H -o address,zone fe80::1%lo
t 'info: a zone that is no interface here' 0 'fe80::1%nosuch0  nosuch0' \
	'netipc addr: zone "nosuch0": no such interface here' addr -H -o address,zone fe80::1%nosuch0
t 'info: the same with --strict-zone' 1 '' \
	'netipc addr: zone "nosuch0": no such interface here' addr --strict-zone fe80::1%nosuch0

# What inet_aton reads is read on demand, and what others make of it is said.
while IFS='|' read -r text address message; do
	t "info --legacy: $text" 0 "$address" "netipc addr: $message" \
		addr -H -o address --legacy "$text"
done <<'END'
1.2.3|1.2.0.3|"1.2.3" is read as 1.2.0.3, as inet_aton does; others read 1.2.3.0
010.0.0.1|8.0.0.1|"010.0.0.1" is read as 8.0.0.1, as inet_aton does; others read 10.0.0.1
127.1|127.0.0.1|"127.1" is read as 127.0.0.1, as inet_aton does; others read 127.1.0.0
0x7f.1|127.0.0.1|"0x7f.1" is read as 127.0.0.1, as inet_aton does
END
echo 010.0.0.1 >"$tmp/in"
input=$tmp/in
t 'conv --legacy: 010.0.0.1' 0 '8.0.0.1' \
	'netipc addr conv: standard input:1: "010.0.0.1" is read as 8.0.0.1, as inet_aton does; others read 10.0.0.1' \
	addr conv --legacy
echo 192.0.2.1-193.1 >"$tmp/range"
for verb in conv 'agg --ranges'; do
	input=$tmp/range
	# shellcheck disable=SC2086 # a verb and its options
	t "$verb --legacy: the end of a range" 0 '192.0.2.1-193.0.0.1' \
		"netipc addr ${verb%% *}: standard input:1: \"193.1\" is read as 193.0.0.1, as inet_aton does; others read 193.1.0.0" \
		addr $verb --legacy
done
echo 2130706433 >"$tmp/in"
input=$tmp/in
t 'conv -i int' 0 '127.0.0.1' '' addr conv -i int
t 'info -i int' 0 '127.0.0.1' '' addr -H -o address -i int 2130706433

# Blanks around an address: part of an operand, not of a line
t 'info: a blank before' 2 '' \
	'netipc addr: " 1.2.3.4" is not a prefix: " " where an address should be (column 1)' \
	addr ' 1.2.3.4'
t 'info: a blank behind' 2 '' \
	'netipc addr: "1.2.3.4 " is not a prefix: " " where the end should be (column 8)' \
	addr '1.2.3.4 '
printf ' 1.2.3.4\n1.2.3.5 \n\t1.2.3.6\t\r\n' >"$tmp/blanks"
input=$tmp/blanks
t 'info: lines with blanks' 0 '1.2.3.4
1.2.3.5
1.2.3.6' '' addr -H -o address -
echo 'x 1.2.3.6' >"$tmp/text"
input=$tmp/blanks
t 'conv: lines with blanks' 0 '1.2.3.4
1.2.3.5
1.2.3.6' '' addr conv
input=$tmp/blanks
t 'agg: lines with blanks' 0 '1.2.3.4/31
1.2.3.6' '' addr agg

# Blanks in a list are no matter, in an operand they are
input=$tmp/blanks
t 'grep -f: lines with blanks' 0 'x 1.2.3.6' '' addr grep -f - "$tmp/text"
t 'grep -e: a blank before' 2 '' \
	'netipc addr grep: " 1.2.3.4" is not a prefix: " " where an address should be (column 1)' \
	addr grep -e ' 1.2.3.4' "$tmp/text"

# grep takes for an address what stands by itself; --loose is grepcidr's view
cat >"$tmp/words" <<'END'
1.2.3.4
x1.2.3.4
v1.2.3.4
1.2.3.4.5
1.2.3.400
01.2.3.4
1.2.3.04
_1.2.3.4
(1.2.3.4)
1.2.3.4:80
[1.2.3.4]
END
t 'grep: words are no addresses' 0 '1.2.3.4
(1.2.3.4)
1.2.3.4:80
[1.2.3.4]' '' addr grep -e 1.2.3.0/24 "$tmp/words"
t 'grep --loose: those of grepcidr 3' 0 '1.2.3.4
x1.2.3.4
v1.2.3.4
1.2.3.4.5
01.2.3.4
1.2.3.04
_1.2.3.4
(1.2.3.4)
1.2.3.4:80
[1.2.3.4]' '' addr grep --loose -e 1.2.3.0/24 "$tmp/words"

# A byte order mark stands before the first line of a file, and nowhere else
printf '\357\273\277192.0.2.1\n\357\273\277192.0.2.2\n' >"$tmp/marks"
for verb in agg conv sort; do
	input=$tmp/marks
	t "$verb: byte order marks" 2 192.0.2.1 \
		"netipc addr $verb: standard input:2: \"\\\\u{feff}192.0.2.2\" is not an address: *" addr $verb
done

# Nothing ends at a NUL byte, and a line is as long as it is
printf '192.0.2.1\n192.0.2.2\000\n192.0.2.3\n' >"$tmp/nul"
{
	head -c 1048576 /dev/zero | tr '\0' x
	echo
	echo 192.0.2.1
} >"$tmp/megabyte"
{
	echo 192.0.2.1
	head -c 70000000 /dev/zero | tr '\0' 1
	echo
	echo 192.0.2.3
} >"$tmp/long"
for verb in agg conv sort; do
	input=$tmp/nul
	t "$verb: NUL byte" 2 '192.0.2.1
192.0.2.3' "netipc addr $verb: standard input:2: \"192.0.2.2\\\\x00\" is not an address: \"\\\\x00\" where the end should be (column 10)" \
		addr $verb
	input=$tmp/megabyte
	t "$verb: line of 1 MiB" 2 '192.0.2.1' \
		"netipc addr $verb: standard input:1: \"xxx*...\" is not an address: it begins with neither a digit nor a colon (column 1)" \
		addr $verb
	input=$tmp/long
	t "$verb: a line over 64 MiB" 2 '192.0.2.1
192.0.2.3' "netipc addr $verb: standard input: the line at byte 11 is longer than 64 MiB" addr $verb
done

input=$tmp/long
t 'a line over 64 MiB is skipped on request' 0 '192.0.2.1
192.0.2.3' '' addr conv --err=skip

printf '10.0.0.0/33\00010.0.0.0/8\000' >"$tmp/nul"
netipc addr agg -0 --err=print "$tmp/nul" >"$tmp/out"
same 'agg -0: status' 0 $?
printf '10.0.0.0/33\n10.0.0.0/8\n' >"$tmp/want"
ok 'agg -0 writes lines, a bad one too' cmp "$tmp/want" "$tmp/out"

printf '192.0.2.1\nhttp://192.0.2.2\000.5\n192.0.2.3\n' >"$tmp/nul"
input=$tmp/nul
t 'conv: NUL byte in a URL' 2 '192.0.2.1
192.0.2.3' 'netipc addr conv: standard input:2: "http://192.0.2.2\\x00.5" is not a URL with an address: a NUL byte (column 17)' \
	addr conv

# A complaint stands where it belongs in the output
{
	echo 192.0.2.1
	head -c 70000000 /dev/zero
} >"$tmp/tail"
for verb in conv 'grep -e 192.0.2.1'; do
	# shellcheck disable=SC2086 # a verb and its options
	netipc addr $verb "$tmp/tail" >"$tmp/out" 2>&1
	same "$verb: output before the complaint" "192.0.2.1
netipc addr ${verb%% *}: $tmp/tail: the line at byte 11 is longer than 64 MiB" "$(cat "$tmp/out")"
done

printf 'x\000y 192.0.2.2\n192.0.2.3\n' >"$tmp/nul"
printf 'x\000y 192.0.2.2\n' >"$tmp/want"
netipc addr grep -e 192.0.2.2 "$tmp/nul" >"$tmp/out"
same 'grep: NUL byte: status' 0 $?
ok 'grep: an address behind a NUL byte' cmp "$tmp/want" "$tmp/out"
{
	head -c 1048576 /dev/zero | tr '\0' x
	echo ' 192.0.2.1'
	echo 192.0.2.2
} >"$tmp/megabyte"
head -n 1 "$tmp/megabyte" >"$tmp/want"
netipc addr grep -e 192.0.2.1 "$tmp/megabyte" >"$tmp/out"
same 'grep: line of 1 MiB: status' 0 $?
ok 'grep: an address behind 1 MiB' cmp "$tmp/want" "$tmp/out"
t 'grep: a line over 64 MiB' 2 '192.0.2.3' \
	"netipc addr grep: $tmp/long: the line at byte 11 is longer than 64 MiB" \
	addr grep -e 192.0.2.2/31 "$tmp/long"

done_testing
