/* SPDX-License-Identifier: MIT */
/* baseline.h - what the owner of a socket has set: how it differs from a fresh one of its kind */
#ifndef NETIPC_SOCKOPT_BASELINE_H
#define NETIPC_SOCKOPT_BASELINE_H

#include <sys/types.h>

#include "sockopt/snapshot.h"

/* A fresh socket of one kind in one network namespace. */
struct baseline_kind {
	int family, type, protocol;
	uint64_t cookie;
	bool known;     /* it could be opened */
	int code;       /* else why not, or 0 if S was none that can be opened */
	bool elsewhere; /* but only in our namespace, whose defaults may be others */
	struct snapshot fresh;
};

/* Zero it, then set the first members. */
struct baseline {
	const char *proc;           /* "/proc" */
	struct snapshot_plan *plan; /* as of the snapshots that are compared */

	uint64_t cookie; /* private: of our namespace */
	struct baseline_kinds VEC(struct baseline_kind *) kinds;
};

/*
 * A fresh socket as S is one, opened where process PID, which holds S, has its network; it is known
 * unless that cannot be.  It holds until baseline_fini().
 */
const struct baseline_kind *baseline_of(struct baseline *b, const struct snapshot *s, pid_t pid);

/*
 * Option V of S has been set: it is not as in FRESH, and it is none that changes by itself or
 * follows from another one that was set.  Buffers are judged by SO_BUF_LOCK.
 */
bool baseline_changed(const struct snapshot *fresh, const struct snapshot *s,
		      const struct snapshot_value *v);

/* V is as in FRESH, and no other option of its socket makes it a changed one all the same. */
bool baseline_untouched(const struct snapshot *fresh, const struct snapshot *s,
			const struct snapshot_value *v);

/* Error number CODE is about what this process has, not about the kind of socket. */
bool baseline_is_ours(int code);

void baseline_fini(struct baseline *b);

#endif
