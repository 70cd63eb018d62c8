#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc rresolve --fcrdns: whether a name has the address whose name it is
. "${srcdir:?run by make check}/tests/lib.sh"
need jq

cat >"$tmp/zone" <<'END'
2.0.192.in-addr.arpa 300 SOA ns.example.org host.example.org 1 3600 600 86400 30
1.2.0.192.in-addr.arpa 300 PTR one.example.org
2.2.0.192.in-addr.arpa 300 PTR gone.example.org
2.2.0.192.in-addr.arpa 300 PTR one.example.org
2.2.0.192.in-addr.arpa 300 PTR two.example.org
3.2.0.192.in-addr.arpa 300 PTR one.example.org
4.2.0.192.in-addr.arpa 300 PTR gone.example.org
5.2.0.192.in-addr.arpa 300 PTR six.example.org
6.2.0.192.in-addr.arpa 300 PTR alias.example.org
7.2.0.192.in-addr.arpa 300 PTR outside.example.net
8.2.0.192.in-addr.arpa 300 PTR outside.example.net
8.2.0.192.in-addr.arpa 300 PTR eight.example.org
9.2.0.192.in-addr.arpa 300 TXT "no PTR record"
example.org 300 SOA ns.example.org host.example.org 1 3600 600 86400 30
one.example.org 300 A 192.0.2.81
one.example.org 300 A 192.0.2.1
two.example.org 300 A 192.0.2.2
alias.example.org 300 CNAME real.example.org
real.example.org 300 A 192.0.2.6
eight.example.org 300 A 192.0.2.8
six.example.org 300 AAAA 2001:db8::1
8.b.d.0.1.0.0.2.ip6.arpa 300 SOA ns.example.org host.example.org 1 3600 600 86400 30
1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa 300 PTR six.example.org
2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa 300 PTR one.example.org
END
fakedns server --zone "$tmp/zone" --synth 10.in-addr.arpa --synth bulk.test
wait_ready server
server=@$ready

f() {
	_what=$1 _want=$2 _says=$3 _complains=$4
	shift 4
	t "$_what" "$_want" "$_says" "$_complains" rresolve "$server" --fcrdns "$@"
}
f "ok" 0 '192.0.2.1 one.example.org ok' '' 192.0.2.1
f "ok, of a mapped address" 0 '::ffff:192.0.2.1 one.example.org ok' '' ::ffff:192.0.2.1
f "ok, by the third name" 0 '192.0.2.2 gone.example.org ok' '' 192.0.2.2
f "ok, IPv6" 0 '2001:db8::1 six.example.org ok' '' 2001:db8::1
f "ok, through an alias" 0 '192.0.2.6 alias.example.org ok' '' 192.0.2.6
f "ok, with a port" 0 '192.0.2.1 one.example.org:65535 ok' '' --numericserv 192.0.2.1 65535
f "ok, though another name could not be looked up" 0 '192.0.2.8 outside.example.net ok' '' 192.0.2.8
f "mismatch" 1 '192.0.2.3 one.example.org mismatch' '' 192.0.2.3
f "mismatch: no such name" 1 '192.0.2.4 gone.example.org mismatch' '' 192.0.2.4
f "mismatch: another family" 1 '192.0.2.5 six.example.org mismatch' '' 192.0.2.5
f "mismatch, IPv6" 1 '2001:db8::2 one.example.org mismatch' '' 2001:db8::2
f "none" 1 '192.0.2.77 - none' '' 192.0.2.77
f "none: no PTR record" 1 '192.0.2.9 - none' '' 192.0.2.9
f "the name cannot be looked up" 3 '' \
	'netipc rresolve: *outside.example.net: *' 192.0.2.7
f "the address cannot be looked up" 3 '' 'netipc rresolve: 198.51.100.1: *' 198.51.100.1
f "several" 1 '192.0.2.1 one.example.org ok
192.0.2.2 gone.example.org ok
192.0.2.3 one.example.org mismatch' '' 192.0.2.1-192.0.2.3
tj "records" 3 '[.address,.host,.fcrdns,.status,.error!=null]' \
	'["192.0.2.1","one.example.org","ok","ok",false]
["192.0.2.3","one.example.org","mismatch","ok",false]
["192.0.2.7","outside.example.net",null,"ok",true]
["192.0.2.77",null,"none","nxdomain",false]' '*' \
	rresolve "$server" --fcrdns -j 192.0.2.1 192.0.2.3 192.0.2.7 192.0.2.77
t "a table" 1 'ADDRESS     FCRDNS
192.0.2.1   ok
192.0.2.77  none' '' rresolve "$server" --fcrdns -o address,fcrdns 192.0.2.1 192.0.2.77
awk 'BEGIN { for (i = 0; i < 1000; i++) print "10.2." int(i / 256) "." i % 256 }' >"$tmp/many"
awk '{ n = $1; gsub(/\./, "-", n); print $1, "ip-" n ".bulk.test ok" }' "$tmp/many" >"$tmp/want"
netipc rresolve "$server" --fcrdns -f "$tmp/many" >"$tmp/got" 2>"$tmp/err"
same "many: status" 0 $?
ok "many" cmp "$tmp/want" "$tmp/got"
t "--numerichost" 2 '' '*--numerichost*' rresolve --fcrdns --numerichost 192.0.2.1

# The system: a hosts file of its own
if [ -n "$netns" ] && netipc --version | grep -q ' glibc'; then
	mkdir "$tmp/world"
	printf '192.0.2.1 one.test\n192.0.2.2 two.test\n192.0.2.3 other.test\n192.0.2.3 two.test\n' \
		>"$tmp/world/hosts"
	printf '2001:db8::1 six.test\n' >>"$tmp/world/hosts"
	echo 'hosts: files' >"$tmp/world/nsswitch.conf"
	# shellcheck disable=SC2086
	in_world "$tmp/world" $NETIPC_EXEC "$NETIPC" rresolve --fcrdns \
		192.0.2.1 192.0.2.9 2001:db8::1 >"$tmp/got" 2>"$tmp/err"
	same "the system: status" 1 $?
	same "the system" '192.0.2.1 one.test ok
192.0.2.9 192.0.2.9 none
2001:db8::1 six.test ok' "$(cat "$tmp/got" "$tmp/err")"
else
	left_out "the system" 'no world can be made here'
fi
done_testing
