#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc resolve and rresolve: names of files and of a DNS server, in a namespace where
# both are the test's own
. "${srcdir:?run by make check}/tests/lib.sh"
need jq perl unshare

mkdir "$tmp/etc"
cat >"$tmp/etc/hosts" <<'END'
127.0.0.1	localhost
192.0.2.10	www.example www
192.0.2.11	many
192.0.2.12	many
192.0.2.11	many
2001:db8::13	many
2001:db8::14	six
192.0.2.66	evil.example
END
printf '192.0.2.%d apart\n' 21 22 21 >>"$tmp/etc/hosts"
printf '192.0.2.67\tevil\033[31mname\n' >>"$tmp/etc/hosts"
printf 'nameserver 127.0.0.1\noptions timeout:1 attempts:1\n' >"$tmp/etc/resolv.conf"
printf 'hosts: files dns\nservices: files\nprotocols: files\n' >"$tmp/etc/nsswitch.conf"
printf 'http\t80/tcp\twww\ndomain\t53/tcp\ndomain\t53/udp\ntftp\t69/udp\nshell\t514/tcp\nsyslog\t514/udp\n' \
	>"$tmp/etc/services"

# The DNS server of the names below: .test exists as the table says, nothing else does.
cat >"$tmp/dns.pl" <<'END'
use strict;
use Socket;
my ($a4, $b4, $a6) = (pack("C4", 192, 0, 2, 80), pack("C4", 192, 0, 2, 88),
	pack("n8", 0x2001, 0xdb8, 0, 0, 0, 0, 0, 0x80));
my $real = "\4real\4test\0";
my %rr = ( # name and type: [type, data]...
	"real.test 1" => [[1, $a4]], "real.test 28" => [[28, $a6]],
	"alias.test 1" => [[5, $real], [1, $a4]], "alias.test 28" => [[5, $real], [28, $a6]],
	"four.test 1" => [[1, $a4]], "twice.test 1" => [[1, $a4], [1, $b4], [1, $a4]],
	"80.2.0.192.in-addr.arpa 12" => [[12, $real]],
	"xn--bcher-kva.test 1" => [[1, $a4]],
	"82.2.0.192.in-addr.arpa 12" => [[12, "\15xn--bcher-kva\4test\0"]],
	"81.2.0.192.in-addr.arpa 12" => [[12, "\7a\033[31m!\4test\0"]],
);
my %rcode = ("servfail.test" => 2, "refused.test" => 5);
socket(S, PF_INET, SOCK_DGRAM, 0) && bind(S, sockaddr_in(53, INADDR_LOOPBACK)) or die "dns: $!";
my $pid = fork();
if ($pid) {
	open(F, ">", $ARGV[0]) && print(F $pid) && close(F);
	exit 0;
}
open(STDOUT, ">", "/dev/null");
open(STDERR, ">", "/dev/null");
alarm 60;
while (my $from = recv(S, my $q, 512, 0)) {
	my ($name, $at) = ("", 12);
	while (my $n = ord(substr($q, $at, 1))) {
		$name .= ($name eq "" ? "" : ".") . lc(substr($q, $at + 1, $n));
		$at += $n + 1;
	}
	my $type = unpack("n", substr($q, $at + 1, 2));
	next if $name eq "silent.test";
	my $known = grep { /^\Q$name\E / } keys %rr;
	my $rcode = $rcode{$name} // ($known || $name eq "nodata.test" ? 0 : 3);
	my ($n, $body, $owner) = (0, "", pack("n", 0xc00c));
	for (@{$rr{"$name $type"} || []}) {
		$body .= $owner . pack("nnNn", $$_[0], 1, 60, length($$_[1])) . $$_[1];
		$owner = $real if $$_[0] == 5;
		$n++;
	}
	my $r = substr($q, 0, 2) . pack("nnnnn", 0x8180 | $rcode, 1, $n, 0, 0);
	send(S, $r . substr($q, 12, $at - 7) . $body, 0, $from);
}
END
cat >"$tmp/with-dns" <<END
perl "$tmp/dns.pl" "$tmp/dns.pid" || exit 99
"\$@"
status=\$?
kill "\$(cat "$tmp/dns.pid")"
exit \$status
END

in_world "$tmp/etc" sh "$tmp/with-dns" true 2>"$tmp/why" ||
	skip "no namespace with files of /etc and a server at port 53: $(head -n 1 "$tmp/why")"
