#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc hosts
. "${srcdir:?run by make check}/tests/lib.sh"
need jq
cd "$srcdir/tests/data" || exit 99
crlf=$(printf '\r')

# Listing
t "the lecture's lines, IPv6 too" 0 'name=localhost, addr={ 127.0.0.1 }
name=localhost, addr={ ::1 }
name=alpha.example.org, addr={ 192.0.2.10 }
name=beta.example.org, addr={ 192.0.2.11 }
name=beta.example.org, addr={ 2001:db8::11 }
name=gamma.example.org, addr={ 2001:db8::12 }
name=router.example.org, addr={ fe80::1%eth0 }
name=alpha-old.example.org, addr={ 192.0.2.10 }' '' hosts --file hosts --classic
t "table" 0 'ADDRESS       FAMILY  NAME                   ALIASES                     SOURCE  FILE   LINE
127.0.0.1     ipv4    localhost              -                           files   hosts     2
::1           ipv6    localhost              ip6-localhost ip6-loopback  files   hosts     3
192.0.2.10    ipv4    alpha.example.org      alpha                       files   hosts     4
192.0.2.11    ipv4    beta.example.org       beta                        files   hosts     5
2001:db8::11  ipv6    beta.example.org       beta                        files   hosts     6
2001:db8::12  ipv6    gamma.example.org      -                           files   hosts     7
fe80::1%eth0  ipv6    router.example.org     router                      files   hosts     8
192.0.2.10    ipv4    alpha-old.example.org  -                           files   hosts     9' '' \
	hosts --file hosts
t "no heading" 0 '192.0.2.11
2001:db8::11' '' hosts --file hosts -H -o address beta
tj "JSON" 0 . '{"address":"::1","zone":null,"family":"ipv6","name":"localhost","aliases":["ip6-localhost","ip6-loopback"],"source":"files","file":"hosts","line":3,"input":"::1","error":null,"agrees":null}' '' \
	hosts --file hosts --json ::1
tj "JSON of the list: no alias is an empty list, no operand is null" 0 \
	'select(.line==7)|[.aliases,.input]' '[[],null]' '' hosts --file hosts -j
tj "JSON of a zone: in the address, and alone" 0 '[.address,.zone]' '["fe80::1%eth0","eth0"]' '' \
	hosts --file hosts -j fe80::1
t "CSV" 0 "address,name,aliases$crlf
fe80::1%eth0,router.example.org,router$crlf" '' hosts --file hosts --csv -o address,name,aliases router
t "TSV" 0 'address	line
2001:db8::12	7' '' hosts --file hosts --tsv -o address,line gamma.example.org

# Look-ups: name, alias, address as a value
while IFS='|' read -r key lines; do
	same "lines of $key" "$lines" "$(netipc hosts --file hosts -H -o line -- "$key" | xargs)"
done <<'EOF'
localhost|2 3
LOCALHOST|2 3
beta|5 6
192.0.2.10|4 9
2001:DB8::0:12|7
fe80::1|8
fe80::1%eth0|8
[fe80::1%eth0]|8
::ffff:192.0.2.10|4 9
11.2.0.192.in-addr.arpa|5
192.0.2.0/24|4 5 9
192.0.2.11-192.0.2.255|5
2001:db8::/32|6 7
::/0|3 6 7 8
@loopback|2 3
EOF
t "--first: one record a key" 0 '4
5
2' '' hosts --file hosts -H -o line --first 192.0.2.0/24 beta localhost
t "--first without a key" 2 '' '*--first is for keys, and there is none*' hosts --file hosts --first
t "a network that holds none" 1 '' 'netipc hosts: no host "10.0.0.0/8" in hosts' \
	hosts --file hosts 10.0.0.0/8
t "a network that is none" 2 '' '*length 33 is over 32 (column 10)' hosts --file hosts 10.0.0.0/33
t "a class that is none" 2 '' '*"@privat"*' hosts --file hosts @privat
t "a port" 2 '' '*"192.0.2.10:80": no host has a port' hosts --file hosts 192.0.2.10:80
printf '::ffff:192.0.2.9 mapped\n' >"$tmp/mapped"
t "IPv4 finds the mapped line" 0 '::ffff:192.0.2.9
::ffff:192.0.2.9
::ffff:192.0.2.9' '' hosts --file "$tmp/mapped" -H -o address 192.0.2.9 192.0.2.0/24 ::ffff:0:0/96
t "no match" 1 '' 'netipc hosts: no host "delta" in hosts' hosts --file hosts delta
t "another zone" 1 '' '*no host "fe80::1%lo" in*' hosts --file hosts fe80::1%lo
t "an address that others read: no option that hosts has not" 2 '' \
	'*(column 6); inet_aton reads 1.2.0.3, others read 1.2.3.0' hosts --file hosts 1.2.3
