/* SPDX-License-Identifier: MIT */
/* resolve_impl.h - the parts of netipc resolve: private to cmd/resolve*.c */
#ifndef NETIPC_CMD_RESOLVE_IMPL_H
#define NETIPC_CMD_RESOLVE_IMPL_H

#include "cli/command.h"
#include "cmd/bulk.h"
#include "cmd/dnsrun.h"
#include "dns/gai.h"

/* What is done with the answer, one bit each in the options' MODES. */
enum {
	RESOLVE_EXPLAIN = 1 << 0,
	RESOLVE_COMPARE = 1 << 1,
};

/* --probe */
enum {
	RESOLVE_PROBE_NONE,
	RESOLVE_PROBE_FIRST,
	RESOLVE_PROBE_ALL,
};

#define RESOLVE_UNSET UINT64_MAX /* a time that was not given */

struct resolve_options {
	bool only4, only6;
	int socktype, protocol;
	unsigned flags; /* a bit for each AI_ flag: resolve.c */

	const char *source; /* -s */
	unsigned modes;     /* RESOLVE_EXPLAIN, RESOLVE_COMPARE */
	int probe;
	uint64_t stagger_ns;
	uint64_t watch_ns;
	unsigned count; /* 0: no limit */
	struct bulk_options bulk;
	struct dnsrun_options dns;
	const char *type; /* -t */
	const char *anchor;
	bool validate, verbose;
};

/* The command line. */
struct resolve {
	struct cli *cli;
	const struct resolve_options *opt;
	struct out *o; /* NULL until the part has opened its view: cli_out(), cli_out_view() */
	struct gai_hints hints;
	bool canonname;
	const char *service; /* the operand: of each line that has none of its own */
	char **pairs;        /* NAME SERVICE NAME SERVICE ...: a batch of operands; or NULL */
	int npairs;          /* operands that are left there */
	struct buf pair;
	struct dnsrun dns; /* @SERVER is taken out of the operands; its end is resolve.c's */
};

/* One question; it points into the caller's buffer. */
struct resolve_query {
	const char *name;    /* as it was written */
	const char *service; /* NULL if none */
};

/*
 * Takes "NAME [SERVICE]", a line, or NAME, an operand of the command line, apart.  MEM becomes
 * the words, each with a NUL behind it: it is equal for equal questions.
 */
int resolve_parse(struct resolve_query *q, struct buf *mem, const struct resolve *r,
		  const struct cli_operand *operand, struct err *err) MUST_CHECK;

/* The next of R's pairs, as bulk_config's NEXT has it. */
int resolve_next_pair(struct resolve *r, struct cli_operand *operand);

/* "*" is no name and no service, as glibc has it: NULL. */
const char *resolve_or_none(const char *text);

/*
 * The parts, each a way to look up.  ARGV are the operands: NAME [SERVICE], or with
 * opt->bulk.file [SERVICE].  As a run function.
 */
int resolve_system(struct resolve *r, int argc, char **argv);
int resolve_bulk(struct resolve *r, int argc, char **argv);
int resolve_dns(struct resolve *r, int argc, char **argv);
int resolve_explain(struct resolve *r, int argc, char **argv);
int resolve_compare(struct resolve *r, int argc, char **argv);
int resolve_probe(struct resolve *r, int argc, char **argv);
int resolve_watch(struct resolve *r, int argc, char **argv);

/* Columns of resolve_system(). */
enum {
	RESOLVE_INPUT,
	RESOLVE_NAME,
	RESOLVE_SERVICE,
	RESOLVE_ADDRESS,
	RESOLVE_ZONE,
	RESOLVE_PORT,
	RESOLVE_FAMILY,
	RESOLVE_SOCKTYPE,
	RESOLVE_PROTO,
	RESOLVE_CANONNAME,
	RESOLVE_ERROR,
	RESOLVE_NCOLS,
};

/* Their columns. */
extern const struct command_view resolve_bulk_view;
extern const struct command_view resolve_dns_view, resolve_dns_records_view, resolve_dns_bulk_view;
extern const struct command_view resolve_explain_view, resolve_compare_view;
extern const struct command_view resolve_probe_view, resolve_watch_view;

extern const struct out_col resolve_cols[RESOLVE_NCOLS];

#endif