netipc() {
	# shellcheck disable=SC2086
	in_world "$tmp/etc" sh "$tmp/with-dns" $NETIPC_EXEC "$NETIPC" "$@"
}

# Files
t "a name" 0 192.0.2.10 '' resolve www.example
t "a name and a service" 0 192.0.2.10:80 '' resolve www.example http
t "an alias of the service" 0 192.0.2.10:80 '' resolve www.example www
t "an alias, and its canonical name" 0 'canonical name www.example
192.0.2.10' '' resolve --canonname www
t "localhost and http" 0 127.0.0.1:80 '' resolve -4 localhost http
t "the lecture's lines" 0 127.0.0.1:80 '' resolve --classic localhost http
t "IPv6 alone" 0 '[2001:db8::14]:53' '' resolve six domain
t "no IPv4" 1 '' 'netipc resolve: six: *(EAI_NO*)' resolve -4 six
t "a service of UDP alone" 0 192.0.2.10:69 '' resolve www tftp
t "a service that the socket type does not have" 1 '' '*service tftp: *(EAI_SERVICE)' \
	resolve --socktype stream www tftp
t "a port that differs by protocol" 0 192.0.2.10:514 '' resolve --socktype dgram www syslog
tj "records of both protocols" 0 '[.socktype,.proto,.port]' '["stream","tcp",53]
["dgram","udp",53]' '' resolve -4 -j www domain
t "--numerichost asks nobody" 1 '' '*(EAI_NONAME)' resolve --numerichost www
netipc resolve many >"$tmp/many"
same "the addresses of a name, each once" '192.0.2.11 192.0.2.12 2001:db8::13 ' \
	"$(sort "$tmp/many" | tr '\n' ' ')"
# apart and twice.test have 192.0.2.21 and .80 first and last: equal rows that are not
# neighbours.  Not in the lecture's form, which shows that it is so.
t "equal addresses that stand apart" 0 '192.0.2.21
192.0.2.22' '' resolve -4 apart
t "each row of them, in the lecture's form" 0 '192.0.2.21:0
192.0.2.22:0
192.0.2.21:0' '' resolve --classic apart

# getent's order is getaddrinfo's
if netipc --version | grep -q ' glibc' && ! emulated && command -v getent >/dev/null 2>&1; then
	for name in many six www localhost real.test alias.test; do
		getent=$(in_world "$tmp/etc" sh "$tmp/with-dns" getent -A ahosts $name |
			awk '{ print $1, tolower($2) }')
		same "getent ahosts $name" "$getent" \
			"$(netipc resolve -H -o address,socktype $name | tr -s ' ')"
		ok "getent ahosts $name: is not empty" test -n "$getent"
	done
fi

# DNS
t "DNS" 0 192.0.2.80:80 '' resolve -4 real.test 80
t "DNS, IPv6" 0 '[2001:db8::80]:80' '' resolve -6 real.test 80
same "DNS, both" '192.0.2.80 2001:db8::80 ' "$(netipc resolve real.test | sort | tr '\n' ' ')"
t "an alias in the DNS" 0 'canonical name real.test
192.0.2.80' '' resolve -4 --canonname alias.test
tj "its canonical name in JSON" 0 '[.name,.canonname,.address]' \
	'["alias.test","real.test","192.0.2.80"]' '' \
	resolve -4 --canonname --socktype stream -j alias.test
tj "a canonical name that nobody asked for" 0 .canonname null '' \
	resolve -4 --socktype stream -j alias.test
t "--v4mapped" 0 '::ffff:192.0.2.80' '' resolve -6 --v4mapped four.test
t "--v4mapped, a name with IPv6" 0 2001:db8::80 '' resolve -6 --v4mapped real.test
same "--v4mapped --all" '2001:db8::80 ::ffff:192.0.2.80 ' \
	"$(netipc resolve -6 --v4mapped --all real.test | sort | tr '\n' ' ')"
t "equal addresses that stand apart, in the DNS" 0 '192.0.2.80
192.0.2.88' '' resolve -4 twice.test
t "each row of them" 0 '192.0.2.80:0
192.0.2.88:0
192.0.2.80:0' '' resolve --classic twice.test
t "no such name" 1 '' 'netipc resolve: absent.test: *(EAI_NONAME)' resolve absent.test
label=$(head -c 64 /dev/zero | tr '\0' l)
t "a label of 64 bytes" 1 '' "netipc resolve: l*: *(EAI_NONAME)" resolve "$label.test"
t "an empty label" 1 '' 'netipc resolve: real..test: *(EAI_NONAME)' resolve real..test
t "a blank in a name" 1 '' 'netipc resolve: real test: *(EAI_NONAME)' resolve 'real test'
t "a name that is no UTF-8" 1 '' 'netipc resolve: a\\xff.test: *(EAI_NONAME)' \
	resolve "$(printf 'a\377.test')"
