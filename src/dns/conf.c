/* SPDX-License-Identifier: MIT */
#include "dns/conf.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/io.h"
#include "base/macros.h"
#include "base/scan.h"
#include "base/str.h"
#include "net/ip.h"
#include "net/ip_legacy.h"

enum {
	NDOTS_MAX = 15,
	TIMEOUT_MAX = 30,
	ATTEMPTS_MAX = 5,
};

/* A line, or a text of the environment, that is being read. */
struct reader {
	struct conf_resolv *conf;
	size_t line; /* 0: none, of the environment */
	const char *start, *s, *end;
};

static const char *const flag_words[] = {
#define CONF_FLAG(id, word) word,
#include "dns/conf_options.def"
#undef CONF_FLAG
};

/* Options that once had a meaning, or have one elsewhere. */
static const char *const old_words[] = {
	"debug",      "inet6",          "insecure1",     "insecure2",    "ip6-bytestring",
	"ip6-dotint", "no-check-names", "no-ip6-dotint", "no_tld_query",
};

const char *conf_flag_word(enum conf_flag flag)
{
	return flag_words[flag];
}

size_t conf_resolv_used(const struct conf_resolv *conf)
{
	return conf->servers.n < CONF_SERVERS_USED ? conf->servers.n : CONF_SERVERS_USED;
}

