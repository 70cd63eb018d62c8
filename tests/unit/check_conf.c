/* SPDX-License-Identifier: MIT */
/* check_conf.c - the readers of nsswitch.conf, resolv.conf and gai.conf */
#include <arpa/inet.h>
#include <net/if.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/macros.h"
#include "base/nsswitch.h"
#include "dns/conf.h"
#include "net/ip.h"
#include "unit.h"

/* "LINE:COLUMN TEXT" of each note, whose TEXT is cut at the first colon. */
static void add_notes(struct buf *b, const struct notes *notes)
{
	for (size_t i = 0; i < notes->n; i++) {
		const struct note *n = &notes->v[i];

		buf_printf(b, "; %zu:%zu %.*s", n->line, n->column, (int)strcspn(n->text, ":"),
			   n->text);
	}
}

static void same(struct buf *b, const char *want, const char *what)
{
	ck_assert_msg(strcmp(buf_str(b), want) == 0, "%s\n is \"%s\",\nnot \"%s\"", what,
		      buf_str(b), want);
	buf_fini(b);
}

/* Each source with the first letters of what follows on SUCCESS NOTFOUND UNAVAIL TRYAGAIN. */
static const struct {
	const char *text, *want;
} nsswitch_cases[] = {
	{ "hosts: files dns\n", "files:rccc dns:rccc" },
	{ "# x\n\n \thosts\t:\tfiles\tdns \n", "files:rccc dns:rccc" },
	{ "hosts:files\n", "files:rccc" },
	{ "hosts files\n", "files:rccc" },
	{ "hosts : : files\n", "files:rccc" },
	{ "hosts: files [NOTFOUND=return] dns\n", "files:rrcc dns:rccc" },
	{ "hosts: files[notfound=Return]dns\n", "files:rrcc dns:rccc" },
	{ "hosts: resolve [!UNAVAIL=return] files\n", "resolve:rrcr files:rccc" },
	{ "hosts: files [ SUCCESS = merge  TRYAGAIN=continue ] dns\n", "files:mccc dns:rccc" },
	{ "hosts: dns [!SUCCESS=return NOTFOUND=continue]\n", "dns:rcrr" },
	{ "hosts: dns files dns\n", "dns:rccc files:rccc dns:rccc" },
	{ "hosts:\n", "" },
	{ "hosts\n", "" },
	{ "", "files:rccc dns:rccc default" },
	{ "hostsx: files\n#hosts: files\nhost: a\nservices: b\n", "files:rccc dns:rccc default" },
	{ "hosts: dns", "files:rccc dns:rccc default; 1:1 the last line does not end" },
	{ "hosts: dns\nhosts: mdns\n", "mdns:rccc; 1:1 the later one in line 2 replaces this one" },
	{ "hosts: files # dns #\n",
	  "files:rccc #:rccc dns:rccc #:rccc; 1:14 \"#\" begins no comment here" },
	{ "hosts: files [UNAVAIL=return] [NOTFOUND=return] dns\n",
	  "files:rcrc; 1:31 brackets that follow no source" },
	{ "hosts: [NOTFOUND=return] dns\n", "; 1:8 brackets that follow no source" },
	{ "hosts: files [GONE=return] dns\n", "broken; 1:15 \"GONE\" is no status" },
	{ "hosts: files [NOTFOUND return] dns\n", "broken; 1:24 \"=\" is missing" },
	{ "hosts: files [NOTFOUND=stop] dns\n", "broken; 1:24 \"stop\" is no action" },
	{ "hosts: files dns [NOTFOUND=return\n", "files:rccc broken; 1:35 \"\" is no status" },
	{ "passwd: files [x=return]\nhosts: files\n",
	  "files:rccc broken; 1:16 \"x\" is no status" },
	{ "automount: files [x=return]\nhosts: files\n", "files:rccc" },
};

