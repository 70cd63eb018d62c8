#!/bin/sh
# SPDX-License-Identifier: MIT
# addr.sh - netipc addr beside wc -l, a loop of libc's calls and the tools of its field;
# called by make bench
#
# ADDR_LINES (default 2000000) is how many lines the large inputs have, ADDR_NETS (1000000)
# how many prefixes are aggregated, ADDR_ROUNDS (5) how often each command is run,
# ADDR_OUTPUT=pipe writes into a pipe in place of /dev/null.
#
# The processor time (user and system) of the fastest round counts: on a machine with other
# work it is steadier than what the clock shows.  Before a tool is timed its output has been
# compared with ours on the same input; a tool that is not installed is left out.
set -eu
: "${NETIPC:?run by make bench}"
lines=${ADDR_LINES:-2000000} nets=${ADDR_NETS:-1000000} rounds=${ADDR_ROUNDS:-5}
. "${srcdir:?run by make bench}/tests/bench/lib.sh"
different=0

# verb NAME - this netipc has netipc addr NAME
verb() {
	"$NETIPC" addr "$1" --help 2>/dev/null | head -n 1 | grep -q "addr $1" && return
	echo "addr $1: left out, this netipc does not have it"
	return 1
}

# version COMMAND - as in "grepcidr 3.03"; nothing if it is not installed
version() {
	{
		"$1" --version || :
		"$1" -V || :
	} </dev/null 2>&1 | sed -n 's/^\([a-z]* [0-9][0-9.]*\).*/\1/p' | head -n 1
}

# pick PATTERN COMMAND... - prints the first COMMAND whose version is like PATTERN
pick() {
	_pattern=$1
	shift
	for _command in "$@"; do
		# shellcheck disable=SC2254 # a pattern is wanted
		case $(version "$_command") in
		$_pattern)
			echo "$_command"
			return
			;;
		esac
	done
}

# have LABEL COMMAND - COMMAND was found; else a line says that LABEL is left out
have() {
	[ -n "$2" ] && command -v "$2" >/dev/null && return
	say "left out: $1 is not installed"
	return 1
}

# make KIND COUNT SEED FILE - data, appended to FILE
make() {
	"$bench/gen" "$1" "$2" "$3" >>"$data/$4"
}

# size FILE... - "143 MB", of all of them
size() {
	(cd "$data" && cat "$@" | wc -c) | awk '{ printf "%.1f MB", $1 / 1e6 }'
}

# equal LABEL OURS THEIRS - two lines for sh print the same; else LABEL must not be timed
equal() {
	if (cd "$data" && [ "$(sh -c "$2" | cksum)" = "$(sh -c "$3" | cksum)" ]); then
		say "equal output: $1"
		return
	fi
	say "DIFFERENT OUTPUT: $1"
	say "  $2"
	say "  $3"
	different=$((different + 1))
	return 1
}

# contest TITLE - what add names from now on is measured together
contest() {
	echo
	echo "$1"
	: >"$data/labels"
	: >"$data/commands"
}

# add LABEL COMMAND - COMMAND is for sh if it begins with "!", else without quotes
add() {
	echo "$1" >>"$data/labels"
	echo "$2" >>"$data/commands"
}

# race - measures, and prints the table; the first label that begins with netipc is ours
race() {
	# shellcheck disable=SC2046 # an option, or none
	(cd "$data" && "$bench/spawn" $([ "${ADDR_OUTPUT-}" = pipe ] && echo -p) "$rounds" \
		<commands >timing)
	cut -f 1-4 "$data/timing" | paste - "$data/labels" >"$data/result"
	awk -F '\t' '
		{ wall[NR] = $2; cpu[NR] = $3; label[NR] = $5 }
		$5 ~ /^netipc/ && !our { our = $3 }
		$5 == "wc -l" { wc = $3 }
		END {
			printf "   cpu s   wall s  x wc -l  x netipc\n"
			for (i = 1; i <= NR; i++)
				printf "%8.4f %8.4f %8s %9s  %s\n", cpu[i] / 1e6, wall[i] / 1e6,
					wc ? sprintf("%.1f", cpu[i] / wc) : "-",
					our ? sprintf("%.2f", cpu[i] / our) : "-", label[i]
		}' "$data/result"
}