static size_t column(const struct reader *r, const char *at)
{
	return r->line ? (size_t)(at - r->start) + 1 : 0;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* The next word at R, whose length is LEN; NULL at the end. */
static const char *take_word(struct reader *r, size_t *len)
{
	const char *from;

	while (r->s < r->end && is_blank(*r->s))
		r->s++;
	from = r->s;
	while (r->s < r->end && !is_blank(*r->s))
		r->s++;
	*len = (size_t)(r->s - from);
	return *len ? from : NULL;
}

/* An interface's name is a zone of link-local addresses alone; a number is one of any. */
static bool takes_zone(const struct sa *sa, const char *zone)
{
	const struct in6_addr *in6 = &sa->u.in6.sin6_addr;

	return IN6_IS_ADDR_LINKLOCAL(in6) || IN6_IS_ADDR_MC_LINKLOCAL(in6) ||
	       zone[strspn(zone, "0123456789")] == '\0';
}

/* An IPv6 address with or without a zone, which glibc leaves out if there is none such. */
static bool read_ip6(struct reader *r, struct sa *sa, const char *word, size_t len)
{
	const char *percent = memchr(word, '%', len);
	size_t bare = percent ? (size_t)(percent - word) : len;
	char show[STR_SHOW];
	struct endpoint ep = { .kind = ENDPOINT_IP, .port = CONF_PORT };
	struct err err;

	if (ip_parse(&ep.ip, word, bare, 0, &err) < 0 || ep.ip.family != 6)
		return false;
	sa_from_ip(sa, &ep.ip, CONF_PORT);
	if (!percent)
		return true;
	len -= bare + 1;
	memcpy(ep.zone, percent + 1, len < ENDPOINT_ZONE_MAX ? len : ENDPOINT_ZONE_MAX);
	if (len > 0 && len <= ENDPOINT_ZONE_MAX && takes_zone(sa, ep.zone) &&
	    sa_from_endpoint(sa, &ep, &err) == 0)
		return true;
	sa_from_ip(sa, &ep.ip, CONF_PORT);
	note_add(&r->conf->notes, r->line, column(r, percent),
		 "this address has no zone \"%s\" here: glibc takes it without",
		 str_show_n(show, percent + 1, len));
	return true;
}

static bool read_ip4(struct reader *r, struct sa *sa, const char *word, size_t len)
{
	struct ip ip = { .family = 4 };
	struct ip_legacy legacy;
	char text[IP_STRLEN], show[STR_SHOW];
	uint32_t n;
	struct err err;

	if (ip_parse(&ip, word, len, 0, &err) == 0 && ip.family == 4) {
		sa_from_ip(sa, &ip, CONF_PORT);
		return true;
	}
	if (!ip_legacy_read(&legacy, word, len))
		return false;
	ip.family = 4;
	n = htonl(legacy.aton);
	memcpy(ip.b, &n, sizeof(n));
	sa_from_ip(sa, &ip, CONF_PORT);
	note_add(&r->conf->notes, r->line, column(r, word), "\"%s\" is read as %s",
		 str_show_n(show, word, len), ip_format(&ip, text));
	return true;
}

static void note_server(struct reader *r, const char *word, size_t len)
{
	char show[STR_SHOW];
	const char *why = "is no IP address";

	if (memchr(word, '#', len) || memchr(word, ']', len) ||
	    (memchr(word, ':', len) && memchr(word, '.', len)))
		why = "is no bare IP address, and a port cannot be named here";
	note_add(&r->conf->notes, r->line, column(r, word), "\"%s\" %s: the line is ignored",
		 str_show_n(show, word, len), why);
}

static void read_nameserver(struct reader *r)
{
	struct conf_resolv *conf = r->conf;
	size_t len, more;
	const char *word = take_word(r, &len), *rest;
	struct sa sa;

	if (!word) {
		note_add(&conf->notes, r->line, column(r, r->s), "no address: the line is ignored");
		return;
	}
	if (!read_ip4(r, &sa, word, len) && !read_ip6(r, &sa, word, len)) {
		note_server(r, word, len);
		return;
	}
	*vec_push(&conf->servers) = (struct conf_server){ .sa = sa, .line = r->line };
	if (conf->servers.n == CONF_SERVERS_USED + 1)
		note_add(&conf->notes, r->line, 1,
			 "only the first three servers are asked, not this one");
	rest = take_word(r, &more);
	if (rest && *rest != '#' && *rest != ';')
		note_add(&conf->notes, r->line, column(r, rest),
			 "a line has one server: what follows is ignored");
}

static void note_replaced(struct reader *r)
{
	struct conf_resolv *conf = r->conf;

	if (conf->search_line)
		note_add(&conf->notes, conf->search_line, 1,
			 "line %zu replaces these domains: the last search or domain line counts",
			 r->line);
}

/* The rest of R as the search list, or with FIRST the first word of it. */
static void read_search(struct reader *r, enum conf_origin origin, bool first)
{
	struct conf_resolv *conf = r->conf;
	size_t len;
	const char *word;

	if (conf->search_from == CONF_FROM_ENV) {
		note_add(&conf->notes, r->line, 1, "LOCALDOMAIN takes the place of this line");
		return;
	}
	word = take_word(r, &len);
	if (!word)
		return;
	note_replaced(r);
	conf->search.n = 0;
	conf->search_from = origin;
	conf->search_line = r->line;
	for (; word; word = first ? NULL : take_word(r, &len)) {
		if (*word == '#' || *word == ';')
			note_add(&conf->notes, r->line, column(r, word),
				 "no comment begins within a line: this is taken for a domain");
		*vec_push(&conf->search) = arena_copy(&conf->memory, word, len);
	}
	if (first && take_word(r, &len))
		note_add(&conf->notes, r->line, column(r, r->s - len),
			 "a domain line has one domain: what follows is ignored");
}

/* Reads the address of LEN bytes at WORD as inet_aton(3) does. */
static bool read_aton(uint32_t *value, const char *word, size_t len)
{
	struct ip_legacy legacy;
	struct ip ip;
	struct err err;

	if (ip_parse(&ip, word, len, 0, &err) == 0 && ip.family == 4) {
		memcpy(value, ip.b, sizeof(*value));
		*value = ntohl(*value);
		return true;
	}
	if (!ip_legacy_read(&legacy, word, len))
		return false;
	*value = legacy.aton;
	return true;
}

static uint32_t class_mask(uint32_t address)
{
	if (IN_CLASSA(address))
		return IN_CLASSA_NET;
	return IN_CLASSB(address) ? IN_CLASSB_NET : IN_CLASSC_NET;
}

/* glibc goes round for ever at what ends an address and is neither a blank nor a semicolon. */
static bool hangs(const char *word, size_t net, size_t len, bool is_address)
{
	if (net < len && !is_address)
		return true;
	for (size_t i = 0; i < len; i++)
		if (str_is_space(word[i]) || (unsigned char)word[i] >= 0x80)
			return true;
	return false;
}

static void read_sortlist(struct reader *r)
{
	size_t len, net;
	const char *word, *stop = memchr(r->s, ';', (size_t)(r->end - r->s));
	char show[STR_SHOW];

	r->end = stop ? stop : r->end;
	while ((word = take_word(r, &len))) {
		struct conf_sort sort;
		bool is_address;

		for (net = 0; net < len && word[net] != '/' && word[net] != '&'; net++)
			;
		is_address = read_aton(&sort.address, word, net);
		if (!is_address)
			note_add(&r->conf->notes, r->line, column(r, word),
				 "\"%s\" is no IPv4 address, with or without \"/\" and a netmask: "
				 "it is ignored",
				 str_show_n(show, word, len));
		if (hangs(word, net, len, is_address))
			note_add(&r->conf->notes, r->line, column(r, word),
				 "glibc hangs at this: each program that looks up a name does");
		if (!is_address)
			continue;
		if (net + 1 >= len || !read_aton(&sort.mask, word + net + 1, len - net - 1))
			sort.mask = class_mask(sort.address);
		*vec_push(&r->conf->sortlist) = sort;
	}
	note_add(&r->conf->notes, r->line, 1,
		 "gethostbyname alone heeds a sortlist: getaddrinfo has gai.conf");
}

/* "NAME:NUMBER" at WORD, as atoi(3) reads the number: 0 if there is none. */
static bool read_number(struct reader *r, const char *word, size_t len, const char *name)
{
	size_t n = strlen(name), digits;
	struct conf_resolv *conf = r->conf;
	const char *at = word + n;
	uint64_t value = 0, most;
	unsigned *to;

	if (len < n || memcmp(word, name, n) != 0)
		return false;
	to = *name == 'n' ? &conf->ndots : *name == 't' ? &conf->timeout_s : &conf->attempts;
	most = *name == 'n' ? NDOTS_MAX : *name == 't' ? TIMEOUT_MAX : ATTEMPTS_MAX;
	digits = scan_uint(at, word + len, UINT32_MAX, &value);
	if (digits == 0 || at + digits != word + len)
		note_add(&conf->notes, r->line, column(r, at),
			 "no number behind \"%s\": taken as %u", name,
			 (unsigned)(value > most ? most : value));
	else if (value > most)
		note_add(&conf->notes, r->line, column(r, at), "\"%s\" is at most %u", name,
			 (unsigned)most);
	*to = (unsigned)(value > most ? most : value);
	if (*to == 0 && *name != 'n') {
		note_add(&conf->notes, r->line, column(r, at),
			 *name == 't' ? "a time-out of 0 is taken as 1 s" :
					"with 0 attempts glibc asks no server");
		*to = 1;
	}
	return true;
}

static bool begins(const char *word, size_t len, const char *with)
{
	size_t n = strlen(with);

	return len >= n && memcmp(word, with, n) == 0;
}

static bool read_flag(struct reader *r, const char *word, size_t len)
{
	char show[STR_SHOW];

	if (begins(word, len, "no_tld_query")) {
		r->conf->flags[CONF_NO_TLD_QUERY] = true;
		return true;
	}
	for (size_t i = 0; i < CONF_FLAGS; i++) {
		if (!begins(word, len, flag_words[i]))
			continue;
		r->conf->flags[i] = true;
		if (strlen(flag_words[i]) != len)
			note_add(&r->conf->notes, r->line, column(r, word),
				 "\"%s\" is taken for \"%s\", which it begins with",
				 str_show_n(show, word, len), flag_words[i]);
		return true;
	}
	return false;
}

static void read_options(struct reader *r)
{
	size_t len;
	const char *word;
	char show[STR_SHOW];

	while ((word = take_word(r, &len))) {
		bool old = false;

		if (read_number(r, word, len, "ndots:") || read_number(r, word, len, "timeout:") ||
		    read_number(r, word, len, "attempts:") || read_flag(r, word, len))
			continue;
		for (size_t i = 0; i < ARRAY_SIZE(old_words); i++)
			old = old ||
			      (strlen(old_words[i]) == len && begins(word, len, old_words[i]));
		note_add(&r->conf->notes, r->line, column(r, word),
			 old ? "option \"%s\" has no effect any more" : "there is no option \"%s\"",
			 str_show_n(show, word, len));
	}
}

/* R begins with WORD and a blank, and goes on behind it. */
static bool take_keyword(struct reader *r, const char *word)
{
	size_t n = strlen(word);

	if ((size_t)(r->end - r->s) <= n || memcmp(r->s, word, n) != 0 || !is_blank(r->s[n]))
		return false;
	r->s += n;
	return true;
}

/* A line that glibc ignores. */
static void note_ignored(struct reader *r)
{
	static const char *const words[] = { "domain", "nameserver", "options", "search",
					     "sortlist" };
	char show[STR_SHOW];
	const char *from = r->s, *word;
	size_t len;

	word = take_word(r, &len);
	if (!word || *word == '#' || *word == ';')
		return;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strlen(words[i]) == len && memcmp(word, words[i], len) == 0 && word != from) {
			note_add(&r->conf->notes, r->line, 1,
				 "a blank stands before \"%s\": the line is ignored", words[i]);
			return;
		}
	note_add(&r->conf->notes, r->line, column(r, word),
		 "there is no \"%s\": the line is ignored", str_show_n(show, word, len));
}

