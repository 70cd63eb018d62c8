#!/bin/sh
# SPDX-License-Identifier: MIT
# --shard I/N of every command that reads lines: each line is in one share, no share is larger than
# another by more than one line, and all of them are the whole
. "${srcdir:?run by make check}/tests/lib.sh"
need jq

n=3
awk 'BEGIN {
	for (i = 0; i < 1000; i++)
		printf "10.%d.%d.%d%s\n", i % 7, i % 50, i % 200, i % 3 ? "" : " # comment"
}' >"$tmp/lines"
cut -d' ' -f1 "$tmp/lines" >"$tmp/plain"
{
	sed -n 1,100p "$tmp/plain"
	printf '\n# a comment\n\n10.9.9.9' # blank lines count, and so does one without its end
} >"$tmp/odd"
tr '\n' '\0' <"$tmp/plain" >"$tmp/nul"
printf '%s\n' localhost router.example.org ip6-nothing 192.0.2.10 beta >"$tmp/hosts"
printf '%s\n' telnet 53/udp http/tcp nothing 514 >"$tmp/services"
printf '%s\n' tcp 17 nothing 1 ICMP >"$tmp/protos"
printf '%s\n' SO_TYPE SO_REUSEADDR NO_SUCH TCP_NODELAY SO_RCVBUF >"$tmp/names"

# whole NAME STATUS INPUT ARG... - the shares of INPUT are together what all of it is, line by line,
# on standard output and standard error; the worst status of them is STATUS.  $each has the
# number of lines that each printed.
whole() {
	_what=$1 _status=$2 _in=$3 _worst=0
	shift 3
	netipc "$@" <"$_in" >"$tmp/all" 2>"$tmp/all.err"
	_got=$?
	: >"$tmp/parts"
	: >"$tmp/parts.err"
	each=
	_i=0
	while [ "$_i" -lt "$n" ]; do
		netipc "$@" --shard="$_i/$n" <"$_in" >"$tmp/part" 2>>"$tmp/parts.err"
		_s=$?
		[ "$_s" -le "$_worst" ] || _worst=$_s
		each="$each $(wc -l <"$tmp/part")"
		cat "$tmp/part" >>"$tmp/parts"
		_i=$((_i + 1))
	done
	each=${each# }
	sort "$tmp/all" >"$tmp/all.sorted"
	sort "$tmp/parts" >"$tmp/parts.sorted"
	sort "$tmp/all.err" >"$tmp/all.err.sorted"
	sort "$tmp/parts.err" >"$tmp/parts.err.sorted"
	same "$_what: status" "$_status $_status" "$_got $_worst"
	ok "$_what: something is printed" test -s "$tmp/all"
	ok "$_what: records" cmp "$tmp/all.sorted" "$tmp/parts.sorted"
	ok "$_what: messages" cmp "$tmp/all.err.sorted" "$tmp/parts.err.sorted"
}

# equal NAME - the shares of the last whole had the same number of lines to within one
equal() {
	ok "$1: equal shares of $each" awk -v each="$each" 'BEGIN {
		n = split(each, e, " ")
		low = high = e[1]
		for (i = 2; i <= n; i++) {
			if (e[i] < low) low = e[i]
			if (e[i] > high) high = e[i]
		}
		exit !(n && high - low <= 1)
	}'
}

whole "addr" 0 "$tmp/plain" addr --csv -H -
equal "addr"
whole "addr with a bad line" 2 "$tmp/lines" addr --csv -H -
whole "addr info, blank lines" 2 "$tmp/odd" addr info -H -o input -
whole "addr conv" 0 "$tmp/plain" addr conv
equal "addr conv"
whole "addr conv, blank lines" 2 "$tmp/odd" addr conv --err=warn
whole "addr conv of several files" 0 /dev/null addr conv "$tmp/plain" "$tmp/plain"
whole "addr conv -0" 0 "$tmp/nul" addr conv -0 --json
equal "addr conv -0"
whole "addr grep" 0 "$tmp/lines" addr grep -e 10.0.0.0/8 -n
equal "addr grep"
whole "addr grep of some, records" 0 "$tmp/lines" addr grep -e 10.3.0.0/16 --json
whole "addr grep -v" 0 "$tmp/odd" addr grep -v -n -e 10.3.0.0/16
whole "addr sort" 0 "$tmp/lines" addr sort
equal "addr sort"
whole "addr list" 0 "$tmp/plain" addr list -
whole "addr next" 0 "$tmp/plain" addr next -
whole "addr contains" 1 "$tmp/plain" addr contains 10.0.0.0/14 -
equal "addr contains"
whole "addr super" 0 "$tmp/plain" addr super - /16
whole "addr range" 0 "$tmp/plain" addr range -
whole "addr split" 0 "$tmp/plain" addr split - --into 1
seq 0 99 >"$tmp/numbers"
whole "addr nth" 0 "$tmp/numbers" addr nth 10.0.0.0/8 -
equal "addr nth"
whole "hosts" 1 "$tmp/hosts" hosts --file "$srcdir/tests/data/hosts" --json -
whole "services" 1 "$tmp/services" services --file "$srcdir/tests/data/services" --json -
whole "protos" 1 "$tmp/protos" protos --file "$srcdir/tests/data/protocols" --json -
whole "sockopt list" 1 "$tmp/names" sockopt list --json -o option,number -
whole "sockopt" 2 "$tmp/names" sockopt --json -o option,error -
whole "resolve -" 0 "$tmp/plain" resolve --numerichost -
equal "resolve -"
whole "resolve -f, unordered" 0 /dev/null resolve --numerichost --unordered -f "$tmp/plain"
whole "resolve with a bad name" 2 "$tmp/odd" resolve --numerichost --json -o input,status -
whole "resolve of pairs" 0 /dev/null resolve 10.0.0.1 1 10.0.0.2 2 10.0.0.3 3 10.0.0.4 4 10.0.0.5 5
equal "resolve of pairs"
whole "rresolve -" 0 "$tmp/plain" rresolve --numerichost --numericserv -
equal "rresolve -"
whole "rresolve of a sweep" 0 /dev/null rresolve --numerichost 10.0.0.0/24
equal "rresolve of a sweep"
t "rresolve of one" 0 '10.0.0.1 10.0.0.1' '' rresolve --numerichost --shard=0/2 10.0.0.1
t "rresolve of one that is another's" 0 '' '' rresolve --numerichost --shard=1/2 10.0.0.1
whole "addr of operands" 0 /dev/null addr info -H -o input 10.0.0.1 10.0.0.2 10.0.0.3 10.0.0.4
equal "addr of operands"

