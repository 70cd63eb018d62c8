/* SPDX-License-Identifier: MIT */
/* force_filter_linux.c - which system calls are held, and what they mean, by architecture */
#include "sockopt/force_impl.h"

#ifdef __linux__

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/net.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>

/* One way to call this kernel: a filter sees the calls of 32-bit programs too. */
static const struct abi {
	uint32_t arch;
	int bind, connect, listen, setsockopt, socket; /* their numbers, -1 if there is none */
	int socketcall; /* which has the call's number, and where in memory its arguments are */
	int seccomp;
	size_t word; /* bytes of an argument there */
} abis[] = {
#if defined(__x86_64__)
#define NATIVE AUDIT_ARCH_X86_64
	{ AUDIT_ARCH_I386, 361, 362, 363, 366, 359, 102, 354, 4 },
#elif defined(__aarch64__) && defined(__AARCH64EL__)
#define NATIVE AUDIT_ARCH_AARCH64
	{ AUDIT_ARCH_ARM, 282, 283, 284, 294, 281, -1, 383, 4 },
#elif defined(__i386__)
#define NATIVE AUDIT_ARCH_I386
#elif defined(__arm__) && defined(__ARMEL__)
#define NATIVE AUDIT_ARCH_ARM
#elif defined(__s390x__)
#define NATIVE AUDIT_ARCH_S390X
	{ AUDIT_ARCH_S390, 361, 362, 363, 366, 359, 102, 348, 4 },
#elif defined(__powerpc64__) && defined(__LITTLE_ENDIAN__)
#define NATIVE AUDIT_ARCH_PPC64LE
#elif defined(__riscv) && __riscv_xlen == 64
#define NATIVE AUDIT_ARCH_RISCV64
#endif
#ifdef NATIVE
	{ NATIVE, __NR_bind, __NR_connect, __NR_listen, __NR_setsockopt, __NR_socket,
#ifdef __NR_socketcall
	  __NR_socketcall,
#else
	  -1,
#endif
	  __NR_seccomp, sizeof(long) },
#else
	{ .arch = 0 },
#endif
};

uint32_t force_arch(void)
{
	return abis[ARRAY_SIZE(abis) - 1].arch;
}

enum {
	IO_URING_SETUP = 425, /* the same on each architecture */
	FILTER_MODE = 1,      /* of seccomp(2) */
	NEW_LISTENER = 1 << 3,
	TYPE_MASK = 0xf, /* of socket(2)'s type, without SOCK_CLOEXEC */
	MAX_CONDITIONS = 5,
	PER_CONDITION = 3, /* instructions */
	WORDS = 3,         /* of socketcall(2) that matter */
};

struct condition {
	uint32_t offset, mask, value;
};

struct program VEC(struct sock_filter);

static void add(struct program *p, struct sock_filter one)
{
	*vec_push(p) = one;
}

/* Where the lower half of argument I is. */
static uint32_t argument(size_t i)
{
	size_t lower = 0;

#ifdef WORDS_BIGENDIAN
	lower = sizeof(uint32_t);
#endif
	return (uint32_t)(offsetof(struct seccomp_data, args) + i * sizeof(uint64_t) + lower);
}

/* A call for which the N CONDITIONS hold is held. */
static void hold(struct program *p, const struct condition *conditions, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct condition *c = &conditions[i];
		unsigned char no = (unsigned char)(PER_CONDITION * (n - 1 - i) + 1);

		add(p, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, c->offset));
		add(p, (struct sock_filter)BPF_STMT(BPF_ALU | BPF_AND | BPF_K, c->mask));
		add(p, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, c->value, 0, no));
	}
	add(p, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF));
}

/* The call NUMBER of ABI is held if the N conditions MORE hold too. */
static void hold_call(struct program *p, const struct abi *abi, int number,
		      const struct condition *more, size_t n)
{
	struct condition all[MAX_CONDITIONS] = {
		{ offsetof(struct seccomp_data, nr), UINT32_MAX, (uint32_t)number },
		{ offsetof(struct seccomp_data, arch), UINT32_MAX, abi->arch },
	};

	if (number < 0)
		return;
	if (n)
		memcpy(&all[2], more, n * sizeof(*more));
	hold(p, all, 2 + n);
}

