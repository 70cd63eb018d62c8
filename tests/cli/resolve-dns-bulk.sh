#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc resolve --dns of many names: a record a line, joined, resumed, counted, interrupted
. "${srcdir:?run by make check}/tests/lib.sh"
need jq socat

fakedns dns --log "$tmp/log" --zone "$srcdir/tests/data/world.zone" --synth bulk.test
wait_ready dns
server=$ready
conf=$tmp/resolv.conf
printf 'search example.org\n' >"$conf"
unset LOCALDOMAIN RES_OPTIONS
: >"$tmp/none"

b() {
	_n=$1 _s=$2 _o=$3 _e=$4
	shift 4
	t "$_n" "$_s" "$_o" "$_e" resolve --resolv-conf "$conf" "@$server" "$@"
}
bj() {
	_n=$1 _s=$2 _f=$3 _o=$4 _e=$5
	shift 5
	tj "$_n" "$_s" "$_f" "$_o" "$_e" resolve --resolv-conf "$conf" "@$server" "$@"
}

cat >"$tmp/names" <<'END'
www.example.org
nosuch.

four 443
bad..name
notes.example.org
www.example.org
loop.example.org
192.0.2.9
six.example.org 443
END
b 'a line each that has an answer, in order' 3 'www.example.org 192.0.2.80 2001:db8::80
four 192.0.2.4:443
www.example.org 192.0.2.80 2001:db8::80
192.0.2.9 192.0.2.9
six.example.org [2001:db8::6]:443' "*: $tmp/names:2: nosuch.: no such name (NXDOMAIN)
*: $tmp/names:5: \"bad..name\" is not *: an empty label (column 5)
*: $tmp/names:6: notes.example.org: no A and no AAAA record (NODATA)
*: $tmp/names:8: loop.example.org: *: more than 16 aliases (CNAME)" -f "$tmp/names"
input=$tmp/names
b 'the same of standard input' 3 '*' '*: standard input:2: nosuch.: *' -f -
input=$tmp/names
b 'the same by an operand' 3 '*' '*: standard input:2: nosuch.: *' -
bj 'a record each, whatever came of it' 3 '[.input,.name,.service,.status,.addresses,.port,.rcode]' \
	'["www.example.org","www.example.org",null,"ok",["192.0.2.80","2001:db8::80"],null,"NOERROR"]
["nosuch.","nosuch.",null,"nxdomain",[],null,"NXDOMAIN"]
["four 443","four","443","ok",["192.0.2.4"],443,"NOERROR"]
["bad..name",null,null,"invalid",null,null,null]
["notes.example.org","notes.example.org",null,"nodata",[],null,"NOERROR"]
["www.example.org","www.example.org",null,"ok",["192.0.2.80","2001:db8::80"],null,"NOERROR"]
["loop.example.org","loop.example.org",null,"malformed",[],null,null]
["192.0.2.9","192.0.2.9",null,"ok",["192.0.2.9"],null,null]
["six.example.org 443","six.example.org","443","ok",["2001:db8::6"],443,"NOERROR"]' '*' \
	--json -f "$tmp/names"
printf 'four\nsix.example.org\n' >"$tmp/two"
bj 'more columns' 0 '[.qname,.canonname,.ttl,.server,.tries,.error]' \
	"[\"four.example.org\",\"four.example.org\",300,\"$server\",1,null]