# What was aggregated is aggregated again.
netipc addr agg <"$tmp/plain" >"$tmp/all"
i=0
while [ "$i" -lt "$n" ]; do
	netipc addr agg --shard="$i/$n" <"$tmp/plain"
	i=$((i + 1))
done | netipc addr agg >"$tmp/parts"
ok "addr agg of the shares" cmp "$tmp/all" "$tmp/parts"
same "addr agg of operands and lines" '10.0.0.1 10.0.0.3 10.0.0.4' \
	"$({ netipc addr agg --shard=0/2 10.0.0.1 10.0.0.2 10.0.0.3
		printf '10.0.0.9\n10.0.0.4\n' | netipc addr agg --shard=1/2 -; } | paste -sd ' ' -)"

# What is looked for is no part of the work.
printf '192.0.2.0/24\n10.0.0.0/8\n' >"$tmp/nets"
printf '10.0.0.1\n10.0.0.2\n192.0.2.3\n' >"$tmp/three"
t "the networks of addr grep are whole" 0 '10.0.0.1
192.0.2.3' '' addr grep --shard=0/2 -f "$tmp/nets" "$tmp/three"
t "the list of addr contains is whole" 0 "10.0.0.2 is in $tmp/nets" '' \
	addr contains --shard=1/2 "$tmp/nets" 192.0.2.1 10.0.0.2

# Only the first line of the whole has a byte order mark.
printf '\357\273\27710.0.0.1\n\357\273\27710.0.0.2\n' >"$tmp/mark"
input=$tmp/mark t "a byte order mark" 0 10.0.0.1 '' addr conv --shard=0/2
input=$tmp/mark t "a mark in the second line" 2 '' '*standard input:2: *' addr conv --shard=1/2

# What an earlier output has is left out.
printf '{"input":"10.0.0.2","status":"ok"}\n' >"$tmp/had"
t "--resume leaves a line of the share out" 0 '' '' \
	resolve --dns --shard=1/3 --resume="$tmp/had" -j -f "$tmp/three"
t "--resume and another share" 0 '{"input":"10.0.0.1"}' '' \
	resolve --dns --shard=0/3 --resume="$tmp/had" -j -o input -f "$tmp/three"

t "a share that no line is left for" 0 '' '' addr conv --shard=7/8 "$tmp/three"
t "one share is all" 0 "$(cat "$tmp/three")" '' addr conv --shard=0/1 "$tmp/three"
for bad in 3/3 4/3; do
	t "a share that is none: $bad" 2 '' '*--shard: "'$bad'": the shares have the numbers 0 to 2*' \
		addr conv --shard=$bad
done
for bad in '' / 1 1/ /2 0/0 a/b -1/2 1/-2 ' 1/2' '1/2 ' 1/2/3 0/4294967296 0x0/1 1,2; do
	t "not a share: \"$bad\"" 2 '' '*--shard: *is not I/N*' addr conv --shard="$bad"
done
for whole in 'addr set' 'addr count' 'addr compare' 'addr gaps'; do
	# shellcheck disable=SC2086 # a command and its verb
	t "$whole needs all lines" 2 '' '*unknown option --shard*' $whole --shard=0/2
done
none='*--shard shares out the lines or operands of a batch, and there are none*'
t "a listing" 2 '' "$none" hosts --shard=0/2
t "all options" 2 '' "$none" sockopt list --shard=0/2
t "a socket's options" 2 '' "$none" sockopt --shard=0/2
t "one name" 2 '' "$none" resolve --shard=0/2 localhost
t "a watch" 2 '' "$none" resolve --shard=0/2 --watch=1s localhost
done_testing
