/* SPDX-License-Identifier: MIT */
/*
 * fakedns.c - a DNS server for tests, which can be told to fail
 *
 *	fakedns [--SETTING [VALUE]]... [-a ADDRESS[#PORT] [--SETTING [VALUE]]...]...
 *
 * It listens for UDP and TCP on one port of each ADDRESS, by default 127.0.0.1, and prints
 * "ready ADDRESS#PORT" for each; without a PORT, or with 0, the system chooses.  Settings before
 * the first -a are for all addresses, those behind one for that.  SIGUSR1 prints a line
 * "stats ADDRESS#PORT NAME=COUNT..." for each address, SIGTERM too, and ends it; so does the end
 * of its parent.
 *
 * What it answers (it is a resolver: RA is set, CNAMEs are followed):
 *
 *	--zone FILE            lines of NAME TTL TYPE DATA; ";" begins a comment.  Names are
 *	                       absolute, with or without the last dot.  Data as in master files,
 *	                       or "\# LENGTH HEX"; types without a name here as TYPEnnn
 *	--synth SUFFIX         names below SUFFIX, several times if need be:
 *	                       A      10.X.Y.Z, of which X Y Z are the low 24 bits of the hash
 *	                       AAAA   2001:db8::, with the hash in its low 32 bits
 *	                       PTR    if SUFFIX ends in arpa: of 10.1.2.3 ip-10-1-2-3.FIRST, of
 *	                              IPv6 ip-HEX.FIRST with 32 digits; FIRST is the first SUFFIX
 *	                              that does not end in arpa.  They have that address back.
 *	                       the hash of a name is 5381, then for each character but the dots,
 *	                       in lower case: hash * 33 + character, 32 bits.
 *	                       A first label that begins with cname- is a CNAME to what follows;
 *	                       nx- does not exist; nodata- has no records; fail- is SERVFAIL;
 *	                       mute- has no answer
 *	--ttl SECONDS          of synthetic records (300)
 *	--authoritative        AA is set in place of RA
 *	--nsid TEXT            the name that it gives (fakedns)
 *
 * A name that is in no zone, that is, below no SOA, is REFUSED.  With DO records have their
 * signatures if the zone file has them; what is not there has the NSEC records of the zone's
 * and of its own name, which must be enough to prove it.  ECS comes back with its length
 * as the scope.  What goes wrong, N of a hundred answers by UDP:
 *
 *	--loss N               no answer
 *	--servfail N, --truncate N, --wrong-id N, --wrong-question N
 *	--lame N               a referral to the root
 *	--malformed N          too short, cut, wrong counts, noise
 *	--loop N               compression pointers that go in circles
 *	--wrong-peer N         sent from another port
 *	--duplicate N          sent twice
 *	--reorder N            held back for --hold MS (20)
 *	--delay MS, --jitter MS  all answers, TCP's too; fractions are allowed
 *	--refused              REFUSED always
 *	--formerr-edns         FORMERR for queries with EDNS
 *	--tcp-faults           the faults above are TCP's too
 *	--tcp-close            TCP is closed behind each answer
 *	--tcp-half             TCP is closed in the middle of each answer
 *	--tcp-mute             TCP connections are taken and nothing is answered
 *	--tcp-refuse           no TCP
 *
 * For all addresses: --seed N (1); --log FILE, to which each query is written as
 * "udp www.example.org. 1 rd=1 edns=1232 do=0".
 */
#include "fakedns.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/compat.h"
#include "base/macros.h"
#include "base/scan.h"
#include "base/vec.h"

enum {
	SERVERS = 16,
	PERCENT_MAX = 100,
};

static struct zones VEC(struct zone *) zones;

enum kind {
	KIND_PERCENT,
	KIND_FLAG,
	KIND_TIME,
	KIND_ZONE,
	KIND_SUFFIX,
	KIND_TTL,
	KIND_NSID,
	KIND_SEED,
	KIND_LOG,
};

static const struct setting {
	const char *name;
	enum kind kind;
	size_t which; /* fault or flag, or the member's offset */
} settings[] = {
	{ "--authoritative", KIND_FLAG, FLAG_AUTHORITATIVE },
	{ "--delay", KIND_TIME, offsetof(struct server, delay_ns) },
	{ "--duplicate", KIND_PERCENT, FAULT_DUPLICATE },
	{ "--formerr-edns", KIND_FLAG, FLAG_FORMERR_EDNS },
	{ "--hold", KIND_TIME, offsetof(struct server, hold_ns) },
	{ "--jitter", KIND_TIME, offsetof(struct server, jitter_ns) },
	{ "--lame", KIND_PERCENT, FAULT_LAME },
	{ "--log", KIND_LOG, 0 },
	{ "--loop", KIND_PERCENT, FAULT_LOOP },
	{ "--loss", KIND_PERCENT, FAULT_LOSS },
	{ "--malformed", KIND_PERCENT, FAULT_MALFORMED },
	{ "--nsid", KIND_NSID, 0 },
	{ "--refused", KIND_FLAG, FLAG_REFUSED },
	{ "--reorder", KIND_PERCENT, FAULT_REORDER },
	{ "--seed", KIND_SEED, 0 },
	{ "--servfail", KIND_PERCENT, FAULT_SERVFAIL },
	{ "--synth", KIND_SUFFIX, 0 },
	{ "--tcp-close", KIND_FLAG, FLAG_TCP_CLOSE },
	{ "--tcp-faults", KIND_FLAG, FLAG_TCP_FAULTS },
	{ "--tcp-half", KIND_FLAG, FLAG_TCP_HALF },
	{ "--tcp-mute", KIND_FLAG, FLAG_TCP_MUTE },
	{ "--tcp-refuse", KIND_FLAG, FLAG_TCP_REFUSE },
	{ "--truncate", KIND_PERCENT, FAULT_TRUNCATE },
	{ "--ttl", KIND_TTL, 0 },
	{ "--wrong-id", KIND_PERCENT, FAULT_WRONG_ID },
	{ "--wrong-peer", KIND_PERCENT, FAULT_WRONG_PEER },
	{ "--wrong-question", KIND_PERCENT, FAULT_WRONG_QUESTION },
	{ "--zone", KIND_ZONE, 0 },
};

