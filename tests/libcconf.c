/* SPDX-License-Identifier: MIT */
/*
 * libcconf.c - does libc read configuration files as our readers do?
 *
 *	libcconf resolv      compares what res_ninit(3) makes of /etc/resolv.conf and the
 *	                     environment with what we do; prints what differs; status 1 then, 77 if
 *	                     this libc keeps no such state
 *	libcconf nsswitch    prints the sources of hosts in /etc/nsswitch.conf, each once, that are
 *	                     asked for a name that no file has, if no module but files is there
 */
#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <resolv.h>
#endif

#include "base/macros.h"
#include "base/nsswitch.h"
#include "dns/conf.h"

#ifdef __GLIBC__

static const struct {
	enum conf_flag flag;
	unsigned long bit;
} flags[] = {
	{ CONF_ROTATE, RES_ROTATE },
	{ CONF_EDNS0, RES_USE_EDNS0 },
	{ CONF_SINGLE_REQUEST_REOPEN, RES_SNGLKUPREOP },
	{ CONF_SINGLE_REQUEST, RES_SNGLKUP },
	{ CONF_NO_TLD_QUERY, RES_NOTLDQUERY },
	{ CONF_NO_RELOAD, RES_NORELOAD },
	{ CONF_USE_VC, RES_USEVC },
	{ CONF_TRUST_AD, RES_TRUSTAD },
#ifdef RES_NOAAAA
	{ CONF_NO_AAAA, RES_NOAAAA },
#endif
};

/* What libc has, in words. */
static void libcs(struct buf *b, struct __res_state *state)
{
	char text[SA_STRLEN];

	for (int i = 0; i < state->nscount; i++) {
		struct sa sa;

		if (state->nsaddr_list[i].sin_family == AF_INET)
			sa_from_raw(&sa, &state->nsaddr_list[i], sizeof(state->nsaddr_list[i]));
		else
			sa_from_raw(&sa, state->_u._ext.nsaddrs[i], sizeof(sa.u.in6));
		buf_printf(b, "%s ", sa_format(&sa, text));
	}
	for (size_t i = 0; i < MAXDNSRCH && state->dnsrch[i]; i++)
		buf_printf(b, "search %s ", state->dnsrch[i]);
	buf_printf(b, "%u %d %d", state->ndots, state->retrans ? state->retrans : 1,
		   state->retry ? state->retry : 1);
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
		if (state->options & flags[i].bit)
			buf_printf(b, " %s", conf_flag_word(flags[i].flag));
	for (unsigned i = 0; i < state->nsort; i++)
		buf_printf(b, " %x/%x", ntohl(state->sort_list[i].addr.s_addr),
			   ntohl(state->sort_list[i].mask));
}

static void ours(struct buf *b, const struct conf_resolv *conf)
{
	char text[SA_STRLEN];

	for (size_t i = 0; i < conf_resolv_used(conf); i++)
		buf_printf(b, "%s ", sa_format(&conf->servers.v[i].sa, text));
	for (size_t i = 0; i < conf->search.n && i < MAXDNSRCH; i++)
		buf_printf(b, "search %s ", conf->search.v[i]);
	buf_printf(b, "%u %u %u", conf->ndots, conf->timeout_s, conf->attempts);
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
		if (conf->flags[flags[i].flag])
			buf_printf(b, " %s", conf_flag_word(flags[i].flag));
	for (size_t i = 0; i < conf->sortlist.n && i < MAXRESOLVSORT; i++)
		buf_printf(b, " %x/%x", conf->sortlist.v[i].address, conf->sortlist.v[i].mask);
}

static int compare_resolv(void)
{
	char hostname[256] = "";
	struct conf_around around = { getenv("LOCALDOMAIN"), getenv("RES_OPTIONS"), hostname };
	struct __res_state state = { 0 };
	struct conf_resolv conf;
	struct buf a = { 0 }, b = { 0 };
	struct err err;
	int differ;

	gethostname(hostname, sizeof(hostname) - 1);
	if (res_ninit(&state) < 0 || conf_resolv_read(&conf, "/etc/resolv.conf", &around, &err) < 0)
		return EXIT_FAILURE;
	libcs(&a, &state);
	ours(&b, &conf);
	differ = strcmp(buf_str(&a), buf_str(&b)) != 0;
	if (differ)
		printf("libc: %s\nours: %s\n", buf_str(&a), buf_str(&b));
	buf_fini(&a);
	buf_fini(&b);
	conf_resolv_fini(&conf);
	res_nclose(&state);
	return differ;
}

#else

static int compare_resolv(void)
{
	return 77;
}

#endif

static bool was_asked(const struct nsswitch *n, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (strcmp(n->sources.v[i].name, n->sources.v[j].name) == 0)
			return true;
	return false;
}

/* Of a name that is in no file; the other modules are not there. */
static enum nsswitch_status status_of(const char *source)
{
	return strcmp(source, "files") == 0 ? NSSWITCH_NOTFOUND : NSSWITCH_UNAVAIL;
}

static int print_nsswitch(void)
{
	struct nsswitch n;
	struct err err;

	if (nsswitch_read(&n, "/etc/nsswitch.conf", "hosts", "files dns", &err) < 0)
		return EXIT_FAILURE;
	for (size_t i = 0; i < n.sources.n && !n.broken; i++) {
		if (!was_asked(&n, i))
			puts(n.sources.v[i].name);
		if (n.sources.v[i].on[status_of(n.sources.v[i].name)] != NSSWITCH_CONTINUE)
			break;
	}
	nsswitch_fini(&n);
	return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "resolv") == 0)
		return compare_resolv();
	if (argc == 2 && strcmp(argv[1], "nsswitch") == 0)
		return print_nsswitch();
	fprintf(stderr, "usage: libcconf resolv | nsswitch\n");
	return 2;
}
