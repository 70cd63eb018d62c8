/* SPDX-License-Identifier: MIT */
/* check_impl.h - the parts of the examination: private to echo/ */
#ifndef NETIPC_ECHO_CHECK_IMPL_H
#define NETIPC_ECHO_CHECK_IMPL_H

#include <sys/types.h>

#include "echo/check.h"

enum {
	CHECK_BLOCK = 65536,
};

/* One check while it runs. */
struct check {
	const struct check_config *config;
	struct check_result *result;
	bool stopped;
	bool unreachable; /* it has failed because nobody is there */
};

/* What is sent over a connection and must come back. */
struct flow {
	int fd;
	uint64_t seed;
	uint64_t total;
	bool varies;       /* pieces of every size, else as large as they can be */
	bool shuts;        /* ends its half behind the last byte, and wants the end */
	uint64_t quiet_ns; /* reads nothing for so long after the first byte was sent */
	uint64_t most;     /* sends no more than this while it does not read, 0: no limit */

	uint64_t sent, got; /* filled */
	bool ended;         /* the end of file came */
	bool differs;
	uint64_t offset;
	unsigned char want, came;
	int code;    /* errno of a call that failed, or 0 */
	bool silent; /* nothing more came in time */
};

/* Says what came of the check; always false, so that a check can end with it. */
bool check_failed(struct check *k, const char *fmt, ...) PRINTF_LIKE(2, 3);
void check_passed(struct check *k, const char *fmt, ...) PRINTF_LIKE(2, 3);
void check_skipped(struct check *k, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* A socket that is connected; -1 with the check failed. */
int check_connect(struct check *k);

/* Fails the check, as nobody takes datagrams there: false. */
bool check_refused(struct check *k);

/* Waits until FD can be read (WRITE: written): false if not within TIMEOUT_NS. */
bool check_wait(struct check *k, int fd, bool write, uint64_t timeout_ns);

/* As send(2) and recv(2), and again when a signal has interrupted them. */
ssize_t check_send(int fd, const void *data, size_t n, int how);
ssize_t check_recv(int fd, void *data, size_t room, int how);

/* Does all of F. */
void check_flow(struct check *k, struct flow *f);

/* All of F is as it should be; else the check has failed with what is wrong. */
bool check_judge(struct check *k, const struct flow *f);

/* The checks of check.def and flags.def, where some stand twice. */
#define CHECK(function, name, type, what) void check_##function(struct check *k);
#include "echo/check.def"
#undef CHECK
void check_flag_oob(struct check *k);
void check_flag_sigurg(struct check *k);
void check_flag_oobinline(struct check *k);
void check_flag_peek(struct check *k);
void check_flag_trunc(struct check *k);
void check_flag_trunc_record(struct check *k);
void check_flag_waitall(struct check *k);
void check_flag_dontwait(struct check *k);
void check_flag_dontroute(struct check *k);
void check_flag_eor(struct check *k);

#endif