[\"six.example.org\",\"six.example.org\",300,\"$server\",1,null]" '' --json -f "$tmp/two"
b 'a table' 0 'NAME             STATUS  ADDRESSES    TTL
four             ok      192.0.2.4    300
six.example.org  ok      2001:db8::6  300' '' -o name,status,addresses,ttl -f "$tmp/two"
b 'a service for all lines' 0 'four 192.0.2.4:80
six.example.org [2001:db8::6]:80' '' -f "$tmp/two" 80
printf 'four\0six.example.org\0' >"$tmp/nul"
b 'lines that end with a NUL' 0 'four 192.0.2.4
six.example.org 2001:db8::6' '' -0 -f "$tmp/nul"
b 'no lines' 0 '' '' -f "$tmp/none"
b 'no file' 3 '' "*$tmp/nosuch: *" -f "$tmp/nosuch"

# Records
printf 'example.org\nfour.example.org\n' >"$tmp/mx"
b 'records, behind tabs' 1 \
	'example.org	10 mail.example.org.	20 mail.example.net.' \
	'*mx:2: four.example.org: no MX record (NODATA)' -t MX -f "$tmp/mx"
head -n 1 "$tmp/two" >"$tmp/one"
b 'of several types' 0 'four	A 192.0.2.4' '' -t A,AAAA -f "$tmp/one"
bj 'a list' 1 '[.name,.data,.addresses]' \
	'["example.org",["10 mail.example.org.","20 mail.example.net."],null]
["four.example.org",[],null]' '*' --json -t MX -f "$tmp/mx"
printf '192.0.2.4\n2001:db8::6\n' >"$tmp/ptr"
b 'PTR of addresses' 0 '192.0.2.4	four.example.org.
2001:db8::6	six.example.org.' '' -t PTR -f "$tmp/ptr"

# Many
awk 'BEGIN { for (i = 0; i < 5000; i++) print "n" i % 1000 ".bulk.test" }' >"$tmp/many"
before=$(wc -l <"$tmp/log")
netipc resolve --resolv-conf "$conf" "@$server" -4 -f "$tmp/many" >"$tmp/ordered" 2>"$tmp/err"
same '5000 lines' '0 5000 ' "$? $(wc -l <"$tmp/ordered" | tr -d ' ') $(cat "$tmp/err")"
cut -d ' ' -f 1 <"$tmp/ordered" >"$tmp/order"
ok 'in their order' cmp "$tmp/many" "$tmp/order"
same 'of 1000 names, each asked once' 1000 "$(sed "1,${before}d" "$tmp/log" | cut -d ' ' -f 2 | sort -u | wc -l | tr -d ' ')"
netipc resolve --resolv-conf "$conf" "@$server" -4 --unordered -w 20 -f "$tmp/many" |
	sort >"$tmp/unordered"
sort <"$tmp/ordered" >"$tmp/sorted"
ok 'the same unordered' cmp "$tmp/sorted" "$tmp/unordered"

# --resume
head -n 3000 "$tmp/ordered" >"$tmp/part"
b 'what is there is left out' 0 '*' '' -4 -f "$tmp/many" --resume "$tmp/part"
same 'all names are in it' '' "$(cat "$tmp/out")"
head -n 500 "$tmp/ordered" >"$tmp/part"
printf n500.bulk.test >>"$tmp/part"
head -n 1000 "$tmp/many" >"$tmp/thousand"
# shellcheck disable=SC2094 # that is what is tested
netipc resolve --resolv-conf "$conf" "@$server" -4 -f "$tmp/thousand" --resume "$tmp/part" \
	>>"$tmp/part"
head -n 1000 "$tmp/ordered" >"$tmp/want"
ok 'output goes on where it was torn' cmp "$tmp/want" "$tmp/part"
netipc resolve --resolv-conf "$conf" "@$server" --json -f "$tmp/names" 2>/dev/null >"$tmp/whole"
bj 'of JSON, what failed is asked again' 3 .input '"loop.example.org"' '*names:8: loop*' --json \
	-f "$tmp/names" --resume "$tmp/whole"
head -n 3 "$tmp/whole" >"$tmp/torn"
tail -n 1 "$tmp/whole" | head -c 30 >>"$tmp/torn"
head -n 3 "$tmp/names" >"$tmp/three"
echo 'six.example.org 443' >>"$tmp/three"
bj 'a torn line too' 0 .input '"six.example.org 443"' '' --json -f "$tmp/three" \
	--resume "$tmp/torn"
# In any JSON, whatever wrote it; the last one as netipc itself does
cat >"$tmp/other" <<'END'
{ "input" : "b\u00fccher.example.org", "addresses": [{"input":"six.example.org"}], "status":"nxdomain" }
{"more":"\"}\\\/\b\f\n\r\t","input":"\u0066our","status":"ok"}
{"input":"\u20ac.example.org","status":"nodata"}
{"input":"\ud83d\ude00.example.org","status":"nxdomain"}
{"input":"x\udb40\udc61.example.org","status":"nxdomain"}
{"input":"six.example.org\u00g0","status":"ok"}
{"input":"six.example.org\ud83d\u0041","status":"ok"}
{"input":"six.example.org","status":"servfail"}
{"status":"ok"}
{"input":"six.example.org","status":"ok"
END
printf 'b\303\274cher.example.org\nfour\n\342\202\254.example.org\n' >"$tmp/escaped"
printf '\360\237\230\200.example.org\nx\363\240\201\241.example.org\nsix.example.org\n' >>"$tmp/escaped"
b 'of any JSON' 0 'six.example.org 2001:db8::6' '' -f "$tmp/escaped" --resume "$tmp/other"
b 'a file that is not there is empty' 0 'four 192.0.2.4
six.example.org 2001:db8::6' '' -f "$tmp/two" --resume "$tmp/nosuch"
b 'a directory' 3 '' "*$tmp*" -f "$tmp/two" --resume "$tmp"

# A terminal that shows nothing else is told how far it is, and is clean again in the end.
fakedns slow --synth bulk.test --delay 100
wait_ready slow
on_terminal 80 "$NETIPC_EXEC '$NETIPC' resolve @$ready -4 -w 50 --timeout 60s -f '$tmp/thousand' \
	>'$tmp/shown'; echo \$? >&2" >"$tmp/progress"
same 'progress: all is there' 1000 "$(wc -l <"$tmp/shown" | tr -d ' ')"
ok 'progress' grep -q '[0-9]* records, 0 without an answer, 0 failed, [0-9]* a second' \
	"$tmp/progress"
same 'progress: the line is cleared' "$(printf '\r\033[K0\r')" "$(tail -n 1 "$tmp/progress" |
	sed 's/.*a second //')"

# An address in brackets
t 'a server in brackets' 0 '192.0.2.4' '' resolve "@[127.0.0.1]#${server##*#}" -4 four.example.org

# --stats, --rate, --retries
b 'counters' 3 '*' "*
netipc resolve: 9 records in * s (* a second): 5 answered, 2 without an answer, 2 failed
netipc resolve: $server: * questions, * answers*" -f "$tmp/names" --stats
b 'no more often than --rate' 0 '*' '' -f "$tmp/two" --rate 1000
fakedns mute --synth bulk.test --loss 100
wait_ready mute
mute=$ready
printf 'a.bulk.test\nb.bulk.test\n' >"$tmp/ab"
t 'no answer is no "no such name"' 3 '' \
	"*ab:1: a.bulk.test: $mute: no answer in 2 tries
*ab:2: b.bulk.test: $mute: no answer in 2 tries" \
	resolve --resolv-conf "$conf" "@$mute" -4 --retries 1 --timeout 20ms -f "$tmp/ab"
same 'the next server has the answer' 2 "$(netipc resolve --resolv-conf "$conf" "@$mute" "@$server" -4 \
	--timeout 20ms -f "$tmp/ab" | grep -c '^[ab].bulk.test 10\.')"

# A signal: what is answered is printed, the rest is not, and it dies of it
mkfifo "$tmp/fifo"
start slow resolve --resolv-conf "$conf" "@$server" -4 --stats -f "$tmp/fifo"
slow=$pid
exec 3>"$tmp/fifo"
echo n1.bulk.test >&3
ok 'an answer is printed while input is awaited' poll grep -q '^n1.bulk.test 10' "$tmp/slow.out"
echo n2.bulk.test >&3
ok 'the next too' poll grep -q '^n2.bulk.test 10' "$tmp/slow.out"
stop "$slow"
exec 3>&-
same 'a signal ends it' 143 "$status"
ok 'with its counters' grep -q '2 records in .*: 2 answered' "$tmp/slow.err"
echo mute-a.bulk.test >"$tmp/ab"
start stuck resolve --resolv-conf "$conf" "@$server" -4 --timeout 60s -f "$tmp/ab"
stuck=$pid
ok 'a question is under way' poll grep -q mute-a.bulk.test "$tmp/log"
stop "$stuck"
same 'a signal does not wait for its answer' 143 "$status"
bad() {
	_n=$1 _e=$2
	shift 2
	t "$_n" 2 '' "$_e" resolve --resolv-conf "$conf" "$@"
}
bad '--validate' '*--validate is not for batches*' --validate -f "$tmp/two"
bad 'two operands' '*unexpected operand*' "@$server" -f "$tmp/two" 80 81
done_testing