START_TEST(nsswitch_is_read)
{
	for (size_t i = 0; i < ARRAY_SIZE(nsswitch_cases); i++) {
		const char *text = nsswitch_cases[i].text;
		struct buf b = { 0 };
		struct nsswitch n;

		nsswitch_parse(&n, text, strlen(text), "hosts", "files dns");
		for (size_t j = 0; j < n.sources.n; j++) {
			const struct nsswitch_source *source = &n.sources.v[j];

			buf_printf(&b, "%s%s:", j ? " " : "", source->name);
			for (int k = 0; k < NSSWITCH_STATUSES; k++)
				buf_addc(&b, *nsswitch_action_name(source->on[k]));
		}
		buf_adds(&b, n.broken ? n.sources.n ? " broken" : "broken" : "");
		buf_adds(&b, n.line == 0 ? " default" : "");
		add_notes(&b, &n.notes);
		same(&b, nsswitch_cases[i].want, text);
		nsswitch_fini(&n);
	}
}
END_TEST

START_TEST(nsswitch_says_what_is_written)
{
	static const char text[] = "x\nhosts: files mdns [NOTFOUND=return] dns\n";
	struct nsswitch n;

	nsswitch_parse(&n, text, strlen(text), "hosts", NULL);
	ck_assert_uint_eq(n.line, 2);
	ck_assert_uint_eq(n.sources.n, 3);
	ck_assert_ptr_null(n.sources.v[0].actions);
	ck_assert_str_eq(n.sources.v[1].actions, "[NOTFOUND=return]");
	ck_assert_uint_eq(n.sources.v[1].column, 14);
	nsswitch_fini(&n);
	nsswitch_parse(&n, text, strlen(text), "services", NULL);
	ck_assert_uint_eq(n.sources.n, 0);
	nsswitch_fini(&n);
	ck_assert_str_eq(nsswitch_status_name(NSSWITCH_TRYAGAIN), "TRYAGAIN");
}
END_TEST

