/* SPDX-License-Identifier: MIT */
/*
 * sockopt_shared.h - what netipc sockopt and its verbs share: the socket that they open,
 * the way from an operand to options, columns that hold values
 */
#ifndef NETIPC_CMD_SOCKOPT_SHARED_H
#define NETIPC_CMD_SOCKOPT_SHARED_H

#include "cli/command.h"
#include "cmd/kinds.h"
#include "cmd/sockset.h"
#include "sockopt/rules.h"
#include "sockopt/snapshot.h"

/* The options that choose a socket; they stand in the struct of each command that has one. */
struct sockopt_options {
	int family, type, protocol;
	bool all;
	const char *names; /* LIST of --options */
};

extern const struct opt_choice sockopt_families[];

#define SOCKOPT_KIND_OPTS                                                                          \
	OPT_GROUP("Socket"),                                                                       \
		OPT_CHOICE('f', "family", "FAMILY", sockopt_options, family, sockopt_families,     \
			   "open an inet, inet6 or unix socket"),                                  \
		OPT_CHOICE('t', "type", "TYPE", sockopt_options, type, kind_types,                 \
			   KIND_TYPES_HELP),                                                       \
		OPT_CHOICE('p', "protocol", "PROTOCOL", sockopt_options, protocol, kind_protocols, \
			   KIND_PROTOCOLS_HELP)

/* Fills struct sockopt_options: an IPv4 stream. */
void sockopt_defaults(void *options);

/* Opens the socket that the user chose. */
int sockopt_open(const struct sockopt_options *opt, struct err *err) MUST_CHECK;

/* The rules as they are here: this network namespace, this kernel. */
struct rules_env sockopt_rules_env(void);

/* "yes" or "no", a boolean in JSON. */
void sockopt_out_yes(struct out *o, unsigned col, bool yes);

/* V as text, and as JSON with its type. */
void sockopt_out_value(struct out *o, unsigned col, const struct value *v);

/* TEXT, absent if it is "". */
void sockopt_out_known(struct out *o, unsigned col, const char *text);

/* The name of the error number CODE, or strerror(3)'s words for it. */
const char *sockopt_code_name(int code);

/*
 * cli_refuse() for OPERAND: what was asked in column NAME, ERR in column ERROR.
 */
int sockopt_reject(struct cli *cli, struct out *o, const struct cli_operand *operand, unsigned name,
		   unsigned error, struct err *err) MUST_CHECK;

/*
 * LIST, the argument of -o, has names of options and none of the N columns COLS: who writes
 * -o SO_KEEPALIVE wants that option.
 */
bool sockopt_names_options(const char *list, const struct out_col *cols, size_t n);

/* cli_out(); who wrote the name of an option for a column is told of --options. */
struct out *sockopt_out(struct cli *cli, bool stream) MUST_CHECK;

enum {
	SOCKOPT_NOTE = 512, /* bytes of a note */
};

/* What the kernel made of T, which was set on a socket as S is; "" if it is as asked. */
void sockopt_try_note(char note[static SOCKOPT_NOTE], const struct option_row *row,
		      const struct own_try *t, const struct snapshot *s);

/* What it would make of T, which is not set. */
void sockopt_foretell(char note[static SOCKOPT_NOTE], const struct option_row *row,
		      const struct own_try *t, const struct snapshot *s);

/* For the completion: names and ids of the processes whose sockets this user may look at. */
void sockopt_words_selector(int place, void (*word)(void *ctx, const char *text, const char *help),
			    void *ctx);

/* The ids alone, and the names of networks. */
void sockopt_words_netns(int place, void (*word)(void *ctx, const char *text, const char *help),
			 void *ctx);

/* A selector; then nothing, names, or NAME=VALUE. */
void sockopt_words_show(int place, void (*word)(void *ctx, const char *text, const char *help),
			void *ctx);
void sockopt_words_get(int place, void (*word)(void *ctx, const char *text, const char *help),
		       void *ctx);
void sockopt_words_set(int place, void (*word)(void *ctx, const char *text, const char *help),
		       void *ctx);

/* The verbs. */
extern const struct command sockopt_verb_diff, sockopt_verb_exec, sockopt_verb_get,
	sockopt_verb_list, sockopt_verb_probe, sockopt_verb_set, sockopt_verb_show,
	sockopt_verb_try;

#endif
