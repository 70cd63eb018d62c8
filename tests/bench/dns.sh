#!/bin/sh
# SPDX-License-Identifier: MIT
# dns.sh - netipc resolve and rresolve beside the tools of their field; called by make bench
#
# DNS_ZONE (default 500000) is how many names the zone has, DNS_NAMES (200000) how many are
# asked for, DNS_LINES (1000000) how long the log is, DNS_ROUNDS (5) how often each command is
# run, DNS_ROWS which of the rows at the end of this file.
#
# All is in a network namespace: nsd on 127.0.0.1 serves the zones, fakedns on 127.0.0.2 the
# same names 20 ms away, on 127.0.0.3 with faults.  The rows of one table are run in turn, so
# that what else the machine does hits all alike.  The rate is that of the median round, from
# start to exit; the processor time, user and system, that of the best.  Outputs have been
# compared before; a tool that is not installed is left out.
set -eu
: "${NETIPC:?run by make bench}"
if [ "${DNS_INSIDE-}" = '' ]; then
	for way in 'unshare -nm' 'unshare -rnm'; do
		if $way true 2>/dev/null; then
			DNS_INSIDE=1
			export DNS_INSIDE
			exec $way sh "$0"
		fi
	done
	echo 'dns: left out, no network namespace can be made here'
	exit 0
fi

zone=${DNS_ZONE:-500000} names=${DNS_NAMES:-200000} lines=${DNS_LINES:-1000000}
rounds=${DNS_ROUNDS:-5}
. "${srcdir:?run by make bench}/tests/bench/lib.sh"
pids=
finish() {
	for pid in $pids; do
		kill "$pid" 2>/dev/null || :
	done
	# shellcheck disable=SC2086 # none, or several
	wait $pids 2>/dev/null || :
	rm -rf "$data"
}
different=0
cd "$data"

# contest TITLE - what add names from now on is measured together
contest() {
	echo
	echo "$1"
	: >table
	: >commands
}

# equal LABEL WANT COMMAND - COMMAND, a line for sh, prints the file WANT, in any order; else
# LABEL must not be timed
equal() {
	sh -c "$3" 2>said | sort >got || :
	sort "$2" >want
	if cmp -s want got; then
		say "equal output: $1"
		return
	fi
	say "DIFFERENT OUTPUT: $1: $(comm -23 want got | wc -l) of $(wc -l <want) lines missing," \
		"$(comm -13 want got | wc -l) others"
	head -n 3 said | sed 's/^/  /'
	diff want got | sed -n '2,4s/^/  /p'
	different=$((different + 1))
	return 1
}

# add N LABEL COMMAND - COMMAND, a line for sh, looks N names up
add() {
	printf '%s\t%s\n' "$1" "$2" >>table
	echo "!exec $3" >>commands
}

# race [ROUNDS] - measures and prints; the first command is ours
race() {
	"$bench/spawn" "${1:-$rounds}" <commands >timing
	cut -f 1,3 timing | paste - table >result
	awk -F '\t' '
		NR == 1 { print "  names/s  CPU us/name     wall s  netipc is x" }
		{
			rate = $3 / $1 * 1e6
			if (NR == 1)
				ours = rate
			printf "%9.0f %12.2f %10.3f %12.2f  %s\n", rate, $2 / $3, $1 / 1e6,
				ours / rate, $4
		}' result
}

# faster LIMIT LABEL - netipc has at least LIMIT times the rate of LABEL
faster() {
	awk -F '\t' -v limit="$1" -v label="$2" '
		NR == 1 { ours = $3 / $1; cpu = $2 / $3 }
		$4 == label {
			ratio = ours / ($3 / $1)
			printf "%d at least %s x %s, got %.2f", (ratio >= limit), limit, label, ratio
		}' result >bar
	[ ! -s bar ] || judge "$(cut -d ' ' -f 1 bar)" "$(cut -d ' ' -f 2- bar)"
}

# cheaper LIMIT LABEL - one look-up takes at most LIMIT times the processor time of LABEL
cheaper() {
	awk -F '\t' -v limit="$1" -v label="$2" '
		NR == 1 { ours = $2 / $3 }
		$4 == label {
			ratio = ours / ($2 / $3)
			printf "%d at most %s x the CPU of %s, got %.2f", (ratio <= limit), limit,
				label, ratio
		}' result >bar
	[ ! -s bar ] || judge "$(cut -d ' ' -f 1 bar)" "$(cut -d ' ' -f 2- bar)"
}

# costs LIMIT - our processor time a name, in microseconds
costs() {
	awk -F '\t' -v limit="$1" 'NR == 1 {
		printf "%d at most %s us CPU a name, got %.2f", ($2 / $3 <= limit), limit, $2 / $3
	}' result >bar
	judge "$(cut -d ' ' -f 1 bar)" "$(cut -d ' ' -f 2- bar)"
}

