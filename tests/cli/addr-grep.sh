#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc addr grep: options, formats, errors
. "${srcdir:?run by make check}/tests/lib.sh"
need jq

cd "$srcdir/tests/data" || exit 99
tab=$(printf '\t')
cr=$(printf '\r')
office='10.20.0.7 - - [22/Nov/2026:12:34:56 +0000] "GET / HTTP/1.1" 200 512'
google='8.8.8.8 - - [22/Nov/2026:12:34:58 +0000] "GET /robots.txt HTTP/1.1" 404 0'
six='2001:db8:20::9 - - [22/Nov/2026:12:35:02 +0000] "GET /login HTTP/1.1" 200 913'

# given TEXT - what the next t reads from standard input, printf's escapes in it
given() {
	# shellcheck disable=SC2059 # a format is wanted
	printf "$1" >"$tmp/in"
	input=$tmp/in
}

# Networks

t "prefix" 0 "$office" '' addr grep -e 10.20.0.0/16 access.log
t "several networks" 0 '2' '' addr grep -c -e 8.8.8.8 -e 2001:db8::/32 access.log
t "range" 0 '1' '' addr grep -c -e 8.8.8.0-8.8.8.9 access.log
t "class" 0 "$google" '' addr grep -e @global access.log
t "list" 0 '2' '' addr grep -c -f office.nets access.log
t "list and network" 0 '3' '' addr grep -c -f office.nets -e 8.8.8.8 access.log
input=office.nets
t "list on standard input" 0 '2' '' addr grep -c -f - access.log
t "no match" 1 '' '' addr grep -e 192.0.2.0/24 access.log
t "an empty list has nothing" 1 '' '' addr grep -f /dev/null access.log
t "all lines are the others then" 0 '3' '' addr grep -v -c -f /dev/null access.log
t "no network" 2 '' "*: no networks to look for: use -e NET or -f LIST*--help*" addr grep access.log
t "bad network" 2 '' 'netipc addr grep: *"10.0.0.0/33"*column 10*' addr grep -e 10.0.0.0/33 access.log
t "old form" 2 '' '*"010.8.8.8"*octal*column 1*' addr grep -e 010.8.8.8 access.log
t "old form with --legacy" 0 "$google" \
	'netipc addr grep: "010.8.8.8" is read as 8.8.8.8, as inet_aton does; others read 10.8.8.8' \
	addr grep --legacy -e 010.8.8.8 access.log
t "bits behind the length" 0 '1' '' addr grep -c -e 8.8.8.8/8 access.log
t "--strict" 2 '' '*"8.8.8.8/8"*' addr grep --strict -c -e 8.8.8.8/8 access.log
t "no class" 2 '' '*"@nosuch" is no class of addresses; these are: @global*' \
	addr grep -e @nosuch access.log
t "no list" 3 '' "netipc addr grep: $tmp/none: No such file or directory" \
	addr grep -f "$tmp/none" access.log
t "a directory is no list" 3 '' 'netipc addr grep: .: Is a directory' addr grep -v -f . access.log
printf '# a comment\n\n8.8.8.0/33\n 8.8.8.0/24 google ; dns\n10.20.0.999\n\0\n10.20.0.7' \
	>"$tmp/bad.nets"
t "bad lines of a list" 2 '2' \
	"*bad.nets:3: \"8.8.8.0/33\"*(column 9)*bad.nets:5: \"10.20.0.999\"*(column 9)*bad.nets:6:*" \
	addr grep -c -f "$tmp/bad.nets" access.log
t "bad lines, abort" 2 '' '*bad.nets:3: "8.8.8.0/33"*' \
	addr grep --err=abort -c -f "$tmp/bad.nets" access.log
t "bad lines, skip" 0 '2' '' addr grep --err=skip -c -f "$tmp/bad.nets" access.log
printf '8.8.8.0/33\n8.8.8.8\n' >"$tmp/bad.nets"
t "bad lines, print" 0 "8.8.8.0/33
1" '' addr grep --err=print -c -f "$tmp/bad.nets" access.log
tj "bad lines, print, as a record" 0 '[.text, .error]' \
	'["8.8.8.0/33","\"8.8.8.0/33\" is not a prefix: length 33 is over 32 (column 9)"]' '' \
	addr grep --err=print -q --json -f "$tmp/bad.nets" access.log

