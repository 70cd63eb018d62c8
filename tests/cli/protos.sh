#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc protos
. "${srcdir:?run by make check}/tests/lib.sh"
need jq
cd "$srcdir/tests/data" || exit 99
crlf=$(printf '\r')

t "the lecture's lines" 0 'name=ip (0), alias={ IP }
name=hopopt (0), alias={ HOPOPT }
name=icmp (1), alias={ ICMP }
name=tcp (6), alias={ TCP }
name=udp (17), alias={ UDP }
name=sctp (132), alias={ SCTP }
name=mptcp (262), alias={ MPTCP }' '' protos --file protocols --classic
t "table" 0 'NAME    NUMBER  ALIASES  SOURCE  FILE       LINE  COMMENT
ip           0  IP       files   protocols     2  internet protocol, pseudo protocol number
hopopt       0  HOPOPT   files   protocols     3  IPv6 hop-by-hop option
tcp          6  TCP      files   protocols     5  transmission control protocol' '' protos --file protocols 0 tcp
tj "JSON" 0 . '{"name":"tcp","number":6,"aliases":["TCP"],"source":"files","file":"protocols","line":5,"comment":"transmission control protocol","input":"6","error":null,"agrees":null}' '' \
	protos --file protocols --json 6
t "CSV" 0 "name,number,aliases,comment$crlf
udp,17,UDP,user datagram protocol$crlf
sctp,132,SCTP,$crlf" '' protos --file protocols --csv -o name,number,aliases,comment UDP 132
t "TSV" 0 'name	number
icmp	1' '' protos --file protocols --tsv -o name,number icmp
t "no heading" 0 'mptcp' '' protos --file protocols -H -o name 262

# Look-ups: names as they are written, numbers as values
t "another case is another name" 1 '' 'netipc protos: no protocol "Tcp" in protocols' \
	protos --file protocols Tcp
t "leading zeros" 0 'udp' '' protos --file protocols -H -o name 0017
t "numbers from one to another" 0 'icmp
tcp
udp' '' protos --file protocols -H -o name 1-17
t "--first: one record a key" 0 'ip
tcp' '' protos --file protocols -H -o name --first 0 2-17
t "numbers without a match" 1 '' '*no protocol "200-255" in protocols' protos --file protocols 200-255
t "numbers that end before they begin" 2 '' '*"17-6": it ends before it begins (column 4)' \
	protos --file protocols 17-6
t "a number without a match" 1 '' '*no protocol "255"*' protos --file protocols 255
t "a number that is none" 2 '' '*protocol "65536" is not a number from 0 to 65535 (column 1)' \
	protos --file protocols 65536
tj "a key without a match has its record" 1 '[.input,.number,.error]' \
	'["none",null,"no protocol \"none\" in protocols"]
["1",1,null]' '*' protos --file protocols --json none 1
printf '6\nnone\n' >"$tmp/keys"
input=$tmp/keys
t "keys of standard input" 1 'tcp' '*standard input:2: no protocol "none" in protocols' \
	protos --file protocols -H -o name -

# IANA's CSV, by its headings
t "IANA's CSV" 0 'NAME             NUMBER  ALIASES          LINE  COMMENT
hopopt                0  HOPOPT              2  IPv6 Hop-by-Hop Option
icmp                  1  ICMP                3  Internet Control Message
tcp                   6  TCP                 4  Transmission Control
igp                   9  IGP                 5  any private interior gateway (used by Cisco for their IGRP)
argus                13  ARGUS               7  ARGUS
udp                  17  UDP                 8  User Datagram
ttp                  84  TTP                10  "Transaction" Transport Protocol
mobility-header     135  Mobility-Header    11  -' '' protos --file protocol-numbers-1.csv -o name,number,aliases,line,comment
input=protocol-numbers-1.csv
t "the same from standard input" 0 'igp
tcp' '' protos --file - -H -o name 9 TCP
t "IANA's services" 2 '' "netipc protos: service-names-port-numbers.csv: IANA's services, and no protocols" \
	protos --file service-names-port-numbers.csv

# Lines that cannot be read
t "each is complained of, the rest is listed" 2 'name=one (1), alias={ }
name=six (6), alias={ SIX }' "netipc protos: protocols.bad:2: no number behind the name (column 4)
netipc protos: protocols.bad:3: protocol \"x\" is not a number from 0 to 65535 (column 7)
*:4: *:5: *:7: *:8: *:9: *" protos --file protocols.bad --classic
t "a look-up notes them in one line" 0 'six' '*protocols.bad:2: *; 6 more such lines' \
	protos --file protocols.bad -H -o name 6

t "missing file" 3 '' 'netipc protos: /nonexistent: No such file or directory' \
	protos --file /nonexistent tcp
t "--libc and --file" 2 '' '*--libc reads no --file*' protos --libc --file protocols
for option in --stayopen --count; do
	t "$option implies --libc" 2 '' '*--libc reads no --file*' protos "$option" --file protocols
done
t "--diff has no --first" 2 '' '*--first leaves out what --diff is to show*' \
	protos --diff --first x
t "--count has no --diff" 2 '' '*--count and --diff are two questions*' protos --count --diff
t "--count has no --first" 2 '' '*--count prints no match: no --first*' protos --count --first x
t "--count has no --classic" 2 '' '*--count has no lines of the lecture*' protos --count --classic
t "--diff has no --source" 2 '' '*--libc is a source of its own*' protos --diff --source files

# The system's file: all of it as getent has it; and every name's first match
if command -v getent >/dev/null && [ -r /etc/protocols ] && getent protocols >"$tmp/getent"; then
	netipc protos --tsv -H -o name,number,aliases 2>/dev/null | tr '\t' ' ' |
		sed 's/ *$//' >"$tmp/ours"
	tr -s ' ' <"$tmp/getent" | sed 's/ *$//' >"$tmp/theirs"
	ok "getent protocols agrees" diff "$tmp/theirs" "$tmp/ours"
	cut -d ' ' -f 1 "$tmp/theirs" | netipc protos --tsv -H -o name,number - | sort -u >"$tmp/ours"
	cut -d ' ' -f 1,2 "$tmp/theirs" | tr ' ' '\t' | sort -u >"$tmp/want"
	ok "every name of getent is found" diff "$tmp/want" "$tmp/ours"
fi

done_testing