# takes LIMIT - our time from start to exit, in seconds
takes() {
	awk -F '\t' -v limit="$1" 'NR == 1 {
		printf "%d within %s s, got %.3f", ($1 / 1e6 <= limit), limit, $1 / 1e6
	}' result >bar
	judge "$(cut -d ' ' -f 1 bar)" "$(cut -d ' ' -f 2- bar)"
}

# Zones: hN.bench.test and the name of its address, N as the low 24 bits of 10.0.0.0/8.  The
# names are asked for in an order that has nothing to do with the zone's.
make_data() {
	awk -v n="$zone" 'BEGIN {
		soa = "SOA ns.bench.test. host.bench.test. 1 3600 600 86400 300"
		print "$ORIGIN bench.test.\n@ 300 " soa "\n@ 300 NS ns\nns 300 A 127.0.0.1" >"forward"
		print "$ORIGIN 10.in-addr.arpa.\n@ 300 " soa "\n@ 300 NS ns.bench.test." >"reverse"
		for (i = 1; i <= n; i++) {
			x = int(i / 65536)
			y = int(i / 256) % 256
			z = i % 256
			printf "h%d 300 A 10.%d.%d.%d\n", i, x, y, z >"forward"
			printf "%d.%d.%d 300 PTR h%d.bench.test.\n", z, y, x, i >"reverse"
		}
	}'
	awk -v n="$names" -v zone="$zone" 'BEGIN {
		step = 7919
		for (i = 1; i <= n; i++) {
			k = i * step % zone + 1
			a = sprintf("%d.%d.%d", int(k / 65536), int(k / 256) % 256, k % 256)
			split(a, p, ".")
			arpa = p[3] "." p[2] "." p[1] ".10.in-addr.arpa"
			print "h" k ".bench.test" >"names"
			print "h" k ".bench.test 10." a >"names.want"
			print "10." a >"addresses"
			print "10." a " h" k ".bench.test" >"addresses.want"
			print arpa >"arpa"
		}
	}'
	sed 's/$/ A/' names >names.perf
	sed 's/$/ PTR/' arpa >arpa.perf
	cat >nsd.conf <<END
server:
	ip-address: 127.0.0.1
	username: ""
	chroot: ""
	zonesdir: "$data"
	pidfile: "$data/nsd.pid"
	logfile: "$data/nsd.log"
	database: ""
	zonelistfile: "$data/zone.list"
	xfrdfile: "$data/xfrd.state"
	server-count: 1
	rrl-ratelimit: 0
remote-control:
	control-enable: no
zone:
	name: bench.test
	zonefile: forward
zone:
	name: 10.in-addr.arpa
	zonefile: reverse
END
	mkdir etc
	printf 'nameserver 127.0.0.1\n' >etc/resolv.conf
	printf '127.0.0.1 localhost\n' >etc/hosts
	printf 'hosts: files dns\nservices: files\nprotocols: files\n' >etc/nsswitch.conf
	echo 127.0.0.1 >resolvers
	echo 127.0.0.2 >far
}

# await ADDRESS NAME - until the server there answers
await() {
	tries=0
	until "$bench/getaddr" "$1" >/dev/null 2>&1; do
		tries=$((tries + 1))
		if [ "$tries" -gt 600 ]; then
			cat nsd.log 2>/dev/null
			echo 'dns: no server answers' >&2
			exit 3
		fi
		sleep 0.1
	done
}

serve() {
	ip link set lo up
	ip addr add 192.0.2.53/32 dev lo
	for file in etc/*; do
		mount --bind "$file" "/etc/${file##*/}"
	done
	"$builddir/tests/fakedns" --synth bench.test --synth 10.in-addr.arpa \
		-a 127.0.0.2#53 --delay 20 -a 127.0.0.3#53 --delay 5 --loss 5 --servfail 2 \
		--truncate 2 --wrong-id 2 --wrong-question 2 >fakedns.out &
	pids="$pids $!"
	if have nsd; then
		nsd -d -c nsd.conf >/dev/null 2>&1 &
		pids="$pids $!"
		await h1.bench.test
	fi
}

# The rows

forward() {
	have nsd || return 0
	contest "forward: $names names, RTT near 0, window 500"
	ours="$NETIPC resolve --dns -4 -f names @127.0.0.1"
	equal 'netipc resolve --dns' names.want "$ours" || return 0
	add "$names" 'netipc resolve --dns' "$ours"
	! have dnsperf || add "$names" dnsperf \
		'dnsperf -s 127.0.0.1 -d names.perf -n 1 -q 500 -b 4096'
	theirs='massdns -q --root -r resolvers -s 500 -t A -o S names'
	if have massdns && equal massdns names.want "$theirs | sed 's/\\. A / /'"; then
		add "$names" massdns "$theirs"
	fi
	race
	faster 1.0 dnsperf
	faster 1.3 massdns
	costs 5.5
}

