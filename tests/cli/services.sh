#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc services
. "${srcdir:?run by make check}/tests/lib.sh"
need jq
cd "$srcdir/tests/data" || exit 99
crlf=$(printf '\r')

t "the lecture's lines" 0 'name=telnet (tcp/23), alias={ }
name=smtp (tcp/25), alias={ mail }
name=domain (tcp/53), alias={ }
name=domain (udp/53), alias={ }
name=http (tcp/80), alias={ www }
name=shell (tcp/514), alias={ cmd syslog }
name=syslog (udp/514), alias={ }
name=iso-tsap (tcp/102), alias={ tsap }
name=rtmp (ddp/1), alias={ }' '' services --file services --classic
t "table: every match, where getent has the first" 0 'NAME    PORT  PROTO  ALIASES     SOURCE  FILE      LINE  COMMENT
shell    514  tcp    cmd syslog  files   services     7  no passwords used
syslog   514  udp    -           files   services     8  -' '' services --file services syslog
tj "JSON" 0 . '{"name":"http","port":80,"proto":"tcp","aliases":["www"],"source":"files","file":"services","line":6,"comment":"WorldWideWeb HTTP","input":"www","error":null,"agrees":null}' '' \
	services --file services --json www
t "CSV" 0 "name,port,proto,aliases$crlf
shell,514,tcp,cmd syslog$crlf" '' services --file services --csv -o name,port,proto,aliases 514/tcp
t "TSV" 0 'name	comment
rtmp	Routing Table Maintenance Protocol' '' services --file services --tsv -o name,comment rtmp
t "no heading" 0 'telnet' '' services --file services -H -o name 23

# Look-ups: NAME, PORT, with /PROTO or by it alone
while IFS='|' read -r key lines; do
	same "lines of $key" "$lines" "$(netipc services --file services -H -o line -- "$key" | xargs)"
done <<'EOF'
domain|4 5
domain/udp|5
53|4 5
00053/tcp|4
www|6
mail/tcp|3
/udp|5 8
/ddp|10
23-53|2 3 4 5
23-53/udp|5
EOF
t "--first: one record a key" 0 '7
2
5' '' services --file services -H -o line --first syslog 23-53 /udp
t "all of several" 0 '7
8
4
5
7
8
5
7
8' '' services --file services -H -o line syslog domain 514 53/udp 500-600
while IFS='|' read -r status key reason; do
	t "refused: $key" "$status" '' "netipc services: *$reason*" services --file services -- "$key"
done <<'EOF'
1|HTTP|no service "HTTP" in services
1|http/udp|no service "http/udp"
1|/UDP|no service "/UDP"
1|65535|no service "65535"
2|http/|"http/": no protocol behind the slash (column 6)
2|/|no protocol behind the slash
2|80/tcp/|"80/tcp/": more than one slash (column 7)
2|80/tcp/udp|"80/tcp/udp": more than one slash (column 7)
2|//|"//": more than one slash (column 2)
2|65536|port "65536" is not a number from 0 to 65535 (column 1)
2|90-80|"90-80": it ends before it begins (column 4)
1|8000-8010|no service "8000-8010" in services
2|65536/tcp|port "65536" is not a number
1|-1|no service "-1"
2||no service has an empty name
EOF
tj "a key without a match has its record" 2 '[.input,.port,.error]' \
	'["none",null,"no service \"none\" in services"]
["http/",null,"\"http/\": no protocol behind the slash (column 6)"]
["23",23,null]' '*' services --file services --json none http/ 23
printf '23\r\nnone\nsmtp' >"$tmp/keys"
input=$tmp/keys
t "keys of standard input" 1 'telnet
smtp' '*standard input:2: no service "none" in services' services --file services -H -o name -

# IANA's CSV, by its headings: no entry without a name or without a port, one for each of a range
t "IANA's CSV" 0 'NAME     PORT  PROTO  LINE  COMMENT
tcpmux      1  tcp       3  TCP Port Service Multiplexer
domain     53  tcp       5  Domain Name Server
domain     53  udp       6  Domain Name Server
http       80  tcp       7  World Wide Web HTTP
www        80  tcp       9  World Wide Web HTTP
ajp-ish  8000  tcp      10  A range, as x11 has one
ajp-ish  8001  tcp      10  A range, as x11 has one
ajp-ish  8002  tcp      10  A range, as x11 has one
ajp-ish  8003  tcp      10  A range, as x11 has one' '' \
	services --file service-names-port-numbers.csv -o name,port,proto,line,comment
