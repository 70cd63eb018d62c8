#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc echo-client on a terminal: the commands behind ^], and --hex
. "${srcdir:?run by make check}/tests/lib.sh"
need script stty
emulated && skip 'the emulator has not all of the terminal'
script -q -e -c true "$tmp/script" >/dev/null 2>&1 </dev/null || skip 'no terminal can be made here'

# type_in TEXT - what a user types
type_in() {
	# shellcheck disable=SC2059 # with escapes
	printf "$1"
}

# sees TEXT - until the terminal shows it
sees() {
	poll grep -q -e "$1" "$tmp/screen" || echo "not seen: $1" >>"$tmp/unseen"
}

# returned - "hello" is on the screen as it was typed and as it came back
returned() {
	[ "$(grep -c '^hello' "$tmp/screen")" -ge 2 ]
}

# terminal NAME ARG... - runs the client on a terminal where keys() types; $tmp/screen is what it
# shows, and at the end how a line ends
mkfifo "$tmp/keys"
terminal() {
	_name=$1
	shift
	: >"$tmp/unseen"
	: >"$tmp/screen"
	keys >"$tmp/keys" &
	pids="$pids $!"
	script -q -e -c "'$NETIPC' echo-client $*; s=\$?; stty -a; exit \$s" "$tmp/script" \
		<"$tmp/keys" >"$tmp/screen" 2>&1
	same "$_name: status" 0 $?
	same "$_name: seen" '' "$(cat "$tmp/unseen")"
	ok "$_name: the terminal is as before" grep -q 'eol = <undef>' "$tmp/screen"
}

start tcp echo-server 127.0.0.1:0
wait_ready tcp
tcp=$ready
start udp echo-server -q -u 127.0.0.1:0
wait_ready udp
udp=$ready

keys() {
	type_in 'hello\n'
	poll returned # from here on ^] is read at once
	type_in 'abc\035'
	sees 'netipc> '
	sees '> abc' # which was sent before
	type_in 'status\n'
	sees "local 127.0.0.1:[0-9]*, peer $tcp, 9 bytes sent, 9 returned"
	type_in '\035none of them\n'
	sees '"none" is none of half-close, status, oob, quit, help'
	type_in '\035h\n'
	sees '"h" is none of'
	type_in '\035help\n'
	sees '^quit *end at once'
	type_in '\035?\n'
	type_in '\035\n'
	type_in '\035oob 12\n'
	sees 'oob: one byte is urgent, not more'
	type_in '\035 oob ! \n'
	type_in '\035\035twice\n'
	sees 'x1dtwice'
	type_in '\035half\n'
}
terminal 'commands' "$tcp"
ok 'the urgent byte left nothing in the stream' grep -q 'x1dtwice' "$tmp/screen"
if [ "$(uname -s)" = Linux ]; then
	ok 'what TCP measured' grep -q 'returned; TCP round trip ' "$tmp/screen"
fi

# A connection of which the end never comes ends by the command
start silent echo-server -q 127.0.0.1:0
wait_ready silent
kill -s STOP $pid
keys() {
	type_in 'hello\n'
	sees 'hello'
	type_in '\035quit\n'
}
terminal 'quit' "$ready"
kill -s CONT $pid

keys() {
	type_in 'hello\n'
	sees '^< 00000000  68 65 6c 6c 6f 0a  *|hello.|'
	type_in 'abcdefghijklmnopq\n'
	sees '^> 00000006  61 62 63 64 65 66 67 68  69 6a 6b 6c 6d 6e 6f 70  |abcdefghijklmnop|'
	sees '^< 00000016  71 0a  *|q.|'
	type_in '\004'
}
terminal '--hex' --hex "$tcp"

keys() {
	type_in 'one\n'
	sees '^one'
	type_in '\035oob\n'
	sees 'oob: datagrams have no urgent data'
	type_in '\035status\n'
	sees "peer $udp, 4 bytes sent, 4 returned"
	type_in '\035half-close\n'
}
terminal 'datagrams' -u "$udp"

# --hex in a pipe
input=$tmp/input
printf 'hello\000\n' >"$input"
t '--hex, a pipe' 0 '> 00000000  68 65 6c 6c 6f 00 0a                              |hello..|
< 00000000  68 65 6c 6c 6f 00 0a                              |hello..|' '' echo-client --hex "$tcp"
input=$tmp/input
printf 'a\nb\n' >"$input"
t '--hex, datagrams' 0 '> 00000000  61 0a                                             |a.|
< 00000000  61 0a                                             |a.|
> 00000002  62 0a                                             |b.|
< 00000002  62 0a                                             |b.|' '' echo-client -u --hex "$udp"
head -c 3000000 /dev/urandom >"$tmp/data"
netipc echo-client --hex "$tcp" <"$tmp/data" 2>"$tmp/err" | grep '^<' |
	awk '{ print NR ? $2 : "" }' | sort | uniq -c | awk '$1 != 1' >"$tmp/twice"
same '--hex, a large stream' '' "$(cat "$tmp/err" "$tmp/twice")"
# ^] is nothing special where no terminal is
input=$tmp/input
printf '\035status\n' >"$input"
t 'no terminal, no commands' 0 "$(printf '\035status')" '' echo-client "$tcp"
done_testing
