#!/bin/sh
# SPDX-License-Identifier: MIT
# netipc resolve --explain: modules that do not behave, and system calls that fail
. "${srcdir:?run by make check}/tests/lib.sh"
emulated && skip 'strace would see the calls of the emulator, and no module is made for it'
need jq

[ "${1-}" = inside ] || ! netipc resolve --explain localhost | grep -q '^Sources (this libc' ||
	skip 'this libc has no modules'
world_of_test "$@"
hosts() {
	printf 'hosts: %s\n' "$1" >"$etc/nsswitch.conf"
}

if (need_faults) >/dev/null 2>&1; then
	need_faults
	hosts files
	# faulty INJECTION: resolve --explain printer, whose own calls fail, not its children's
	faulty() {
		strace -o "$tmp/trace" -e "inject=$1" "$NETIPC" resolve --explain printer \
			>"$tmp/out" 2>"$tmp/err"
		status=$?
		ok "$1: it was made to fail" grep -q INJECTED "$tmp/trace"
	}
	for call in socketpair:error=EMFILE '?clone,?clone3,?fork,?vfork:error=EAGAIN' \
		socketpair:error=EMFILE:when=2 '?clone,?clone3,?fork,?vfork:error=EAGAIN:when=2'; do
		faulty "$call"
		same "$call: status" 3 "$status"
		same "$call: output" '' "$(cat "$tmp/out")"
		ok "$call: error" grep -Eq '^netipc resolve: (socketpair|fork): ' "$tmp/err"
	done
	faulty recvfrom:error=EINTR:when=1
	same "EINTR: status" 0 "$status"
	has "EINTR" '*files  SUCCESS*
Answer *
  192.0.2.20
*'
	faulty recvfrom:error=EIO:when=1
	same "what a source said is lost: status" 0 "$status"
	has "what a source said is lost" '*files  UNAVAIL *what it said cannot be read
*Why: it cannot be told: *'
	faulty recvfrom:error=EIO:when=2
	same "what getaddrinfo said is lost: status" 3 "$status"
	has "what getaddrinfo said is lost" '*none: what getaddrinfo said cannot be read
*'
	for call in socket:error=EMFILE connect:error=EPERM; do
		faulty "$call"
		same "$call: status" 0 "$status"
		has "$call" '*192.0.2.20  *no way to it: *
Answer *
  192.0.2.20
*'
	done
	faulty '?getsockname:error=ENOBUFS'
	same "no source address: status" 0 "$status"
	for file in nsswitch.conf gai.conf resolv.conf; do
		strace -o "$tmp/trace" -P "/etc/$file" -e inject=openat,open:error=EACCES \
			"$NETIPC" resolve --explain localhost >"$tmp/out" 2>"$tmp/err"
		same "$file cannot be opened: status" 0 $?
		has "$file cannot be opened: why" '*
Why: the name is in /etc/hosts*'
		has "$file cannot be opened" "*
Notes
*/etc/$file: Permission denied
*"
	done
else
	left_out "system calls that fail" "strace is not there, or cannot do it here"
fi

# Modules, made by the compiler

command -v cc >/dev/null || {
	left_out "modules that do not behave" "there is no compiler"
	done_testing
}
cat >"$tmp/module.c" <<'EOF2'
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <nss.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NAME2(a, b) _nss_##a##_##b
#define NAME(a, b) NAME2(a, b)

static unsigned char last;

/* The last byte of the address, or 0 with the status that is to be returned. */
static unsigned char act(const char *name, size_t size, int *error, int *h_error, int *status)
{
	*status = NSS_STATUS_SUCCESS;
	if (strcmp(ACT, "hang") == 0)
		for (;;)
			pause();
	if (strcmp(ACT, "die") == 0)
		abort();
	if (strcmp(ACT, "leave") == 0)
		_exit(7);
	if (strcmp(ACT, "talk") == 0) {
		(void)!write(1, "noise\n", 6);
		(void)!write(0, "noise\n", 6);
	}
	*error = ERANGE;
	*h_error = NETDB_INTERNAL;
	*status = NSS_STATUS_TRYAGAIN;
	if (strcmp(ACT, "large") == 0 && size < 100000)
		return 0;
	*error = EIO;
	*h_error = TRY_AGAIN;
	if (strcmp(ACT, "later") == 0)
		return 0;
	*status = 42;
	if (strcmp(ACT, "odd") == 0)
		return 0;
	*status = NSS_STATUS_NOTFOUND;
	*h_error = HOST_NOT_FOUND;
	if (strcmp(name, "there") != 0)
		return 0;
	*status = NSS_STATUS_SUCCESS;
	/* another address for each process that asks */
	if (strcmp(ACT, "flip") == 0)
		return open(FLAG, O_CREAT | O_EXCL, 0600) >= 0 ? 1 : 2;
	return 1;
}