t "a key in a range" 0 'name=ajp-ish (tcp/8002), alias={ }' '' \
	services --file service-names-port-numbers.csv --classic 8002
printf 'Service Name,Port Number,Transport Protocol,Description\na,x,tcp,\nb,2,tcp,"open\n' >"$tmp/bad.csv"
t "records that cannot be read" 2 '' '*bad.csv:2: port "x" is not *(column 3)
*bad.csv:3: a quote that is not closed' services --file "$tmp/bad.csv"
t "nmap-services: a frequency is no alias" 0 'NAME     PORT  PROTO  ALIASES  LINE  COMMENT
tcpmux      1  tcp    -           4  TCP Port Service Multiplexer [rfc-1078]
unknown     4  tcp    -           5  -
ssh        22  tcp    -           6  Secure Shell Login
ssh        22  udp    -           7  Secure Shell Login
ssh        22  sctp   -           8  SSH
http       80  tcp    -           9  World Wide Web HTTP
tenfold  4000  udp    -          10  -' '' \
	services --file nmap-services -o name,port,proto,aliases,line,comment

# --sort: numbers as numbers, all keys together, a record without a value last
t "by port" 0 '1
23
25
53
53
80
102
514
514' '' services --file services --tsv -H -o port --sort port
tj "look-ups by line, downwards; an error has none" 1 '[.line,.input]' '[8,"514"]
[7,"514"]
[5,"53"]
[4,"53"]
[null,"none"]' '*no service "none"*' services --file services -j --sort=-line none 53 514
t "lists by their items, an empty one has no value" 0 'shell
smtp
iso-tsap
http
syslog' '' services --file services -H -o name --sort aliases syslog www mail/tcp tsap
netipc services --file services --sort port >/dev/full 2>"$tmp/err"
same "--sort >/dev/full: status" 3 $?

# Lines that cannot be read
t "each is complained of, the rest is listed" 2 'name=one (tcp/1), alias={ }
name=eleven (udp/11), alias={ eleventh }
name=twelve (tcp/65535), alias={ }' 'netipc services: services.bad:2: no port behind the name (column 4)
netipc services: services.bad:3: no protocol behind the port (column 8)
*:4: no protocol behind the port*:5: port ""*:6: port "65536"*:7: *:8: *:9: *:10: *:13: more than one slash (column 16)' \
	services --file services.bad --classic
t "a look-up notes them in one line" 0 'twelve' '*services.bad:2: *; 9 more such lines' \
	services --file services.bad -H -o name 65535

t "missing file" 3 '' 'netipc services: /nonexistent: No such file or directory' \
	services --file /nonexistent http
t "--libc and --file" 2 '' '*--libc reads no --file*' services --libc --file services
for option in --stayopen --count; do
	t "$option implies --libc" 2 '' '*--libc reads no --file*' services "$option" --file services
done
t "--diff has no --first" 2 '' '*--first leaves out what --diff is to show*' \
	services --diff --first x
t "--count has no --diff" 2 '' '*--count and --diff are two questions*' services --count --diff
t "--count has no --first" 2 '' '*--count prints no match: no --first*' services --count --first x
t "--count has no --classic" 2 '' '*--count has no lines of the lecture*' services --count --classic
t "--diff has no --source" 2 '' '*--libc is a source of its own*' services --diff --source files

# The system's file: all of it as getent has it; and each of its lines is a match of its name
if command -v getent >/dev/null && [ -r /etc/services ] && getent services >"$tmp/getent"; then
	netipc services --tsv -H -o name,port,proto,aliases 2>/dev/null |
		awk -F '\t' '{ print $1, $2 "/" $3, $4 }' | sed 's/ *$//' >"$tmp/ours"
	tr -s ' ' <"$tmp/getent" | sed 's/ *$//' >"$tmp/theirs"
	ok "getent services agrees" diff "$tmp/theirs" "$tmp/ours"
	sed 's, [0-9]*/\([a-z]*\).*,/\1,' "$tmp/theirs" |
		netipc services --tsv -H -o name,port,proto - | sort -u >"$tmp/found"
	awk '{ sub("/", " ", $2); print $1, $2 }' "$tmp/theirs" | tr ' ' '\t' | sort -u >"$tmp/want"
	same "every name of getent is found" '' "$(comm -23 "$tmp/want" "$tmp/found")"
fi

done_testing
