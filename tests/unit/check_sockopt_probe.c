/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/macros.h"
#include "sockopt/probe.h"
#include "unit.h"

/* The lowest descriptor that is free: it rises if one is left open. */
static int lowest(void)
{
	int fd = dup(0);

	ck_assert_int_ge(fd, 0);
	close(fd);
	return fd;
}

static const struct probe_kind *the_kind(const char *name)
{
	const struct probe_kind *kinds;
	size_t n = probe_kinds(&kinds);

	for (size_t i = 0; i < n; i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	ck_abort_msg("%s", name);
	return NULL;
}

static const struct probe_fileop *the_fileop(const char *name)
{
	const struct probe_fileop *ops;
	size_t n = probe_fileops(&ops);

	for (size_t i = 0; i < n; i++)
		if (strcmp(ops[i].name, name) == 0)
			return &ops[i];
	ck_abort_msg("%s", name);
	return NULL;
}

static const struct probe_flag *the_flag(const char *name)
{
	const struct probe_flag *flags;
	size_t n = probe_flags(&flags);

	for (size_t i = 0; i < n; i++)
		if (strcmp(flags[i].name, name) == 0)
			return &flags[i];
	ck_abort_msg("%s", name);
	return NULL;
}

static const char protocols[] = "protocol  size sockets\n"
				"PACKET    1600      0\n"
				"UDP-Lite  1344      0\n"
				"UDP       1344     18\n"
				"TCPv6\t2560";

START_TEST(loaded)
{
	static const struct {
		const char *text, *name;
		bool want;
	} cases[] = {
		{ protocols, "UDP", true },
		{ protocols, "UDP-Lite", true },
		{ protocols, "TCPv6", true },
		{ protocols, "TCP", false },
		{ protocols, "PACK", false },
		{ protocols, "1344", false },
		{ protocols, "SCTP", false },
		{ protocols, "", true },
		{ protocols, NULL, false },
		{ "", "UDP", false },
		{ "", "", true },
		{ "UDP", "UDP", true },
		{ "\n\nUDP\n", "UDP", true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		ck_assert_msg(probe_loaded(cases[i].text, cases[i].name) == cases[i].want, "%zu",
			      i);
	ck_assert(probe_type_loaded("", AF_INET, SOCK_STREAM));
	ck_assert(probe_type_loaded("", AF_UNIX, SOCK_SEQPACKET));
#ifdef SOCK_DCCP
	ck_assert(!probe_type_loaded(protocols, AF_INET, SOCK_DCCP));
	ck_assert(probe_type_loaded("DCCP 1\n", AF_INET, SOCK_DCCP));
	ck_assert(!probe_type_loaded("DCCP 1\n", AF_INET6, SOCK_DCCP));
	ck_assert(probe_type_loaded("", AF_UNIX, SOCK_DCCP));
#endif
#ifdef SOCK_PACKET
	ck_assert(probe_type_loaded(protocols, AF_INET, SOCK_PACKET));
	ck_assert(!probe_type_loaded("", AF_INET, SOCK_PACKET));
#endif
}
END_TEST

START_TEST(reasons)
{
	static const struct {
		const char *what;
		int code;
		const char *want;
	} cases[] = {
		{ "socket", EAFNOSUPPORT, "this kernel does not have the domain" },
		{ "fsync", EINVAL, "a socket keeps nothing to be written back" },
		{ "lseek", ESPIPE, "a socket has no position" },
		{ "lseek", EINVAL, "not for this kind or state of socket" },
		{ "fcntl F_SETPIPE_SZ", EBADF, "that is for pipes" },
		{ "fcntl F_SETLEASE", EINVAL, "that is for files" },
		{ "shutdown SHUT_RD", ENOTCONN, "it is not connected" },
		{ "option", EINVAL, "no value in this state, or not without input" },
		{ "flag", EOPNOTSUPP, "sockets of this kind do not have it" },
		{ "socket", EDOM, NULL },
		{ "", EDOM, NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *got = probe_reason(cases[i].what, cases[i].code);

		ck_assert_msg(!got == !cases[i].want && (!got || strcmp(got, cases[i].want) == 0),
			      "%s: %s", cases[i].what, got ? got : "NULL");
	}
	ck_assert(probe_exhausted(EMFILE) && probe_exhausted(ENFILE) && probe_exhausted(ENOBUFS));
	ck_assert(!probe_exhausted(0) && !probe_exhausted(EPERM) && !probe_exhausted(EAFNOSUPPORT));
}
END_TEST

/* What has to hold for each row whatever is added. */
START_TEST(rows_are_sound)
{
	const struct probe_kind *kinds;
	const struct probe_fileop *ops;
	const struct probe_flag *flags;
	size_t nkinds = probe_kinds(&kinds), nops = probe_fileops(&ops),
	       nflags = probe_flags(&flags);

	for (size_t i = 0; i < nkinds; i++) {
		ck_assert_msg(kinds[i].parts, "%s", kinds[i].name);
		ck_assert_msg(!strpbrk(kinds[i].name, ", "), "%s", kinds[i].name);
		for (size_t j = 0; j < i; j++)
			ck_assert_str_ne(kinds[i].name, kinds[j].name);
	}
	for (size_t i = 0; i < nops; i++) {
		ck_assert_msg((ops[i].expected == PROBE_AS_OTHER) == (ops[i].as != NULL), "%s",
			      ops[i].name);
		ck_assert_msg(strlen(ops[i].lecture) < 20, "%s", ops[i].name);
		for (size_t j = 0; j < i; j++)
			ck_assert_str_ne(ops[i].name, ops[j].name);
	}
	for (size_t i = 0; i < nflags; i++) {
		size_t len = strlen(flags[i].asked);

		ck_assert_msg(strncmp(flags[i].name, "MSG_", 4) == 0, "%s", flags[i].name);
		ck_assert_msg(len > 0 && flags[i].asked[len - 1] != '.' &&
				      !isupper((unsigned char)flags[i].asked[0]),
			      "%s", flags[i].name);
	}
}
END_TEST

/* Each kind is what its row says, or is refused, and leaves nothing open. */
START_TEST(kinds_are_opened)
{
	const struct probe_kind *kinds;
	size_t n = probe_kinds(&kinds);
	unsigned opened = 0;

	for (size_t i = 0; i < n; i++) {
		struct sockaddr_storage peer;
		int type = -1, before = lowest();
		socklen_t len = sizeof(type), peerlen = sizeof(peer);
		struct probe_end end;
		const char *call = NULL;
		int code = probe_open(&kinds[i], &end, &call);

		ck_assert_ptr_nonnull(call);
		if (code == 0) {
			opened++;
			ck_assert_int_eq(getsockopt(end.fd, SOL_SOCKET, SO_TYPE, &type, &len), 0);
			ck_assert_msg(type == kinds[i].type, "%s", kinds[i].name);
			ck_assert_msg((end.peer >= 0) == (kinds[i].state == PROBE_CONNECTED), "%s",
				      kinds[i].name);
			if (end.peer >= 0)
				ck_assert_int_eq(getpeername(end.fd, (struct sockaddr *)&peer,
							     &peerlen),
						 0);
			probe_close(&end);
		}
		ck_assert_int_eq(end.fd, -1);
		ck_assert_int_eq(end.peer, -1);
		ck_assert_msg(lowest() == before, "%s", kinds[i].name);
	}
	ck_assert_uint_gt(opened, 6);
}
END_TEST

/* The calls of which every system says the same. */
START_TEST(fileops)
{
	static const struct {
		const char *op, *kind;
		int code;
		enum probe_agreement agreement;
	} cases[] = {
		{ "close", "tcp", 0, PROBE_AGREES },
		{ "dup", "unix-dgram", 0, PROBE_AGREES },
		{ "dup2", "udp", 0, PROBE_AGREES },
		{ "fchdir", "tcp-connected", ENOTDIR, PROBE_AGREES },
		{ "lseek", "unix-stream", ESPIPE, PROBE_AGREES },
		{ "read", "unix-stream", 0, PROBE_AGREES },
		{ "read", "tcp", ENOTCONN, PROBE_AGREES },
		{ "write", "unix-seqpacket", 0, PROBE_AGREES },
		{ "fcntl F_GETFL", "udp", 0, PROBE_AGREES },
		{ "pread", "udp", ESPIPE, PROBE_OPEN },
		{ "isatty", "tcp", ENOTTY, PROBE_OPEN },
	};
	enum probe_agreement agreement;
	struct probe_answer a;
	struct err err;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		ck_assert_int_eq(probe_fileop(the_fileop(cases[i].op), the_kind(cases[i].kind), &a,
					      &agreement, &err),
				 0);
		ck_assert_msg(a.code == cases[i].code && agreement == cases[i].agreement,
			      "%s, %s: %d, %d", cases[i].op, cases[i].kind, a.code, agreement);
	}
}
END_TEST

static bool is_blocked(int sig)
{
	sigset_t set;

	sigprocmask(SIG_BLOCK, NULL, &set);
	return sigismember(&set, sig);
}

/* No call and no flag leaves a descriptor open, a signal blocked or one pending. */
START_TEST(nothing_is_left)
{
	const struct probe_fileop *ops;
	const struct probe_flag *flags;
	const struct probe_kind *kinds;
	size_t nops = probe_fileops(&ops), nflags = probe_flags(&flags), n = probe_kinds(&kinds);
	enum probe_agreement agreement;
	struct probe_flag_answer fa;
	struct probe_answer a;
	struct err err;
	sigset_t pending;
	int before = lowest();

	for (size_t k = 0; k < n; k++) {
		/* A packet socket takes long to close. */
		if (kinds[k].loaded[0])
			continue;
		for (size_t i = 0; i < nops && (kinds[k].parts & PROBE_FILEOPS); i++)
			if (probe_fileop(&ops[i], &kinds[k], &a, &agreement, &err) < 0)
				ck_assert_int_ne(err.code, 0);
		for (size_t i = 0; i < nflags && (kinds[k].parts & PROBE_FLAGS); i++) {
			ck_assert_msg(probe_flag(&flags[i], &kinds[k], &fa, &err) == 0, "%s",
				      err.text);
			ck_assert_msg(fa.came[0], "%s", flags[i].name);
		}
		ck_assert_msg(lowest() == before, "%s", kinds[k].name);
	}
	ck_assert(!is_blocked(SIGPIPE));
	sigpending(&pending);
	ck_assert(!sigismember(&pending, SIGPIPE));
}
END_TEST

/* SIGPIPE that was blocked, and one that waits, stay as they are. */
START_TEST(signals_are_kept)
{
	enum probe_agreement agreement;
	struct probe_answer a;
	struct err err;
	sigset_t set;
	int sig;

	sigemptyset(&set);
	sigaddset(&set, SIGPIPE);
	sigprocmask(SIG_BLOCK, &set, NULL);
	ck_assert_int_eq(probe_fileop(the_fileop("write"), the_kind("tcp"), &a, &agreement, &err),
			 0);
	ck_assert_int_eq(a.code, EPIPE);
	ck_assert(is_blocked(SIGPIPE));
	sigpending(&set);
	ck_assert(!sigismember(&set, SIGPIPE));
	raise(SIGPIPE);
	ck_assert_int_eq(probe_fileop(the_fileop("write"), the_kind("tcp"), &a, &agreement, &err),
			 0);
	sigpending(&set);
	ck_assert(sigismember(&set, SIGPIPE));
	sigemptyset(&set);
	sigaddset(&set, SIGPIPE);
	sigwait(&set, &sig);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}
END_TEST

/* Each call says so when it fails, here because there is no socket. */
START_TEST(each_call_can_fail)
{
	static const char *const never[] = { "poll" };
	const struct probe_fileop *ops;
	size_t n = probe_fileops(&ops);

	for (size_t i = 0; i < n; i++) {
		struct probe_end none = { -1, -1 };
		struct probe_answer a = { 0 };
		bool fails = true;

		for (size_t j = 0; j < ARRAY_SIZE(never); j++)
			fails = fails && strcmp(never[j], ops[i].name) != 0;
		ops[i].run(&none, &a);
		ck_assert_msg(!fails || a.code, "%s", ops[i].name);
		a.code = 0;
		none = (struct probe_end){ -1, -1 };
		if (ops[i].as)
			ops[i].as(&none, &a);
		ck_assert_msg(!ops[i].as || a.code == EBADF, "%s", ops[i].name);
	}
}
END_TEST

START_TEST(flags)
{
	static const struct {
		const char *flag, *kind, *word;
	} cases[] = {
		{ "MSG_PEEK", "tcp-connected", "works" },  { "MSG_PEEK", "udp", "works" },
		{ "MSG_PEEK", "unix-seqpacket", "works" }, { "MSG_OOB", "udp", "EOPNOTSUPP" },
		{ "MSG_WAITALL", "unix-stream", "works" },
	};
	struct probe_flag_answer a;
	struct err err;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		ck_assert_int_eq(probe_flag(the_flag(cases[i].flag), the_kind(cases[i].kind), &a,
					    &err),
				 0);
		ck_assert_msg(strcmp(probe_outcome_word(&a), cases[i].word) == 0, "%s, %s: %s, %s",
			      cases[i].flag, cases[i].kind, probe_outcome_word(&a), a.came);
	}
	a = (struct probe_flag_answer){ .outcome = PROBE_REFUSED, .code = 99999 };
	ck_assert_str_eq(probe_outcome_word(&a), "refused");
}
END_TEST

/* socket(2) itself. */
START_TEST(sockets)
{
	const struct probe_domain *domains;
	const struct probe_protocol *of;
	const int *types;
	int before = lowest();

	ck_assert_uint_gt(probe_domains(&domains), 3);
	ck_assert_uint_gt(probe_types(&types), 3);
	ck_assert_uint_gt(probe_protocols(&of), 10);
	ck_assert_int_eq(probe_socket(AF_INET, SOCK_STREAM, 0), 0);
	ck_assert_int_eq(probe_socket(AF_INET, SOCK_STREAM, IPPROTO_UDP), EPROTONOSUPPORT);
	ck_assert_int_eq(probe_socket(AF_UNIX, SOCK_DGRAM, 0), 0);
	ck_assert_int_eq(lowest(), before);
}
END_TEST

UNIT_MAIN("sockopt_probe", loaded, reasons, rows_are_sound, kinds_are_opened, fileops,
	  nothing_is_left, signals_are_kept, each_call_can_fail, flags, sockets)
