#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc resolve --probe: connections to the addresses of a name, in a namespace with servers
# and addresses that answer, refuse, cannot be reached and are silent
. "${srcdir:?run by make check}/tests/lib.sh"
need jq ip unshare perl

# The command line
t "no service" 2 '' '*--probe needs a SERVICE*' resolve --probe localhost
t "no service but *" 2 '' '*--probe needs a SERVICE*' resolve --probe localhost '*'
t "a list" 2 '' '*--probe takes one NAME*' resolve --probe - 80
t "three operands" 2 '' '*unexpected operand "x"*' resolve --probe localhost 80 x
t "not TCP" 2 '' '*--probe connects by TCP alone*' resolve --probe --socktype dgram localhost 80
t "not TCP either" 2 '' '*--probe connects by TCP alone*' resolve --probe --protocol udp localhost 80
t "another mode" 2 '' '*--probe: "some" is not one of first, all*' resolve --probe=some localhost 80
t "--stagger alone" 2 '' '*--stagger is for --probe=first*' resolve --stagger 1 localhost 80
t "--stagger of all" 2 '' '*--stagger is for --probe=first*' \
	resolve --probe=all --stagger 1 localhost 80
t "--probe and --watch" 2 '' '*--probe and --watch do not go together*' \
	resolve --probe --watch 1 localhost 80
t "the lecture's lines" 2 '' '*the lecture has no lines for --probe*' \
	resolve --classic --probe localhost 80
t "an empty name" 2 '' '*the name is empty*' resolve --probe '' 80
tj "no such name: its record" 1 '[.name, .service, .address, .error != null]' \
	'["not-a-number","80",null,true]' '*not-a-number*(EAI_NONAME)' \
	resolve --json --numerichost --probe not-a-number 80
t "no such name" 1 '' '*not-a-number*(EAI_NONAME)' resolve --numerichost --probe not-a-number 80
t "help" 0 '*' '' resolve --help
ok "help: the mode may be left out" grep -qF -e '--probe[=first|all]' "$tmp/out"
t "completion of its mode" 0 '--probe=first	' '' __complete resolve --probe=f

# 2001:db8::1 and 192.0.2.1 are this machine; what goes to mute.example and far is lost
mkdir "$tmp/etc"
cat >"$tmp/etc/hosts" <<'END'
2001:db8::1	six both
192.0.2.1	four both
2001:db8:1::9	mute.example
192.0.2.1	mute.example
198.51.100.1	far
198.51.100.2	far
203.0.113.1	gone
END
printf 'hosts: files\n' >"$tmp/etc/nsswitch.conf"
cat >"$tmp/net" <<'END'
set -e
ip addr add 192.0.2.1/32 dev lo
ip -6 addr add 2001:db8::1/128 dev lo nodad
ip route add unreachable 203.0.113.0/24
END
{
	mute_network
	# shellcheck disable=SC2016 # that script's own
	echo 'exec "$@"'
} >>"$tmp/net"
in_world "$tmp/etc" sh "$tmp/net" true 2>"$tmp/why" ||
	skip "no namespace with addresses: $(head -n 1 "$tmp/why")"

# A server at [::]:PORT for IPv6 alone, at 0.0.0.0:PORT or at both; the port is in $tmp/port
cat >"$tmp/serve.pl" <<'END'
use strict; use Socket qw(:DEFAULT IPPROTO_IPV6 IPV6_V6ONLY inet_pton);
my ($what, $file, @command) = @ARGV;
my $port = 0;
if ($what =~ /6/) {
	socket(S6, PF_INET6, SOCK_STREAM, 0) or die; setsockopt(S6, IPPROTO_IPV6, IPV6_V6ONLY, 1);
	bind(S6, pack_sockaddr_in6(0, inet_pton(AF_INET6, "::"))) or die; listen(S6, 5) or die;
	($port) = unpack_sockaddr_in6(getsockname(S6));
}
if ($what =~ /4/) {
	socket(S4, PF_INET, SOCK_STREAM, 0) or die;
	bind(S4, pack_sockaddr_in($port, INADDR_ANY)) or die; listen(S4, 5) or die;
	($port) = unpack_sockaddr_in(getsockname(S4));
}
s/PORT/$port/ for @command;
my $pid = fork();
if (!$pid) { close(S4) if $what =~ /4/; close(S6) if $what =~ /6/; exec(@command); exit 99; }
waitpid($pid, 0);
exit($? & 127 ? 128 + ($? & 127) : $? >> 8);
END
serve=46
netipc() {
	# shellcheck disable=SC2086
	in_world "$tmp/etc" sh "$tmp/net" perl "$tmp/serve.pl" "$serve" "$tmp/port" \
		$NETIPC_EXEC "$NETIPC" "$@"
}
rows='[.address,.status,.winner,.local,.errno]'