/* Servers, search list and where it is from, numbers, flags, notes. */
static const struct {
	const char *text, *want;
	struct conf_around around;
} resolv_cases[] = {
	{ "", "127.0.0.1 | | 1 5 2", { 0 } },
	{ "nameserver 192.0.2.1\nnameserver 2001:db8::1\n",
	  "192.0.2.1 2001:db8::1 | | 1 5 2",
	  { 0 } },
	{ "nameserver\t192.0.2.1 \t# x\nnameserver 192.0.2.2",
	  "192.0.2.1 192.0.2.2 | | 1 5 2",
	  { 0 } },
	{ "nameserver ::1\nnameserver ::2\nnameserver ::3\nnameserver ::4\nnameserver ::5\n",
	  "::1 ::2 ::3 ::4 ::5 | | 1 5 2; 4:1 only the first three servers are asked, not this one",
	  { 0 } },
	{ "nameserver 127.1\n", "127.0.0.1 | | 1 5 2; 1:12 \"127.1\" is read as 127.0.0.1", { 0 } },
	{ "nameserver 10.0.0.1:53\n", "127.0.0.1 | | 1 5 2; 1:12 \"10.0.0.1", { 0 } },
	{ "nameserver x\nnameserver \n",
	  "127.0.0.1 | | 1 5 2; 1:12 \"x\" is no IP address; 2:12 no address",
	  { 0 } },
	{ "nameserver 10.0.0.1\r\n",
	  "127.0.0.1 | | 1 5 2; 1:12 \"10.0.0.1\\x0d\" is no IP address",
	  { 0 } },
	{ "nameserver 10.0.0.1 10.0.0.2\n",
	  "10.0.0.1 | | 1 5 2; 1:21 a line has one server",
	  { 0 } },
	{ "nameserver fe80::1%no-such-if\n",
	  "fe80::1 | | 1 5 2; 1:19 this address has no zone \"no-such-if\" here",
	  { 0 } },
	{ "search a.example b.example.\n", "127.0.0.1 |search a.example b.example.| 1 5 2", { 0 } },
	{ "domain a.example\n", "127.0.0.1 |domain a.example| 1 5 2", { 0 } },
	{ "domain a b\n", "127.0.0.1 |domain a| 1 5 2; 1:10 a domain line has one domain", { 0 } },
	{ "search a\ndomain b\n",
	  "127.0.0.1 |domain b| 1 5 2; 1:1 line 2 replaces these domains",
	  { 0 } },
	{ "domain b\nsearch a\n",
	  "127.0.0.1 |search a| 1 5 2; 1:1 line 2 replaces these domains",
	  { 0 } },
	{ "search a\nsearch \n", "127.0.0.1 |search a| 1 5 2", { 0 } },
	{ "search .\n", "127.0.0.1 |search .| 1 5 2", { 0 } },
	{ "search a # b\n",
	  "127.0.0.1 |search a # b| 1 5 2; 1:10 no comment begins within a line",
	  { 0 } },
	{ "search a\n",
	  "127.0.0.1 |env b c| 1 5 2; 1:1 LOCALDOMAIN takes the place of this line",
	  { .localdomain = "b c\nd", .hostname = "h.example" } },
	{ "", "127.0.0.1 |env| 1 5 2", { .localdomain = "", .hostname = "h.example" } },
	{ "", "127.0.0.1 |hostname lan.example| 1 5 2", { .hostname = "h.lan.example" } },
	{ "", "127.0.0.1 | | 1 5 2", { .hostname = "h" } },
	{ "options ndots:3 timeout:2 attempts:4\n", "127.0.0.1 | | 3 2 4", { 0 } },
	{ "options ndots:3\noptions\ttimeout:2\n", "127.0.0.1 | | 3 2 2", { 0 } },
	{ "options ndots:0\n", "127.0.0.1 | | 0 5 2", { 0 } },
	{ "options ndots:16 timeout:31 attempts:6\n",
	  "127.0.0.1 | | 15 30 5; 1:15 \"ndots; 1:26 \"timeout; 1:38 \"attempts",
	  { 0 } },
	{ "options timeout:0 attempts:0\n",
	  "127.0.0.1 | | 1 1 1; 1:17 a time-out of 0 is taken as 1 s; 1:28 with 0 attempts glibc "
	  "asks no server",
	  { 0 } },
	{ "options ndots:x\n", "127.0.0.1 | | 0 5 2; 1:15 no number behind \"ndots", { 0 } },
	{ "options rotate edns0 use-vc trust-ad no-aaaa no-reload no_tld_query single-request "
	  "single-request-reopen\n",
	  "127.0.0.1 | | 1 5 2 rotate edns0 single-request-reopen single-request no-tld-query "
	  "no-reload use-vc trust-ad no-aaaa",
	  { 0 } },
	{ "options rotates inet6 foo\n",
	  "127.0.0.1 | | 1 5 2 rotate; 1:9 \"rotates\" is taken for \"rotate\", which it begins "
	  "with; 1:17 option \"inet6\" has no effect any more; 1:23 there is no option \"foo\"",
	  { 0 } },
	{ "options ndots:2\n",
	  "127.0.0.1 | | 4 5 2 use-vc",
	  { .res_options = " ndots:4 use-vc\nrotate" } },
	{ " nameserver ::1\nfoo bar\n;x\n#y\n\n ; z\n",
	  "127.0.0.1 | | 1 5 2; 1:1 a blank stands before \"nameserver\"; 2:1 there is no \"foo\"",
	  { 0 } },
	{ "sortlist x/255.0.0.0\n",
	  "127.0.0.1 | | 1 5 2; 1:10 \"x/255.0.0.0\" is no IPv4 address, with or without \"/\" and a "
	  "netmask; 1:10 glibc hangs at this; 1:1 gethostbyname alone heeds a sortlist",
	  { 0 } },
	{ "sortlist 10.0.0.0/255.0.0.0\r\n",
	  "127.0.0.1 | | 1 5 2 a000000/ff000000; 1:10 glibc hangs at this; 1:1 gethostbyname alone "
	  "heeds a sortlist",
	  { 0 } },
	{ "sortlist 10.0.0.0/255.255.0.0 192.0.2.0 128.1.0.0&x y 127.1;z\n",
	  "127.0.0.1 | | 1 5 2 a000000/ffff0000 c0000200/ffffff00 80010000/ffff0000 7f000001/ff000000; 1:53 \"y\" is no "
	  "IPv4 address, with or without \"/\" and a netmask; 1:1 gethostbyname alone heeds a "
	  "sortlist",
	  { 0 } },
};