t "likewise in a prefix" 2 '' '*(column 2); inet_aton reads 127.0.0.1' hosts --file hosts 0x7f.1/8
t "an address that cannot be one" 2 '' '*octet 256 is over 255 (column 1)' \
	hosts --file hosts 256.1.1.1
t "some match" 1 'name=alpha.example.org, addr={ 192.0.2.10 }' 'netipc hosts: no host "delta"*' \
	hosts --file hosts --classic delta alpha
tj "a key without a match has its record" 1 '[.input,.name,.error]' \
	'["delta",null,"no host \"delta\" in hosts"]
["alpha","alpha.example.org",null]' '*no host "delta"*' hosts --file hosts --json delta alpha
t "a table has it if the reason is wanted" 1 'INPUT  NAME               ERROR
delta  -                  no host "delta" in hosts
alpha  alpha.example.org  -' '*no host "delta"*' hosts --file hosts -o input,name,error delta alpha
t "a table leaves it out else" 1 'alpha.example.org' '*no host "delta"*' \
	hosts --file hosts -H -o name delta alpha
printf ' alpha \n\ndelta\nbeta' >"$tmp/keys"
input=$tmp/keys
t "keys of standard input" 1 'alpha.example.org
beta.example.org
beta.example.org
localhost' 'netipc hosts: standard input:3: no host "delta" in hosts' \
	hosts --file hosts -H -o name - 127.0.0.1
printf 'alpha\0beta\0' >"$tmp/keys"
input=$tmp/keys
t "keys that end with a NUL" 0 '4
5
6' '' hosts --file hosts -H -o line -0 -
printf 'al\0pha\nbeta\n' >"$tmp/keys"
input=$tmp/keys
t "a key with a NUL" 2 '5
6' '*standard input:1: "al\\x00pha" has a NUL byte (column 3)' hosts --file hosts -H -o line -

# --sort
t "addresses by value, IPv4 first" 0 '127.0.0.1
192.0.2.10
192.0.2.10
192.0.2.11
::1
2001:db8::11
2001:db8::12
fe80::1%eth0' '' hosts --file hosts -H -o address --sort address
t "downwards, equal ones as they came; of a column that is not printed" 0 '8
2
3
7
5
6
4
9' '' hosts --file hosts -H -o line --sort=-name
t "the lecture's lines" 0 'name=alpha.example.org, addr={ 192.0.2.10 }
name=beta.example.org, addr={ 192.0.2.11 }
name=beta.example.org, addr={ 2001:db8::11 }' '' \
	hosts --file hosts --classic --sort name beta alpha
t "no such column" 2 '' "netipc hosts: --sort: no column \"adress\"; did you mean \"address\"? (Try *" \
	hosts --file hosts --csv --sort adress

# Lines that cannot be read
t "each is complained of, the rest is listed" 2 'name=one, addr={ 192.0.2.1 }
name=six, addr={ 192.0.2.6 }
name=ten, addr={ ::ffff:192.0.2.10 }' '*' hosts --file hosts.bad --classic
same "the complaints" 'netipc hosts: hosts.bad:2: "256.1.1.1" is not an address: octet 256 is over 255 (column 1)
netipc hosts: hosts.bad:3: no name behind the address (column 10)' "$(head -n 2 "$tmp/err")"
same "as many as lines" 7 "$(wc -l <"$tmp/err")"
tj "each has its record" 2 'select(.error)|[.name,.file,.line,(.error|length>0)]' \
	'[null,"hosts.bad",2,true]
[null,"hosts.bad",3,true]
[null,"hosts.bad",4,true]
[null,"hosts.bad",5,true]
[null,"hosts.bad",7,true]
[null,"hosts.bad",8,true]
[null,"hosts.bad",9,true]' '*' hosts --file hosts.bad --json
same "rows and complaints in the order of the file" '1 2 3 4 5 6 7 8 9 10' \
	"$(netipc hosts --file hosts.bad --tsv -H -o line,error 2>/dev/null | cut -f 1 | xargs)"
t "a look-up notes them in one line, and its status is its own" 0 '192.0.2.6' \
	'netipc hosts: hosts.bad:2: *(column 1); 6 more such lines' \
	hosts --file hosts.bad -H -o address six
printf '\357\273\277127.0.0.1 a\r\n::1 b\0c\r\n192.0.2.1 d\342\202\254 \033[1m\377 # \0' >"$tmp/odd"
t "byte order mark, CRLF, NUL, bytes that act, no last newline" 2 'name=a, addr={ 127.0.0.1 }
name=d€, addr={ 192.0.2.1 }' "*odd:1: a byte order mark*odd:2: a NUL byte (column 6)" \
	hosts --file "$tmp/odd" --classic