tj "both families, the first one wins" 0 '[.status,.winner]' '["connected",true]
["untried",false]' '' resolve --probe both PORT -j
serve=4
tj "IPv4 alone listens" 0 "$rows" '["2001:db8::1","failed",false,"2001:db8::1","ECONNREFUSED"]
["192.0.2.1","connected",true,"192.0.2.1",null]' '' \
	resolve --probe both PORT -j
serve=6
tj "IPv6 alone listens: all are tried" 0 "$rows" \
	'["2001:db8::1","connected",true,"2001:db8::1",null]
["192.0.2.1","failed",false,"192.0.2.1","ECONNREFUSED"]' '' \
	resolve --probe=all both PORT -j
t "-4" 1 'ADDRESS    STATUS  WINNER  ERRNO
192.0.2.1  failed  false   ECONNREFUSED' '' \
	resolve -4 --probe -o address,status,winner,errno both PORT
t "a table" 0 'ADDRESS      STATUS     WINNER
2001:db8::1  connected  true' '' resolve --probe -o address,status,winner six PORT
t "CSV" 0 "$(printf 'name,address,family,status\r\nsix,2001:db8::1,ipv6,connected\r')" '' \
	resolve --probe --csv -o name,address,family,status six PORT
serve=4
tj "a refusal does not wait for the stagger" 0 '[.status, .start_s < 30]' '["failed",true]
["connected",true]' '' resolve --probe --stagger 1h -j both PORT
serve=4
tj "a silent address: the next one after the stagger" 0 '[.address,.status,.start_s >= 0.05]' \
	'["2001:db8:1::9","abandoned",false]
["192.0.2.1","connected",true]' '' resolve --probe --stagger 50ms -j mute.example PORT
tj "a silent address, side by side" 0 '[.address,.status,.winner,.time_s >= 0.2]' \
	'["2001:db8:1::9","timeout",false,true]
["192.0.2.1","connected",true,false]' '' \
	resolve --probe=all --timeout 200ms -j mute.example PORT
tj "silence alone" 1 '[.status,.errno,.local]' '["timeout",null,"198.51.100.100"]
["timeout",null,"198.51.100.100"]' '' \
	resolve --probe --stagger 10ms --timeout 100ms -j far PORT
tj "no route" 1 '[.status,.errno,(.error | test("^(No route to host|Host is unreachable)$")),.local]' \
	'["failed","EHOSTUNREACH",true,null]' '' resolve --probe -j gone PORT

# A signal: what is known by then is printed
serve=4
# shellcheck disable=SC2016,SC2086
in_world "$tmp/etc" sh "$tmp/net" sh -c 'echo $$ >"$0/pid"; exec "$@"' "$tmp" \
	$NETIPC_EXEC "$NETIPC" resolve --probe=all -H -o address,status far 9 \
	>"$tmp/out" 2>"$tmp/err" &
shell=$!
poll test -s "$tmp/pid" || fail "it does not start"
probing=$(cat "$tmp/pid")
pids="$pids $probing"
# shellcheck disable=SC2016
poll awk '$4 == "02" { found = 1 } END { exit !found }' "/proc/$probing/net/tcp" ||
	fail "it does not connect"
kill -s TERM "$probing"
wait "$shell"
same "SIGTERM: status" 143 $?
same "SIGTERM: output" '198.51.100.1  abandoned
198.51.100.2  abandoned' "$(cat "$tmp/out")"
done_testing
