#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc hosts, protos and services: each system call of theirs that can fail fails
. "${srcdir:?run by make check}/tests/lib.sh"
emulated && skip 'strace would trace the emulator'
need strace
strace -o /dev/null true 2>/dev/null || skip 'ptrace is refused here'
ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0 # LeakSanitizer is a tracer too
export ASAN_OPTIONS

# on FILE CALLS INJECTION ARG... - netipc ARG..., the CALLS on FILE fail as INJECTION says
on() {
	_file=$1 _calls=$2 _injection=$3
	shift 3
	strace -f -o /dev/null -P "$_file" -e "trace=$_calls" -e "inject=$_calls:$_injection" \
		"$NETIPC" "$@" >"$tmp/out" 2>"$tmp/err"
	status=$?
}

while read -r cmd name; do
	file=$tmp/$name
	cp "$srcdir/tests/data/$name" "$file"
	on "$file" openat,open error=EACCES "$cmd" --file "$file"
	same "$cmd: open: status" 3 $status
	same "$cmd: open: error" "netipc $cmd: $file: Permission denied" "$(cat "$tmp/err")"
	same "$cmd: open: output" '' "$(cat "$tmp/out")"
	on "$file" read error=EIO "$cmd" --file "$file" nosuch
	same "$cmd: read: status" 3 $status
	ok "$cmd: read: error" grep -qE "^netipc $cmd: $file: (Input/output|I/O) error$" "$tmp/err"
	on "$file" read error=EIO:when=2 "$cmd" --file "$file"
	same "$cmd: read of the end: status" 3 $status
	on "$file" read error=EINTR:when=1 "$cmd" --file "$file" --classic
	same "$cmd: read that a signal interrupts: status" 0 $status
	same "$cmd: it is repeated" "$(netipc "$cmd" --file "$file" --classic)" "$(cat "$tmp/out")"
	on "$file" read retval=0 "$cmd" --file "$file"
	same "$cmd: a file that has shrunk to nothing: status" 0 $status
	same "$cmd: nothing is listed" '' "$(cat "$tmp/out")"
	for opt in --check --fix; do
		on "$file" openat,open error=EACCES "$cmd" $opt --file "$file"
		same "$cmd $opt: open: status" 3 $status
		same "$cmd $opt: open: error" "netipc $cmd: $file: Permission denied" \
			"$(cat "$tmp/err")"
		on "$file" read error=EIO:when=2 "$cmd" $opt --file "$file"
		same "$cmd $opt: read: status" 3 $status
		ok "$cmd $opt: read: error" grep -qE \
			"^netipc $cmd: $file: (Input/output|I/O) error$" "$tmp/err"
		on "$file" read error=EINTR:when=1 "$cmd" $opt --file "$file"
		same "$cmd $opt: read that a signal interrupts: it is repeated" \
			"$(netipc "$cmd" $opt --file "$file" 2>/dev/null)" "$(cat "$tmp/out")"
	done
done <<'EOF'
hosts hosts
protos protocols
services services
EOF

# set*ent(1) opens the file once more, where this libc reads files at all; a key that cannot be
# one asks for nothing.
opens() {
	strace -o "$tmp/trace" -e trace=openat,open "$NETIPC" "$@" >/dev/null 2>&1
	grep -c '"/etc/\(hosts\|protocols\|services\)"' "$tmp/trace"
}
while read -r cmd file key bad; do
	[ -f "$file" ] && [ "$(opens "$cmd" --libc "$key")" -gt 0 ] || continue
	same "$cmd: no call, no file" 0 "$(opens "$cmd" --libc "$bad")"
	[ "$(opens "$cmd" --libc --stayopen "$bad")" -gt 0 ] ||
		netipc "$cmd" --libc 2>/dev/null | grep -q . || continue # no list, and nothing to open
	same "$cmd: --stayopen opens it" 1 "$(opens "$cmd" --libc --stayopen "$bad")"
done <<'EOF'
hosts /etc/hosts 127.0.0.1 256.1.1.1
protos /etc/protocols tcp 65536
services /etc/services http/tcp 65536
EOF

# Errors behind h_errno; the name is in no file, and nothing leaves the machine
if strace -o "$tmp/trace" -f -e trace=socket -e inject=socket:error=EMFILE \
	"$NETIPC" hosts --libc nosuch.invalid >"$tmp/out" 2>"$tmp/err"; then
	fail "hosts --libc without a socket: status 0"
else
	same "hosts --libc without a socket: status" 3 $?
	ok "hosts --libc without a socket: error" grep -q \
		'^netipc hosts: gethostbyname "nosuch.invalid": ..* ([A-Z_]*)' "$tmp/err"
	ok "it is no success" grep -qv Success "$tmp/err"
fi

# A file that never ends, a pipe, is left at a signal
mkfifo "$tmp/pipe"
exec 3<>"$tmp/pipe"
opened() {
	find "/proc/$pid/fd" -lname "$tmp/pipe" | grep -q .
}
ended() { # each signal ends one read(2); one that comes before it ends none
	kill -s TERM "$pid"
	! grep -q 'State:.*[RS] ' "/proc/$pid/status"
}
for opt in '' --check --fix; do
	echo '127.0.0.1 localhost' >&3
	# shellcheck disable=SC2086 # no option is no word
	start pipe hosts $opt --file "$tmp/pipe"
	ok "the pipe is read: hosts $opt" poll opened
	if poll ended; then
		pass "it ends"
	else
		fail "it ends"
		kill -s KILL "$pid"
	fi
	wait "$pid"
	same "a signal ends the reading of a pipe" 143 $?
	same "nothing is said" '' "$(cat "$tmp/pipe.err")"
done
done_testing
