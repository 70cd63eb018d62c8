/* SPDX-License-Identifier: MIT */
/*
 * sockopt_live.h - what the verbs for live sockets share: which sockets, how each is opened,
 * what could not be looked at
 */
#ifndef NETIPC_CMD_SOCKOPT_LIVE_H
#define NETIPC_CMD_SOCKOPT_LIVE_H

#include "cli/command.h"
#include "cmd/sockopt_shared.h"
#include "sockopt/baseline.h"
#include "sockopt/diag.h"
#include "sockopt/live.h"
#include "sockopt/select.h"

/* The options that choose sockets; a verb has them in its options as CHOICE. */
struct sockopt_choice {
	const char *state, *netns;
	bool listening, force;
};

#define SOCKOPT_CHOICE_OPTS(st)                                                           \
	OPT_GROUP("Sockets"),                                                             \
		OPT_STR(0, "state", "STATE", st, choice.state,                            \
			"only those in STATE (estab, listen)"),                           \
		OPT_BOOL(0, "listening", st, choice.listening, "only those that listen"), \
		OPT_WORDS(0, "netns", "PID|NAME", st, choice.netns,                       \
			  "only those of processes in that network", OPT_HINT_NONE,       \
			  sockopt_words_netns)

/* A socket that was found, or one of the kernel's list that no process shows us. */
struct sockopt_found {
	uint64_t inode;
	const struct live_holder *holders; /* all of them */
	size_t n;
	size_t first;                    /* the first that the user means */
	int own;                         /* SELECT_FD: our descriptor; else -1 */
	const struct diag_socket *known; /* what the kernel's list says of it, or NULL */
};

struct sockopt_known VEC(struct diag_socket *);
struct sockopt_listed VEC(uint64_t);
struct sockopt_founds VEC(struct sockopt_found);

struct sockopt_live {
	struct cli *cli;
	const struct sockopt_choice *choice;
	struct selector selector;
	const char *text;
	int state; /* wanted, or -1 */
	uint64_t netns;

	struct live_scan scan;
	struct live_reader reader;
	struct sockopt_known known;   /* those of the kernel's list that are meant, by inode */
	struct sockopt_listed listed; /* the inodes of all that it has, sorted */
	struct sockopt_founds found;

	/* what could not be looked at */
	size_t denied, changed, tagged;
	size_t failed; /* of DENIED, those that the system could not open, for CODE */
	int code;
	size_t unread; /* sockets of which not all could be read, for UNREAD_CODE */
	int unread_code;
	size_t taken; /* sockets that were meant */
	bool whole; /* to be set by who must have all that are meant: what is not permitted fails */
};

/* Reads SELECTOR (NULL for all sockets) and the options.  -1 with CLI->err. */
int sockopt_live_init(struct sockopt_live *l, struct cli *cli, const struct sockopt_choice *choice,
		      const char *selector) MUST_CHECK;

/* Looks which sockets there are now; l->found are the candidates.  -1 with CLI->err. */
int sockopt_live_find(struct sockopt_live *l) MUST_CHECK;

/*
 * Opens socket F, calls USE with it, and closes it.  What cannot be opened is counted.  True if USE
 * was called.
 */
bool sockopt_live_use(struct sockopt_live *l, struct sockopt_found *f,
		      void (*use)(void *ctx, int fd), void *ctx);

/*
 * The socket of F as PLAN says in S; false if it could not be opened or is not meant.  Addresses
 * that could not be read are counted, values are the caller's to tell.
 */
bool sockopt_live_take(struct sockopt_live *l, struct sockopt_found *f, struct snapshot_plan *plan,
		       struct snapshot *s);

/* Forgets what L has counted; adds to L what the copy LANE of it has counted. */
void sockopt_live_forget(struct sockopt_live *l);
void sockopt_live_add(struct sockopt_live *l, const struct sockopt_live *lane);

/* A socket could not be read in full: CODE is an error number, or 0 if it could. */
void sockopt_live_unread(struct sockopt_live *l, int code);

/* What the kernel's list says of F in S: false if it says nothing or F is not meant. */
bool sockopt_live_part(struct sockopt_live *l, const struct sockopt_found *f, struct snapshot *s);

/* The first holder that is meant and its process; NULL if there is none. */
const struct live_holder *sockopt_holder(const struct sockopt_live *l,
					 const struct sockopt_found *f,
					 const struct live_process **process);

/*
 * Says what could not be looked at, and that nothing was found: to be called at the end.
 * -1 with CLI->err if nothing was.
 */
int sockopt_live_end(struct sockopt_live *l) MUST_CHECK;
void sockopt_live_fini(struct sockopt_live *l);

#endif
