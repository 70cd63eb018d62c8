/* SPDX-License-Identifier: MIT */
/* notes.h - what the options of a socket mean together, drawn from facts on the socket alone */
#ifndef NETIPC_SOCKOPT_NOTES_H
#define NETIPC_SOCKOPT_NOTES_H

#include "sockopt/snapshot.h"

/* Zero it, then set the first member. */
struct notes {
	const char *sysctl; /* the folder of the kernel's settings, "/proc/sys" */

	bool read;      /* private: the kernel's settings were */
	char late[256]; /* the note that tells of one, or "" */
};

/*
 * Calls PUT with CTX for each note on S: one sentence without a full stop.  FRESH is a fresh socket
 * of its kind, or NULL.
 */
void notes_each(struct notes *n, const struct snapshot *s, const struct snapshot *fresh,
		void (*put)(void *ctx, const char *text), void *ctx);

#endif