static void read_line(struct reader *r)
{
	if (r->s == r->end || *r->s == ';' || *r->s == '#')
		return;
	if (take_keyword(r, "domain"))
		read_search(r, CONF_FROM_DOMAIN, true);
	else if (take_keyword(r, "search"))
		read_search(r, CONF_FROM_SEARCH, false);
	else if (take_keyword(r, "nameserver"))
		read_nameserver(r);
	else if (take_keyword(r, "sortlist"))
		read_sortlist(r);
	else if (take_keyword(r, "options"))
		read_options(r);
	else
		note_ignored(r);
}

/* The text of an environment variable, whose first line counts. */
static struct reader reader_of(struct conf_resolv *conf, const char *text)
{
	const char *end = text + strcspn(text, "\n");

	return (struct reader){ .conf = conf, .start = text, .s = text, .end = end };
}

static void finish(struct conf_resolv *conf, const struct conf_around *around)
{
	const char *dot = around && around->hostname ? strchr(around->hostname, '.') : NULL;
	struct ip loopback = { .family = 4, .b = { 127, 0, 0, 1 } };

	if (conf->servers.n == 0) {
		struct conf_server *server = vec_push(&conf->servers);

		server->line = 0;
		sa_from_ip(&server->sa, &loopback, CONF_PORT);
	}
	if (conf->search_from == CONF_FROM_NOWHERE && dot) {
		conf->search_from = CONF_FROM_HOSTNAME;
		*vec_push(&conf->search) = arena_copy(&conf->memory, dot + 1, strlen(dot + 1));
	}
	if (around && around->res_options) {
		struct reader r = reader_of(conf, around->res_options);

		read_options(&r);
	}
}