ptr() {
	have nsd || return 0
	contest "PTR: $names addresses, RTT near 0, window 500"
	ours="$NETIPC rresolve --dns -f addresses @127.0.0.1"
	equal 'netipc rresolve --dns' addresses.want "$ours" || return 0
	add "$names" 'netipc rresolve --dns' "$ours"
	! have dnsperf || add "$names" dnsperf \
		'dnsperf -s 127.0.0.1 -d arpa.perf -n 1 -q 500 -b 4096'
	theirs='massdns -q --root -r resolvers -s 500 -t PTR -o S arpa'
	paste -d ' ' arpa addresses.want | cut -d ' ' -f 1,3 >arpa.want
	if have massdns && equal massdns arpa.want "$theirs | sed 's/\\. PTR / /; s/\\.\$//'"; then
		add "$names" massdns "$theirs"
	fi
	race
	faster 1.0 dnsperf
	faster 1.3 massdns
	costs 5.5
}

far() {
	contest 'forward: RTT 20 ms, window 2000'
	few=100000
	[ "$few" -le "$names" ] || few=$names
	head -n "$few" names >names.far
	head -n 2000 names >names.2000
	head -n 100 names >names.100
	mkdir etc.far
	printf 'nameserver 127.0.0.2\n' >etc.far/resolv.conf
	ours="$NETIPC resolve --dns -4 -w 2000"
	answers names.far >far.want
	equal 'netipc resolve --dns' far.want "$ours -f names.far @127.0.0.2" || return 0
	add "$few" 'netipc resolve --dns' "$ours -f names.far @127.0.0.2"
	theirs='massdns -q --root -r far -s 2000 -t A -o S names.far'
	if have massdns && equal massdns far.want "$theirs | sed 's/\\. A / /'"; then
		add "$few" massdns "$theirs"
	fi
	mount --bind etc.far/resolv.conf /etc/resolv.conf
	answers names.2000 >far.want
	pool="$bench/pool 64 <names.2000"
	! equal 'getaddrinfo, 64 threads' far.want "$pool" || add 2000 'getaddrinfo, 64 threads' "$pool"
	answers names.100 | cut -d ' ' -f 2 >far.want
	theirs='dig @127.0.0.2 +short -f names.100'
	if have dig && equal 'dig -f' far.want "$theirs"; then
		add 100 'dig -f' "$theirs"
	fi
	race
	umount /etc/resolv.conf
	faster 2 massdns
	faster 20 'getaddrinfo, 64 threads'
	faster 1000 'dig -f'
}

# answers FILE - "NAME ADDRESS" of its names, by the rule of fakedns --synth
answers() {
	awk 'BEGIN { for (i = 0; i < 256; i++) code[sprintf("%c", i)] = i }
		{
			h = 5381
			name = tolower($1)
			gsub(/\./, "", name)
			for (i = 1; i <= length(name); i++)
				h = (h * 33 + code[substr(name, i, 1)]) % 4294967296
			printf "%s 10.%d.%d.%d\n", $1, int(h / 65536) % 256, int(h / 256) % 256, h % 256
		}' "$1"
}

system() {
	have nsd || return 0
	few=20000
	[ "$few" -le "$names" ] || few=$names
	contest "the system's way, in bulk: $few names, RTT near 0"
	head -n "$few" names >names.few
	head -n "$few" names.want >few.want
	head -n 1000 names >names.1000
	ours="$NETIPC resolve -4 -f names.few"
	equal 'netipc resolve' few.want "$ours" || return 0
	add "$few" 'netipc resolve' "$ours"
	theirs="xargs -n $few getent ahostsv4 <names.few"
	if have getent && equal 'one getent' few.want \
		"$theirs | awk '/STREAM/ { print \$3, \$1 }'"; then
		add "$few" 'one getent' "$theirs"
		add 1000 'xargs -P8 getent' 'xargs -P 8 -n 1 getent ahostsv4 <names.1000'
	fi
	pool="$bench/pool 64 <names.few"
	! equal 'getaddrinfo, 64 threads' few.want "$pool" ||
		add "$few" 'getaddrinfo, 64 threads' "$pool"
	race
	faster 3 'one getent'
	faster 30 'xargs -P8 getent'
}

