#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc resolve --explain: the whole story, in a world whose files and DNS are the test's own
. "${srcdir:?run by make check}/tests/lib.sh"
need jq

world_of_test "$@"
ip addr add 192.0.2.10/24 dev lo && ip addr add 2001:db8::10/128 dev lo &&
	ip addr add 2001:db8::80/128 dev lo || exit 99
fakedns world --zone "$srcdir/tests/data/world.zone" \
	-a 127.0.0.53#53 -a 127.0.0.54#53 --refused -a 127.0.0.55#53 --loss 100 \
	-a 127.0.0.56#53 --servfail 100 -a 127.0.0.57#53 --delay 300
wait_ready world

# A file of /etc as it was at first, or with these lines
etc() {
	if [ $# -gt 1 ]; then
		printf '%b' "$2" >"$etc/$1"
	else
		cat "$srcdir/tests/data/world/$1" >"$etc/$1"
	fi
}

# story NAME STATUS WANT ARG...: what resolve --explain ARG... prints, with T for each time
story() {
	_name=$1 _status=$2 _want=$3
	shift 3
	netipc resolve --explain "$@" >"$tmp/raw" 2>"$tmp/err"
	same "$_name: status" "$_status" $?
	same "$_name: stderr" '' "$(cat "$tmp/err")"
	sed 's/ *[0-9][0-9]*\.[0-9][0-9]* m\{0,1\}s/ T/g' "$tmp/raw" >"$tmp/out"
	printf '%s\n' "$_want" >"$tmp/want"
	if cmp -s "$tmp/want" "$tmp/out"; then
		pass "$_name"
	else
		fail "$_name"
		diff -u "$tmp/want" "$tmp/out" | sed 's/^/  /'
	fi
}

# Where there are no modules, our own readers tell the story
modules=true
netipc resolve --explain localhost | grep -q '^Sources (this libc' && modules=false

if ! $modules; then
	why "no modules: a name of the file" 0 'the name is in /etc/hosts; the first source that has it is the only one that counts, so dns was not asked' localhost
	has "no modules: the file" '*files  SUCCESS * 127.0.0.1, ::1 (/etc/hosts:1,2)*'
	why "no modules: a search domain" 0 'the DNS has the name as www.example.org, with a domain of the search list of /etc/resolv.conf' www
	has "no modules: the DNS" '*dns    SUCCESS * 192.0.2.80, 2001:db8::80; canonical name www.example.org; TTL 300 s*'
	why "no modules: no such name" 1 'no source has the name, and the DNS says that it does not exist (NXDOMAIN)' nosuch
	why "no modules: no such address" 1 'notes.example.org is in the DNS, but has no address of the kind that was asked for (NODATA)' notes.example.org
	etc resolv.conf 'nameserver 127.0.0.2\n'
	why "no modules: no network" 3 'the DNS server 127.0.0.2#53 cannot be asked: Connection refused (ECONNREFUSED); this says nothing about the name: look at the network and at /etc/resolv.conf' www.example.org
	why "no modules: an address" 0 '192.0.2.1 is an address, not a name: no source is asked' 192.0.2.1
	done_testing
fi

# The five that everybody meets

story "localhost" 0 'Question: localhost, IPv4 and IPv6

Sources (/etc/nsswitch.conf:1: hosts: files dns)
  files  SUCCESS T  127.0.0.1, ::1 (/etc/hosts:1,2)
  dns    not asked, because files returned SUCCESS

Order (RFC 6724; /etc/gai.conf changes nothing)
  ::1        scope link-local, label 0, precedence 50, sent from ::1
      goes before 127.0.0.1 by rule 6, its kind of address goes first: precedence 50 (loopback) is higher than 10 (IPv4)
  127.0.0.1  scope link-local, label 4, precedence 10, sent from 127.0.0.1

Answer (getaddrinfo, T)
  ::1
  127.0.0.1

Why: the name is in /etc/hosts; the first source that has it is the only one that counts, so dns was not asked.' localhost

story "a name of /etc/hosts, and a service" 0 'Question: printer, service http (port 80), IPv4 and IPv6

Sources (/etc/nsswitch.conf:1: hosts: files dns)
  files  SUCCESS T  192.0.2.20; canonical name printer.example.org (/etc/hosts:3)
  dns    not asked, because files returned SUCCESS

Order (RFC 6724; /etc/gai.conf changes nothing)
  192.0.2.20  scope global, label 4, precedence 10, sent from 192.0.2.10

Answer (getaddrinfo, T)
  192.0.2.20:80

Why: the name is in /etc/hosts; the first source that has it is the only one that counts, so dns was not asked.' printer http

resolved='127.0.0.53 is systemd-resolved on most machines, which has a cache and asks other servers: resolvectl status'
story "a name that does not exist" 1 "Question: nosuch, IPv4 and IPv6

Sources (/etc/nsswitch.conf:1: hosts: files dns)
  files  NOTFOUND T  the name is not in /etc/hosts
  dns    NOTFOUND T  it has no such name
         the name has 0 dots, and ndots is 1: the search list goes first
         nosuch.example.org. A, AAAA: no such name (NXDOMAIN), 127.0.0.53#53, T
         nosuch.example.net. A, AAAA: no such name (NXDOMAIN), 127.0.0.53#53, T
         nosuch. A, AAAA: no such name (NXDOMAIN), 127.0.0.53#53, T

Answer (getaddrinfo, T)
  none: nosuch: Name or service not known (EAI_NONAME)

Notes
  $resolved

Why: no source has the name, and the DNS says that it does not exist (NXDOMAIN)." nosuch

story "a name that a search domain finds" 0 "Question: www, IPv4 and IPv6

Sources (/etc/nsswitch.conf:1: hosts: files dns)
  files  NOTFOUND T  the name is not in /etc/hosts
  dns    SUCCESS T  192.0.2.80, 2001:db8::80; canonical name www.example.org; TTL 300 s
         the name has 0 dots, and ndots is 1: the search list goes first
         www.example.org. A, AAAA: found, 127.0.0.53#53, T

Order (RFC 6724; /etc/gai.conf changes nothing)
  2001:db8::80  scope global, label 1, precedence 40, sent from 2001:db8::80
      goes before 192.0.2.80 by rule 6, its kind of address goes first: precedence 40 (IPv6) is higher than 10 (IPv4)
  192.0.2.80    scope global, label 4, precedence 10, sent from 192.0.2.10

Answer (getaddrinfo, T)
  2001:db8::80
  192.0.2.80

Notes
  $resolved

Why: the DNS has the name as www.example.org, with a domain of the search list of /etc/resolv.conf." www

etc resolv.conf 'nameserver 198.51.100.53\noptions timeout:1 attempts:1\n'
story "no network" 3 'Question: www.example.org, IPv4 and IPv6

Sources (/etc/nsswitch.conf:1: hosts: files dns)
  files  NOTFOUND T  the name is not in /etc/hosts
  dns    UNAVAIL T  it cannot be asked
         www.example.org. A, AAAA: cannot be asked: Network is unreachable (ENETUNREACH), 198.51.100.53#53

Answer (getaddrinfo, T)
  none: www.example.org: Temporary failure in name resolution (EAI_AGAIN)

Why: the DNS server 198.51.100.53#53 cannot be asked: Network is unreachable (ENETUNREACH); this says nothing about the name: look at the network and at /etc/resolv.conf.' www.example.org

# What else can be wrong with the DNS

etc resolv.conf 'nameserver 127.0.0.2\n'
why "no server there" 3 'the DNS server 127.0.0.2#53 cannot be asked: Connection refused (ECONNREFUSED); this says nothing about the name: look at the network and at /etc/resolv.conf' www.example.org
etc resolv.conf 'nameserver 127.0.0.55\noptions timeout:1 attempts:1\n'
why "a server that says nothing" 3 'the DNS server 127.0.0.55#53 did not answer within T; this says nothing about the name: look at the network and at /etc/resolv.conf' www.example.org
etc resolv.conf 'nameserver 127.0.0.54\n'
why "a server that refuses" 3 'the DNS server 127.0.0.54#53 refuses to answer (REFUSED): it is not meant for this machine, or knows other names only' www.example.org
etc resolv.conf 'nameserver 127.0.0.56\noptions attempts:1\n'
why "a server that fails" 3 'the DNS server 127.0.0.56#53 failed (SERVFAIL): it did not get an answer itself, or one that it does not believe (DNSSEC); this says nothing about the name' www.example.org
etc resolv.conf 'nameserver 127.0.0.2\nnameserver 127.0.0.3\n'
why "no server of two" 3 'none of the DNS servers 127.0.0.2#53, 127.0.0.3#53 can be asked: Connection refused (ECONNREFUSED); this says nothing about the name: look at the network and at /etc/resolv.conf' www.example.org
etc resolv.conf
why "a name without addresses" 1 'notes.example.org is in the DNS, but has no address of the kind that was asked for (NODATA)' notes.example.org
why "no address of the family" 1 'six.example.org is in the DNS, but has no address of the kind that was asked for (NODATA)' -4 six.example.org
why "no name of the DNS" 1 'no source has the name, and "a..b" is not a domain name: an empty label (column 3), so no DNS server is asked' a..b
netipc resolve --explain www.example.org >"$tmp/out"
has "with dots, as it is first" '*the name has 2 dots, and ndots is 1: it is tried as it is first*'
netipc resolve --explain www.example.org. >"$tmp/out"
ok "absolute, without the search list" sh -c "! grep -q ndots '$tmp/out'"
netipc resolve --explain old.example.org >"$tmp/out"
has "files hides the DNS" '*files  SUCCESS * 192.0.2.99 (/etc/hosts:4)*not asked, because files*'

# nsswitch.conf's actions

etc nsswitch.conf 'networks: files\nhosts: files [NOTFOUND=return] dns\n'
why "[NOTFOUND=return]" 1 'files does not have the name, and [NOTFOUND=return] at /etc/nsswitch.conf:2 ends the search there: dns was not asked' www.example.org
has "[NOTFOUND=return]: the sources" '*Sources (/etc/nsswitch.conf:2: hosts: files \[NOTFOUND=return\] dns)
  files  NOTFOUND * the name is not in /etc/hosts; \[NOTFOUND=return\] ends the search here
  dns    not asked, because files returned NOTFOUND
*'
etc nsswitch.conf 'hosts: files [SUCCESS=continue] dns\n'
why "[SUCCESS=continue]" 0 'the DNS has the name' old.example.org
has "[SUCCESS=continue]: what is dropped" '*files  SUCCESS *192.0.2.99 (/etc/hosts:4); dropped, as \[SUCCESS=continue\] lets the search go on
*Answer*192.0.2.98*'
why "[SUCCESS=continue] and then nothing" 1 'files has the name, but [SUCCESS=continue] at /etc/nsswitch.conf:1 drops that answer for the next source'\''s, which has none' printer.example.org
etc nsswitch.conf 'hosts: files [SUCCESS=merge] dns\n'
why "[SUCCESS=merge]" 1 'files has the name, but [SUCCESS=merge] at /etc/nsswitch.conf:1 is not for host names: getaddrinfo then gives no answer' printer
etc nsswitch.conf 'hosts: nosuch [UNAVAIL=return] files\n'
why "[UNAVAIL=return]" 3 'nosuch failed: there is no module libnss_nosuch.so.2; [UNAVAIL=return] ends the search here' printer
etc nsswitch.conf 'hosts: nosuch files\n'
why "a module that is not there" 0 'the name is in /etc/hosts' printer
has "a module that is not there: UNAVAIL" '*nosuch  UNAVAIL * there is no module libnss_nosuch.so.2
*'
etc resolv.conf 'nameserver 127.0.0.2\n'
etc nsswitch.conf 'hosts: dns [!UNAVAIL=return] files\n'
why "[!UNAVAIL=return]" 0 'the name is in /etc/hosts' printer
etc nsswitch.conf 'hosts: dns files\n'
why "a failure that the last source hides" 1 'files, which is asked last, does not have the name, and so it is called unknown; but the DNS server 127.0.0.2#53 cannot be asked: Connection refused (ECONNREFUSED); this says nothing about the name: look at the network and at /etc/resolv.conf' www.example.org
etc nsswitch.conf 'hosts: files [bogus\n'
why "a line that cannot be read" 1 '/etc/nsswitch.conf:1 cannot be read by libc, which then asks no source' localhost
etc nsswitch.conf 'hosts:\n'
netipc resolve --explain localhost >"$tmp/out" 2>"$tmp/err"
has "a line without a source" '*Why: /etc/nsswitch.conf:1 names no source: libc has nobody to ask, and may even crash.'
etc nsswitch.conf 'passwd: files\n'
netipc resolve --explain localhost >"$tmp/out"
has "no line for hosts" '*Sources (/etc/nsswitch.conf names none, so the default: files dns)*'
etc nsswitch.conf
etc resolv.conf '# nothing\n'
netipc resolve --explain www.example.org >"$tmp/out" 2>"$tmp/err"
has "no server" '*Notes
  /etc/resolv.conf names no server, so the DNS server is taken to be on this machine, at 127.0.0.1
*'
etc resolv.conf

etc gai.conf 'precedence ::1/128 50\nscopev4 ::ffff:169.254.0.0/112 2\n'
netipc resolve --explain www >"$tmp/out"
has "two tables of gai.conf" '*; /etc/gai.conf has its own precedences, scopes)*'
etc gai.conf

# What the environment changes

export LOCALDOMAIN=example.net
why "LOCALDOMAIN" 0 'the DNS has the name as wiki.example.net, with a domain of LOCALDOMAIN in the environment' wiki
unset LOCALDOMAIN
echo 'alias www.example.org' >"$tmp/aliases"
export HOSTALIASES="$tmp/aliases"
why "HOSTALIASES" 0 'the DNS has the name' alias
has "HOSTALIASES: a note" "*
  HOSTALIASES is set: libc asks the DNS for the name that $tmp/aliases has in place of this one, *"
unset HOSTALIASES

# Names that libc keeps from the DNS: the story has no question for them either

for name in 'a b' -a a/b 'a\000b' 'a\.b'; do
	why "no host name: $name" 1 "no source has the name, and libc takes \"$name\" for no host name (letters, digits, \"_\", and \"-\" that is not the first character), so no DNS server is asked" -- "$name"
	# shellcheck disable=SC2016 # the inner shell expands it
	ok "no host name: $name: no question" sh -c '! grep -q "NXDOMAIN" "$1"' sh "$tmp/out"
done
why "a name with a mark" 1 'no source has the name, and the DNS says that it does not exist (NXDOMAIN)' a_b-c

# Before any source is asked

why "an address" 0 '192.0.2.1 is an address, not a name: no source is asked' 192.0.2.1
why "an address of another form" 0 '127.1 is an address to libc, which reads it as 127.0.0.1, not a name: no source is asked' 127.1
why "--numerichost" 1 'nosuch is no address, and AI_NUMERICHOST lets no name be looked up' --numerichost nosuch
why "no name" 0 'without a name these are this machine'\''s own addresses' '*' 80
why "no name, --passive" 0 'without a name and with AI_PASSIVE these are the addresses to bind a server to' --passive '*' 80
why "no such service" 1 'there is no service nosuch for this type of socket (/etc/services): no source is asked for the name' printer nosuch
t "hints that do not go together" 2 '' '*(EAI_SOCKTYPE)' resolve --explain --socktype stream --protocol udp localhost

# AI_ADDRCONFIG

netipc resolve --explain -6 --addrconfig --canonname ftp.example.org >"$tmp/out"
has "flags" 'Question: ftp.example.org, IPv6 alone, AI_CANONNAME, AI_ADDRCONFIG
*  canonical name www.example.org
  2001:db8::80
*'
ok "the machine has both families" sh -c "! grep -q 'loopback' '$tmp/out'"
ip addr del 192.0.2.10/24 dev lo
netipc resolve --explain www.example.org >"$tmp/out"
has "who would not see IPv4" '*
Notes
  this machine has no IPv4 address but loopback: a program that sets AI_ADDRCONFIG does not get the IPv4 addresses
*'
netipc resolve --explain --addrconfig www.example.org >"$tmp/out"
has "--addrconfig asks for IPv6 alone" '*www.example.org. AAAA: found*
Answer *
  2001:db8::80

Notes
  AI_ADDRCONFIG: this machine has no IPv4 address but loopback, so IPv6 alone is asked for
*'
why "--addrconfig -4" 1 'AI_ADDRCONFIG asks for IPv4 only if this machine has such an address other than loopback, and it has none: no source is asked' -4 --addrconfig localhost
ip addr del 2001:db8::10/128 dev lo
ip addr del 2001:db8::80/128 dev lo
netipc resolve --explain localhost >"$tmp/out"
has "loopback alone" '*  this machine has loopback addresses alone: a program that sets AI_ADDRCONFIG and asks for one family gets no answer
*'
netipc resolve --explain www.example.org >"$tmp/out"
has "no route" '*  2001:db8::80  scope global, label 1, precedence 40, no way to it: Network is unreachable
*'
ip addr add 192.0.2.10/24 dev lo
ip addr add 2001:db8::80/128 dev lo

# gai.conf

etc gai.conf 'precedence ::ffff:0:0/96 100\n'
netipc resolve --explain www.example.org >"$tmp/out"
has "precedence" '*
Order (RFC 6724; /etc/gai.conf has its own precedences)
  192.0.2.80    scope global, label 4, precedence 100, sent from 192.0.2.10
      goes before 2001:db8::80 by rule 6, its kind of address goes first: precedence 100 (IPv4, line 1 of gai.conf) is higher than 40 (IPv6)
  2001:db8::80  scope global, label 1, precedence 40, sent from 2001:db8::80
*
  /etc/gai.conf:1: precedence lines replace *'
etc gai.conf

# Records

tj "JSON: the records" 0 '[.record,.source,.qname,.type,.status,.action,.address,.addresses,.ttl,.rule,.source_address,.scope,.label,.precedence]' \
	'["source","files",null,null,"NOTFOUND","continue",null,[],null,null,null,null,null,null]
["source","dns",null,null,"SUCCESS","return",null,["192.0.2.80","2001:db8::80"],300,null,null,null,null,null]
["query","dns","www.example.org.","A","ok",null,null,null,300,null,null,null,null,null]
["query","dns","www.example.org.","AAAA","ok",null,null,null,300,null,null,null,null,null]
["address",null,null,null,null,null,"2001:db8::80",null,null,null,"2001:db8::80","global",1,40]
["address",null,null,null,null,null,"192.0.2.80",null,null,6,"192.0.2.10","global",4,10]
["answer",null,null,null,"ok",null,null,["2001:db8::80","192.0.2.80"],null,null,null,null,null,null]
["note",null,null,null,null,null,null,null,null,null,null,null,null,null]
["why",null,null,null,null,null,null,null,null,null,null,null,null,null]' '' resolve --explain -j www
tj "JSON: times, calls and names" 0 'select(.time_s)|[.input,.name,.service,.record,.time_s<30,.call,.canonname,.server]' \
	'["www","www","http","source",true,"gethostbyname4_r",null,null]
["www","www","http","source",true,"gethostbyname4_r","www.example.org",null]
["www","www","http","query",true,null,null,"127.0.0.53#53"]
["www","www","http","query",true,null,null,"127.0.0.53#53"]
["www","www","http","answer",true,"getaddrinfo",null,null]' '' resolve --explain -j www http
tj "JSON: no answer" 1 '[.record,.source,.status,.h_errno,.call,.error]' \
	'["source","files","NOTFOUND","HOST_NOT_FOUND","gethostbyname3_r",null]
["source","dns","NOTFOUND","HOST_NOT_FOUND","gethostbyname3_r",null]
["query","dns","nxdomain",null,null,null]
["answer",null,"EAI_NONAME",null,"getaddrinfo","nosuch.: Name or service not known (EAI_NONAME)"]
["note",null,null,null,null,null]
["why",null,null,null,null,null]' '*: nosuch.: Name or service not known (EAI_NONAME)' resolve --explain -j -4 nosuch.
etc resolv.conf 'nameserver 127.0.0.2\n'
tj "JSON: a failure" 3 'select(.record=="query")|[.status,.errno,.note]' \
	'["unreachable","ECONNREFUSED","cannot be asked: Connection refused (ECONNREFUSED)"]' '*(EAI_AGAIN)' \
	resolve --explain -j -4 www.example.org
etc resolv.conf
t "TSV, columns" 0 'files	SUCCESS	192.0.2.20	source
dns			source
			address
	ok	192.0.2.20	answer
			why' '' resolve --explain --tsv -H -o source,status,addresses,record printer
ok "CSV" sh -c "$NETIPC_EXEC \"\$NETIPC\" resolve --explain --csv printer | head -n 1 | grep -q '^input,name,service,record,source,'"
t "a table" 0 'RECORD   SOURCE  STATUS   ACTION     ADDRESS
source   files   SUCCESS  return     -
source   dns     -        not asked  -
address  -       -        -          192.0.2.20
answer   -       ok       -          -
why      -       -        -          -' '' resolve --explain -o record,source,status,action,address printer

# A batch: a blank line between the stories, one complaint for what is no question
printf 'printer\n\nlocalhost http\nnosuch\na b c\n' >"$tmp/list"
netipc resolve --explain - <"$tmp/list" >"$tmp/out" 2>"$tmp/err"
same "a batch: status" 2 $?
same "a batch: the stories" 3 "$(grep -c '^Question: ' "$tmp/out")"
same "a batch: between them" 2 "$(grep -B 1 '^Question: ' "$tmp/out" | grep -c '^$')"
same "a batch: the complaint" 1 "$(grep -c 'standard input:5: "a b c"' "$tmp/err")"

# Names that would act on the terminal
printf '192.0.2.67\tevil\033[31mname\n' >>"$etc/hosts"
for name in "$(printf 'evil\033[31mname')" "$(printf 'x\ny')" "$(printf '\377')"; do
	netipc resolve --explain "$name" >"$tmp/out" 2>"$tmp/err"
	same "a hostile name" '' "$(LC_ALL=C grep '[^ -~]' "$tmp/out" "$tmp/err")"
	netipc resolve --explain -j "$name" 2>"$tmp/err" >"$tmp/out"
	ok "a hostile name: JSON" jq -e .record "$tmp/out"
done

# Options that do not go with it
t "--classic" 2 '' '*: the lecture has no lines for --explain*' resolve --explain --classic localhost
t "--file" 2 '' '*: --explain and --file do not go together*' resolve --explain -f "$tmp/list"
t "--source" 2 '' '*: --explain asks all sources: no --source*' resolve --explain -s files localhost
t "@SERVER" 2 '' '*: --explain is about libc'\''s answer*' resolve --explain @127.0.0.53 localhost

# Nothing is slower than the slowest source: the real answer, the sources and our own questions
# are asked side by side
etc resolv.conf 'nameserver 127.0.0.57\n'
netipc resolve --explain -j www.example.org >"$tmp/out"
ok "side by side" jq -es 'map(select(.source == "dns" or .record == "answer") | .time_s) |
	min > 0.29 and length == 4' "$tmp/out"
done_testing
