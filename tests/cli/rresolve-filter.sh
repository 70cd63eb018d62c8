#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc rresolve --filter: which addresses a name takes the place of, order, delays, faults
. "${srcdir:?run by make check}/tests/lib.sh"

cat >"$tmp/zone" <<'END'
2.0.192.in-addr.arpa 300 SOA ns.example.org host.example.org 1 3600 600 86400 30
1.2.0.192.in-addr.arpa 300 PTR one.example.org
2.2.0.192.in-addr.arpa 300 PTR two.example.org
2.2.0.192.in-addr.arpa 300 PTR second.example.org
3.2.0.192.in-addr.arpa 300 CNAME 3.0-31.2.0.192.in-addr.arpa
3.0-31.2.0.192.in-addr.arpa 300 PTR three.example.org
4.2.0.192.in-addr.arpa 300 PTR _a-b9.example.org
10.2.0.192.in-addr.arpa 300 PTR evil\027[31m\010\000\255.example.org
11.2.0.192.in-addr.arpa 300 PTR a\032b\.c\\d\"e\[f\]\,g.example.org
12.2.0.192.in-addr.arpa 300 PTR 10.0.0.1
13.2.0.192.in-addr.arpa 300 PTR .
14.2.0.192.in-addr.arpa 300 PTR 7
15.2.0.192.in-addr.arpa 300 PTR a\:\:1
8.b.d.0.1.0.0.2.ip6.arpa 300 SOA ns.example.org host.example.org 1 3600 600 86400 30
1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa 300 PTR six.example.org
END
long=$(printf '%063d' 0 | tr 0 a)
echo "16.2.0.192.in-addr.arpa 300 PTR $long.$long.$long.$(printf '%.61s' "$long")" >>"$tmp/zone"
fakedns server --zone "$tmp/zone" --synth 10.in-addr.arpa --synth bulk.test
wait_ready server
server=@$ready

# f NAME OPTIONS WANTED TEXT - the filter with OPTIONS makes WANTED of TEXT
f() {
	printf '%s\n' "$4" >"$tmp/text"
	input=$tmp/text
	# shellcheck disable=SC2086 # words
	t "$1" 0 "$3" '' rresolve "$server" --filter $2
}

# Which addresses
f "the first field" '' 'one.example.org 192.0.2.2 x' '192.0.2.1 192.0.2.2 x'
f "blanks before it" '' ' 	one.example.org 192.0.2.2' ' 	192.0.2.1 192.0.2.2'
f "no address in it" '' 'x 192.0.2.2' 'x 192.0.2.2'
f "an address inside it" '' 'client=one.example.org:80, x' 'client=192.0.2.1:80, x'
f "a field of several" '' 'one.example.org,two.example.org x' '192.0.2.1,192.0.2.2 x'
f "another field" --field=3 '192.0.2.1  x	two.example.org 192.0.2.1' \
	'192.0.2.1  x	192.0.2.2 192.0.2.1'
f "a field that is not there" --field=9 '192.0.2.1 x' '192.0.2.1 x'
f "all fields" --all 'one.example.org -> [six.example.org]:80 (two.example.org)' \
	'192.0.2.1 -> [2001:db8::1]:80 (192.0.2.2)'
f "IPv6" '' 'six.example.org x' '2001:DB8:0::1 x'
f "a mapped address" '' one.example.org ::ffff:192.0.2.1
f "an address with a zone stays" --all 'fe80::1%lo one.example.org' 'fe80::1%lo 192.0.2.1'
f "no name" '' '192.0.2.77 x' '192.0.2.77 x'
f "what is no address" --all '1.2.3.4.5 192.0.2.300 12:34:56' '1.2.3.4.5 192.0.2.300 12:34:56'
f "an alias is gone along" '' three.example.org 192.0.2.3
f "brackets" '--all --brackets' 'one.example.org[192.0.2.1] 192.0.2.77 six.example.org[2001:DB8::1]' \
	'192.0.2.1 192.0.2.77 2001:DB8::1'
f "empty lines" '' '

one.example.org
' '

192.0.2.1
'

# Names that want to be more than a name
f "letters, digits, hyphens, underscores" '' _a-b9.example.org 192.0.2.4
f "bytes that act on a terminal, and a NUL" '' \
	'evil\027\09131m\010\000\255.example.org x' '192.0.2.10 x'
f "blanks, dots, quotes, brackets" --brackets \
	'a\032b\046c\092d\034e\091f\093\044g.example.org[192.0.2.11] x' '192.0.2.11 x'
f "two backslashes in JSON" --all \
	' {"ip":"a\\032b\\046c\\092d\\034e\\091f\\093\\044g.example.org","x":"one.example.org"}' \
	' {"ip":"192.0.2.11","x":"192.0.2.1"}'
f "and beside other lines" '' '{"ip":"a\\032b\\046c\\092d\\034e\\091f\\093\\044g.example.org"}
a\032b\046c\092d\034e\091f\093\044g.example.org' '{"ip":"192.0.2.11"}
192.0.2.11'
f "a name that looks like an address" '' '192.0.2.12 x' '192.0.2.12 x'
f "a number" '' 192.0.2.14 192.0.2.14
f "colons" '' 'a\058\0581' 192.0.2.15
f "the root" '' 192.0.2.13 192.0.2.13
f "255 bytes" '' "$long.$long.$long.$(printf '%.61s' "$long") x" '192.0.2.16 x'

# The text is not touched
printf '192.0.2.1 \000\377\r\n\001192.0.2.2\n\n192.0.2.1' >"$tmp/bytes"
printf 'one.example.org \000\377\r\n\001two.example.org\n\none.example.org' >"$tmp/want"
netipc rresolve "$server" --filter --all <"$tmp/bytes" >"$tmp/got" 2>&1
ok "any bytes, and no newline at the end" cmp "$tmp/want" "$tmp/got"
netipc rresolve "$server" --filter --all -f "$tmp/bytes" >"$tmp/got" 2>&1
ok "a file" cmp "$tmp/want" "$tmp/got"
printf '192.0.2.1 a\n192.0.2.2\000192.0.2.2' >"$tmp/bytes"
printf 'one.example.org a\n192.0.2.2\000two.example.org' >"$tmp/want"
netipc rresolve "$server" --filter -0 <"$tmp/bytes" >"$tmp/got" 2>&1
ok "lines that end with NUL" cmp "$tmp/want" "$tmp/got"
input=$tmp/bytes
t "standard input by its name" 0 '*' '' rresolve "$server" --filter -
t "nothing" 0 '' '' rresolve "$server" --filter

# A model in awk: many lines, many addresses, some without a name
awk 'BEGIN {
	srand(5)
	for (i = 0; i < 20000; i++) {
		n = int(rand() * 4)
		line = ""
		for (j = 0; j <= n; j++) {
			a = int(rand() * 2)
			x = a ? int(rand() * 4) "." int(rand() * 256) : "word" i
			line = line (j ? (rand() < 0.5 ? " " : "\t  ") : "") (a ? "10.0." x : x)
		}
		print line
	}
}' >"$tmp/many"
model() {
	awk -v field="$1" '{
		rest = $0
		out = ""
		for (i = 1; match(rest, /[^ \t]+/); i++) {
			word = substr(rest, RSTART, RLENGTH)
			if ((!field || i == field) && word ~ /^10\./) {
				gsub(/\./, "-", word)
				word = "ip-" word ".bulk.test"
			}
			out = out substr(rest, 1, RSTART - 1) word
			rest = substr(rest, RSTART + RLENGTH)
		}
		print out rest
	}' "$tmp/many" >"$tmp/want"
}
# each is asked for once if the wait for an answer outlasts a machine that stands still
once=--timeout=20s
model 1
netipc rresolve "$server" "$once" --filter <"$tmp/many" >"$tmp/got" 2>"$tmp/err"
ok "the model: first field" cmp "$tmp/want" "$tmp/got"
model 2
# shellcheck disable=SC2002 # a pipe is wanted: it brings less at a time
cat "$tmp/many" | netipc rresolve "$server" "$once" --filter --field 2 -w 7 >"$tmp/got" 2>"$tmp/err"
ok "the model: second field, a small window, a pipe" cmp "$tmp/want" "$tmp/got"
model 0
netipc rresolve "$server" "$once" --filter --all <"$tmp/many" >"$tmp/got" 2>"$tmp/err"
ok "the model: all fields" cmp "$tmp/want" "$tmp/got"
# Who writes a log chooses how long its lines are: the work grows with them, not with their square.
# That would be an hour of a processor here.
awk 'BEGIN { for (i = 0; i < 400000; i++) printf "%s", "10.0.0.1,"; print "" }' >"$tmp/long"
sed 's/10.0.0.1/ip-10-0-0-1.bulk.test/g' "$tmp/long" >"$tmp/named"
(ulimit -t 120 && netipc rresolve "$server" --filter) <"$tmp/long" >"$tmp/got" 2>"$tmp/err"
ok "a long line without a blank" cmp "$tmp/named" "$tmp/got"
stop "$pid"
same "each address is asked for once a run" 0 \
	"$(($(counted server udp) > 3 * 1024 + 100 ? 1 : 0))"