#ifdef CALL4
enum nss_status NAME(MODULE, gethostbyname4_r)(const char *name, struct gaih_addrtuple **list,
					       char *buffer, size_t size, int *error,
					       int *h_error, int32_t *ttl)
{
	struct gaih_addrtuple *one = *list ? *list : (struct gaih_addrtuple *)buffer;
	int status;

	last = act(name, size, error, h_error, &status);
	if (!last)
		return status;
	memset(one, 0, sizeof(*one));
	one->name = strcpy(buffer + sizeof(*one), name);
	one->family = AF_INET6;
	one->addr[0] = htonl(0xfe800000);
	one->addr[3] = htonl(last);
	one->scopeid = 1;
	*list = one;
	if (ttl)
		*ttl = 77;
	return status;
}
#else
enum nss_status NAME(MODULE, gethostbyname2_r)(const char *name, int family,
					       struct hostent *host, char *buffer, size_t size,
					       int *error, int *h_error)
{
	static char *none[1], *list[2], address[4] = { 192, 0, 2, 0 };
	int status;

	last = act(name, size, error, h_error, &status);
	if (!last)
		return status;
	if (family != AF_INET) {
		*h_error = NO_DATA;
		return NSS_STATUS_NOTFOUND;
	}
	address[3] = last;
	list[0] = address;
	host->h_name = "official.example";
	host->h_aliases = none;
	host->h_addrtype = AF_INET;
	host->h_length = 4;
	host->h_addr_list = list;
	return status;
}
#endif
EOF2
for act in hang die leave talk later odd; do
	cc -shared -fPIC -w "-DACT=\"$act\"" "-DMODULE=$act" "-DFLAG=\"$tmp/flag\"" \
		-o "$tmp/libnss_$act.so.2" "$tmp/module.c" 2>"$tmp/why" || {
		left_out "modules that do not behave" "cc: $(head -n 1 "$tmp/why")"
		done_testing
	}
done
for act in large flip; do
	cc -shared -fPIC -w -DCALL4 "-DACT=\"$act\"" "-DMODULE=$act" "-DFLAG=\"$tmp/flag\"" \
		-o "$tmp/libnss_$act.so.2" "$tmp/module.c"
done
: >"$tmp/empty.c"
cc -shared -fPIC -o "$tmp/libnss_empty.so.2" "$tmp/empty.c"
LD_LIBRARY_PATH=$tmp${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
export LD_LIBRARY_PATH

# none_left MODULE - no process has it any more
none_left() {
	! grep -q "$tmp/libnss_$1" /proc/[0-9]*/maps 2>/dev/null
}

hosts 'talk'
netipc resolve --explain there </dev/null >"$tmp/out" 2>"$tmp/err"
grep -q 'talk  SUCCESS' "$tmp/out" || {
	left_out "modules that do not behave" "they are not found"
	done_testing
}
why "a module that is old" 0 'the source talk has the name' there
has "a module that is old: what it said" '*talk  SUCCESS *192.0.2.1; canonical name official.example
*'
ok "a module that talks" sh -c "! grep -q noise '$tmp/out' '$tmp/err'"
tj "a module that is old: its call" 0 'select(.record=="source")|[.call,.canonname,.ttl]' \
	'["gethostbyname2_r","official.example",null]' '' resolve --explain -j there
why "a module that is old: no such name" 1 'no source has the name' here

hosts 'large'
why "a large answer" 0 'the source large has the name' there
has "a large answer: scope and TTL" '*large  SUCCESS *fe80::1%lo; TTL 77 s
*
  fe80::1%lo  scope link-local*'

hosts 'hang files'
why "a module that hangs" 3 'getaddrinfo gave no answer within T' --timeout 300ms printer
has "a module that hangs: the next one" '*hang   UNAVAIL *no answer within 300.0 ms
  files  SUCCESS *'
ok "a module that hangs: it is ended" none_left hang
hosts 'die files'
why "a module that crashes" 3 'getaddrinfo ended its process (signal 6), as it does in any program' printer
has "a module that crashes: the next one" '*die    UNAVAIL *its module crashed (signal 6, *)
  files  SUCCESS *'
hosts 'leave [UNAVAIL=return] files'
why "a module that ends the process" 3 'getaddrinfo ended its process, as it does in any program' printer
has "a module that ends the process: its action" '*leave  UNAVAIL *its module ended the process; \[UNAVAIL=return\] ends the search here
  files  not asked, because leave returned UNAVAIL
*'
hosts 'later files'
why "TRYAGAIN" 0 'the name is in /etc/hosts' printer
has "TRYAGAIN: in words" '*later  TRYAGAIN *it has no answer now: Input/output error (EIO)
*'
hosts 'later'
why "TRYAGAIN alone" 3 'later failed: it has no answer now: Input/output error (EIO)' printer
tj "TRYAGAIN: JSON" 3 'select(.record=="source")|[.status,.errno,.h_errno]' \
	'["TRYAGAIN","EIO","TRY_AGAIN"]' '*(EAI_AGAIN)' resolve --explain -j printer
hosts 'odd files'
netipc resolve --explain printer >"$tmp/out" 2>&1
has "a status that there is not" '*odd    UNAVAIL *'
hosts 'empty files'
why "a module without a call" 0 'the name is in /etc/hosts' printer

# Two processes ask, and each is told something else
hosts 'flip'
netipc resolve --explain there >"$tmp/out" 2>"$tmp/err"
same "MISMATCH: status" 0 $?
same "MISMATCH: both ways" 2 "$(grep -c '^  MISMATCH: getaddrinfo' "$tmp/out")"
done_testing