# Where an address may stand

given '192.0.2.1\nx192.0.2.1\n192.0.2.1.5\n(192.0.2.1).\n::ffff:192.0.2.1\n[::ffff:c000:201]:80\n'
t "borders" 0 '192.0.2.1
(192.0.2.1).
::ffff:192.0.2.1
[::ffff:c000:201]:80' '' addr grep -e 192.0.2.0/24
given '192.0.2.1\nx192.0.2.1\n192.0.2.1.5\n192.0.2.001\n64:ff9b::192.0.2.1\n'
t "--loose" 0 5 '' addr grep -c --loose -e 192.0.2.0/24
given '::ffff:192.0.2.1\n'
t "a mapped address is in its IPv6 network" 0 '::ffff:192.0.2.1' '' addr grep -e ::ffff:0:0/96
given 'fe80::1%%eth0.\n'
t "zone" 0 'fe80::1%eth0' '' addr grep -o -e fe80::/10
given 'x10.0.0.1\n:010.0.0.1\n [10.0.0.1]\n 10.0.0.1.5\n'
t "--anchor --loose" 0 ':010.0.0.1
 10.0.0.1.5' '' addr grep --anchor --loose -e 10.0.0.0/8
given '10.0.0.1 a\n a 10.0.0.1\n\t10.0.0.2\n[2001:db8::1]:80\n'
t "--anchor" 0 "10.0.0.1 a
${tab}10.0.0.2
[2001:db8::1]:80" '' addr grep --anchor -e 10.0.0.0/8 -e 2001:db8::/32
given 'a 10.0.0.1 b\n 10.0.0.1 a\nb\t\ta10.0.0.1\n10.0.0.1 x,10.0.0.1\n'
t "field" 0 'a 10.0.0.1 b
10.0.0.1 x,10.0.0.1' '' addr grep -k 2 -e 10.0.0.0/8
given 'a 10.0.0.1 b\nb [10.0.0.1]\r\n10.0.0.1 x,10.0.0.1\nc 10.0.0.1:80\nd\n'
t "whole field" 0 "a 10.0.0.1 b
b [10.0.0.1]$cr" '' addr grep -k 2 --anchor -e 10.0.0.0/8
given 'a,10.0.0.1,b\n,,10.0.0.1\n10.0.0.1\n10.0.0.2,10.0.0.1'
t "separated field" 0 'a,10.0.0.1,b
10.0.0.2,10.0.0.1' '' addr grep -k 2 -d , -e 10.0.0.1
given 'a\t10.0.0.1\t\nb 10.0.0.1\tc\n'
t "tabs" 0 "a${tab}10.0.0.1${tab}" '' addr grep -k 2 -d '\t' -e 10.0.0.1
given '1.1.1.1,2.2.2.2,3.3.3.3 4.4.4.4\n'
t "several addresses in a field" 0 '2.2.2.2
3.3.3.3' '' addr grep -k 1 -o -e 2.0.0.0/7
t "a separator is one byte" 2 '' '*-d takes one byte*' addr grep -k 1 -d ab -e 10.0.0.1
t "an empty separator" 2 '' '*-d takes one byte*' addr grep -k 1 -d '' -e 10.0.0.1
t "a separator wants a field" 2 '' '*use -k N*' addr grep -d , -e 10.0.0.1
t "no field 0" 2 '' '*--field*' addr grep -k 0 -e 10.0.0.1

# Which addresses

