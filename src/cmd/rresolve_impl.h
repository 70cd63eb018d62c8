/* SPDX-License-Identifier: MIT */
/*
 * rresolve_impl.h - the parts of netipc rresolve: private to cmd/rresolve*.c
 *
 * rresolve.c has the options and the look-up of one address, rresolve_read.c reads operands and
 * lines and makes the addresses of a sweep, rresolve_print.c has the columns and prints,
 * rresolve_bulk.c looks many up side by side, rresolve_dns.c asks the DNS and confirms names,
 * rresolve_filter.c puts names into a text, rresolve_cache.c remembers them.
 */
#ifndef NETIPC_CMD_RRESOLVE_IMPL_H
#define NETIPC_CMD_RRESOLVE_IMPL_H

#include "base/hash.h"
#include "base/vec.h"
#include "cli/command.h"
#include "cmd/bulk.h"
#include "cmd/dnsrun.h"
#include "dns/gai.h"
#include "dns/stub.h"
#include "net/endpoint.h"
#include "net/prefix.h"

enum {
	RRESOLVE_NAMES_MAX = 64,      /* names of one address that are kept */
	RRESOLVE_CONFIRM_MAX = 8,     /* of them, those whose addresses are asked for */
	RRESOLVE_SWEEP_MAX = 1 << 20, /* addresses of an operand without --force */
};

struct rresolve_options {
	unsigned flags; /* a bit for each NI_ flag: rresolve.c */
	bool fcrdns, force;
	bool filter, all, brackets;
	unsigned field;
	uint64_t max_delay_ns; /* UINT64_MAX: no limit */
	struct bulk_options bulk;
	struct dnsrun_options dns;
};

/* The command line. */
struct rresolve {
	struct cli *cli;
	const struct rresolve_options *opt;
	struct out *o;
	int flags;        /* NI_ bits */
	const char *port; /* the operand: of each line that has none of its own */
	bool many;        /* lines begin with the address */
	struct dnsrun dns;
};

/* One question. */
struct rresolve_query {
	struct endpoint ep;
	struct sa sa; /* scope 0 if EP's zone is no interface here */
	bool known;   /* EP is right: the operand was an address */
};

/* Forward-confirmed reverse DNS: what the name's own addresses say. */
enum rresolve_fcrdns {
	RRESOLVE_FCRDNS_UNASKED,
	RRESOLVE_FCRDNS_OK,       /* one of the names has the address */
	RRESOLVE_FCRDNS_MISMATCH, /* none has */
	RRESOLVE_FCRDNS_NONE,     /* there is no name */
};

struct rresolve_look;

/* What became of a question. */
struct rresolve_answer {
	enum stub_status status;
	enum err_kind kind;
	enum rresolve_fcrdns fcrdns;
	char *names; /* each with a NUL behind it; the first is the host */
	size_t nnames;
	char *service; /* or NULL */
	char *error;   /* or NULL */

	bool by_dns; /* all that follows is known */
	unsigned server, tries;
	uint64_t took_ns;
	bool answered, has_ttl; /* by RCODE, by TTL */
	uint16_t rcode;
	uint32_t ttl;
	struct rresolve_look *look; /* that is under way, or NULL */
};

void rresolve_answer_fini(struct rresolve_answer *a);

/* Columns. */
enum {
	RRESOLVE_INPUT,
	RRESOLVE_ADDRESS,
	RRESOLVE_ZONE,
	RRESOLVE_PORT,
	RRESOLVE_HOST,
	RRESOLVE_SERVICE,
	RRESOLVE_NAMES,
	RRESOLVE_FCRDNS,
	RRESOLVE_STATUS,
	RRESOLVE_TTL,
	RRESOLVE_RCODE,
	RRESOLVE_SERVER,
	RRESOLVE_TRIES,
	RRESOLVE_TIME,
	RRESOLVE_ERROR,
	RRESOLVE_NCOLS,
};

extern const struct out_col rresolve_cols[RRESOLVE_NCOLS];

/* Reading */

/*
 * "ADDRESS [PORT]" with LINE, else ADDRESS.  R->port is the port of an operand, and of a line
 * that has none.  If it fails, Q->known tells that the address could be read.
 */
int rresolve_parse(struct rresolve_query *q, const struct rresolve *r,
		   const struct cli_operand *operand, bool line, struct err *err) MUST_CHECK;

/* The operand can only be a port: it has nothing of an address. */
bool rresolve_is_port(const char *text);

