/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "options.h"
#include "sockopt/force_impl.h"
#include "unit.h"

#ifdef __linux__
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#endif

static void force(struct force *f, const char *name, const char *value)
{
	struct force_option *o = vec_push(&f->options);
	struct err err;

	memset(o, 0, sizeof(*o));
	o->row = the(name);
	ck_assert_int_eq(value_parse(&o->first.asked, o->row->type, name, value, &err), 0);
}

START_TEST(priority_is_last)
{
	struct force f = { 0 };

	force(&f, "SO_PRIORITY", "5");
	force(&f, "IP_TOS", "16");
	force(&f, "SO_KEEPALIVE", "1");
	force_order(&f);
	ck_assert_str_eq(option_name(f.options.v[0].row), "IP_TOS");
	ck_assert_str_eq(option_name(f.options.v[1].row), "SO_KEEPALIVE");
	ck_assert_str_eq(option_name(f.options.v[2].row), "SO_PRIORITY");
	force_fini(&f);
}
END_TEST

START_TEST(applies)
{
	static const struct {
		const char *name;
		struct own_kind kind;
		bool applies;
	} cases[] = {
		{ "SO_KEEPALIVE", { AF_INET, SOCK_STREAM, IPPROTO_TCP }, true },
		{ "SO_KEEPALIVE", { AF_INET6, SOCK_DGRAM, IPPROTO_UDP }, true },
		{ "SO_KEEPALIVE", { AF_UNIX, SOCK_STREAM, 0 }, false },
		{ "SO_RCVBUF", { 16, SOCK_RAW, 0 }, false },
		{ "TCP_NODELAY", { AF_INET, SOCK_STREAM, IPPROTO_TCP }, true },
		{ "TCP_NODELAY", { AF_INET6, SOCK_STREAM, 262 }, true },
		{ "TCP_NODELAY", { AF_INET, SOCK_DGRAM, IPPROTO_UDP }, false },
		{ "TCP_NODELAY", { AF_INET, SOCK_RAW, IPPROTO_TCP }, false },
		{ "TCP_NODELAY", { AF_UNIX, SOCK_STREAM, 0 }, false },
		{ "IP_TTL", { AF_INET6, SOCK_STREAM, IPPROTO_TCP }, true },
		{ "IPV6_UNICAST_HOPS", { AF_INET, SOCK_STREAM, IPPROTO_TCP }, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		ck_assert_msg(force_applies(the(cases[i].name), &cases[i].kind) == cases[i].applies,
			      "%s %zu", cases[i].name, i);
}
END_TEST

struct told {
	size_t n;
	int code;
	long long was, got;
};

static void tell(void *data, const struct force_event *e)
{
	struct told *told = data;

	told->n++;
	told->code = e->code;
	if (e->option && !e->code) {
		ck_assert(value_number(&e->tried->was, &told->was));
		ck_assert(value_number(&e->tried->got, &told->got));
	}
}

START_TEST(counts_sockets)
{
	const struct own_kind tcp = { AF_INET, SOCK_STREAM, IPPROTO_TCP };
	struct force f = { 0 };
	struct force_event e = { .call = FORCE_CONNECT };
	struct err err;
	int fd = own_open(&tcp, &err), value = 0;
	socklen_t len = sizeof(value);

	ck_assert_int_ge(fd, 0);
	force(&f, "SO_KEEPALIVE", "1");
	force(&f, "IP_TTL", "999"); /* too much */
	force_apply(&f, fd, &tcp, true, &e);
	force_apply(&f, fd, &tcp, false, &e);
	ck_assert_uint_eq(f.sockets, 1);
	ck_assert_uint_eq(f.options.v[0].sockets, 1);
	ck_assert_uint_eq(f.options.v[0].refused, 0);
	ck_assert_uint_eq(f.options.v[1].sockets, 0);
	ck_assert_uint_eq(f.options.v[1].refused, 1);
	ck_assert_int_eq(f.options.v[1].code, EINVAL);
	ck_assert_int_eq(f.options.v[0].first.outcome, OWN_SET);
	ck_assert_int_eq(getsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &value, &len), 0);
	ck_assert_int_ne(value, 0);
	close(fd);
	force_fini(&f);
}
END_TEST

START_TEST(tells)
{
	const struct own_kind tcp = { AF_INET, SOCK_STREAM, IPPROTO_TCP };
	struct told told = { 0 };
	struct force f = { .event = tell, .data = &told };
	struct force_event e = { .call = FORCE_BIND, .name = "program", .pid = 7 };
	struct err err;
	int fd = own_open(&tcp, &err);

	ck_assert_int_ge(fd, 0);
	force(&f, "IP_TTL", "9");
	force_apply(&f, fd, &tcp, true, &e);
	ck_assert_uint_eq(told.n, 1);
	ck_assert_int_eq(told.was, 64);
	ck_assert_int_eq(told.got, 9);
	for (int i = 0; i < 3; i++) {
		e.code = i == 2 ? EMFILE : EPERM;
		force_missed(&f, &e);
	}
	ck_assert_uint_eq(told.n, 4);
	ck_assert_int_eq(told.code, EMFILE);
	ck_assert_uint_eq(f.missed.n, 2);
	ck_assert_uint_eq(f.missed.v[0].calls, 2);
	ck_assert_int_eq(f.missed.v[0].pid, 7);
	ck_assert_str_eq(f.missed.v[0].name, "program");
	ck_assert_str_eq(force_call_name(FORCE_BIND), "bind");
	ck_assert_str_eq(force_call_name(FORCE_SOCKET), "socket");
	close(fd);
	force_fini(&f);
}
END_TEST

#ifdef __linux__

/* What the kernel would do with the instructions that force_filter() uses. */
static uint32_t execute(const struct sock_fprog *p, const struct seccomp_data *data)
{
	uint32_t a = 0;

	for (size_t i = 0; i < p->len; i++) {
		const struct sock_filter *op = &p->filter[i];

		switch (op->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			ck_assert_uint_le(op->k + sizeof(a), sizeof(*data));
			ck_assert_uint_eq(op->k % 4, 0);
			memcpy(&a, (const char *)data + op->k, sizeof(a));
			break;
		case BPF_ALU | BPF_AND | BPF_K:
			a &= op->k;
			break;
		case BPF_JMP | BPF_JEQ | BPF_K:
			i += a == op->k ? op->jt : op->jf;
			break;
		case BPF_RET | BPF_K:
			return op->k;
		default:
			ck_abort_msg("instruction %#x", op->code);
		}
	}
	ck_abort_msg("the filter has no end");
}

/* On this architecture: which calls are held, and what they are taken for. */
START_TEST(filters)
{
	static const struct {
		int number;
		uint64_t args[3];
		bool plain, keep;
		enum force_seen seen;
	} cases[] = {
		{ SYS_getpid, { 0 }, false, false, SEEN_OTHER },
#ifdef SYS_connect
		{ SYS_connect, { 3 }, true, true, SEEN_SOCKET },
		{ SYS_bind, { 3 }, true, true, SEEN_SOCKET },
		{ SYS_listen, { 3 }, true, true, SEEN_SOCKET },
		{ SYS_setsockopt, { 3, SOL_SOCKET, SO_KEEPALIVE }, false, true, SEEN_SOCKET },
		{ SYS_setsockopt, { 3, SOL_SOCKET, SO_REUSEADDR }, false, false, SEEN_OTHER },
		{ SYS_setsockopt, { 3, IPPROTO_TCP, SO_KEEPALIVE }, false, false, SEEN_OTHER },
		{ SYS_setsockopt, { 3, SOL_SOCKET, SO_RCVBUF }, false, true, SEEN_SOCKET },
		{ SYS_socket, { AF_INET, SOCK_DGRAM }, true, true, SEEN_MAKE },
		{ SYS_socket, { AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC }, true, true, SEEN_MAKE },
		{ SYS_socket, { AF_INET, SOCK_STREAM }, false, false, SEEN_OTHER },
		{ SYS_socket, { AF_UNIX, SOCK_DGRAM }, false, false, SEEN_OTHER },
#endif
		{ 425, { 0 }, true, true, SEEN_RING },
		{ SYS_seccomp, { 1, 8 }, true, true, SEEN_FILTER },
		{ SYS_seccomp, { 1, 1 }, false, false, SEEN_FILTER },
		{ SYS_seccomp, { 2, 8 }, false, false, SEEN_FILTER },
	};
	struct err err;

	for (int keep = 0; keep <= 1; keep++) {
		struct force f = { .keep = keep };
		struct sock_fprog p = { 0 };

		force(&f, "SO_KEEPALIVE", "1");
		force(&f, "SO_RCVBUFFORCE", "4096"); /* SO_RCVBUF is its other name */
		ck_assert_int_eq(force_filter(&f, &p, &err), 0);
		for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
			struct seccomp_data data = { .nr = cases[i].number };
			struct force_request r = { 0 };
			bool held = keep ? cases[i].keep : cases[i].plain;

			memcpy(data.args, cases[i].args, sizeof(cases[i].args));
			ck_assert_uint_eq(execute(&p, &data), SECCOMP_RET_ALLOW);
			data.arch = force_arch();
			ck_assert_msg(execute(&p, &data) ==
					      (held ? SECCOMP_RET_USER_NOTIF : SECCOMP_RET_ALLOW),
				      "case %zu, keep %d", i, keep);
			if (!held)
				continue;
			ck_assert_msg(force_decode(&f, &data, getpid(), &r) == cases[i].seen,
				      "case %zu", i);
			if (cases[i].seen == SEEN_SOCKET)
				ck_assert_int_eq(r.fd, 3);
		}
		free(p.filter);
		force_fini(&f);
	}
}
END_TEST