# Faults of the network: nothing is lost and nothing wrong
fakedns faults --synth 10.in-addr.arpa --synth bulk.test --loss 5 --servfail 2 --truncate 2 \
	--wrong-id 2 --wrong-question 2 --delay 5 --jitter 10 --reorder 10
wait_ready faults
netipc rresolve "@$ready" --filter --all <"$tmp/many" >"$tmp/got" 2>"$tmp/err"
ok "the model, on a bad network" cmp "$tmp/want" "$tmp/got"
stop "$pid"

# Nobody answers
fakedns mute --synth 10.in-addr.arpa --synth bulk.test --loss 100
wait_ready mute
mute=@$ready
printf '10.0.0.1 a\nb\n' >"$tmp/text"
input=$tmp/text
t "no answer" 3 '10.0.0.1 a
b' 'netipc rresolve: *' rresolve "$mute" --filter --timeout 20ms --retries 1
input=$tmp/text
t "the text does not wait for an answer" 0 '10.0.0.1 a
b' '' rresolve "$mute" --filter --max-delay 10ms --timeout 300ms --retries 0

# Answers that say nothing of the address
fakedns refuses --refused
wait_ready refuses
input=$tmp/text
t "servers that refuse" 3 '10.0.0.1 a
b' 'netipc rresolve: *: the server refuses to answer (REFUSED)' rresolve "@$ready" --filter --retries 0
stop "$pid"