/* Operands: addresses, prefixes, ranges, each perhaps with a port behind it. */
struct rresolve_operands {
	const struct rresolve *r;
	int argc;
	char **argv;
	int index;
	bool sweeping; /* RANGE has the rest of a sweep */
	struct range range;
	const char *port; /* of the sweep, or NULL */
	struct buf text;
	bool failed; /* the last one is no address, and ERR says why */
	struct err err;
};

/* The next address of them, "ADDRESS [PORT]": 1, or 0 at the end. */
int rresolve_operands_next(struct rresolve_operands *ops, struct cli_operand *operand);

/* The operand is one address, no prefix, range or part of a tree of names. */
bool rresolve_is_single(const char *text);

/* Printing */

/* The record of what was asked and what came of it; or of what cannot be asked. */
int rresolve_print(struct rresolve *r, const struct rresolve_query *q,
		   const struct cli_operand *operand, const struct rresolve_answer *a) MUST_CHECK;
int rresolve_refuse(struct rresolve *r, const struct rresolve_query *q,
		    const struct cli_operand *operand, struct err *err) MUST_CHECK;

/* Looking up */

/* The system's answer, in A, and with FCRDNS whether the name has the address. */
void rresolve_system(struct rresolve_answer *a, const struct sa *sa, int flags, bool fcrdns);

/* Asks the DNS for the names of IP; ON_DONE is called when A has the answer. */
void rresolve_dns(struct rresolve *r, struct rresolve_answer *a, const struct ip *ip,
		  void (*on_done)(void *user), void *user);

/* Forgets a look-up that is under way. */
void rresolve_look_free(struct rresolve_look *look);

/*
 * Those ways to go through more than one address, as a run function: the lines of FILE, or
 * without it the operands; and a text, from which the addresses are taken.
 */
int rresolve_bulk(struct rresolve *r, const char *file, int argc, char **argv);
int rresolve_filter(struct rresolve *r, int argc, char **argv);

/* DNS */

struct rresolve_names VEC(struct wire_name);

/* The name of IP in the tree of PTR records, of a mapped address that of its IPv4 address. */
void rresolve_arpa(struct wire_name *name, const struct ip *ip);

/* Adds the names of the PTR records of PART's answer, RRESOLVE_NAMES_MAX of them at most. */
void rresolve_read_names(struct rresolve_names *names, const struct stub_part *part);

enum {
	RRESOLVE_NEAR = 80, /* bytes of a name that lie beside its address */
};

/* What the filter knows of an address; it does not move. */
struct rresolve_name {
	struct u128 value;
	uint64_t expires_ns;
	char *text; /* what stands for the address, or NULL if it has no name */
	uint16_t len;
	uint8_t family;
	bool done;    /* TEXT is the answer */
	bool escaped; /* TEXT has backslashes */
	bool used;    /* private from here: since the last sweep */
	uint32_t held;
	union {
		char near[RRESOLVE_NEAR];
		struct rresolve_name *next; /* of those that are spare */
	};
};

struct rresolve_names_block;

/*
 * The addresses that the filter has seen of late.  At most about MAX of them are kept, those
 * that nobody holds and that were not seen for long going first.  Zero it, then set MAX.
 *
 * An entry is far from the last one in memory, so it is fetched in steps, each for many
 * addresses: hash, fetch, hold.
 */
struct rresolve_cache {
	size_t max;
	uint64_t now_ns;              /* of clock_now_ns(), set before rresolve_cache_hold() */
	struct rresolve_name **slots; /* private from here */
	size_t size, n;
	struct rresolve_names_block *blocks;
	struct rresolve_name *spare;
	struct hash_seed seed;
};

uint64_t rresolve_cache_hash(struct rresolve_cache *c, uint8_t family, struct u128 value);
void rresolve_cache_fetch(const struct rresolve_cache *c, uint64_t hash);

/*
 * Holds what is known of the address VALUE of FAMILY.  IS_NEW if that is nothing, or is too old:
 * then it is not done.  It stays where it is until rresolve_cache_release().
 */
struct rresolve_name *rresolve_cache_hold(struct rresolve_cache *c, uint64_t hash, uint8_t family,
					  struct u128 value, bool *is_new) MUST_CHECK;

static inline void rresolve_cache_release(struct rresolve_name *name)
{
	name->held--;
}

/* The N bytes at TEXT, or with NULL nothing, are what NAME has. */
void rresolve_cache_set(struct rresolve_name *name, const char *text, size_t n);

void rresolve_cache_fini(struct rresolve_cache *c);

#endif
