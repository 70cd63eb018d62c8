/* SPDX-License-Identifier: MIT */
/*
 * probe.h - what this kernel does: tried on sockets of our own, on loopback only
 *
 * Which sockets socket(2) makes, which options a kind of socket has, what the calls for files do
 * with a socket, and what each flag of send(2) and recv(2) does.  No call waits longer than a
 * second, and nothing leaves this machine.  The lists are probe_*.def.
 */
#ifndef NETIPC_SOCKOPT_PROBE_H
#define NETIPC_SOCKOPT_PROBE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* What socket(2) is asked for. */

struct probe_domain {
	int family;
	const char *loaded; /* its name in /proc/net/protocols, "" if every kernel has it */
};

struct probe_protocol {
	int family, number;
	const char *loaded;
};

/* The domains that this system has a name for, their types, and the protocols of one or two. */
size_t probe_domains(const struct probe_domain **list);
size_t probe_types(const int **list);
size_t probe_protocols(const struct probe_protocol **list);

/*
 * The kernel has what is called NAME, or "": PROTOCOLS is the text of /proc/net/protocols, or
 * "".  What it has not it may load as a module when socket(2) asks for it; NULL is never there.
 */
bool probe_loaded(const char *protocols, const char *name);

/* The same of TYPE in FAMILY. */
bool probe_type_loaded(const char *protocols, int family, int type);

/* Opens and closes a socket: 0 or the error number. */
int probe_socket(int family, int type, int protocol);

/* CODE says that the system has run out of something: no fact about a kind of socket. */
bool probe_exhausted(int code);

/* Kinds of socket, in a state. */

enum probe_state {
	PROBE_NEW,
	PROBE_LISTENS,
	PROBE_CONNECTED, /* to a peer of ours */
};

/* Where a kind is shown. */
enum probe_parts {
	PROBE_FILEOPS = 1 << 0,
	PROBE_FLAGS = 1 << 1,
	PROBE_OPTIONS = 1 << 2,
	PROBE_MORE = 1 << 3, /* with options, if it is asked for */
};

struct probe_kind {
	const char *name; /* "tcp-listen" */
	int family, type, protocol;
	enum probe_state state;
	unsigned parts;
	const char *loaded;
};

size_t probe_kinds(const struct probe_kind **list);

/* A socket of a kind, non-blocking; PEER is what it is connected to, or -1. */
struct probe_end {
	int fd, peer;
};

/*
 * Opens a socket of KIND: 0 or the error number of the call that failed, whose name is stored
 * in CALL.  End with probe_close().
 */
int probe_open(const struct probe_kind *kind, struct probe_end *end, const char **call);

/* Closes both; connections are not lingered over. */
void probe_close(struct probe_end *end);

/* Why error number CODE comes from WHAT, "socket" or a call, in words; NULL if unknown. */
const char *probe_reason(const char *what, int code);

/* What a call came to. */

enum {
	PROBE_DETAIL = 96,
};

struct probe_answer {
	int code;                  /* 0 or the error number */
	char detail[PROBE_DETAIL]; /* "5 bytes"; "" if there is no more to tell */
};

/* The calls for files, on sockets. */

enum {
	PROBE_LEFT_OPEN = -1, /* of EXPECTED: the lecture leaves it to the system */
	PROBE_AS_OTHER = -2,  /* it says: the same as another call */
};

struct probe_fileop {
	const char *name;    /* "fcntl F_GETFL" */
	const char *lecture; /* what the lecture says of it, "" if nothing */
	int expected;        /* the error number that this means, 0 for success, or as above */
	void (*run)(struct probe_end *end, struct probe_answer *answer);
	void (*as)(struct probe_end *end, struct probe_answer *answer); /* PROBE_AS_OTHER */
};

size_t probe_fileops(const struct probe_fileop **list);

enum probe_agreement {
	PROBE_AGREES,
	PROBE_DIFFERS,
	PROBE_OPEN, /* nothing to agree with */
};

/*
 * Does OP with a new socket of KIND that has 5 bytes to read if it has a peer.  -1 with
 * ERR_SYSTEM if there is no such socket; its code is the error number.
 */
int probe_fileop(const struct probe_fileop *op, const struct probe_kind *kind,
		 struct probe_answer *answer, enum probe_agreement *agreement,
		 struct err *err) MUST_CHECK;

/* The flags of send(2) and recv(2). */

enum probe_outcome {
	PROBE_WORKS,
	PROBE_IGNORED, /* all was as without the flag */
	PROBE_UNSEEN,  /* the call took it; whether it does anything cannot be seen */
	PROBE_REFUSED,
};

struct probe_flag_answer {
	enum probe_outcome outcome;
	int code; /* PROBE_REFUSED: the error number */
	char came[PROBE_DETAIL];
};

struct probe_trial;
struct probe_flag {
	const char *name;  /* "MSG_PEEK" */
	const char *call;  /* "send", "recv" or both */
	const char *asked; /* what it asks for */
	void (*run)(struct probe_trial *t);
};

size_t probe_flags(const struct probe_flag **list);

/* "works", "ignored", "taken" or the name of the error number. */
const char *probe_outcome_word(const struct probe_flag_answer *answer);

/* Tries FLAG on a new connection of KIND.  -1 as probe_fileop(). */
int probe_flag(const struct probe_flag *flag, const struct probe_kind *kind,
	       struct probe_flag_answer *answer, struct err *err) MUST_CHECK;

#endif