given '8.8.8.8\n10.0.0.1\n8.8.8.8 10.0.0.1\nnone\n::ffff:8.8.8.8\n::ffff:10.0.0.1\n'
t "--outside" 0 '10.0.0.1
8.8.8.8 10.0.0.1
::ffff:10.0.0.1' '' addr grep --outside -e @global
given '8.8.8.8\n10.0.0.1\n8.8.8.8 10.0.0.1\nnone\n'
t "-v" 0 '10.0.0.1
none' '' addr grep -v -e @global
given '8.8.8.8\n10.0.0.1\n8.8.8.8 10.0.0.1\nnone\n'
t "-v --outside" 0 '8.8.8.8
none' '' addr grep -v --outside -e @global
embedded='2002:a00:1::\n64:ff9b::10.0.0.1\n2001:0:4136:e378:8000:63bf:f5ff:fffe\nfe80::5efe:10.0.0.1\n'
given "$embedded"
t "what is inside is not looked at" 1 '' '' addr grep -e 10.0.0.0/8
given "$embedded"
t "--embedded" 0 4 '' addr grep -c --embedded -e 10.0.0.0/8
given '64:ff9b::8.8.8.8\n64:ff9b::10.0.0.1\n'
t "--embedded --outside" 0 64:ff9b::10.0.0.1 '' addr grep --embedded --outside -e @global

# What is printed

t "-v" 0 "$google" '' addr grep -v -f office.nets access.log
t "-o" 0 '10.20.0.7
2001:db8:20::9' '' addr grep -o -f office.nets access.log
t "--label" 0 "$office${tab}10.20.0.0/24${tab}Paris
$six${tab}2001:db8:20::/48${tab}Berlin" '' addr grep --label -f office.nets access.log
t "-o --label" 0 "8.8.8.8${tab}8.0.0.0/8${tab}" '' addr grep -o --label -e 8.0.0.1/8 access.log
t "the label of a class is its name" 0 "10.20.0.7${tab}10.0.0.0/8${tab}@private" '' \
	addr grep -o --label -e @private access.log
printf '10.0.0.0/8 ten\n10.20.0.0/16 twenty\n10.20.0.7 seven\n10.20.0.0/24\n' >"$tmp/nested"
t "the smallest network counts" 0 "10.20.0.7${tab}10.20.0.7${tab}seven" '' \
	addr grep -o --label -f "$tmp/nested" access.log
given '10.20.0.8\r\n10.20.1.1\r\n'
t "a CR is not in front of a label" 0 "10.20.0.8${tab}10.20.0.0/24${tab}
10.20.1.1${tab}10.20.0.0/16${tab}twenty" '' addr grep --label -f "$tmp/nested"
given '10.0.0.1\r\nx\r\n'
t "CRLF stays" 0 "10.0.0.1$cr" '' addr grep -e 10.0.0.1
t "-n" 0 "1:$office
3:$six" '' addr grep -n -f office.nets access.log
t "-n -v" 0 "2:$google" '' addr grep -n -v -f office.nets access.log
t "several files" 0 "access.log:$google
./access.log:$google" '' addr grep -e @global access.log ./access.log
t "--no-filename" 0 "2:$google
2:$google" '' addr grep -n --no-filename -e @global access.log ./access.log
t "--with-filename" 0 "access.log:2:8.8.8.8" '' addr grep -on --with-filename -e @global access.log
t "-c of several files" 0 'access.log:2
office.nets:0' '' addr grep -c -e 10.20.0.7 -e 8.8.8.8 access.log office.nets
t "-c -v" 0 1 '' addr grep -c -v -f office.nets access.log
t "-l" 0 access.log '' addr grep -l -e 8.8.8.8 access.log office.nets vpn.nets
t "-L" 0 'office.nets
vpn.nets' '' addr grep -L -e 8.8.8.8 access.log office.nets vpn.nets
t "-l -v" 0 'access.log
office.nets' '' addr grep -l -v -e 8.8.8.8 access.log office.nets
t "-q" 0 '' '' addr grep -q -e 8.8.8.8 access.log
t "-q without a line" 1 '' '' addr grep -q -e 8.8.8.9 access.log
t "-q ends at the first line" 0 '' '' addr grep -q -e 8.8.8.8 access.log "$tmp/none"
t "-m" 0 "$office" '' addr grep -m 1 -f office.nets access.log
t "-m of each file" 0 '1:10.20.0.7
1:10.20.0.7' '' addr grep -m 1 -on --no-filename -f office.nets access.log access.log
given '10.0.0.1 10.0.0.2\n10.0.0.3\n'
t "-m counts lines" 0 '10.0.0.1
10.0.0.2' '' addr grep -o -m 1 -e 10.0.0.0/8
given 'a\nb\n10.0.0.1\nc\n'
t "-m -v" 0 'a
b
c' '' addr grep -v -m 3 -e 10.0.0.0/8
given 'a\nb\n10.0.0.1\nc\n'
t "-m -v -c" 0 2 '' addr grep -v -m 2 -c -e 10.0.0.0/8
given '10.0.0.1 x\00010.0.0.2\0\n11.0.0.1'
t "a NUL in a line" 0 1 '' addr grep -c -e 10.0.0.2
given '10.0.0.1\0x\n10.0.0.2\0b\0'
netipc addr grep -0 -n -e 10.0.0.0/8 <"$input" | tr '\0' '@' >"$tmp/nul"
same "-0" '1:10.0.0.1@2:x
10.0.0.2@' "$(cat "$tmp/nul")"
input=
given '10.0.0.1'
t "the last line without an end" 0 '10.0.0.1' '' addr grep -e 10.0.0.1
given ''
t "no input" 1 '' '' addr grep -e 10.0.0.1
given 'x\n10.0.0.1\n'
t "- is standard input" 0 "standard input:2:10.0.0.1
access.log:2:$google" '' addr grep -n -e 10.0.0.1 -e 8.8.8.8 - access.log
t "standard input once" 2 '' '*standard input can be read only once*' \
	addr grep -e 10.0.0.1 -f - -
