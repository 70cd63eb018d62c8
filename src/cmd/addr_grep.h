/* SPDX-License-Identifier: MIT */
/*
 * addr_grep.h - the parts of netipc addr grep: addr_grep.c has the options, the networks and
 * the files, addr_grep_lines.c goes through the lines
 */
#ifndef NETIPC_CMD_ADDR_GREP_H
#define NETIPC_CMD_ADDR_GREP_H

#include "base/arena.h"
#include "cmd/addr_shared.h"
#include "net/find.h"
#include "net/ipset.h"

struct addr_grep_options {
	struct opt_strs lists, nets;
	bool invert, outside, count, only, with_match, without_match, quiet;
	bool number, name, no_name, label;
	bool anchor, loose, embedded, strict, legacy;
	unsigned max, field;
	const char *separator;
	int bad; /* enum addr_bad */
};

enum {
	GREP_FILE,
	GREP_LINE,
	GREP_COLUMN,
	GREP_ADDRESS,
	GREP_FAMILY,
	GREP_NET,
	GREP_LABEL,
	GREP_TEXT,
	GREP_COUNT,
	GREP_ERROR,
	GREP_NCOLS,
};

/* A network as it was given. */
struct grep_net {
	struct range range;
	const char *label; /* of the arena */
	size_t label_len;
};

struct grep {
	const struct addr_grep_options *opt;
	struct cli *cli;
	struct out *o;
	struct find find;
	char separator; /* of fields; 0 for blanks */
	bool show_name;

	/* The addresses: in SET, or in NETS if it matters which network has them. */
	struct ipset set;
	bool with_nets;
	struct ipnets nets;
	struct grep_nets VEC(struct grep_net) given;
	struct arena arena;

	/* The input that is read, and of its present run of lines what was gone through. */
	struct addr_io io;
	const char *data;
	size_t len;
	size_t decided;   /* the lines before are printed or not */
	size_t line;      /* where the last of those with an address begins */
	size_t numbered;  /* the lines before are in IO.line */
	uint64_t matches; /* lines of the input so far */
	bool enough;      /* of this input */
	bool any;         /* a line of any input */
};

/* Goes through a run of lines, as struct io_blocks gives it; -1 with the error in the cli. */
int grep_lines(struct grep *g, const char *data, size_t len) MUST_CHECK;

#endif