# bar LIMIT - "wc -l" for at most LIMIT times as long as it, else at least LIMIT times as
# fast as LABEL; nothing if LABEL did not run
bar() {
	awk -F '\t' -v limit="$1" -v label="$2" '
		$5 ~ /^netipc/ && !our { our = $3 }
		$5 == label { their = $3 }
		END {
			if (!our || !their)
				exit
			most = label == "wc -l"
			ratio = most ? our / their : their / our
			printf "  %-6s %-8s %5.1f x %s, got %.1f\n",
				(most ? ratio <= limit : ratio >= limit) ? "ok" : "MISSED",
				most ? "at most" : "at least", limit, label, ratio
		}' "$data/result" | tee -a "$data/bars"
}

# rss LABEL - the resident set of LABEL in KiB
rss() {
	awk -F '\t' -v label="$1" '$5 == label { print $4; exit }' "$data/result"
}

conv() {
	verb conv || return 0
	contest "conv: $lines IPv4 addresses, one a line"
	make v4 "$lines" 1 v4
	equal 'the input, which is canonical' "$NETIPC addr conv v4" 'cat v4'
	add 'wc -l' 'wc -l v4'
	add 'netipc addr conv' "$NETIPC addr conv v4"
	add 'cat | cat' '!cat v4 | cat'
	if equal 'getline, inet_pton, inet_ntop' "$NETIPC addr conv v4" "$bench/loop v4"; then
		add 'getline, inet_pton, inet_ntop' "$bench/loop v4"
	fi
	# It sorts, and leaves out what is twice: so do both for the comparison.
	if have iprange "$iprange" && equal "$iprange_name -1, both sorted" \
		"$NETIPC addr conv v4 | head -n 100000 | sort -u" \
		"head -n 100000 v4 | $iprange -1 - | sort -u"; then
		add "$iprange_name -1" "$iprange -1 v4"
	fi
	race
	bar 4.5 'wc -l'
	bar 18 'getline, inet_pton, inet_ntop'
	bar 25 "$iprange_name -1"
	rm -f "$data/v4"

	contest "conv: $lines IPv6 addresses, one a line"
	make v6 "$lines" 2 v6
	conv6
	contest "conv: $lines IPv6 addresses in full and in upper case, one a line"
	rm -f "$data/v6"
	make v6-upper "$lines" 2 v6
	conv6
	rm -f "$data/v6"
}

conv6() {
	add 'wc -l' 'wc -l v6'
	add 'netipc addr conv' "$NETIPC addr conv v6"
	add 'cat | cat' '!cat v6 | cat'
	if equal 'getline, inet_pton, inet_ntop' "$NETIPC addr conv v6" "$bench/loop v6"; then
		add 'getline, inet_pton, inet_ntop' "$bench/loop v6"
	fi
	race
	bar 9 'wc -l'
	bar 11 'getline, inet_pton, inet_ntop'
}

# filter OPTIONS - ours, and each of the tools that say the same with OPTIONS of theirs
filter() {
	_ours="$NETIPC addr grep$1 -f list log"
	add 'wc -l' 'wc -l log'
	add "netipc addr grep$1" "$_ours"
	if have 'grepcidr 3' "$grepcidr3" &&
		equal "grepcidr 3$2" "$_ours" "$grepcidr3$2 -f list log"; then
		add "grepcidr 3$2" "$grepcidr3$2 -f list log"
	fi
	[ -z "$2" ] || return 0
	if have 'grepcidr 2' "$grepcidr2" &&
		equal 'grepcidr 2' "$_ours" "$grepcidr2 -f list log"; then
		add 'grepcidr 2' "$grepcidr2 -f list log"
	fi
}

grep_logs() {
	verb grep || return 0
	make nets4 100000 3 list
	make nets6 10000 4 list
	contest "grep: $lines lines of an access log by 100000 + 10000 nets, anywhere in the line"
	make weblog "$lines" 5 log
	filter '' ''
	add 'netipc addr grep -v' "$NETIPC addr grep -v -f list log"
	add 'netipc addr grep -c' "$NETIPC addr grep -c -f list log"
	add 'netipc addr grep --loose' "$NETIPC addr grep --loose -f list log"
	add 'netipc addr grep -e 240.0.0.0/4' "$NETIPC addr grep -e 240.0.0.0/4 log"
	add 'cat | cat' '!cat log | cat'
	equal 'grep and grep -v are all lines' "{ $NETIPC addr grep -f list log;
		$NETIPC addr grep -v -f list log; } | wc -l" 'wc -l <log' || :
	[ -z "$grepcidr3" ] ||
		equal 'grep -v and grepcidr 3 -v' "$NETIPC addr grep -v -f list log" \
			"$grepcidr3 -v -f list log" || :
	race
	bar 5.5 'wc -l'
	bar 7 'grepcidr 3'
	bar 10 'grepcidr 2'

	contest 'grep: the same log, address at the begin of the line'
	filter ' --anchor' ' -a'
	add 'netipc addr grep -k 1' "$NETIPC addr grep -k 1 -f list log"
	race
	bar 3.5 'grepcidr 3 -a'
	rm -f "$data/log"

	contest "grep: $lines lines of sshd's log by the same nets, address within the line"
	make sshlog "$lines" 6 log
	filter '' ''
	race
	bar 5.5 'wc -l'
	bar 7 'grepcidr 3'
	bar 10 'grepcidr 2'
	rm -f "$data/log"
}