static void add_resolv(struct buf *b, const struct conf_resolv *conf)
{
	static const char *const from[] = { " ", "search", "domain", "env", "hostname" };
	char text[SA_STRLEN];

	for (size_t i = 0; i < conf->servers.n; i++) {
		ck_assert_uint_eq(sa_port(&conf->servers.v[i].sa), 53);
		buf_printf(b, "%s ", sa_format_host(&conf->servers.v[i].sa, text));
	}
	buf_printf(b, "|%s", from[conf->search_from]);
	for (size_t i = 0; i < conf->search.n; i++)
		buf_printf(b, " %s", conf->search.v[i]);
	buf_printf(b, "| %u %u %u", conf->ndots, conf->timeout_s, conf->attempts);
	for (int i = 0; i < CONF_FLAGS; i++)
		if (conf->flags[i])
			buf_printf(b, " %s", conf_flag_word((enum conf_flag)i));
	for (size_t i = 0; i < conf->sortlist.n; i++)
		buf_printf(b, " %x/%x", conf->sortlist.v[i].address, conf->sortlist.v[i].mask);
	add_notes(b, &conf->notes);
}

START_TEST(resolv_is_read)
{
	for (size_t i = 0; i < ARRAY_SIZE(resolv_cases); i++) {
		const char *text = resolv_cases[i].text;
		struct conf_resolv conf;
		struct buf b = { 0 };

		conf_resolv_parse(&conf, text, strlen(text), &resolv_cases[i].around);
		add_resolv(&b, &conf);
		same(&b, resolv_cases[i].want, text);
		ck_assert_uint_eq(conf_resolv_used(&conf), conf.servers.n < 3 ? conf.servers.n : 3);
		conf_resolv_fini(&conf);
	}
}
END_TEST

START_TEST(a_zone_is_an_interface)
{
	static const char text[] = "nameserver fe80::1%1\n";
	struct conf_resolv conf;

	conf_resolv_parse(&conf, text, strlen(text), NULL);
	ck_assert_uint_eq(conf.servers.v[0].sa.u.in6.sin6_scope_id, 1);
	ck_assert_uint_eq(conf.notes.n, 0);
	conf_resolv_fini(&conf);
}
END_TEST

#define GLIBC_REST \
	" l ::1/128=0 ::/96=3 ::ffff:0.0.0.0/96=4 2001::/32=7 2002::/16=2 fec0::/10=5 fc00::/7=6 ::/0=1"
#define GLIBC_SCOPES " s a9fe0000/ffff0000=2 7f000000/ff000000=2 0/0=14"

static const struct {
	const char *text, *want;
} gai_cases[] = {
	{ "", "p ::1/128=50 ::/96=20 ::ffff:0.0.0.0/96=10 2002::/16=30 ::/0=40" GLIBC_REST
		      GLIBC_SCOPES },
	{ "# label ::1/128 0\nreload no\n",
	  "p ::1/128=50 ::/96=20 ::ffff:0.0.0.0/96=10 2002::/16=30 ::/0=40" GLIBC_REST
		  GLIBC_SCOPES },
	{ "precedence ::ffff:0:0/96 100\n",
	  "p ::ffff:0.0.0.0/96=100 ::/0=40 own" GLIBC_REST GLIBC_SCOPES
	  "; 1:1 precedence lines replace glibc's whole table" },
	{ "precedence ::1/128 50\nprecedence ::/0 40\nprecedence 2002::/16 30\n"
	  "precedence ::/96 20\n\tprecedence  ::ffff:0:0/96\t100 # x\nreload yes\n",
	  "p ::1/128=50 ::/96=20 ::ffff:0.0.0.0/96=100 2002::/16=30 ::/0=40 own" GLIBC_REST
		  GLIBC_SCOPES " reload" },
	{ "precedence fc00::/7 1\nprecedence fc00::/7 2\nprecedence fd00::/8 +3\n"
	  "precedence ::/0 0\n",
	  "p fd00::/8=3 fc00::/7=1 fc00::/7=2 ::/0=0 own" GLIBC_REST GLIBC_SCOPES
	  "; 1:1 precedence lines replace glibc's whole table" },
	{ "scopev4 10.0.0.0/8 5\nscopev4 ::ffff:192.168.0.0/112 5\n",
	  "p ::1/128=50 ::/96=20 ::ffff:0.0.0.0/96=10 2002::/16=30 ::/0=40" GLIBC_REST
	  " s c0a80000/ffff0000=5 a000000/ff000000=5 0/0=14 own" },
	{ "scopev4 10.1.2.3/8 5\nscopev4 ::ffff:0:0/96 3\n",
	  "p ::1/128=50 ::/96=20 ::ffff:0.0.0.0/96=10 2002::/16=30 ::/0=40" GLIBC_REST
	  " s a000000/ff000000=5 0/0=3 own" },
	{ "precedence 10.0.0.0/8 1\nprecedence ::/129 1\nprecedence ::/x 1\nlabel ::1/128 -1\n"
	  "label ::1/128 2147483648\nlabel x 1\nscopev4 ::1/128 2\nscopev4 10.0.0.0/33 2\n"
	  "reload maybe\nfoo\n",
	  "p ::1/128=50 ::/96=20 ::ffff:0.0.0.0/96=10 2002::/16=30 ::/0=40" GLIBC_REST GLIBC_SCOPES
	  "; 1:12 \"10.0.0.0/8\" is no IPv6 prefix (IPv4 is written as "
	  "; 2:12 \""
	  "; 3:12 \""
	  "; 4:15 \"-1\" is no number from 0 to 2147483647"
	  "; 5:15 \"2147483648\" is no number from 0 to 2147483647"
	  "; 6:7 \"x\" is no IPv6 prefix (IPv4 is written as "
	  "; 7:9 \""
	  "; 8:9 \"10.0.0.0/33\" is no IPv4 prefix"
	  "; 9:8 neither \"yes\" nor \"no\""
	  "; 10:1 there is no \"foo\"" },
	{ "label ::/0 1 2\nlabel ::1/128\nlabel ::2 3\n",
	  "p ::1/128=50 ::/96=20 ::ffff:0.0.0.0/96=10 2002::/16=30 ::/0=40 l ::1/128=0 ::2/128=3 "
	  "::/0=1 own" GLIBC_SCOPES
	  "; 1:14 what follows is ignored; 2:14 no value; 3:7 no prefix length"
	  "; 1:1 label lines replace glibc's whole table" },
};

