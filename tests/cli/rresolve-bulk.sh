#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc rresolve of many addresses, by the system and of the DNS: one record a line, in order
. "${srcdir:?run by make check}/tests/lib.sh"
need jq

cat >"$tmp/zone" <<'END'
2.0.192.in-addr.arpa 300 SOA ns.example.org host.example.org 1 3600 600 86400 30
1.2.0.192.in-addr.arpa 300 PTR one.example.org
2.2.0.192.in-addr.arpa 300 PTR two.example.org
2.2.0.192.in-addr.arpa 300 PTR second.example.org
3.2.0.192.in-addr.arpa 300 CNAME 3.0-31.2.0.192.in-addr.arpa
3.0-31.2.0.192.in-addr.arpa 60 PTR three.example.org
9.2.0.192.in-addr.arpa 300 TXT "no PTR record"
10.2.0.192.in-addr.arpa 300 PTR evil\027[31m\010\000\255\032\"\,.example.org
8.b.d.0.1.0.0.2.ip6.arpa 300 SOA ns.example.org host.example.org 1 3600 600 86400 30
1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa 300 PTR six.example.org
END
fakedns server --zone "$tmp/zone" --synth 10.in-addr.arpa --synth bulk.test
wait_ready server
server=@$ready
server_pid=$pid

# One address of the DNS
d() {
	_what=$1 _want=$2 _says=$3 _complains=$4
	shift 4
	t "$_what" "$_want" "$_says" "$_complains" rresolve "$server" "$@"
}
d "a name" 0 one.example.org '' 192.0.2.1
d "IPv6" 0 six.example.org '' 2001:DB8:0::1
d "a mapped address" 0 one.example.org '' ::ffff:192.0.2.1
d "by the name of its record" 0 one.example.org '' 1.2.0.192.IN-ADDR.arpa.
d "two names: the first" 0 two.example.org '' 192.0.2.2
d "an alias" 0 three.example.org '' 192.0.2.3
d "a port" 0 one.example.org:65535 '' --numericserv 192.0.2.1 65535
d "its own port" 0 six.example.org:65535 '' --numericserv '[2001:db8::1]:65535'
d "no such name" 1 '' 'netipc rresolve: 192.0.2.77: *(NXDOMAIN)' 192.0.2.77
d "no such record" 1 '' 'netipc rresolve: 192.0.2.9: *(NODATA)' 192.0.2.9
d "a name that would act on a terminal" 0 \
	'evil\027[31m\010\000\255\032\",.example.org' '' 192.0.2.10
tj "all of it" 0 'del(.time_s)' \
	"{\"input\":\"192.0.2.2 22\",\"address\":\"192.0.2.2\",\"zone\":null,\"port\":22,\"host\":\"two.example.org\",\"service\":\"22\",\"names\":[\"two.example.org\",\"second.example.org\"],\"fcrdns\":null,\"status\":\"ok\",\"ttl\":300,\"rcode\":\"NOERROR\",\"server\":\"${server#@}\",\"tries\":1,\"error\":null}" \
	'' rresolve "$server" -j --numericserv 192.0.2.2 22
tj "the least TTL" 0 .ttl 60 '' rresolve "$server" -j 192.0.2.3
tj "NXDOMAIN" 1 '[.host,.names,.status,.rcode,.ttl,(.error|test("NXDOMAIN"))]' \
	'[null,[],"nxdomain","NXDOMAIN",30,true]' '*' rresolve "$server" -j 192.0.2.77
tj "NODATA" 1 '[.status,.rcode]' '["nodata","NOERROR"]' '*' rresolve "$server" -j 192.0.2.9
tj "REFUSED" 3 '[.status,.rcode]' '["refused","REFUSED"]' '*' rresolve "$server" -j 198.51.100.1
d "a zone that is not here" 1 '' '*no such interface here*' fe80::1%no-such
d "UNIX" 2 '' '*no names of UNIX addresses*' unix:/x
d "flags of getnameinfo" 2 '' '*no use for*' --nofqdn 192.0.2.1

# Hostile names in each format
for format in -ohost --json --csv --tsv; do
	netipc rresolve "$server" "$format" 192.0.2.10 192.0.2.1 >"$tmp/out" 2>"$tmp/err"
	case $format in --json) lines=2 ;; *) lines=3 ;; esac
	same "$format: a record is a line" $lines "$(wc -l <"$tmp/out")"
	same "$format: nothing but ASCII that prints" 0 \
		"$(tr -d '\r\t\n -~' <"$tmp/out" | wc -c)"
