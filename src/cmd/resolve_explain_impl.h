/* SPDX-License-Identifier: MIT */
/* resolve_explain_impl.h - the story of one name, which --explain and --compare tell */
#ifndef NETIPC_CMD_RESOLVE_EXPLAIN_IMPL_H
#define NETIPC_CMD_RESOLVE_EXPLAIN_IMPL_H

#include "base/nsswitch.h"
#include "cmd/dnsrun.h"
#include "cmd/resolve_impl.h"
#include "db/db.h"
#include "dns/conf.h"
#include "dns/order.h"
#include "dns/source.h"
#include "dns/stub.h"

#define STORY_GAI_CONF "/etc/gai.conf"
#define STORY_NSCD     "/var/run/nscd/socket"

/* Why libc asks no source at all. */
enum story_skip {
	STORY_ASKS,        /* it does ask */
	STORY_NO_NAME,     /* "*" */
	STORY_NUMBER,      /* the name is an address */
	STORY_NUMERICHOST, /* it is none, and AI_NUMERICHOST says that it must be */
	STORY_ADDRCONFIG,  /* this machine has no address of the family */
	STORY_SERVICE,     /* there is no such service */
	STORY_BROKEN,      /* nsswitch.conf(5) cannot be read */
};

/* One source of nsswitch.conf(5). */
struct story_source {
	const struct nsswitch_source *conf;
	bool asked;
	struct source_answer answer;
	enum nsswitch_action action; /* that its status has */
};

/* A name in the DNS, as our own stub sees it while libc's asks. */
struct story_dns {
	bool asked;
	enum stub_status status;
	bool searched;
	struct stub_attempts attempts;
	struct story_servers VEC(char *) servers; /* "127.0.0.1#53", as the attempts number them */
	struct gai_rows rows;
	char *canonname;
	uint64_t took_ns;
	struct err err; /* why it could not be asked */
};

struct story {
	struct resolve *r;
	struct dnsrun *run; /* --compare: the servers to ask; NULL: libc's, as libc asks them */
	const char *name, *service; /* NULL for "*" */
	int family;                 /* that the sources are asked for */
	enum story_skip skip;
	bool has4, has6; /* this machine has such an address, loopback left out */
	bool nscd;       /* it runs */

	struct nsswitch sw;
	struct story_sources VEC(struct story_source) sources;
	struct source_answer libc; /* getaddrinfo(3)'s answer: what counts */
	struct story_dns dns;
	struct db hosts; /* what is read of the file */
	struct conf_resolv resolv;
	struct conf_gai gai;
	struct order order;      /* of the addresses of LIBC, each once */
	size_t wrong;            /* the first row that our rules put elsewhere; 0: none */
	enum order_rule rule;    /* which says so */
	struct gai_rows missing; /* which sources gave, and LIBC has not */
	struct gai_rows added;   /* the other way round */
	struct story_notes VEC(char *) notes;
	uint64_t took_ns; /* all of it */
};

/* The other options go with OPTION, which tells stories; -1 with CLI->err. */
int story_check(const struct resolve *r, const char *option) MUST_CHECK;

/*
 * Asks all that is to be known of NAME and SERVICE.  With RUN, which is open, each source is
 * asked, whatever those before it say, and the DNS too.  -1 with CLI->err if that cannot go on.
 */
int story_make(struct story *s, struct resolve *r, const struct resolve_query *q,
	       struct dnsrun *run) MUST_CHECK;
void story_fini(struct story *s);

/* Asks the DNS, with the search list, while libc does: into S->dns. */
void story_ask_dns(struct story *s);

/* The source that was asked last: what it says counts, whatever those before it said. */
const struct story_source *story_last(const struct story *s);

/* The same if getaddrinfo(3) takes its answer, or NULL. */
const struct story_source *story_winner(const struct story *s);

/* The rows have ADDRESS, whatever the port; IPv4-mapped IPv6 is IPv4. */
bool story_has(const struct gai_rows *rows, const struct sa *address);

/* Adds what the user should know besides. */
void story_note(struct story *s, const char *fmt, ...) PRINTF_LIKE(2, 3);
void story_find_notes(struct story *s);

/* Appends in one line, without its end, why the answer is what it is. */
void story_why(struct buf *b, const struct story *s);

/* Appends where the hosts file has the name, " (/etc/hosts:3)"; false if it does not. */
bool story_hosts_lines(struct buf *b, const struct story *s);

/* Appends the addresses with ", " between them, each once. */
void story_addresses(struct buf *b, const struct gai_rows *rows);

/* Appends what SOURCE said, in words. */
void story_said(struct buf *b, const struct story *s, const struct story_source *source);

/* Appends why a source that was not asked was not. */
void story_not_asked(struct buf *b, const struct story *s);

/* Appends what the DNS said to one question, in words. */
void story_attempt(struct buf *b, const struct stub_attempt *a);

/* "Connection refused (ECONNREFUSED)" */
void story_errno(struct buf *b, int number);

/* "12.3 ms" */
void story_time(struct buf *b, uint64_t ns);

/* Appends the question in the plain form, with its newline. */
void story_question(struct buf *b, const struct story *s);

/* Appends the whole story in the plain form. */
void story_text(struct buf *b, const struct story *s);

/* Prints it as records of story_view; -1 with CLI->err. */
int story_rows(const struct story *s, const struct cli_operand *operand) MUST_CHECK;

/* A record with an error alone. */
int story_refuse(const struct resolve *r, const struct cli_operand *operand,
		 struct err *err) MUST_CHECK;

/* Sets column COL to the address SA without its port, or adds it to the list that COL is (ITEM). */
void story_address(struct out *o, unsigned col, const struct sa *sa, bool item);

#endif