t "no data" 1 '' 'netipc resolve: nodata.test: *(EAI_NO*)' resolve nodata.test
t "no data for the family" 1 '' '*four.test: *(EAI_NO*)' resolve -6 four.test
t "SERVFAIL" 3 '' '*servfail.test: *(EAI_AGAIN)' resolve servfail.test
t "REFUSED" 3 '' '*refused.test: *(EAI_*)' resolve refused.test
t "no reply" 3 '' '*silent.test: *(EAI_AGAIN)' resolve silent.test
printf 'www http\nabsent.test\nsix\nservfail.test 80\nfour.test domain\n' >"$tmp/list"
input=$tmp/list
t "the worst of a batch" 3 'www 192.0.2.10:80
four.test 192.0.2.80:53' 'netipc resolve: standard input:2: absent.test: *
*standard input:3: six: *
*standard input:4: servfail.test service 80: *(EAI_AGAIN)' resolve -4 -
input=$tmp/list
tj "its records" 3 \
	'[.name,.service,.status,.addresses,.port,(.error//"(-)"|sub(".*\\(";""))]' \
	'["www","http","ok",["192.0.2.10"],80,"-)"]
["absent.test",null,"nxdomain",[],null,"EAI_NONAME)"]
["six",null,"ok",["2001:db8::14"],null,"-)"]
["servfail.test","80","temporary",[],null,"EAI_AGAIN)"]
["four.test","domain","ok",["192.0.2.80"],53,"-)"]' '*' resolve --socktype stream -j -

# The other way
t "the name of an address" 0 www.example '' rresolve 192.0.2.10
t "and its service" 0 www.example:http '' rresolve 192.0.2.10 80
t "of IPv6" 0 six:domain '' rresolve '[2001:db8::14]:53'
t "the lecture's line" 0 localhost:http '' rresolve --classic 127.0.0.1 80
t "an address without a name" 0 '[2001:db8::99]:http' '' rresolve 2001:db8::99 80
t "an address without a name, no port" 0 2001:db8::99 '' rresolve 2001:db8::99
t "--namereqd" 1 '' 'netipc rresolve: 192.0.2.99: *(EAI_NONAME)' \
	rresolve --namereqd 192.0.2.99
t "--dgram" 0 www.example:syslog '' rresolve --dgram 192.0.2.10 514
t "not --dgram" 0 www.example:shell '' rresolve 192.0.2.10 514
t "a port without a service" 0 www.example:4711 '' rresolve 192.0.2.10 4711
t "--numerichost" 0 192.0.2.10:http '' rresolve --numerichost 192.0.2.10 80
t "--numericserv" 0 www.example:80 '' rresolve --numericserv 192.0.2.10 80
t "a PTR record" 0 real.test '' rresolve 192.0.2.80
printf '192.0.2.10 80\n192.0.2.99\n2001:db8::14:\n192.0.2.80:53\n' >"$tmp/list"
input=$tmp/list
tj "a batch" 2 '[.input,.address,.port,.host,.service,(.error//"(-)"|sub(".*\\(";""))]' \
	'["192.0.2.10 80","192.0.2.10",80,"www.example","http","-)"]
["192.0.2.99","192.0.2.99",null,null,null,"EAI_NONAME)"]
["2001:db8::14:",null,null,null,null,"column 13)"]
["192.0.2.80:53","192.0.2.80",53,"real.test","domain","-)"]' '*' rresolve --namereqd -j -

# A name that would act on the terminal or break a line
for address in 192.0.2.67 192.0.2.81; do
	netipc rresolve $address >"$tmp/out" 2>"$tmp/err"
	same "a hostile name of $address: lines" 1 "$(cat "$tmp/out" "$tmp/err" | wc -l)"
	same "a hostile name of $address: control characters" '' \
		"$(LC_ALL=C grep '[^ -~]' "$tmp/out" "$tmp/err")"
	netipc rresolve -j $address 2>"$tmp/err" >"$tmp/out"
	ok "a hostile name of $address: JSON" jq -e .address "$tmp/out"
