#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc resolve --compare: system, sources and DNS, where they agree and where they differ
. "${srcdir:?run by make check}/tests/lib.sh"
need jq

world_of_test "$@"
cat >"$tmp/other.zone" <<'END'
. 86400 SOA ns.example.org hostmaster.example.org 1 1800 900 604800 86400
www.example.org 300 A 192.0.2.81
END
cat >>"$etc/hosts" <<'END'
192.0.2.4	quattro.example.org four.example.org
192.0.2.81	multi.example.org
END
fakedns world --zone "$srcdir/tests/data/world.zone" -a 127.0.0.53#53 -a 127.0.0.54#53 --refused
wait_ready world
fakedns other --zone "$tmp/other.zone" -a 127.0.0.58#53
wait_ready other

# differ NAME STATUS WANT ARG...: "KIND ADDRESS" of each difference, and the verdict
differ() {
	_name=$1 _status=$2 _want=$3
	shift 3
	netipc resolve --compare -j "$@" >"$tmp/json" 2>"$tmp/err"
	same "$_name: status" "$_status" $?
	same "$_name" "$_want" "$(jq -r 'if .record == "difference" then .kind, .address // empty
		elif .record == "verdict" then .status else empty end' "$tmp/json" | paste -s -d ' ' -)"
}

differ "the same everywhere" 0 agree www.example.org
differ "nobody has it" 0 agree nosuch.example.org
differ "a search domain" 0 'search agree' www
differ "stale" 1 'stale 192.0.2.99 only-in-dns 192.0.2.98 differ' old.example.org
differ "the DNS has more" 1 'only-in-dns 198.51.100.81 only-in-dns 2001:db8::81 only-in-dns fd00::81 only-in-dns 2001:db8:1::81 differ' \
	multi.example.org
differ "in the file alone" 1 'only-in-files 192.0.2.20 differ' printer.example.org
differ "another canonical name" 1 'canonical-name differ' -4 four.example.org
differ "one family" 0 agree -6 www.example.org
if netipc resolve --explain localhost | grep -q '^Sources (this libc'; then
	differ "no modules: another server" 1 'only-in-system 192.0.2.80 differ' \
		-4 @127.0.0.58 www.example.org
	t "no modules: the plain form" 1 'Question: printer, IPv4 and IPv6

Sides
  system  ok        192.0.2.20
  files   SUCCESS   192.0.2.20; canonical name printer.example.org (/etc/hosts:3)
  server  nxdomain  no such name (NXDOMAIN); printer.example.org at 127.0.0.53#53

Differences
  only-in-files  192.0.2.20: the hosts file has it (/etc/hosts:3), the DNS does not have the name

Verdict: the sides differ in 1 point.' '' resolve --compare printer
	done_testing
fi
differ "another server" 1 'only-in-libc-dns 192.0.2.80 only-in-server 192.0.2.81 differ' \
	-4 @127.0.0.58 www.example.org
differ "a server that refuses" 3 'failed' @127.0.0.54 www.example.org
differ "a server that is not there" 3 'failed' @127.0.0.2 www.example.org
differ "an address" 0 agree 192.0.2.1

t "the plain form" 1 'Question: old.example.org, IPv4 and IPv6

Sides
  system  ok       192.0.2.99
  files   SUCCESS  192.0.2.99 (/etc/hosts:4)
  dns     SUCCESS  192.0.2.98; TTL 300 s
  server  ok       192.0.2.98; old.example.org at 127.0.0.53#53

Differences
  stale        192.0.2.99: the hosts file has it (/etc/hosts:4), the DNS does not; it has 192.0.2.98
  only-in-dns  192.0.2.98: the DNS has it, the hosts file has the name without it

Verdict: the sides differ in 2 points.' '' resolve --compare old.example.org
t "the plain form: a note" 0 'Question: www, IPv4 and IPv6

Sides
  system  ok        2001:db8::80, 192.0.2.80
  files   NOTFOUND  the name is not in /etc/hosts
  dns     SUCCESS   192.0.2.80, 2001:db8::80; canonical name www.example.org; TTL 300 s
  server  ok        192.0.2.80, 2001:db8::80; www.example.org at 127.0.0.53#53

Notes
  search  the DNS has it as www.example.org, by the search list

Verdict: the sides agree.' '' resolve --compare www
t "the plain form: a failure" 3 'Question: www.example.org, IPv4 alone

Sides
  system  ok        192.0.2.80
  files   NOTFOUND  the name is not in /etc/hosts
  dns     SUCCESS   192.0.2.80; TTL 300 s
  server  refused   the server refused (REFUSED); www.example.org at 127.0.0.54#53

Verdict: nobody differs; 1 could not be asked.' '' resolve --compare -4 @127.0.0.54 www.example.org
tj "JSON: sides" 0 'select(.record=="side")|[.side,.status,.addresses,.canonname,.qname,.server,.ttl,.time_s<60]' \
	'["system","ok",["192.0.2.80"],null,null,null,null,true]
["files","NOTFOUND",[],null,null,null,null,true]
["dns","SUCCESS",["192.0.2.80"],"www.example.org",null,null,300,true]
["server","ok",["192.0.2.80"],"www.example.org","ftp.example.org.","127.0.0.53#53",300,true]' '' \
	resolve --compare -4 -j ftp.example.org
t "a table" 1 'RECORD      SIDE    KIND           STATUS    ADDRESS     ADDRESSES
side        system  -              ok        -           192.0.2.20
side        files   -              SUCCESS   -           192.0.2.20
side        dns     -              NOTFOUND  -           -
side        server  -              nxdomain  -           -
difference  -       only-in-files  -         192.0.2.20  -
verdict     -       -              differ    -           -' '' resolve --compare -o record,side,kind,status,address,addresses printer
t "no such service" 1 '' '*(EAI_SERVICE)' resolve --compare www.example.org nosuch

# All sources are asked, whatever nsswitch.conf would do
printf 'hosts: files [NOTFOUND=return] dns\n' >"$etc/nsswitch.conf"
differ "actions do not count" 0 agree nosuch.example.org
netipc resolve --compare www.example.org >"$tmp/out" 2>"$tmp/err"
same "actions do not count: only in the DNS: status" 0 $?
ok "actions do not count: dns is asked" grep -q '^  dns     SUCCESS' "$tmp/out"

# A batch has the worst status
printf 'www.example.org\nprinter.example.org\n' >"$tmp/list"
netipc resolve --compare - <"$tmp/list" >"$tmp/out" 2>"$tmp/err"
same "a batch: status" 1 $?
same "a batch: verdicts" 2 "$(grep -c '^Verdict: ' "$tmp/out")"
t "--source" 2 '' '*: --compare asks all sources: no --source*' resolve --compare -s files localhost
done_testing
