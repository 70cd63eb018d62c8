#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc hosts, protos and services: each system call of theirs that can fail fails
. "${srcdir:?run by make check}/tests/lib.sh"
need_faults

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
	for when in 1 2; do
		on "$file" fstat,newfstatat,statx,fstat64 "error=EIO:when=$when" "$cmd" --file "$file"
		same "$cmd: fstat $when: status" 3 $status
		ok "$cmd: fstat $when: error" grep -qE "^netipc $cmd: $file: (Input/output|I/O) error$" "$tmp/err"
	done
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

# A file that is written to while it is read: netipc stops behind the first read(2) until that is done.
# changed COMMAND... - does it then; $tmp/out is what netipc makes of the file
seq 20000 | sed 's/.*/192.0.2.1 old&/' >"$tmp/old"
sed 's/old/new/' "$tmp/old" >"$tmp/new"
changed() {
	cp "$tmp/old" "$tmp/changing"
	: >"$tmp/changing.trace"
	# shellcheck disable=SC2086 # an option, or none
	strace -f -o "$tmp/changing.trace" -P "$tmp/changing" -e trace=read,lseek,_llseek \
		-e inject=read:signal=STOP:when=1 $injected \
		"$NETIPC" hosts --file "$tmp/changing" --tsv -H -o name >"$tmp/out" 2>"$tmp/err" &
	pids="$pids $!"
	poll grep -q 'stopped by SIGSTOP' "$tmp/changing.trace" || fail "$1: the file is not read"
	"$@"
	kill -s CONT "$(sed -n 's/^\([0-9]*\).*/\1/p' "$tmp/changing.trace" | head -n 1)"
	wait $!
	status=$?
}
injected=
names() {
	cut -d ' ' -f 2 "$1"
}
grow() {
	printf '192.0.2.2 grown\n' >>"$tmp/changing"
}
shrink() {
	head -n 100 "$tmp/new" >"$tmp/changing"
}
overwrite() {
	cat "$tmp/new" >"$tmp/changing"
}
replace() {
	cp "$tmp/new" "$tmp/replacing"
	mv "$tmp/replacing" "$tmp/changing"
}
vanish() {
	: >"$tmp/changing"
}
changed grow
same "grow: status" 0 $status
same "grow: nothing is said" '' "$(cat "$tmp/err")"
same "grow: all of the new content" 20001 "$(wc -l <"$tmp/out")"
changed shrink
same "shrink: status" 0 $status
same "shrink: nothing is said" '' "$(cat "$tmp/err")"
same "shrink: the new content" "$(names "$tmp/new" | head -n 100 | cksum)" "$(cksum <"$tmp/out")"
changed overwrite
same "overwrite: status" 0 $status
same "overwrite: nothing is said" '' "$(cat "$tmp/err")"
same "overwrite: the new content" "$(names "$tmp/new" | cksum)" "$(cksum <"$tmp/out")"
changed vanish
same "vanish: status" 0 $status
same "vanish: nothing is said" '' "$(cat "$tmp/err")"
same "vanish: the new content" '' "$(cat "$tmp/out")"
changed replace
same "replace: status" 0 $status
same "replace: nothing is said" '' "$(cat "$tmp/err")"
same "replace: the old content" "$(names "$tmp/old" | cksum)" "$(cksum <"$tmp/out")"
injected='-e inject=lseek,_llseek:error=EIO'
changed grow
same "the file cannot be read again: status" 3 $status
ok "the file cannot be read again: error" grep -qE 'changing: (Input/output|I/O) error$' "$tmp/err"

# 1 GiB that is one line: an error, and memory for no more than the longest line there can be
if truncate -s 1G "$tmp/sparse" 2>/dev/null; then
	for cmd in hosts protos services; do
		(
			netipc --version | grep -q sanitizers || ulimit -v 280000
			exec "$NETIPC" "$cmd" --file "$tmp/sparse"
		) >"$tmp/out" 2>"$tmp/err"
		same "$cmd: 1 GiB of one line: status" 2 $?
		same "$cmd: 1 GiB of one line: error" "netipc $cmd: $tmp/sparse: line 1 is longer than 64 MiB" \
			"$(cat "$tmp/err")"
	done
fi

# A line of nothing but commas is no table of as many columns
head -c 20000000 /dev/zero | tr '\0' ',' >"$tmp/commas"
printf '\nhttp 80/tcp\n' >>"$tmp/commas"
(
	netipc --version | grep -q sanitizers || ulimit -v 280000
	exec "$NETIPC" services --file "$tmp/commas" -H -o name,line http
) >"$tmp/out" 2>"$tmp/err"
same "20 million commas: status" 0 $?
same "20 million commas: output" 'http  2' "$(cat "$tmp/out")"

# Comments are not kept: there may be any number of them
for option in -H --check; do
	(
		netipc --version | grep -q sanitizers || ulimit -v 100000
		yes '# nothing' | head -c 120000000 | "$NETIPC" hosts --file - "$option"
	) >"$tmp/out" 2>"$tmp/err"
	same "hosts $option, 120 MB of comments: status" 0 $?
done

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