static void add_prefixes(struct buf *b, const struct conf_prefixes *table)
{
	for (size_t i = 0; i < table->n; i++) {
		struct ip ip = { .family = 6 };
		char text[IP_STRLEN];

		memcpy(ip.b, &table->v[i].prefix, sizeof(ip.b));
		buf_printf(b, " %s/%u=%d", ip_format(&ip, text), table->v[i].bits,
			   table->v[i].value);
	}
}

static void add_gai(struct buf *b, const struct conf_gai *conf)
{
	buf_addc(b, 'p');
	add_prefixes(b, &conf->precedences);
	buf_adds(b, conf->own_precedences ? " own" : "");
	buf_adds(b, " l");
	add_prefixes(b, &conf->labels);
	buf_adds(b, conf->own_labels ? " own" : "");
	buf_adds(b, " s");
	for (size_t i = 0; i < conf->scopes.n; i++)
		buf_printf(b, " %x/%x=%d", conf->scopes.v[i].address, conf->scopes.v[i].mask,
			   conf->scopes.v[i].value);
	buf_adds(b, conf->own_scopes ? " own" : "");
	buf_adds(b, conf->reload ? " reload" : "");
	add_notes(b, &conf->notes);
}

START_TEST(gai_is_read)
{
	for (size_t i = 0; i < ARRAY_SIZE(gai_cases); i++) {
		const char *text = gai_cases[i].text;
		struct conf_gai conf;
		struct buf b = { 0 };

		conf_gai_parse(&conf, text, strlen(text));
		add_gai(&b, &conf);
		same(&b, gai_cases[i].want, text);
		conf_gai_fini(&conf);
	}
}
END_TEST

START_TEST(what_gai_lines_replace_is_named)
{
	static const char text[] = "precedence ::ffff:0:0/96 100\nprecedence ::1/128 50\n";
	struct conf_gai conf;

	conf_gai_parse(&conf, text, strlen(text));
	ck_assert_uint_eq(conf.notes.n, 1);
	ck_assert_str_eq(conf.notes.v[0].text,
			 "precedence lines replace glibc's whole table: without lines of their own "
			 "::/96, 2002::/16 fall under others");
	conf_gai_fini(&conf);
}
END_TEST

static int value_of(const struct conf_prefixes *table, const char *address)
{
	struct in6_addr in6;

	ck_assert_int_eq(inet_pton(AF_INET6, address, &in6), 1);
	return conf_gai_match(table, &in6)->value;
}

