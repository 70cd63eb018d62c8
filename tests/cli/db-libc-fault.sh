#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc hosts, protos and services --diff and --count: each system call of theirs fails
. "${srcdir:?run by make check}/tests/lib.sh"
need_faults

# faulty INJECTION ARG... - netipc ARG..., whose calls fail as INJECTION says, its child's too
# if there is a + before
faulty() {
	_injection=$1
	shift
	case $_injection in
	+*) set -- -f -e "inject=${_injection#+}" "$NETIPC" "$@" ;;
	*) set -- -e "inject=$_injection" "$NETIPC" "$@" ;;
	esac
	strace -o "$tmp/trace" "$@" >"$tmp/out" 2>"$tmp/err"
	status=$?
	ok "$_injection: it was made to fail" grep -q INJECTED "$tmp/trace"
}

# failed NAME GLOB - status 3, no output, and a line that matches GLOB
failed() {
	same "$1: status" 3 "$status"
	same "$1: output" '' "$(cat "$tmp/out")"
	ok "$1: error" like "netipc protos: $2" "$(cat "$tmp/err")"
}

if [ ! -e /etc/protocols ]; then
	left_out "--count" "there is no /etc/protocols"
elif netipc protos --count tcp 2>&1 | grep -q 'this system cannot'; then
	left_out "--count" "this system cannot count"
else
	faulty socketpair:error=EMFILE protos --count tcp
	failed "no socket pair" 'socketpair: *'
	faulty '?clone,?clone3,?fork,?vfork:error=EAGAIN' protos --count tcp
	failed "no process" 'fork: *'
	faulty +inotify_init1:error=EMFILE protos --count tcp
	failed "no inotify" 'inotify_init1: *'
	faulty +inotify_add_watch:error=ENOSPC protos --count tcp
	failed "no watch" '/etc/protocols: No space left on device'
	strace -f -o /dev/null -e inject=inotify_add_watch:signal=KILL "$NETIPC" protos --count tcp \
		>"$tmp/out" 2>"$tmp/err"
	status=$?
	failed "a child that is killed" 'the process that counts was ended by signal 9'
	faulty +sendto:error=ENOBUFS protos --count tcp
	failed "no report" 'the process that counts ended with status 1'
	faulty recvfrom:error=EIO protos --count tcp
	failed "a report that cannot be read" 'read from the process that counts: *'
	faulty recvfrom:retval=0:when=1 protos --count tcp
	failed "the end of the report" 'the process that counts ended with status 0'
	strace -f -o "$tmp/trace" -P anon_inode:inotify -e inject=read:error=EIO \
		"$NETIPC" protos --count tcp >"$tmp/out" 2>"$tmp/err"
	status=$?
	failed "events that cannot be read" 'read from inotify: *'
	want=$(netipc protos --count --json tcp 17)
	for call in recvfrom wait4; do
		faulty "$call:error=EINTR:when=1" protos --count --json tcp 17
		same "$call: EINTR: status" 0 "$status"
		same "$call: EINTR: once more" "$want" "$(cat "$tmp/out")"
	done
	netipc protos --count tcp >/dev/full 2>"$tmp/err"
	same "a full disk: status" 3 $?
	ok "a full disk" grep -q '^netipc protos: .*No space left' "$tmp/err"
fi

file=$tmp/protocols
cp "$srcdir/tests/data/protocols" "$file"
while read -r calls injection text; do
	strace -f -o /dev/null -P "$file" -e "trace=$calls" -e "inject=$calls:$injection" \
		"$NETIPC" protos --diff --file "$file" >"$tmp/out" 2>"$tmp/err"
	status=$?
	failed "--diff: $calls" "$file: $text"
done <<'EOF'
openat,open error=EACCES Permission denied
read error=EIO *rror
EOF
netipc protos --diff --file "$file" >/dev/full 2>"$tmp/err"
same "--diff: a full disk: status" 3 $?
ok "--diff: a full disk" grep -q '^netipc protos: .*No space left' "$tmp/err"
done_testing