t "a missing file; the others are read" 3 "$google" "netipc addr grep: $tmp/none: No such file*" \
	addr grep --no-filename -e @global "$tmp/none" access.log
t "-v has no use for -o" 2 '' '*no use for -o and --label*' addr grep -v -o -e 10.0.0.1
t "--outside has no use for --label" 2 '' '*no use for --label*' \
	addr grep --outside --label -e 10.0.0.1

# Formats

tj "JSON" 0 'select(.line == 3)' '{"file":"access.log","line":3,"column":1,"address":"2001:db8:20::9","family":"ipv6","net":"2001:db8:20::/48","label":"Berlin","text":"2001:db8:20::9 - - [22/Nov/2026:12:35:02 +0000] \"GET /login HTTP/1.1\" 200 913","count":null,"error":null}' \
	'' addr grep --json -f office.nets -e 192.0.2.1 access.log
given 'a 10.0.0.1 FE80:0::1%%eth0\r\n'
tj "JSON, an address each" 0 '[.line,.column,.address,.family,.net,.text]' \
	'[1,3,"10.0.0.1","ipv4","10.0.0.0/8","10.0.0.1"]
[1,12,"fe80::1%eth0","ipv6","fe80::/10","FE80:0::1%eth0"]' '' \
	addr grep --json -o -e 10.0.0.0/8 -e fe80::/10
given '10.0.0.1 \377\n'
tj "JSON is UTF-8" 0 .text '"10.0.0.1 �"' '' addr grep --json -e 10.0.0.1
tj "JSON, -v" 0 '[.line,.address,.net]' '[2,null,null]' '' addr grep -v --json -f office.nets access.log
tj "JSON, -c" 0 '[.file,.count]' '["access.log",2]
["services",0]' '' addr grep -c --json -f office.nets access.log services
tj "JSON, -l" 0 .file '"access.log"' '' addr grep -l --json -e 8.8.8.8 access.log vpn.nets
sed 's/Paris$/&, guests/' office.nets >"$tmp/guests"
t "CSV" 0 "line,address,label,text$cr
1,10.20.0.7,\"Paris, guests\",10.20.0.7$cr
3,2001:db8:20::9,Berlin,2001:db8:20::9$cr" '' addr grep -o --csv --columns line,address,label,text \
	-f "$tmp/guests" access.log
t "TSV" 0 "line${tab}label
1${tab}Paris
3${tab}Berlin" '' addr grep --tsv --columns line,label -f office.nets access.log
t "table" 0 'LINE  ADDRESS         NET               LABEL
   1  10.20.0.7       10.20.0.0/24      Paris
   3  2001:db8:20::9  2001:db8:20::/48  Berlin' '' \
	addr grep --columns line,address,net,label -f office.nets access.log