# What a list costs, in time and in memory, and that the input's size costs no memory
grep_list() {
	verb grep >/dev/null || return 0
	contest 'grep: loading a list of 100000 nets'
	make nets4 100000 3 list4
	: >"$data/empty"
	add 'netipc addr grep -e 192.0.2.0/24' "$NETIPC addr grep -e 192.0.2.0/24 empty"
	add 'netipc addr grep -f LIST' "$NETIPC addr grep -f list4 empty"
	[ -z "$grepcidr3" ] || add 'grepcidr 3 -f LIST' "$grepcidr3 -f list4 empty"
	[ -z "$grepcidr2" ] || add 'grepcidr 2 -f LIST' "$grepcidr2 -f list4 empty"
	race
	awk -F '\t' '
		$5 ~ / -e / { start = $3 }
		$5 ~ /^netipc.* -f / { list = $3 }
		END {
			ms = (list - start) / 1e3
			printf "  %-6s %-8s %5.1f ms, got %.1f\n",
				ms <= 8 ? "ok" : "MISSED", "at most", 8, ms
		}' "$data/result" | tee -a "$data/bars"

	contest 'grep: memory, the largest resident set'
	make weblog 10000 5 small
	make weblog 1000000 5 large
	add 'netipc --version' "$NETIPC --version"
	add 'netipc addr grep -e NET, 10000 lines' "$NETIPC addr grep -e 192.0.2.0/24 small"
	add 'netipc addr grep -e NET, 1000000 lines' "$NETIPC addr grep -e 192.0.2.0/24 large"
	add 'netipc addr grep -f LIST, 10000 lines' "$NETIPC addr grep -f list4 small"
	add 'netipc addr grep -f LIST, 1000000 lines' "$NETIPC addr grep -f list4 large"
	[ -z "$grepcidr3" ] ||
		add 'grepcidr 3 -f LIST, 1000000 lines' "$grepcidr3 -f list4 large"
	[ -z "$grepcidr2" ] ||
		add 'grepcidr 2 -f LIST, 1000000 lines' "$grepcidr2 -f list4 large"
	race >/dev/null
	awk -F '\t' '{ printf "%8d KiB  %s\n", $4, $5 }' "$data/result"
	# What all of the lines cost, but for the program itself and the list
	awk -v start="$(rss 'netipc --version')" \
		-v net="$(rss 'netipc addr grep -e NET, 10000 lines')" \
		-v small="$(rss 'netipc addr grep -f LIST, 10000 lines')" \
		-v large="$(rss 'netipc addr grep -f LIST, 1000000 lines')" 'BEGIN {
		more = net - start + large - small
		printf "  %-6s %-8s %5d KiB besides the list, got %d\n",
			more <= 1024 ? "ok" : "MISSED", "at most", 1024, more
		}' | tee -a "$data/bars"
	rm -f "$data/small" "$data/large"
}

agg() {
	verb agg || return 0
	contest "agg: $nets IPv4 prefixes"
	make nets4 "$nets" 7 nets
	add 'wc -l' 'wc -l nets'
	add 'netipc addr agg' "$NETIPC addr agg nets"
	if have iprange "$iprange" &&
		equal "$iprange_name" "$NETIPC addr agg nets" "$iprange nets"; then
		add "$iprange_name" "$iprange nets"
	fi
	race
	bar 6 "$iprange_name"
	rm -f "$data/nets"

	contest "agg: $nets IPv6 prefixes"
	make nets6 "$nets" 8 nets
	add 'wc -l' 'wc -l nets'
	add 'netipc addr agg' "$NETIPC addr agg nets"
	if [ -z "$iprange6" ]; then
		say 'left out: iprange 2, the one that knows IPv6, is not installed'
	elif equal "$iprange_name -6" "$NETIPC addr agg nets" "$iprange -6 nets"; then
		add "$iprange_name -6" "$iprange -6 nets"
	fi
	race
	bar 4 "$iprange_name -6"
	rm -f "$data/nets"

	contest 'agg: 10000 IPv4 prefixes, with tools whose time grows with the square'
	make nets4 10000 9 nets
	add 'netipc addr agg' "$NETIPC addr agg nets"
	if have aggregate "$(command -v aggregate)" &&
		equal aggregate "$NETIPC addr agg nets" 'aggregate -q <nets'; then
		add 'aggregate' '!aggregate -q <nets'
	fi
	if have netmask "$(command -v netmask)" && equal 'netmask -c, without its blanks' \
		"$NETIPC addr agg nets | sed '/\\//!s|\$|/32|'" "netmask -c -f nets | tr -d ' '"; then
		add 'netmask -c -f' 'netmask -c -f nets'
	fi
	race
	rm -f "$data/nets"
}

