/* SPDX-License-Identifier: MIT */
/* probe_impl.h - what the files of probe.h share; nobody else includes it */
#ifndef NETIPC_SOCKOPT_PROBE_IMPL_H
#define NETIPC_SOCKOPT_PROBE_IMPL_H

#include <signal.h>
#include <sys/types.h>

#include "base/macros.h"
#include "sockopt/probe.h"

enum {
	PROBE_WAIT_MS = 1000, /* what is on its way comes within this */
};

/* Waits until FD is ready for EVENTS of poll(2); false if it is not in time. */
bool probe_wait(int fd, short events);

/* Takes note of N, which a call returned: -1 is an error, whose number is errno. */
void probe_answer(struct probe_answer *a, long long n);

/* The same, and N is so many bytes. */
void probe_answer_bytes(struct probe_answer *a, ssize_t n);

void probe_detail(struct probe_answer *a, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* From here on SIGPIPE of this thread waits; probe_pipe_end() tells if one came, and drops it. */
struct probe_pipe {
	sigset_t before;
	bool pending;
};
void probe_pipe_begin(struct probe_pipe *p);
bool probe_pipe_end(const struct probe_pipe *p);

/* What is done for each row of probe_fileops.def, and what that is compared with. */
#define FILEOP(id, name, lecture, expected, as) \
	void probe_do_##id(struct probe_end *end, struct probe_answer *a);
#include "sockopt/probe_fileops.def"
#undef FILEOP
void probe_do_recv(struct probe_end *end, struct probe_answer *a);
void probe_do_recv_none(struct probe_end *end, struct probe_answer *a);
void probe_do_send(struct probe_end *end, struct probe_answer *a);
void probe_do_send_none(struct probe_end *end, struct probe_answer *a);

/* A flag being tried. */
struct probe_trial {
	const struct probe_kind *kind;
	struct probe_end end;
	struct probe_flag_answer *answer;
};

/* Says what came of T; probe_refused(): error number CODE. */
void probe_came(struct probe_trial *t, enum probe_outcome outcome, const char *fmt, ...)
	PRINTF_LIKE(3, 4);
void probe_refused(struct probe_trial *t, int code);

/* Sends DATA on FD with FLAGS; false if it was refused, which has been said. */
bool probe_put(struct probe_trial *t, int fd, const char *data, int flags);

/* Receives what is on its way to FD; a NUL goes behind it. */
ssize_t probe_take(int fd, char *to, size_t room, int flags);

#define FLAG(id, name, call, asked) void probe_flag_##id(struct probe_trial *t);
#include "sockopt/probe_flags.def"
#undef FLAG

#endif