tj "the same in JSON is valid" 2 'select(.name)|[.name,.aliases]' '["a",[]]
["d€",["\u001b[1m�"]]' '*' hosts --file "$tmp/odd" --json
printf 'fe80::1%%\377 host\n' >"$tmp/zone"
tj "a zone of any bytes in JSON" 0 '[.address,.zone]' '["fe80::1%�","�"]' '' \
	hosts --file "$tmp/zone" --json
t "the same in TSV, escaped once" 0 'fe80::1%\xff	\xff' '' \
	hosts --file "$tmp/zone" --tsv -H -o address,zone
t "the same in a table" 0 'fe80::1%\xff  \xff' '' hosts --file "$tmp/zone" -H -o address,zone
t "the same in the lecture's line" 0 'name=host, addr={ fe80::1%\xff }' '' \
	hosts --file "$tmp/zone" --classic
{
	printf '192.0.2.1 long'
	head -c 1048576 /dev/zero | tr '\0' ' '
	head -c 1048576 /dev/zero | tr '\0' x
	printf '\n192.0.2.2 short\n'
} >"$tmp/long"
same "a line of 2 MiB" "1048576 0" "$(netipc hosts --file "$tmp/long" -j long |
	jq -r '.aliases[0]|length' | xargs) $(netipc hosts --file "$tmp/long" short >/dev/null && echo $?)"

printf '\357\273\277# comment\n' >"$tmp/mark"
t "byte order mark before a comment" 0 '' '*mark:1: a byte order mark*' hosts --file "$tmp/mark"

# Output that fails in the middle of a list and of look-ups
yes '192.0.2.1 name' | head -n 20000 >"$tmp/big"
same "a list of 20,000" 20000 "$(netipc hosts --file "$tmp/big" -H | wc -l)"
for key in '' name; do
	for format in --csv --classic; do
		# shellcheck disable=SC2086 # no key is no word
		netipc hosts --file "$tmp/big" $format $key >/dev/full 2>"$tmp/err"
		same "$format $key >/dev/full: status" 3 $?
		same "$format $key >/dev/full: lines" 1 "$(wc -l <"$tmp/err")"
	done
done

# Files
t "an empty file" 0 '' '' hosts --file /dev/null
t "missing file" 3 '' 'netipc hosts: /nonexistent/hosts: No such file or directory' \
	hosts --file /nonexistent/hosts localhost
t "a directory" 3 '' 'netipc hosts: /: Is a directory' hosts --file /
input=hosts.bad
t "standard input" 2 "-,1,192.0.2.1$crlf
-,6,192.0.2.6$crlf
-,10,::ffff:192.0.2.10$crlf" 'netipc hosts: standard input:2: *' \
	hosts --file - --csv -H -o file,line,address
input=hosts
t "a look-up in standard input" 1 '-  8' 'netipc hosts: no host "delta" in standard input' \
	hosts -f - -H -o file,line router delta
t "no end of a line" 2 '' '*line 1 is longer than 64 MiB' hosts --file /dev/zero

# Options
t "unknown column" 2 '' '*no column "namex"; did you mean "name"?*' hosts --file hosts -o namex
t "--libc and --file" 2 '' '*--libc reads no --file*' hosts --libc --file hosts
for option in --stayopen --count; do
	t "$option implies --libc" 2 '' '*--libc reads no --file*' hosts "$option" --file hosts
done
t "--diff has no --first" 2 '' '*--first leaves out what --diff is to show*' \
	hosts --diff --first x
t "--count has no --diff" 2 '' '*--count and --diff are two questions*' hosts --count --diff
t "--count has no --first" 2 '' '*--count prints no match: no --first*' hosts --count --first x
t "--count has no --classic" 2 '' '*--count has no lines of the lecture*' hosts --count --classic
t "--diff has no --source" 2 '' '*--libc is a source of its own*' hosts --diff --source files

# The system's file: what getent lists, which is IPv4 alone, is in our list in its order.
if command -v getent >/dev/null && [ -r /etc/hosts ] && getent hosts >"$tmp/getent" &&
	! grep -q : /etc/hosts; then
	netipc hosts --tsv -H -o address,name,aliases 2>/dev/null | tr '\t' ' ' |
		sed 's/ *$//' >"$tmp/ours"
	tr -s ' ' <"$tmp/getent" | sed 's/ *$//' >"$tmp/theirs"
	ok "getent hosts agrees" diff "$tmp/theirs" "$tmp/ours"
fi

done_testing
