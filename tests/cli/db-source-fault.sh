#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc hosts, protos and services --source: what fails behind it, modules included
. "${srcdir:?run by make check}/tests/lib.sh"
emulated && skip 'strace would see the calls of the emulator, and no module is made for it'
need jq

# faulty INJECTION ARG... - netipc ARG..., whose own calls fail as INJECTION says, not the child's
faulty() {
	_injection=$1
	shift
	strace -o "$tmp/trace" -e "inject=$_injection" "$NETIPC" "$@" >"$tmp/out" 2>"$tmp/err"
	status=$?
	ok "$_injection: it was made to fail" grep -q INJECTED "$tmp/trace"
}

# failed NAME TEXT - status 3, no output, and a line that matches TEXT
failed() {
	same "$1: status" 3 "$status"
	same "$1: output" '' "$(cat "$tmp/out")"
	ok "$1: error" like "netipc protos: nss: $2" "$(cat "$tmp/err")"
}

if (need_faults) >/dev/null 2>&1; then
	need_faults
	faulty socketpair:error=EMFILE protos --source nss tcp
	failed "no socket pair" 'socketpair: *'
	faulty '?clone,?clone3,?fork,?vfork:error=EAGAIN' protos --source nss tcp
	failed "no process" 'fork: *'
	faulty sendto:error=ENOBUFS protos --source nss tcp
	failed "no question" 'write to the process that asks it: *'
	faulty sendto:error=EPIPE protos --source nss tcp
	failed "a child that is gone" 'the process that asks it was ended by signal 9'
	faulty recvfrom:error=EIO protos --source nss tcp
	failed "no answer" 'read from the process that asks it: *'
	faulty recvfrom:retval=0 protos --source nss tcp
	failed "the end of the answer" 'the process that asks it was ended by signal 9'
	faulty recvfrom:error=EINTR:when=1 protos --source nss -H -o name 6
	same "EINTR: once more" 'tcp' "$(cat "$tmp/out")"
	faulty sendto:error=EINTR:when=1 protos --source nss -H -o name 6
	same "EINTR: once more, the question" 'tcp' "$(cat "$tmp/out")"
	faulty wait4:error=EINTR:when=1 protos --source nss -H -o name 6
	same "EINTR: waited for" 'tcp' "$(cat "$tmp/out")"
	if [ -e /etc/nsswitch.conf ] && netipc --version | grep -q glibc; then
		strace -o "$tmp/trace" -P /etc/nsswitch.conf -e inject=openat,open:error=EACCES \
			"$NETIPC" protos --source all tcp >"$tmp/out" 2>"$tmp/err"
		same "nsswitch.conf that cannot be opened: status" 3 $?
		same "nsswitch.conf that cannot be opened" \
			'netipc protos: /etc/nsswitch.conf: Permission denied' "$(cat "$tmp/err")"
	fi
else
	left_out "system calls that fail" "strace is not there, or cannot do it here"
fi

# Modules that do not behave, made by the compiler

netipc protos --source nss:files 6 >"$tmp/out" 2>"$tmp/err"
! grep -q 'no NSS modules' "$tmp/err" || done_testing
if ! command -v cc >/dev/null; then
	left_out "modules that do not behave" "there is no compiler"
	done_testing
fi
cat >"$tmp/module.c" <<'EOF'
#include <netdb.h>
#include <nss.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void act(void)
{
	char c;

	if (strcmp(ACT, "hang") == 0)
		for (;;)
			pause();
	if (strcmp(ACT, "stubborn") == 0) {
		sigset_t all;

		sigfillset(&all);
		sigprocmask(SIG_BLOCK, &all, NULL);
		for (int fd = 0; fd < 64; fd++)
			close(fd);
		for (;;)
			pause();
	}
	if (strcmp(ACT, "die") == 0)
		raise(SIGKILL);
	if (strcmp(ACT, "leave") == 0)
		_exit(7);
	if (strcmp(ACT, "talk") == 0) {
		(void)!write(1, "noise\n", 6);
		(void)!read(0, &c, 1);
	}
}

#ifdef EARLY
__attribute__((constructor)) static void begin(void)
{
	act();
}
#endif

#define NAME2(a, b) _nss_##a##_##b
#define NAME(a, b) NAME2(a, b)