done
tj "JSON of it" 0 '.host|startswith("evil\\027[31m\\010\\000\\255\\032")' true '' \
	rresolve "$server" -j 192.0.2.10

# Lines
cat >"$tmp/list" <<'END'
192.0.2.1 22
192.0.2.77

  2001:db8::1
localhost
192.0.2.2:1
192.0.2.1
192.0.2.1 22
192.0.2.0/30
3.2.0.192.in-addr.arpa
2.0.192.in-addr.arpa
END
says='192.0.2.1 one.example.org:22
2001:db8::1 six.example.org
192.0.2.2 two.example.org:1
192.0.2.1 one.example.org
192.0.2.1 one.example.org:22
192.0.2.3 three.example.org'
complains='netipc rresolve: standard input:2: 192.0.2.77: *(NXDOMAIN)
netipc rresolve: standard input:5: "localhost" is not an address*
netipc rresolve: standard input:9: "192.0.2.0/30" is not an address*
netipc rresolve: standard input:11: "2.0.192.in-addr.arpa" is the name of a prefix, not of an address'
input=$tmp/list
d "lines of standard input" 2 "$says" "$complains" --numericserv -
input=$tmp/list
d "-f -" 2 "$says" "$complains" --numericserv -f -
d "-f FILE" 2 "$says" "netipc rresolve: */list:2: *" --numericserv -f "$tmp/list"
d "-f FILE and a port" 2 "$(echo "$says" | sed 's/org$/org:9/')" '*' --numericserv -f "$tmp/list" 9
input=$tmp/list
tj "a record for each" 2 '[.input,.host,.status,.error!=null]' '["192.0.2.1 22","one.example.org","ok",false]
["192.0.2.77",null,"nxdomain",true]
["2001:db8::1","six.example.org","ok",false]
["localhost",null,null,true]
["192.0.2.2:1","two.example.org","ok",false]
["192.0.2.1","one.example.org","ok",false]
["192.0.2.1 22","one.example.org","ok",false]
["192.0.2.0/30",null,null,true]
["3.2.0.192.in-addr.arpa","three.example.org","ok",false]
["2.0.192.in-addr.arpa",null,null,true]' '*' rresolve "$server" -j -
input=$tmp/list
t "a table" 2 '192.0.2.1    one.example.org
2001:db8::1  six.example.org
192.0.2.2    two.example.org
192.0.2.1    one.example.org
192.0.2.1    one.example.org
192.0.2.3    three.example.org' '*' rresolve "$server" -Ho address,host -
input=$tmp/list
netipc rresolve "$server" --unordered --numericserv - <"$tmp/list" 2>/dev/null | sort >"$tmp/got"
echo "$says" | sort >"$tmp/want"
ok "--unordered: the same lines" cmp "$tmp/want" "$tmp/got"
printf '192.0.2.1\000192.0.2.2 5\000' >"$tmp/nul"
d "-0" 0 '192.0.2.1 one.example.org
192.0.2.2 two.example.org:5' '' -0 --numericserv -f "$tmp/nul"