/* RFC 6724 section 2.1, musl's, and glibc's own. */
START_TEST(tables_are_built_in)
{
	struct conf_gai glibc, musl, rfc;

	conf_gai_parse(&glibc, "", 0);
	conf_gai_musl(&musl);
	conf_gai_rfc6724(&rfc);
	ck_assert_int_eq(value_of(&glibc.precedences, "::ffff:192.0.2.1"), 10);
	ck_assert_int_eq(value_of(&musl.precedences, "::ffff:192.0.2.1"), 35);
	ck_assert_int_eq(value_of(&rfc.precedences, "::ffff:192.0.2.1"), 35);
	ck_assert_int_eq(value_of(&glibc.precedences, "fc00::1"), 40);
	ck_assert_int_eq(value_of(&musl.precedences, "fdff::1"), 3);
	ck_assert_int_eq(value_of(&rfc.precedences, "fec0::1"), 1);
	ck_assert_int_eq(value_of(&musl.precedences, "fec0::1"), 40);
	ck_assert_int_eq(value_of(&glibc.labels, "2001:0:1::"), 7);
	ck_assert_int_eq(value_of(&rfc.labels, "2001:0:1::"), 5);
	ck_assert_int_eq(value_of(&rfc.labels, "2001:1::"), 1);
	ck_assert_int_eq(value_of(&rfc.labels, "::2"), 3);
	ck_assert_uint_eq(musl.scopes.n, 1);
	conf_gai_fini(&glibc);
	conf_gai_fini(&musl);
	conf_gai_fini(&rfc);
}
END_TEST

static char *write_file(const char *text)
{
	char *path = xstrdup("/tmp/check_conf.XXXXXX");
	int fd = mkstemp(path);

	ck_assert_int_ge(fd, 0);
	ck_assert(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
	return path;
}

START_TEST(files_are_read)
{
	char *path = write_file("nameserver ::1\nhosts: x\nreload yes\n");
	struct conf_resolv resolv;
	struct conf_gai gai;
	struct nsswitch n;
	struct err err = { 0 };

	ck_assert_int_eq(conf_resolv_read(&resolv, path, NULL, &err), 0);
	ck_assert_int_eq(conf_gai_read(&gai, path, &err), 0);
	ck_assert_int_eq(nsswitch_read(&n, path, "hosts", "files", &err), 0);
	ck_assert(!resolv.missing && !gai.missing && gai.reload);
	ck_assert_uint_eq(resolv.servers.v[0].line, 1);
	ck_assert_uint_eq(n.line, 2);
	conf_resolv_fini(&resolv);
	conf_gai_fini(&gai);
	nsswitch_fini(&n);
	unlink(path);
	ck_assert_int_eq(conf_resolv_read(&resolv, path, NULL, &err), 0);
	ck_assert_int_eq(conf_gai_read(&gai, path, &err), 0);
	ck_assert_int_eq(nsswitch_read(&n, path, "hosts", "files", &err), 0);
	ck_assert(resolv.missing && gai.missing);
	ck_assert_uint_eq(resolv.servers.v[0].line, 0);
	ck_assert_uint_eq(n.line, 0);
	conf_resolv_fini(&resolv);
	conf_gai_fini(&gai);
	nsswitch_fini(&n);
	ck_assert_int_eq(conf_resolv_read(&resolv, "/", NULL, &err), -1);
	ck_assert_int_eq(err.kind, ERR_SYSTEM);
	ck_assert_int_eq(conf_gai_read(&gai, "/", &err), -1);
	ck_assert_int_eq(nsswitch_read(&n, "/", "hosts", NULL, &err), -1);
	conf_resolv_fini(&resolv);
	conf_gai_fini(&gai);
	nsswitch_fini(&n);
	free(path);
}
END_TEST

START_TEST(notes_are_not_endless)
{
	struct conf_resolv conf;
	struct buf b = { 0 };

	buf_fill(&b, 'x', 10);
	for (int i = 0; i < 3 * NOTE_MAX; i++)
		buf_adds(&b, "\nx");
	conf_resolv_parse(&conf, b.data, b.len, NULL);
	ck_assert_uint_eq(conf.notes.n, NOTE_MAX);
	conf_resolv_fini(&conf);
	buf_fini(&b);
}
END_TEST

UNIT_MAIN("conf", nsswitch_is_read, nsswitch_says_what_is_written, resolv_is_read,
	  a_zone_is_an_interface, gai_is_read, what_gai_lines_replace_is_named, tables_are_built_in,
	  files_are_read, notes_are_not_endless)
