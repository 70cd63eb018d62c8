#!/bin/sh
# SPDX-License-Identifier: MIT
# What holds for every command: dispatch, help, links, batches, signals, write errors
. "${srcdir:?run by make check}/tests/lib.sh"

commands=$(netipc --list)

# Dispatch
t "no command" 2 '' "netipc: a command is missing*(Try 'netipc --help')" # no arguments
t "unknown command" 2 '' "netipc: no command \"zzzqq\" (Try 'netipc --help')" zzzqq
t "unknown option of netipc" 2 '' "netipc: unknown option --frob (Try*" --frob
t "nearest option of netipc" 2 '' "netipc: unknown option --lst; did you mean --list? (Try*" --lst
for words in "--list x" "--help x" "--version x" "help addr x" "help sockopt list x" "__dump x" \
	"help help"; do
	# shellcheck disable=SC2086
	t "netipc $words" 2 '' "netipc: *" $words
done
t "help of a verb" 0 "$(netipc sockopt list --help)" '' help sockopt list
t "empty command" 2 '' 'netipc: no command ""*' ''
for pair in adr:addr resovle:resolve sockopts:sockopt servcies:services protocols:protos \
	host:hosts echo-sever:echo-server; do
	t "did you mean ${pair#*:}" 2 '' "*; did you mean \"${pair#*:}\"?*" "${pair%:*}"
done
t "unknown option" 2 '' "netipc addr: unknown option --frob (Try 'netipc addr --help')" \
	addr --frob
t "unknown letter" 2 '' "netipc addr: unknown option -x (Try*" addr -x 1.2.3.4
t "unknown letter in a cluster" 2 '' "netipc addr: unknown option -x (Try*" addr --json -xj ::1
t "nothing like a verb" 2 '' 'netipc addr: "localhost" is not an address: *)' addr localhost
t "nearest option" 2 '' '*unknown option --jsn; did you mean --json?*' addr --jsn
t "an option's value is missing" 2 '' '*option -o needs a value*' addr -o
t "a long option's value is missing" 2 '' '*option --columns needs a value*' addr --columns
t "a value too much" 2 '' '*option --json takes no value*' addr --json=1 ::1
t "operands may come before options" 0 '::1' '' addr ::1 -H -o address
t "--classic has no columns" 2 '' '*--classic has no columns to choose (Try*' \
	addr --classic -o address ::1
t "a plus stands at the beginning of a list only" 2 '' '*no column "+integer"*' \
	addr -o address,+integer ::1
t "-- may stand before the command" 0 '::1' '' -- addr -H -o address ::1
t "-- ends the options" 2 '' '*"-H" is not a prefix*' addr -o address -H -- -H

# Help
for c in $commands; do
	netipc help "$c" >"$tmp/help"
	t "$c --help is help $c" 0 "$(cat "$tmp/help")" '' "$c" --help
	t "$c -h" 0 "$(cat "$tmp/help")" '' "$c" -h
	same "$c: no help line is over 80 columns" '' "$(grep -E '.{81}' "$tmp/help")"
	same "$c: usage comes first" "Usage: netipc $c" \
		"$(head -n 1 "$tmp/help" | cut -d ' ' -f 1-3)"
	[ -s "$srcdir/man/netipc-$c.1" ] && pass "$c has a page" || fail "$c has a page"
done
t "--help" 0 "$(netipc help)" '' --help
same "--help is within 80 columns" '' "$(netipc --help | grep -E '.{81}')"
t "help of an unknown command" 2 '' '*no command "nosuch"*' help nosuch
same "--version is in the GNU form" "netipc VERSION" \
	"$(netipc --version | sed -n '1s/^netipc [0-9]*\.[0-9.]*$/netipc VERSION/p')"