/* The UDP sockets that are made matter: some option is for them. */
static bool wants_udp(const struct force *f)
{
	const struct own_kind udp = { AF_INET, SOCK_DGRAM, 17 },
			      udp6 = { AF_INET6, SOCK_DGRAM, 17 };

	for (size_t i = 0; i < f->options.n; i++)
		if (force_applies(f->options.v[i].row, &udp) ||
		    force_applies(f->options.v[i].row, &udp6))
			return true;
	return false;
}

/* Other names of an option, which change the same. */
static const struct {
	int level, number, other;
} aliases[] = {
	{ SOL_SOCKET, SO_RCVBUF, 33 },   { SOL_SOCKET, SO_SNDBUF, 32 },
	{ SOL_SOCKET, SO_RCVTIMEO, 66 }, { SOL_SOCKET, SO_SNDTIMEO, 67 },
	{ SOL_SOCKET, 25, 62 }, /* SO_BINDTODEVICE, SO_BINDTOIFINDEX */
};

static bool is_forced(const struct force *f, int level, int number)
{
	if (force_has(f, level, number))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(aliases); i++)
		if (level == aliases[i].level &&
		    ((number == aliases[i].number && force_has(f, level, aliases[i].other)) ||
		     (number == aliases[i].other && force_has(f, level, aliases[i].number))))
			return true;
	return false;
}

static void hold_setsockopt(struct program *p, const struct abi *abi, int level, int number)
{
	const struct condition c[] = {
		{ argument(1), UINT32_MAX, (uint32_t)level },
		{ argument(2), UINT32_MAX, (uint32_t)number },
	};

	hold_call(p, abi, abi->setsockopt, c, ARRAY_SIZE(c));
}

static void hold_options(struct program *p, const struct abi *abi, const struct force *f)
{
	const struct condition call = { argument(0), UINT32_MAX, SYS_SETSOCKOPT };

	for (size_t i = 0; i < f->options.n; i++) {
		const struct option_row *o = f->options.v[i].row;
		int level = option_level(o)->number;

		hold_setsockopt(p, abi, level, o->number);
		for (size_t j = 0; j < ARRAY_SIZE(aliases); j++) {
			if (level != aliases[j].level)
				continue;
			if (o->number == aliases[j].number)
				hold_setsockopt(p, abi, level, aliases[j].other);
			else if (o->number == aliases[j].other)
				hold_setsockopt(p, abi, level, aliases[j].number);
		}
	}
	hold_call(p, abi, abi->socketcall, &call, 1);
}

static void hold_abi(struct program *p, const struct abi *abi, const struct force *f)
{
	static const uint32_t calls[] = { SYS_BIND, SYS_CONNECT, SYS_LISTEN, SYS_SOCKET };
	static const uint32_t families[] = { AF_INET, AF_INET6 };
	const struct condition listener[] = {
		{ argument(0), UINT32_MAX, FILTER_MODE },
		{ argument(1), NEW_LISTENER, NEW_LISTENER },
	};
	bool udp = wants_udp(f);

	hold_call(p, abi, abi->connect, NULL, 0);
	hold_call(p, abi, abi->bind, NULL, 0);
	hold_call(p, abi, abi->listen, NULL, 0);
	hold_call(p, abi, IO_URING_SETUP, NULL, 0);
	hold_call(p, abi, abi->seccomp, listener, ARRAY_SIZE(listener));
	for (size_t i = 0; i < ARRAY_SIZE(families) && udp; i++) {
		const struct condition made[] = {
			{ argument(0), UINT32_MAX, families[i] },
			{ argument(1), TYPE_MASK, SOCK_DGRAM },
		};

		hold_call(p, abi, abi->socket, made, ARRAY_SIZE(made));
	}
	for (size_t i = 0; i < ARRAY_SIZE(calls) - !udp; i++) {
		const struct condition call = { argument(0), UINT32_MAX, calls[i] };

		hold_call(p, abi, abi->socketcall, &call, 1);
	}
	if (f->keep)
		hold_options(p, abi, f);
}