enum nss_status NAME(MODULE, getprotobyname_r)(const char *name, struct protoent *result,
					       char *buffer, size_t size, int *error)
{
	static char *none[1];

	act();
	(void)buffer, (void)size, (void)error;
	result->p_name = (char *)name;
	result->p_aliases = none;
	result->p_proto = 99;
	return NSS_STATUS_SUCCESS;
}
EOF
for act in hang stubborn die leave talk; do
	cc -shared -fPIC -w "-DACT=\"$act\"" "-DMODULE=$act" -o "$tmp/libnss_$act.so.2" \
		"$tmp/module.c" 2>"$tmp/why" || {
		left_out "modules that do not behave" "cc: $(head -n 1 "$tmp/why")"
		done_testing
	}
done
cc -shared -fPIC -w '-DACT="hang"' -DMODULE=early -DEARLY -o "$tmp/libnss_early.so.2" "$tmp/module.c"
LD_LIBRARY_PATH=$tmp${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
export LD_LIBRARY_PATH

# none_left MODULE - no process has it any more
none_left() {
	! grep -q "$tmp/libnss_$1" /proc/[0-9]*/maps 2>/dev/null
}

netipc protos --source talk tcp </dev/null >"$tmp/out" 2>"$tmp/err" ||
	{ left_out "modules that do not behave" "they are not found: $(cat "$tmp/err")"; done_testing; }
printf 'one\ntwo\n' >"$tmp/keys"
input=$tmp/keys
t "a module that reads and writes: the input and the output are ours" 0 'one  99  nss:talk
two  99  nss:talk' '' protos --source talk -H -o name,number,source -
input=$tmp/keys
tj "a module that hangs: each key has its record" 3 '[.input,.error]' \
	'["one","nss:hang: no answer within 0.1 s"]
["two","nss:hang: no answer within 0.1 s"]' '*standard input:2: nss:hang: no answer within 0.1 s' \
	protos --source hang --timeout=100ms -j -
ok "a module that hangs: its processes are ended" none_left hang
t "a module that hangs while it is loaded" 3 '' \
	'netipc protos: nss:early: no answer within 0.1 s' protos --source early --timeout=0.1 tcp
ok "a module that hangs while it is loaded: ended" none_left early
t "a module that blocks signals and closes our socket" 3 '' \
	'netipc protos: nss:stubborn: the process that asks it was ended by signal 9' \
	protos --source stubborn --timeout=20s tcp
ok "a module that blocks signals: ended" none_left stubborn
t "a module that ends the process" 3 '' \
	'netipc protos: nss:leave: the process that asks it ended with status 7' \
	protos --source leave tcp
input=$tmp/keys
t "a module that crashes: each key anew" 3 '' \
	'*1: nss:die: the process that asks it was ended by signal 9*2: nss:die: *' \
	protos --source die -

# A signal does not wait for the module
start hang protos --source hang tcp
loaded() {
	grep -q "$tmp/libnss_hang" /proc/[0-9]*/maps 2>/dev/null
}
ok "the module is asked" poll loaded
kill -s TERM "$pid"
wait "$pid"
same "a signal ends it at once" 143 $?
same "a signal: nothing is said" '' "$(cat "$tmp/hang.err")"
ok "a signal: the module is ended too" poll none_left hang

# Nor does the module outlive a process that cannot clean up
if [ "$(uname)" = Linux ]; then
	start killed protos --source hang --timeout=1h tcp
	ok "the module is asked again" poll loaded
	kill -s KILL "$pid"
	wait "$pid"
	ok "SIGKILL: the module is ended too" poll none_left hang
fi

# The others answer
mkdir "$tmp/etc"
printf 'protocols: hang leave talk files\n' >"$tmp/etc/nsswitch.conf"
cp "$srcdir/tests/data/protocols" "$tmp/etc"
if in_world "$tmp/etc" true 2>/dev/null; then
	in_world "$tmp/etc" "$NETIPC" protos --source all --timeout=0.1 -H \
		-o name,number,source,agrees tcp >"$tmp/out" 2>"$tmp/err"
	same "all: status" 3 $?
	same "all: the others answer" 'tcp   6  files      number
tcp  99  nss:talk   number
tcp   6  nss:files  number
tcp   6  builtin    number' "$(cat "$tmp/out")"
	same "all: what failed" 'netipc protos: nss:hang: no answer within 0.1 s
netipc protos: nss:leave: the process that asks it ended with status 7
netipc protos: nss: no answer within 0.1 s' "$(cat "$tmp/err")"
else
	left_out "all: modules that do not behave" "no file can be put in the place of one of /etc"
fi
done_testing