/* Where the kernel, or an emulator, lets it: the command's end, and this process as before. */
START_TEST(runs)
{
	static const struct {
		const char *argv[4];
		int status, exec_code;
	} cases[] = {
		{ { "true" }, 0, 0 },
		{ { "sh", "-c", "exit 3" }, 3 << 8, 0 },
		{ { "sh", "-c", "kill -9 $$" }, 9, 0 },
		{ { "/no/such/command" }, -1, ENOENT },
		{ { "/" }, -1, EACCES },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct force f = { 0 };
		struct err err;
		char *argv[4];
		sigset_t before = { { 0 } }, after = { { 0 } };

		for (size_t j = 0; j < ARRAY_SIZE(argv); j++)
			argv[j] = cases[i].argv[j] ? xstrdup(cases[i].argv[j]) : NULL;
		force(&f, "SO_KEEPALIVE", "1");
		sigprocmask(SIG_SETMASK, NULL, &before);
		if (force_run(&f, argv, &err) == 0) {
			ck_assert_msg(f.exec_code == cases[i].exec_code, "case %zu", i);
			ck_assert_msg(f.exec_code || f.status == cases[i].status, "case %zu", i);
			ck_assert_int_eq(f.left, 0);
		} else {
			ck_assert_int_eq(err.kind, ERR_SYSTEM);
		}
		ck_assert_int_lt(waitpid(-1, NULL, WNOHANG), 0);
		sigprocmask(SIG_SETMASK, NULL, &after);
		ck_assert_int_eq(memcmp(&before, &after, sizeof(before)), 0);
		for (size_t j = 0; j < ARRAY_SIZE(argv); j++)
			free(argv[j]);
		force_fini(&f);
	}
}
END_TEST

UNIT_MAIN("force", priority_is_last, applies, counts_sockets, tells, filters, runs)

#else

UNIT_MAIN("force", priority_is_last, applies, counts_sockets, tells)

#endif