done

# International names: glibc loads libidn2 for them
if ! netipc --version | grep -q ' idn'; then
	left_out "international names" "this libc has no AI_IDN"
elif emulated; then
	left_out "international names" "the libc of the emulated machine has no libidn2"
elif ! PATH=$PATH:/sbin:/usr/sbin ldconfig -p 2>/dev/null | grep -q 'libidn2\.so\.0'; then
	left_out "international names" "libidn2 is not installed"
elif [ "$(LC_ALL=C.UTF-8 locale charmap 2>/dev/null)" != UTF-8 ]; then
	left_out "international names" "there is no locale C.UTF-8"
else
	LC_ALL=C.UTF-8
	t "--idn" 0 192.0.2.80 '' resolve -4 --idn bücher.test
	t "--canonidn" 0 'canonical name bücher.test
192.0.2.80' '' resolve -4 --idn --canonname --canonidn bücher.test
	t "a name that is not encoded" 1 '' '*bücher.test: *' resolve -4 bücher.test
	t "rresolve --idn" 0 bücher.test '' rresolve --idn 192.0.2.82
	t "rresolve without --idn" 0 xn--bcher-kva.test '' rresolve 192.0.2.82
	LC_ALL=C
fi

# Signals.  behind LIST ARG...: netipc ARG... with the lines of LIST, in the background; it
# waits for the DNS server when this returns.  $shell is its parent, $asking itself.
behind() {
	printf '%b' "$1" >"$tmp/list"
	shift
	# shellcheck disable=SC2016,SC2086
	in_world "$tmp/etc" sh -c 'perl "$0" "$1/dns.pid" && echo $$ >"$1/pid" && shift && exec "$@"' \
		"$tmp/dns.pl" "$tmp" $NETIPC_EXEC "$NETIPC" "$@" \
		<"$tmp/list" >"$tmp/out" 2>"$tmp/err" &
	shell=$!
	poll test -s "$tmp/pid" || fail "it does not start"
	asking=$(cat "$tmp/pid")
	rm "$tmp/pid"
	pids="$pids $asking"
	# the heading, the server's socket, and one that asks
	poll awk 'END { exit NR < 3 }' "/proc/$asking/net/udp" ||
		fail "it does not ask: $(cat "$tmp/err")"
}
# gone WANT NAME: it ended by SIGTERM, and its output is WANT
gone() {
	wait "$shell"
	same "$2: status" 143 $?
	same "$2: output" "$1" "$(cat "$tmp/out")"
	kill "$(cat "$tmp/dns.pid")"
}
printf 'nameserver 127.0.0.1\noptions timeout:30 attempts:3\n' >"$tmp/etc/resolv.conf"
behind 'www\nsilent.test\nsix\n' resolve -4 -
kill -s TERM "$asking"
gone 'www 192.0.2.10' "SIGTERM while a name is asked for"
behind 'www\nsilent.test\nsix\n' resolve -o name,status -
kill -s TERM "$asking"
gone 'NAME  STATUS
www   ok
six   ok' "SIGTERM while a table holds its rows"

# What only glibc heeds
if netipc --version | grep -q ' glibc'; then
	t "--addrconfig with a loopback interface alone" 1 '' '*(EAI_*)' \
		resolve -4 --addrconfig www
	cp "$tmp/etc/hosts" "$tmp/hosts"
	printf '127.0.0.1\tlocalhost.example localhost\n192.0.2.10\twww.example www\n' \
		>"$tmp/etc/hosts"
	t "--nofqdn" 0 www '' rresolve --nofqdn 192.0.2.10
	t "not --nofqdn" 0 www.example '' rresolve 192.0.2.10
	cp "$tmp/hosts" "$tmp/etc/hosts"
fi
t "--addrconfig with a service" 0 192.0.2.10:80 '' resolve --addrconfig www http

# No server
printf 'nameserver 127.0.0.2\noptions timeout:1 attempts:1\n' >"$tmp/etc/resolv.conf"
t "no server: a name of the files" 0 192.0.2.10 '' resolve www
t "no server: another name" 3 '' '*real.test: *(EAI_AGAIN)' resolve -4 real.test
if netipc --version | grep -q ' glibc'; then
	t "no server: an address" 3 '' '*192.0.2.80: *(EAI_AGAIN)' rresolve 192.0.2.80
else
	t "no server: an address" 0 192.0.2.80 '' rresolve 192.0.2.80
fi
done_testing