t "table without a heading" 0 '8.8.8.8' '' addr grep -H --columns address -e 8.8.8.8 access.log
t "no such column" 2 '' '*nosuch*' addr grep --columns nosuch -e 8.8.8.8 access.log

# The letters of grep stand before those of the frame, in the help too

netipc addr grep --help >"$tmp/help"
ok "-o is --only-matching" grep -q -- '^  -o, --only-matching' "$tmp/help"
ok "--columns has no letter" grep -q -- '^      --columns=LIST' "$tmp/help"
same "-o is there once" 1 "$(grep -c -- '-o,' "$tmp/help")"
netipc __dump | awk -F '\t' '$1 == "command" { on = $2 == "addr grep" } on && $2 == "o"' \
	>"$tmp/dump"
same "in the dump too" "option${tab}o${tab}only-matching${tab}${tab}the addresses, one a line" \
	"$(cat "$tmp/dump")"
ok "--columns keeps -o elsewhere" sh -c "$NETIPC_EXEC $NETIPC addr sort --help | grep -q -- '-o, --columns'"

# Long input: addresses across the ends of reads, lines that no read holds

i=0
while [ $i -lt 2000 ]; do
	echo "some text before the address of the line 10.9.$((i / 250)).$((i % 250)) and behind"
	i=$((i + 1))
done >"$tmp/many"
cat "$tmp/many" "$tmp/many" "$tmp/many" "$tmp/many" "$tmp/many" "$tmp/many" >"$tmp/more"
ok "the file has several blocks" test "$(wc -c <"$tmp/more")" -gt 600000
input=$tmp/more
t "addresses across reads" 0 12000 '' addr grep -c -e 10.9.0.0/16
dd if="$tmp/more" bs=37 2>/dev/null | netipc addr grep -c -e 10.9.0.0/16 >"$tmp/count"
same "and from a slow pipe" 12000 "$(cat "$tmp/count")"
echo 'the last one: 10.0.0.1' >>"$tmp/more"
input=$tmp/more
t "line numbers across reads" 0 '12001:10.0.0.1' '' addr grep -on -e 10.0.0.1
tr '\n' ' ' <"$tmp/more" >"$tmp/line"
echo ' and 192.0.2.1 at the end' >>"$tmp/line"
input=$tmp/line
t "one long line" 0 1 '' addr grep -c -e 192.0.2.1
netipc addr grep -e 192.0.2.1 <"$tmp/line" >"$tmp/same"
ok "which is printed as it is" cmp "$tmp/line" "$tmp/same"
netipc addr grep -o -e 10.9.0.0/16 <"$tmp/line" >"$tmp/out1"
same "and has its addresses" 12000 "$(($(wc -l <"$tmp/out1")))"

# A live log: each line is printed before the next one is there

mkfifo "$tmp/log"
# shellcheck disable=SC2086
$NETIPC_EXEC "$NETIPC" addr grep -e 10.0.0.0/8 "$tmp/log" >"$tmp/live" 2>&1 &
pids="$pids $!"
live=$!
exec 9>"$tmp/log"
printf 'x 10.0.0.1\ny 10.0.' >&9
ok "a line is printed at once" poll grep -q 'x 10.0.0.1' "$tmp/live"
same "half a line is not" 1 "$(($(wc -l <"$tmp/live")))"
printf '0.2\n' >&9
ok "the line that has come meanwhile" poll grep -q 'y 10.0.0.2' "$tmp/live"
exec 9>&-
wait "$live"
same "status at the end" 0 $?
mkfifo "$tmp/log2"
# shellcheck disable=SC2086
$NETIPC_EXEC "$NETIPC" addr grep -m 1 -e 10.0.0.0/8 "$tmp/log2" >"$tmp/live" 2>&1 &
pids="$pids $!"
live=$!
exec 9>"$tmp/log2"
printf 'x 10.0.0.1\n' >&9
wait "$live"
same "-m 1 does not wait for more" 0 $?
exec 9>&-

t "-l and -L" 2 '' '*-l and -L print the names of different files: use one*' addr grep -l -L -e ::1

done_testing