filter() {
	have nsd || return 0
	contest "a log of $lines lines with 50000 addresses"
	awk -v n="$lines" 'BEGIN {
		srand(3)
		for (i = 0; i < n; i++) {
			k = int(rand() * 50000) + 1
			printf "10.%d.%d.%d - - [22/Nov/2026:12:00:00 +0000] \"GET /path/%06d HTTP/1.1\" 200 %d \"-\" \"Mozilla/5.0 (X11; Linux)\"\n",
				int(k / 65536), int(k / 256) % 256, k % 256, i, i % 5000
		}
	}' >log
	awk '{
		split($1, p, ".")
		rest = $0
		sub(/^[^ ]*/, "", rest)
		print "h" p[2] * 65536 + p[3] * 256 + p[4] ".bench.test" rest
	}' log >log.want
	ours="$NETIPC rresolve --filter --dns @127.0.0.1 <log"
	equal 'netipc rresolve --filter' log.want "$ours" || return 0
	add "$lines" 'netipc rresolve --filter' "$ours"
	if have logresolve && equal logresolve log.want 'logresolve <log'; then
		add "$lines" logresolve 'logresolve <log'
	fi
	race
	faster 4 logresolve

	# It sends all of its questions at once and waits two seconds for each that is lost.
	if have adnsresfilter; then
		contest 'the same log, by adnsresfilter, in one round'
		if equal adnsresfilter log.want 'adnsresfilter -w -u <log'; then
			add "$lines" 'netipc rresolve --filter' "$ours"
			add "$lines" adnsresfilter 'adnsresfilter -w -u <log'
			race 1
			faster 10 adnsresfilter
		fi
	fi

	contest "the same log, RTT 20 ms"
	awk '{ a = $1; gsub(/\./, "-", a); rest = $0; sub(/^[^ ]*/, "", rest)
		print "ip-" a ".bench.test" rest }' log >log.want
	ours="$NETIPC rresolve --filter --dns -w 2000 @127.0.0.2 <log"
	equal 'netipc rresolve --filter' log.want "$ours" || return 0
	add "$lines" 'netipc rresolve --filter' "$ours"
	race
	takes 2
	rm -f log log.want
}

faults() {
	few=20000
	[ "$few" -le "$names" ] || few=$names
	contest "$few names, 5 ms away, 5 % lost, 2 % each SERVFAIL, truncated, of wrong id, of wrong question"
	head -n "$few" names >names.few
	answers names.few >few.want
	ours="$NETIPC resolve --dns -4 -f names.few @127.0.0.3"
	equal 'netipc resolve --dns' few.want "$ours" || return 0
	add "$few" 'netipc resolve --dns' "$ours"
	echo 127.0.0.3 >faulty
	theirs='massdns -q --root -r faulty -s 500 -c 5 -t A -o S names.few'
	if have massdns; then
		sh -c "$theirs" 2>/dev/null | sed 's/\. A / /' | sort >got
		sort few.want >want
		add "$few" "massdns, without $(comm -23 want got | wc -l) of the answers" "$theirs"
	fi
	race
	takes 1.5
}

one() {
	have nsd || return 0
	contest 'one look-up, from start to exit'
	add 1 'netipc resolve' "$NETIPC resolve h1.bench.test"
	add 1 'getaddrinfo, the least program' "$bench/getaddr h1.bench.test"
	! have dig || add 1 dig 'dig +short h1.bench.test'
	! have getent || add 1 'getent ahosts' 'getent ahosts h1.bench.test'
	add 1 'netipc resolve --dns' "$NETIPC resolve --dns h1.bench.test"
	race 100
	cheaper 1.2 'getaddrinfo, the least program'
	cheaper 0.15 dig
}

explain() {
	contest '--explain of a name whose server is 20 ms away'
	mkdir -p etc.far
	printf 'nameserver 127.0.0.2\n' >etc.far/resolv.conf
	mount --bind etc.far/resolv.conf /etc/resolv.conf
	add 1 'netipc resolve --explain' "$NETIPC resolve --explain h1.bench.test"
	add 1 'netipc resolve' "$NETIPC resolve h1.bench.test"
	race 40
	umount /etc/resolv.conf
	awk -F '\t' '{ wall[NR] = $1 } END {
		more = (wall[1] - wall[2]) / 1e3
		printf "%d at most 2 ms above the look-up itself, got %.2f", (more <= 2), more
	}' result >bar
	judge "$(cut -d ' ' -f 1 bar)" "$(cut -d ' ' -f 2- bar)"
}

"$NETIPC" --version | head -n 1
make_data
serve
for row in ${DNS_ROWS:-forward ptr far system filter faults one explain}; do
	"$row"
done
echo
tally
[ "$different" -eq 0 ] || {
	echo "$different outputs differ: their commands have not been timed"
	exit 1
}