netipc --version | grep -q '^Features: ' && pass "features" || fail "features"
netipc __dump | awk -F '\t' '
	$1 == "command" { c = $2 }
	$1 == "option" && (length($5) > 52 || $5 ~ /^[A-Z][a-z]/ || $5 ~ /\.$/) {
		print c ": --" $3 ": " $5 }
	$1 == "option" && $3 !~ /^[a-z0-9-]+$/ { print c ": " $3 }
	$1 == "column" && $2 !~ /^[a-z0-9_]+$/ { print c ": " $2 }
	$1 == "option" && seen[c, $3]++ { print c ": --" $3 " twice" }
	$1 == "option" && $2 != "-" && letter[c, $2]++ { print c ": -" $2 " twice" }
	$1 == "column" && $3 == "seconds" && $2 !~ /_s$/ { print c ": " $2 " lacks _s" }' >"$tmp/odd"
same "every option and column is in the form of the house" '' "$(cat "$tmp/odd")"

# Links
mkdir "$tmp/links"
for name in addr netipc-addr; do
	ln -s "$NETIPC" "$tmp/links/$name"
	# shellcheck disable=SC2086
	same "a link named $name" "::1" "$($NETIPC_EXEC "$tmp/links/$name" -H -o address ::1)"
done
ln -s "$NETIPC" "$tmp/links/netipc-1.2.old"
# shellcheck disable=SC2086
same "any other name is netipc itself" "::1" \
	"$($NETIPC_EXEC "$tmp/links/netipc-1.2.old" addr -H -o address ::1)"
mkdir "$tmp/dir"
echo mine >"$tmp/dir/addr"
t "--install leaves what is there" 1 "$(for c in $commands; do
	[ "$c" = addr ] || echo "$tmp/dir/$c"
done)" '*/addr exists and is left as it is' "--install=$tmp/dir"
same "the file is as it was" mine "$(cat "$tmp/dir/addr")"
rm "$tmp/dir/addr"
t "--install makes the rest" 0 "$tmp/dir/addr" '' "--install=$tmp/dir"
t "--install again has nothing to do" 0 '' '' "--install=$tmp/dir"
# shellcheck disable=SC2086
same "an installed link works" "::1" "$($NETIPC_EXEC "$tmp/dir/addr" -H -o address ::1)"
t "--install in no directory" 3 '' "netipc: */none: No such file or directory" \
	"--install=$tmp/none"
t "--install takes its directory behind =" 2 '' "*unexpected operand \"$tmp/dir\"*" \
	--install "$tmp/dir"
t "--install with an empty name" 2 '' "*name is empty*" --install=

# Batches
printf '  192.0.2.1\t\n\nbad\n::1' >"$tmp/in"
input=$tmp/in
t "lines of standard input; a bad one does not stop the rest" 2 '192.0.2.1
::1' 'netipc addr: standard input:3: "bad" is not an address*' addr -H -o address -
printf '192.0.2.1\0::1\0' >"$tmp/in"
input=$tmp/in
t "-0 reads what ends with a NUL" 0 '192.0.2.1
::1' '' addr -H -o address -0 -
printf ' unix:@a\0\0::1\0' >"$tmp/in"
input=$tmp/in
t "-0 takes nothing away" 2 'IPv6: 0x00000000000000000000000000000001' \
	'*input:1: " unix:@a" is not*input:2: "" is not*' addr -0 --classic -
printf '\357\273\277::1\n' >"$tmp/in"
input=$tmp/in
t "a byte order mark is no part of the first line" 0 '::1' '' addr -H -o address -
printf '192.0.2.1\000x\n' >"$tmp/in"
input=$tmp/in
t "a NUL in a line" 2 '' '*standard input:1: "192.0.2.1\\x00x" is not an address*' \
	addr -H -o address -
t "operands and standard input mix" 0 '::1
::3' '' addr -H -o address ::1 - ::3
t "the worst status is returned" 2 '*' '*' addr -6 bad 192.0.2.1 ::1
t "an abbreviation may fit several options" 2 '' \
	'*option --num may be --numerichost, --numericserv (Try*' resolve --num ::1
netipc addr - <&- >"$tmp/out" 2>"$tmp/err"
same "closed standard input: status" 3 $?
same "closed standard input: message" \
	"netipc addr: standard input: Bad file descriptor" "$(cat "$tmp/err")"
netipc addr - <"$tmp" 2>"$tmp/err"
same "a directory as standard input" 3 $?