int force_filter(const struct force *f, struct sock_fprog *program, struct err *err)
{
	struct program p = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(abis); i++) {
		if (abis[i].arch == 0)
			return err_set(err, ERR_SYSTEM,
				       "the system calls of this architecture are not known here");
		hold_abi(&p, &abis[i], f);
	}
	add(&p, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
	if (p.n > BPF_MAXINSNS) {
		vec_fini(&p);
		return err_set(err, ERR_USAGE, "too many options for one filter");
	}
	program->filter = p.v;
	program->len = (unsigned short)p.n;
	return 0;
}

/* The arguments that socketcall(2) has in TID's memory. */
static bool read_words(const struct abi *abi, pid_t tid, uint64_t at, int *words)
{
	unsigned char bytes[WORDS * sizeof(uint64_t)];
	struct iovec to = { .iov_base = bytes, .iov_len = WORDS * abi->word };
	struct iovec from = { .iov_len = to.iov_len };
	uintptr_t there = (uintptr_t)at;

	memcpy(&from.iov_base, &there, sizeof(there));
	if (process_vm_readv(tid, &to, 1, &from, 1, 0) != (ssize_t)to.iov_len)
		return false;
	for (size_t i = 0; i < WORDS; i++) {
		const unsigned char *word = bytes + i * abi->word;

#ifdef WORDS_BIGENDIAN
		word += abi->word - sizeof(int);
#endif
		memcpy(&words[i], word, sizeof(int));
	}
	return true;
}

static enum force_seen a_call(struct force_request *r, enum force_call call, const int *words)
{
	r->call = call;
	if (call != FORCE_SOCKET) {
		r->fd = words[0];
		r->level = words[1];
		r->number = words[2];
		return SEEN_SOCKET;
	}
	r->kind = (struct own_kind){ words[0], words[1], words[2] };
	if (r->kind.family != AF_INET && r->kind.family != AF_INET6)
		return SEEN_OTHER;
	return (r->kind.type & TYPE_MASK) == SOCK_DGRAM ? SEEN_MAKE : SEEN_OTHER;
}

static enum force_seen decode_socketcall(const struct abi *abi, const struct seccomp_data *data,
					 pid_t tid, struct force_request *r)
{
	static const struct {
		uint32_t number;
		enum force_call call;
	} calls[] = {
		{ SYS_BIND, FORCE_BIND },     { SYS_CONNECT, FORCE_CONNECT },
		{ SYS_LISTEN, FORCE_LISTEN }, { SYS_SETSOCKOPT, FORCE_SETSOCKOPT },
		{ SYS_SOCKET, FORCE_SOCKET },
	};
	int words[WORDS];

	for (size_t i = 0; i < ARRAY_SIZE(calls); i++)
		if (data->args[0] == calls[i].number)
			return read_words(abi, tid, data->args[1], words) ?
				       a_call(r, calls[i].call, words) :
				       SEEN_OTHER;
	return SEEN_OTHER;
}

static enum force_seen decode(const struct abi *abi, const struct seccomp_data *data, pid_t tid,
			      struct force_request *r)
{
	const int words[] = { (int)data->args[0], (int)data->args[1], (int)data->args[2] };
	const struct {
		int number;
		enum force_call call;
	} calls[] = {
		{ abi->bind, FORCE_BIND },     { abi->connect, FORCE_CONNECT },
		{ abi->listen, FORCE_LISTEN }, { abi->setsockopt, FORCE_SETSOCKOPT },
		{ abi->socket, FORCE_SOCKET },
	};

	for (size_t i = 0; i < ARRAY_SIZE(calls); i++)
		if (data->nr == calls[i].number)
			return a_call(r, calls[i].call, words);
	if (data->nr == abi->socketcall)
		return decode_socketcall(abi, data, tid, r);
	if (data->nr == abi->seccomp)
		return SEEN_FILTER;
	return data->nr == IO_URING_SETUP ? SEEN_RING : SEEN_OTHER;
}

enum force_seen force_decode(const struct force *f, const struct seccomp_data *data, pid_t tid,
			     struct force_request *r)
{
	for (size_t i = 0; i < ARRAY_SIZE(abis); i++) {
		enum force_seen seen;

		if (abis[i].arch != data->arch)
			continue;
		seen = decode(&abis[i], data, tid, r);
		if (seen == SEEN_SOCKET && r->call == FORCE_SETSOCKOPT &&
		    !is_forced(f, r->level, r->number))
			return SEEN_OTHER;
		return seen;
	}
	return SEEN_OTHER;
}

#endif