# A stream: lines come while the input is open, those of a slow address too, in order
mkfifo "$tmp/fifo"
start_filter() {
	# shellcheck disable=SC2086
	$NETIPC_EXEC "$NETIPC" rresolve "$@" --filter <"$tmp/fifo" >"$tmp/stream" 2>"$tmp/err" &
	filter=$!
	pids="$pids $filter"
	exec 9>"$tmp/fifo"
}
has() {
	[ "$(cat "$tmp/stream")" = "$1" ]
}
fakedns both --synth 10.in-addr.arpa --synth bulk.test
wait_ready both
start_filter "@$ready"
echo '10.0.0.1 a' >&9
ok "a line of an open stream" poll has 'ip-10-0-0-1.bulk.test a'
printf 'b\n10.0.0.2' >&9
ok "a part of a line waits" poll has 'ip-10-0-0-1.bulk.test a
b'
echo ' c' >&9
ok "until it is whole" poll has 'ip-10-0-0-1.bulk.test a
b
ip-10-0-0-2.bulk.test c'
exec 9>&-
wait "$filter"
same "the end of a stream" 0 $?
start_filter "$mute" --timeout 20s --max-delay 50ms
printf 'a\n10.0.0.1 b\nc\n' >&9
ok "--max-delay of an open stream" poll has 'a
10.0.0.1 b
c'
exec 9>&-
kill "$filter" # it still waits for the answer, or has ended
wait "$filter" 2>/dev/null
start_filter "$mute" --timeout 20s
printf 'a\n10.0.0.1 b\nc\n' >&9
ok "what is before a slow address" poll has a
kill "$filter"
wait "$filter" 2>/dev/null
same "a signal ends it" 143 $?
ok "and what was read is printed" has 'a
10.0.0.1 b
c'
exec 9>&-

# Misuse
t "records" 2 '' '*--filter prints the text*' rresolve --filter -j
t "flags of getnameinfo" 2 '' '*no use for*' rresolve --filter --nofqdn
t "an operand" 2 '' '*unexpected "192.0.2.1"*' rresolve --filter 192.0.2.1
t "--field and --all" 2 '' '*exclude*' rresolve --filter --field 2 --all
t "--brackets of no filter" 2 '' '*are of --filter*' rresolve --brackets 192.0.2.1
t "no such file" 3 '' 'netipc rresolve: */none: *' rresolve "$mute" --filter -f "$tmp/none"
t "a directory" 3 '' "netipc rresolve: $tmp: *" rresolve "$mute" --filter -f "$tmp"
done_testing