# Set algebra: what two lists have in common, and what one has more
sets() {
	verb set || return 0
	make nets4 "$nets" 12 a
	make nets4 "$nets" 13 b
	contest "set: two lists of $nets IPv4 prefixes"
	add 'wc -l' 'wc -l a b'
	add 'netipc addr set a & b' "!$NETIPC addr set 'a & b'"
	add 'netipc addr set a - b' "!$NETIPC addr set 'a - b'"
	if have iprange "$iprange"; then
		if equal "$iprange_name --common" "$NETIPC addr set 'a & b'" \
			"$iprange a --common b"; then
			add "$iprange_name --common" "$iprange a --common b"
		fi
		if equal "$iprange_name --except" "$NETIPC addr set 'a - b'" \
			"$iprange a --except b"; then
			add "$iprange_name --except" "$iprange a --except b"
		fi
	fi
	race
	rm -f "$data/a" "$data/b"
}

# Sorting a list, which sort(1) can do as well
order() {
	verb sort || return 0
	contest "sort: $nets IPv4 addresses"
	make v4 "$nets" 11 v4
	_keys='-t . -k 1,1n -k 2,2n -k 3,3n -k 4,4n'
	add 'wc -l' 'wc -l v4'
	add 'netipc addr sort' "$NETIPC addr sort v4"
	if equal "sort $_keys" "$NETIPC addr sort v4" "sort $_keys v4"; then
		add "sort $_keys" "sort $_keys v4"
	fi
	if equal 'sort -V' "$NETIPC addr sort v4" "sort -V v4"; then
		add 'sort -V' 'sort -V v4'
	fi
	race
	rm -f "$data/v4"
}

# The calculators: each prints a report of its own, so that there is nothing to compare.
info() {
	contest 'info: one prefix, from start to exit'
	"$NETIPC" addr 192.0.2.1/24 >/dev/null || return 0
	add 'netipc addr 192.0.2.1/24' "$NETIPC addr 192.0.2.1/24"
	! have ipcalc-ng "$(command -v ipcalc-ng)" ||
		add 'ipcalc-ng 192.0.2.1/24' 'ipcalc-ng 192.0.2.1/24'
	! have sipcalc "$(command -v sipcalc)" ||
		add 'sipcalc 192.0.2.1/24' 'sipcalc 192.0.2.1/24'
	! have netmask "$(command -v netmask)" ||
		add 'netmask 192.0.2.1/24' 'netmask 192.0.2.1/24'
	_rounds=$rounds rounds=200
	race
	rounds=$_rounds
	contest 'info: 10000 IPv4 addresses from standard input'
	make v4 10000 10 v4
	add 'netipc addr -' "!$NETIPC addr - <v4"
	! have sipcalc "$(command -v sipcalc)" || add 'sipcalc -' '!sipcalc - <v4'
	race
}

grepcidr3=$(pick 'grepcidr 3.*' grepcidr3 grepcidr)
grepcidr2=$(pick 'grepcidr 2.*' grepcidr2 grepcidr)
iprange=$(pick 'iprange *' iprange)
iprange6=$(pick 'iprange [2-9].*' iprange)
iprange_name=$(version iprange)

"$NETIPC" --version | head -n 1
echo "processor time of the fastest of $rounds rounds; output to ${ADDR_OUTPUT:-/dev/null}"
conv
grep_logs
grep_list
agg
sets
order
info
echo
tally
[ "$lines" -ge 10000000 ] ||
	echo 'the bars are meant for ADDR_LINES=10000000: with less, the start weighs more'
[ "$different" -eq 0 ] || {
	echo "$different outputs differ: their tools have not been timed"
	exit 1
}
