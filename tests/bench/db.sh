#!/bin/sh
# SPDX-License-Identifier: MIT
# db.sh - netipc services and hosts beside libc's calls and getent; called by make bench
#
# DB_KEYS (default 100000) is how many keys are looked up, DB_LINES (100000) how many lines the
# hosts file has that is listed, DB_ROUNDS (5) how often each command is run.
#
# The processor time (user and system) of the fastest round counts, as in addr.sh.  What is slow
# is run with fewer keys, and its time multiplied.  Outputs have been compared before.  For hosts
# the file stands where libc reads it, in a mount namespace.
set -eu
: "${NETIPC:?run by make bench}"
keys=${DB_KEYS:-100000} lines=${DB_LINES:-100000} rounds=${DB_ROUNDS:-5}
. "${srcdir:?run by make bench}/tests/bench/lib.sh"
different=0
cd "$data"

# contest TITLE [FILE] - what add names from now on is measured together, with FILE as /etc/hosts
contest() {
	echo
	echo "$1"
	: >table
	: >commands
	rm -f world
	[ -z "${2-}" ] || echo "$2" >world
}

# in_world COMMAND... - with the contest's /etc/hosts, if it has one
in_world() {
	if [ -e world ]; then
		# shellcheck disable=SC2016 # the inner shell expands it
		unshare -rm sh -c 'mount --bind "$0" /etc/hosts && exec "$@"' "$(cat world)" "$@"
	else
		"$@"
	fi
}

# equal LABEL OURS THEIRS - two lines for sh print the same; else LABEL must not be timed
equal() {
	if [ "$(in_world sh -c "$2" | cksum)" = "$(in_world sh -c "$3" | cksum)" ]; then
		say "equal output: $1"
		return
	fi
	say "DIFFERENT OUTPUT: $1"
	different=$((different + 1))
	return 1
}

# add TIMES LABEL BAR COMMAND - its time counts TIMES; netipc must be BAR times as fast, - for any
add() {
	printf '%s\t%s\t%s\n' "$1" "$2" "$3" >>table
	echo "$4" >>commands
}

# race - measures and prints; the first command is ours.  What a loop of processes waits for is
# not all in their processor time: its bar is by the clock.
race() {
	in_world "$bench/spawn" "$rounds" <commands >timing
	cut -f 2,3 timing | paste - table | awk -F '\t' '
		NR == 1 { wall = $1; cpu = $2; print "     cpu s     wall s  x netipc" }
		{
			printf "%10.4f %10.4f %9.1f  %s\n", $2 * $3 / 1e6, $1 * $3 / 1e6,
				$2 * $3 / cpu, $4
		}
		$5 != "-" {
			clock = $4 ~ /loop/
			ratio = clock ? $1 * $3 / wall : $2 * $3 / cpu
			bars = bars sprintf("  %-6s at least %5d x %s%s, got %.1f\n",
				ratio >= $5 ? "ok" : "MISSED", $5, $4, clock ? ", by the clock" : "", ratio)
		}
		END { printf "%s", bars }' | tee result
	grep 'at least' result >>bars || :
}

# some N KEYS - N of the lines of KEYS, the same ones each time
some() {
	awk -v n="$1" '{ line[NR] = $0 } END {
		srand(5)
		for (i = 0; i < n; i++)
			print line[int(rand() * NR) + 1]
	}' "$2"
}

services() {
	if ! getent services >/dev/null 2>&1; then
		echo 'services: left out, this machine has no /etc/services that libc lists'
		return
	fi
	awk '!/^#/ && NF > 1 { split($2, p, "/"); print $1; print p[1]; print $2; print $1 "/" p[2] }' \
		/etc/services >names
	some "$keys" names >asked
	some 300 names >few
	contest "services: $keys keys of four kinds, every 4th a name, from standard input"
	ours="!$NETIPC services --first --tsv -H -o name,port,proto - <asked"
	add 1 'netipc services --first' - "$ours"
	equal 'getservbyname, getservbyport in one process' "${ours#!}" "$bench/lookup services <asked" &&
		add 1 'getservbyname, getservbyport in one process' 50 "!$bench/lookup services <asked"
	# shellcheck disable=SC2016 # the inner shell expands it
	add "$((keys / 300))" 'a loop of getent services in sh' 5000 \
		'!while read -r key; do getent services "$key"; done <few'
	add 1 'netipc services, every match, TSV' - "!$NETIPC services --tsv - <asked"
	add 1 'netipc services, every match, JSON' - "!$NETIPC services --json - <asked"
	add 1 'netipc services, every match, table' - "!$NETIPC services - <asked"
	race
}

# hosts_file N FILE - N lines with an address, a name and an alias
hosts_file() {
	awk -v n="$1" 'BEGIN {
		for (i = 0; i < n; i++)
			printf "10.%d.%d.%d\thost%d.example.org host%d\n", i / 65536, i / 256 % 256,
				i % 256, i, i
	}' >"$2"
}

hosts() {
	hosts_file 1000 small
	hosts_file "$lines" large
	: >world
	echo small >world
	if ! in_world true 2>/dev/null; then
		echo 'hosts: left out, no mount namespace can be made here'
		return
	fi
	awk '{ print $2; print $3 }' small >names
	some "$keys" names >asked
	some 1000 names >few
	contest "hosts: $keys names from standard input, a file of 1000 lines" small
	ours="$NETIPC hosts --first --tsv -H -o address -"
	add 1 'netipc hosts --first' - "!$ours <asked"
	equal 'gethostbyname in one process, 1000 keys' "$ours <few" "$bench/lookup hosts <few" &&
		add "$((keys / 1000))" 'gethostbyname in one process' 50 "!$bench/lookup hosts <few"
	# shellcheck disable=SC2016 # the inner shell expands it
	add "$((keys / 1000))" 'a loop of getent hosts in sh' 5000 \
		'!while read -r key; do getent -s files hosts "$key"; done <few'
	race

	awk '{ print $2; print $3 }' large >names
	some "$keys" names >asked
	some 20 names >few
	contest "hosts: $keys names from standard input, a file of $lines lines" large
	add 1 'netipc hosts --first' - "!$ours <asked"
	equal 'gethostbyname in one process, 20 keys' "$ours <few" "$bench/lookup hosts <few" &&
		add "$((keys / 20))" 'gethostbyname in one process' 50 "!$bench/lookup hosts <few"
	race

	contest "hosts: a list of $lines lines" large
	add 1 'netipc hosts -o address,name,aliases' - "$NETIPC hosts -o address,name,aliases"
	equal 'getent -s files hosts, its blanks as tabs' "$NETIPC hosts --tsv -H -o address,name,aliases |
		tr '\\t' ' '" "getent -s files hosts | tr -s ' '" &&
		add 1 'getent -s files hosts' 5 'getent -s files hosts'
	add 1 'netipc hosts' - "$NETIPC hosts"
	add 1 'netipc hosts --tsv' - "$NETIPC hosts --tsv"
	add 1 'netipc hosts --json' - "$NETIPC hosts --json"
	add 1 'netipc hosts --classic' - "$NETIPC hosts --classic"
	add 1 'netipc hosts host1 (no index)' - "$NETIPC hosts host1"
	add 1 'wc -l' - 'wc -l /etc/hosts'
	race
}

"$NETIPC" --version | head -n 1
echo "processor time of the fastest of $rounds rounds; output to /dev/null"
services
hosts
echo
tally
[ "$different" -eq 0 ] || {
	echo "$different outputs differ: their commands have not been timed"
	exit 1
}