void conf_resolv_parse(struct conf_resolv *conf, const char *text, size_t len,
		       const struct conf_around *around)
{
	const char *s = len ? text : "", *end = s + len, *next, *nul;

	*conf = (struct conf_resolv){ .ndots = 1, .timeout_s = 5, .attempts = 2 };
	if (around && around->localdomain) {
		struct reader r = reader_of(conf, around->localdomain);

		read_search(&r, CONF_FROM_ENV, false);
		conf->search_from = CONF_FROM_ENV;
	}
	for (size_t line = 1; s < end; line++, s = next + 1) {
		struct reader r = { .conf = conf, .line = line, .start = s, .s = s };

		next = memchr(s, '\n', (size_t)(end - s));
		if (!next)
			next = end;
		nul = memchr(s, '\0', (size_t)(next - s));
		r.end = nul ? nul : next;
		read_line(&r);
	}
	finish(conf, around);
}

int conf_resolv_read(struct conf_resolv *conf, const char *path, const struct conf_around *around,
		     struct err *err)
{
	struct buf text = { 0 };
	int rc = io_read_file(&text, path, err);

	*conf = (struct conf_resolv){ 0 };
	if (rc >= 0) {
		conf_resolv_parse(conf, buf_str(&text), text.len, around);
		conf->missing = rc == 0;
	}
	buf_fini(&text);
	return rc < 0 ? -1 : 0;
}

void conf_resolv_fini(struct conf_resolv *conf)
{
	vec_fini(&conf->servers);
	vec_fini(&conf->search);
	vec_fini(&conf->sortlist);
	note_fini(&conf->notes);
	arena_fini(&conf->memory);
}
