#!/bin/sh
# SPDX-License-Identifier: MIT
# Bad input to every command: one clear line, the right status, nothing lost
. "${srcdir:?run by make check}/tests/lib.sh"

# bad NAME STATUS ARG... - netipc ARG... ends with STATUS and says why in one line
bad() {
	_name=$1 _status=$2
	shift 2
	netipc "$@" >"$tmp/out" 2>"$tmp/err" <"${input:-/dev/null}"
	_got=$?
	input=
	if [ "$_got" -ne "$_status" ]; then
		fail "$_name: status $_got, wanted $_status: $(head -c 300 "$tmp/err")"
	elif [ "$(wc -l <"$tmp/err")" -ne 1 ]; then
		fail "$_name: $(wc -l <"$tmp/err") lines: $(head -c 300 "$tmp/err")"
	elif ! grep -q "^netipc $1.*: ..*" "$tmp/err"; then
		fail "$_name: $(head -c 300 "$tmp/err")"
	elif [ "$(wc -c <"$tmp/err")" -gt 700 ]; then
		fail "$_name: a message of $(wc -c <"$tmp/err") bytes"
	elif LC_ALL=C grep -q '[^ -~]' "$tmp/err"; then
		fail "$_name: the message has bytes that are not printable"
	else
		pass "$_name"
	fi
}

big=$(head -c 131000 /dev/zero | tr '\0' a) # the kernel's limit of one argument is 128 KiB
head -c 1048576 /dev/zero | tr '\0' b >"$tmp/megabyte"
printf 'x\000y\n' >"$tmp/nul"
utf8=$(printf 'a\377\033[31mb')

# EMPTY STATUS COMMAND: what an empty operand and one that makes no sense end with
while read -r empty status cmd; do
	# shellcheck disable=SC2086 # a command and its verb
	{
		bad "$cmd: empty argument" "$empty" $cmd ''
		bad "$cmd: argument of 128 KiB" "$status" $cmd "$big"
		bad "$cmd: invalid UTF-8 and an escape sequence" "$status" $cmd "$utf8"
	}
done <<'EOF'
2 2 addr
2 1 hosts
2 1 protos
2 1 services
2 1 resolve
2 2 rresolve
2 2 echo-server
2 2 sockopt
2 2 sockopt try
1 1 sockopt list
EOF
while read -r nul megabyte cmd; do
	input=$tmp/nul
	bad "$cmd: NUL byte" "$nul" "$cmd" -
	input=$tmp/megabyte
	bad "$cmd: line of 1 MiB" "$megabyte" "$cmd" -
	netipc "$cmd" - <&- >"$tmp/out" 2>"$tmp/err"
	same "$cmd: closed standard input: status" 3 $?
	same "$cmd: closed standard input: lines" 1 "$(wc -l <"$tmp/err")"
	input=$tmp
	bad "$cmd: a directory as standard input" 3 "$cmd" -
done <<'EOF'
2 2 addr
2 1 hosts
2 1 protos
2 1 services
2 2 resolve
2 2 rresolve
EOF

# 100,000 arguments: each is answered
# shellcheck disable=SC2046
many() {
	_name=$1 _status=$2 _lines=$3 _word=$4
	shift 4
	# shellcheck disable=SC2046,SC2086
	$NETIPC_EXEC "$NETIPC" "$@" $(yes "$_word" | head -n 100000) >"$tmp/out" 2>"$tmp/err"
	same "$_name: 100,000 arguments: status" "$_status" $?
	same "$_name: 100,000 arguments: lines" "$_lines" "$(wc -l <"$tmp/out")"
}
many addr 0 100000 ::1 addr --classic
many hosts 0 100000 ::1 hosts --file "$srcdir/tests/data/hosts" -H -o address
many protos 0 100000 tcp protos --file "$srcdir/tests/data/protocols" -H -o name

# Files
deep=$(head -c 200 /dev/zero | tr '\0' d)
deep=$tmp/$deep/$deep/$deep
mkdir -p "$deep"
for cmd in hosts protos services; do
	bad "$cmd: missing file" 3 $cmd --file "$tmp/none"
	bad "$cmd: directory for a file" 3 $cmd --file "$tmp"
	bad "$cmd: empty file name" 3 $cmd --file ''
	t "$cmd: directory of a long name for a file" 3 '' \
		"netipc $cmd: *...: Is a directory" $cmd --file "$deep"
	input=$tmp
	t "$cmd: a directory as standard input for a file" 3 '' \
		"netipc $cmd: standard input: Is a directory" $cmd --file -
	t "$cmd: standard input for the file and the operands" 2 '' \
		"netipc $cmd: * both read standard input (Try*" $cmd --file - -
	: >"$tmp/empty"
	t "$cmd: empty file" 0 '' '' $cmd --file "$tmp/empty"
	head -c 65536 /dev/urandom >"$tmp/random"
	netipc $cmd --file "$tmp/random" >"$tmp/out" 2>"$tmp/err"
	status=$?
	[ $status -le 2 ] && pass "$cmd: random bytes" || fail "$cmd: random bytes: status $status"
done

# Full disk, closed standard output
while read -r cmd; do
	# shellcheck disable=SC2086
	{
		netipc $cmd >/dev/full 2>"$tmp/err"
		same "$cmd >/dev/full: status" 3 $?
		same "$cmd >/dev/full: lines" 1 "$(wc -l <"$tmp/err")"
		netipc $cmd >&- 2>"$tmp/err"
		same "$cmd >&-: status" 3 $?
		same "$cmd >&-: lines" 1 "$(wc -l <"$tmp/err")"
	}
done <<EOF
addr ::1
addr --json ::1
hosts --file $srcdir/tests/data/hosts
protos --file $srcdir/tests/data/protocols --json
services --file $srcdir/tests/data/services --csv
resolve --numerichost 127.0.0.1
rresolve --numerichost --numericserv 127.0.0.1 80
echo-server -q 127.0.0.1:0
sockopt
sockopt --tsv
sockopt list
sockopt try SO_KEEPALIVE=1
EOF
done_testing