/* ADDRESS[#PORT] */
static int read_address(struct server *s, const char *text, struct err *err)
{
	const char *hash = strchr(text, '#');
	size_t len = hash ? (size_t)(hash - text) : strlen(text);
	struct endpoint ep;

	if (endpoint_parse_address(&ep, text, len, 0, err) < 0)
		return -1;
	if (hash && endpoint_parse_port(&ep.port, hash + 1, strlen(hash + 1), len + 1, err) < 0)
		return -1;
	ep.has_port = hash;
	return sa_from_endpoint(&s->addr, &ep, err);
}

static int read_time(uint64_t *ns, const char *text, const char *name, struct err *err)
{
	char ms[32];

	snprintf(ms, sizeof(ms), "%sms", text);
	return scan_duration_all(ms, name, ns, err);
}

static int read_zone(struct server *s, const char *file, struct err *err)
{
	struct zone *zone = zone_load(file, err);

	if (!zone)
		return -1;
	*vec_push(&zones) = zone;
	s->zone = zone;
	return 0;
}

static int read_suffix(struct server *s, const char *text, struct err *err)
{
	if (s->suffixes == SUFFIXES || !name_parse(&s->suffix[s->suffixes], text, strlen(text)))
		return err_set(err, ERR_USAGE, "--synth %s: not a name, or one too many", text);
	s->suffixes++;
	return 0;
}

static int read_log(const char *file, struct err *err)
{
	answer_log = fopen(file, "we");
	return answer_log ? 0 : err_sys(err, "open %s", file);
}

static int read_value(struct server *s, const struct setting *set, const char *value,
		      struct err *err)
{
	uint64_t number = 0;

	switch (set->kind) {
	case KIND_PERCENT:
		if (scan_uint_all(value, set->name, 0, PERCENT_MAX, &number, err) < 0)
			return -1;
		s->percent[set->which] = (unsigned)number;
		return 0;
	case KIND_FLAG:
		s->flag[set->which] = true;
		return 0;
	case KIND_TIME:
		return read_time((uint64_t *)((char *)s + set->which), value, set->name, err);
	case KIND_ZONE:
		return read_zone(s, value, err);
	case KIND_SUFFIX:
		return read_suffix(s, value, err);
	case KIND_TTL:
		return scan_uint_all(value, set->name, 0, UINT32_MAX, &s->ttl, err);
	case KIND_NSID:
		s->nsid = value;
		return 0;
	case KIND_SEED:
		if (scan_uint_all(value, set->name, 0, UINT64_MAX, &number, err) < 0)
			return -1;
		chance_seed(number);
		return 0;
	case KIND_LOG:
		return read_log(value, err);
	}
	return 0;
}

static const struct setting *find_setting(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(settings); i++) {
		if (strcmp(settings[i].name, name) == 0)
			return &settings[i];
	}
	return NULL;
}

/* Reads the arguments to SERVERS[0] and what follows; how many there are, -1 on error. */
static int read_arguments(struct server *servers, char **argv, struct err *err)
{
	struct server common = { .hold_ns = 20 * CLOCK_MS, .ttl = 300, .nsid = "fakedns" };
	struct server *s = &common;
	int n = 0;

	if (read_address(&common, "127.0.0.1", err) < 0)
		return -1;
	for (; *argv; argv++) {
		const struct setting *set = find_setting(*argv);
		bool address = strcmp(*argv, "-a") == 0;

		if (!address && !set)
			return err_set(err, ERR_USAGE, "unknown argument %s", *argv);
		if ((address || set->kind != KIND_FLAG) && !*++argv)
			return err_set(err, ERR_USAGE, "%s needs a value", argv[-1]);
		if (address && n == SERVERS)
			return err_set(err, ERR_USAGE, "over %d addresses", SERVERS);
		if (address) {
			s = &servers[n++];
			*s = common;
		}
		if ((address ? read_address(s, *argv, err) : read_value(s, set, *argv, err)) < 0)
			return -1;
	}
	if (n == 0)
		servers[n++] = common;
	return n;
}

int main(int argc, char **argv)
{
	static struct server servers[SERVERS];
	char text[SA_STRLEN];
	struct err err;
	int n, status;

	(void)argc;
	compat_end_with_parent();
	chance_seed(1);
	n = read_arguments(servers, argv + 1, &err);
	status = n < 0 ? -1 : 0;
	for (int i = 0; i < n && status == 0; i++)
		status = serve_open(&servers[i], &err);
	for (int i = 0; i < n && status == 0; i++)
		printf("ready %s#%u\n", sa_format_host(&servers[i].addr, text),
		       (unsigned)sa_port(&servers[i].addr));
	fflush(stdout);
	if (status == 0) {
		serve(servers, (size_t)n);
		serve_stats(servers, (size_t)n);
	} else {
		fprintf(stderr, "fakedns: %s\n", err.text);
	}
	for (size_t i = 0; i < zones.n; i++)
		zone_free(zones.v[i]);
	vec_fini(&zones);
	return status == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