printf 'bad\n::1\n' >"$tmp/in"
netipc addr --classic ::2 - <"$tmp/in" >"$tmp/both" 2>&1
same "standard error comes where it belongs between the records" \
	"IPv6 netipc IPv6" "$(sed 's/[: ].*//' "$tmp/both" | tr '\n' ' ' | sed 's/ $//')"

# Write errors
if [ -e /dev/full ]; then
	for args in "addr ::1" "addr --json ::1" "addr --csv ::1" "--help" "--version" "--list" \
		"help addr" "addr --help"; do
		# shellcheck disable=SC2086
		netipc $args >/dev/full 2>"$tmp/err"
		same "$args >/dev/full: status" 3 $?
		same "$args >/dev/full: one line" 1 "$(grep -c 'No space left' "$tmp/err")"
	done
fi
netipc addr ::1 >&- 2>"$tmp/err"
same "closed standard output: status" 3 $?
netipc addr ::1 x >"$tmp/out" 2>&-
same "closed standard error: status" 2 $?

# Signals
mkfifo "$tmp/fifo"
for sig in TERM INT; do
	[ "$sig" = TERM ] || env --default-signal=INT true 2>/dev/null || continue
	: >"$tmp/sig.out"
	if [ "$sig" = INT ]; then # a background job of sh ignores SIGINT
		# shellcheck disable=SC2086
		env --default-signal=INT $NETIPC_EXEC "$NETIPC" addr --json - \
			<"$tmp/fifo" >"$tmp/sig.out" 2>"$tmp/sig.err" &
	else
		# shellcheck disable=SC2086
		$NETIPC_EXEC "$NETIPC" addr --json - <"$tmp/fifo" >"$tmp/sig.out" 2>"$tmp/sig.err" &
	fi
	pid=$!
	pids="$pids $pid"
	exec 9>"$tmp/fifo"
	printf '192.0.2.1\n192.0.2.2\n' >&9
	poll grep -q '"192.0.2.2"' "$tmp/sig.out" || fail "a record is printed before the next line comes"
	stop "$pid" "$sig"
	exec 9>&-
	same "SIG$sig: what is read is printed" 2 "$(grep -c '"family":"ipv4"' "$tmp/sig.out")"
	case $sig in
	TERM) same "SIGTERM: dies by it" 143 "$status" ;;
	INT) same "SIGINT: dies by it" 130 "$status" ;;
	esac
done
# A reader that does not read: the first signal waits for the write, the second does not
# shellcheck disable=SC2046,SC2086
$NETIPC_EXEC "$NETIPC" services --json --file "$srcdir/tests/data/services" \
	$(yes http | head -n 2000) >"$tmp/fifo" 2>"$tmp/err" &
pid=$!
pids="$pids $pid"
exec 8<"$tmp/fifo"
# Two signals at once would be one; each turn sends one more, until the process is gone.
ended() {
	kill -s TERM "$pid" || return 0
	grep -q '^State:.Z' "/proc/$pid/status"
}
poll ended || kill -s KILL "$pid"
wait "$pid" 2>/dev/null
status=$?
same "a second signal ends a write that is stuck" 143 "$status"
same "and nothing is said of it" '' "$(cat "$tmp/err")"
exec 8<&-
trap '' TERM
# shellcheck disable=SC2086
$NETIPC_EXEC "$NETIPC" addr --classic - <"$tmp/fifo" >"$tmp/sig.out" &
pid=$!
trap 'exit 99' TERM
pids="$pids $pid"
exec 9>"$tmp/fifo"
kill -s TERM "$pid"
echo ::1 >&9
exec 9>&-
wait "$pid"
same "a signal that is ignored stays ignored" "0 IPv6: 0x00000000000000000000000000000001" \
	"$? $(cat "$tmp/sig.out")"
i=0
while [ $i -lt 20000 ]; do
	i=$((i + 1))
	echo 192.0.2.1
done >"$tmp/many"
{
	netipc addr --json - <"$tmp/many" 2>"$tmp/err"
	echo $? >"$tmp/status"
} | head -n 1 >/dev/null
same "SIGPIPE keeps its default action" "141 " "$(cat "$tmp/status") $(cat "$tmp/err")"

done_testing