# Many, on a bad network: every one, in order, right
awk 'BEGIN { for (i = 0; i < 3000; i++) print "10." i % 7 "." int(i / 256) "." i % 256 }' >"$tmp/many"
awk '{ n = $1; gsub(/\./, "-", n); print $1, "ip-" n ".bulk.test" }' "$tmp/many" >"$tmp/want"
netipc rresolve "$server" -f "$tmp/many" >"$tmp/got" 2>"$tmp/err"
same "many: status" 0 $?
ok "many" cmp "$tmp/want" "$tmp/got"
fakedns faults --synth 10.in-addr.arpa --synth bulk.test --loss 5 --servfail 2 --truncate 2 \
	--wrong-id 2 --wrong-question 2 --delay 2 --reorder 10 --duplicate 5
wait_ready faults
netipc rresolve "@$ready" -f "$tmp/many" --stats >"$tmp/got" 2>"$tmp/err"
same "many, on a bad network: status" 0 $?
ok "many, on a bad network" cmp "$tmp/want" "$tmp/got"
ok "--stats" grep -q '3000 records in .*: 3000 answered, 0 without' "$tmp/err"
stop "$pid"

# --resume: what is there is not asked again, and a slow machine asks nothing twice
head -n 2000 "$tmp/want" >"$tmp/part"
printf '10.6.7.214 ip-10-6-' >>"$tmp/part" # torn
fakedns again --synth 10.in-addr.arpa --synth bulk.test
wait_ready again
# shellcheck disable=SC2094 # that is what is meant
netipc rresolve "@$ready" -w 50 --timeout 20s -f "$tmp/many" --resume "$tmp/part" \
	>>"$tmp/part" 2>"$tmp/err"
same "--resume: status" 0 $?
ok "--resume: all there" cmp "$tmp/want" "$tmp/part"
stop "$pid"
same "--resume: only the rest was asked for" 1000 "$(counted again udp)"
netipc rresolve "$server" -j -f "$tmp/list" >"$tmp/json" 2>/dev/null
netipc rresolve "$server" -j -f "$tmp/list" --resume "$tmp/json" >"$tmp/got" 2>"$tmp/err"
same "--resume of JSON: nothing is left" '0 ' "$(wc -c <"$tmp/got") $(cat "$tmp/err")"

# Nobody answers
fakedns mute --loss 100
wait_ready mute
tj "a time-out" 3 '[.status,.rcode,.server]' "[\"timeout\",null,\"$ready\"]" \
	'netipc rresolve: 192.0.2.1: *' rresolve "@$ready" --timeout 20ms --retries 0 -j 192.0.2.1
stop "$pid"
tj "nobody is there" 3 .status '"unreachable"' 'netipc rresolve: 192.0.2.1: *' \
	rresolve "@$ready" --retries 0 -j 192.0.2.1
stop "$server_pid"

# The system
input=$tmp/list
t "the system: numbers need no look-up" 2 '192.0.2.1 192.0.2.1:22
192.0.2.77 192.0.2.77
2001:db8::1 2001:db8::1
192.0.2.2 192.0.2.2:1
192.0.2.1 192.0.2.1
192.0.2.1 192.0.2.1:22
192.0.2.3 192.0.2.3' '*' rresolve --numerichost --numericserv -T 3 -
netipc rresolve --numerichost -f "$tmp/many" >"$tmp/got" 2>"$tmp/err"
awk '{ print $1, $1 }' "$tmp/many" >"$tmp/want"
ok "the system: many" cmp "$tmp/want" "$tmp/got"
printf '192.0.2.1\n192.0.2.2\n' >"$tmp/two"
tj "the system: no name" 1 '[.host,.status,(.error|test("EAI_NONAME"))]' '[null,"nxdomain",true]
[null,"nxdomain",true]' '*' rresolve --numerichost --namereqd -j -f "$tmp/two"
t "no such file" 3 '' "netipc rresolve: $tmp/none: *" rresolve -f "$tmp/none"
t "a file and an address" 2 '' '*unexpected operand "192.0.2.1"*' rresolve -f "$tmp/two" 192.0.2.1
t "standard input beside an address" 2 '' '*unexpected operand "-"*' rresolve 192.0.2.1 -
t "two ports" 2 '' '*unexpected operand "3"*' rresolve - 2 3
done_testing
