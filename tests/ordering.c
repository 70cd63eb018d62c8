/* SPDX-License-Identifier: MIT */
/*
 * ordering.c - does libc order addresses as dns/order.h says?
 *
 *	ordering check HOSTS GAI   asks libc for each name in the file HOSTS, of lines
 *	                           "ADDRESS NAME" which /etc/hosts has too, and sorts what the file
 *	                           says itself; GAI is what /etc/gai.conf has.  Prints what differs,
 *	                           the rule that decides between two addresses of a name, and how
 *	                           often each rule decided; status 1 if anything differs
 *	ordering tunnel NAME       makes an interface NAME that looks like a tunnel
 */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef __linux__
#include <linux/if.h>
#include <linux/if_arp.h>
#include <linux/if_tun.h>
#include <sys/ioctl.h>
#endif

#include "base/io.h"
#include "base/macros.h"
#include "base/str.h"
#include "dns/gai.h"
#include "dns/order.h"
#include "net/endpoint.h"

enum {
	RULES = ORDER_UNCHANGED + 1
};

struct line {
	char *name;
	struct sa sa;
};

struct test {
	struct lines VEC(struct line) lines;
	struct conf_gai gai;
	unsigned decided[RULES];
	unsigned names, addresses, failures;
};

static bool read_hosts(struct test *t, const char *path, struct err *err)
{
	struct buf text = { 0 };
	char *s, *next, *name;
	int rc = io_read_file(&text, path, err);

	if (rc <= 0)
		return false;
	(void)buf_str(&text);
	for (s = text.data; (next = strchr(s, '\n')); s = next + 1) {
		struct endpoint ep;
		struct line *line;

		*next = '\0';
		name = strchr(s, ' ');
		if (!name)
			continue;
		*name++ = '\0';
		line = vec_push(&t->lines);
		line->name = xstrdup(name);
		if (endpoint_parse_address(&ep, s, strlen(s), 0, err) < 0 ||
		    sa_from_endpoint(&line->sa, &ep, err) < 0)
			return false;
	}
	buf_fini(&text);
	return true;
}

static void print(const struct test *t, const struct order *o, const size_t *index,
		  const char *name)
{
	struct buf b = { 0 };
	char text[SA_STRLEN];

	printf("%s:\n", name);
	for (size_t i = 0; i < o->rows.n; i++) {
		const struct order_row *row = &o->rows.v[index ? index[i] : i];

		b.len = 0;
		if (i)
			order_why(&b, o, index ? index[i - 1] : i - 1, index ? index[i] : i);
		printf("  %-28s", sa_format_host(&row->sa, text));
		printf(" from %-28s", row->has_source ? sa_format_host(&row->source, text) : "-");
		printf(" scope %d/%d label %d/%d prec %d dep %d home %d native %d if %u/%u common %u"
		       "  %s\n",
		       row->scope, row->source_scope, row->label, row->source_label,
		       row->precedence, row->deprecated, row->home, row->native, row->ifindex,
		       row->source_bits, row->common, buf_str(&b));
	}
	(void)t;
	buf_fini(&b);
}

static bool has(const struct order *o, const struct sa *sa)
{
	for (size_t i = 0; i < o->rows.n; i++)
		if (sa_equal(&o->rows.v[i].sa, sa))
			return true;
	return false;
}

/* The lines of NAME in the order of the file, as libc reads them before it sorts; not all. */
static void from_file(const struct test *t, struct order *o, const char *name,
		      const struct order *libcs)
{
	for (size_t i = 0; i < t->lines.n; i++)
		if (strcmp(t->lines.v[i].name, name) == 0 && has(libcs, &t->lines.v[i].sa))
			order_add(o, &t->lines.v[i].sa);
	order_measure(o);
}

static bool same(const struct order *ours, const size_t *index, const struct order *libcs)
{
	if (ours->rows.n != libcs->rows.n)
		return false;
	for (size_t i = 0; i < ours->rows.n; i++)
		if (!sa_equal(&ours->rows.v[index[i]].sa, &libcs->rows.v[i].sa))
			return false;
	return true;
}

/* order_check() must see it when two rows that a rule has put in order change places. */
static bool sees_swaps(const struct order *libcs)
{
	struct order swapped = *libcs;
	enum order_rule rule;
	bool good = true;

	for (size_t i = 1; i < swapped.rows.n && good; i++) {
		struct order_row row = swapped.rows.v[i];

		if (order_compare(&swapped, i - 1, i, NULL) == ORDER_UNCHANGED)
			continue;
		swapped.rows.v[i] = swapped.rows.v[i - 1];
		swapped.rows.v[i - 1] = row;
		good = order_check(&swapped, &rule) != 0;
		row = swapped.rows.v[i];
		swapped.rows.v[i] = swapped.rows.v[i - 1];
		swapped.rows.v[i - 1] = row;
	}
	return good;
}

static void check_name(struct test *t, const char *name)
{
	struct order ours = { .libc = order_libc(), .gai = &t->gai }, libcs = ours;
	struct gai_hints hints = { .socktype = SOCK_STREAM };
	struct gai_rows rows = { 0 };
	enum order_rule rule;
	struct err err;
	size_t *index, wrong;

	if (gai_lookup(&rows, name, NULL, &hints, &err) < 0) {
		printf("%s\n", err.text); /* all of its lines are of no use to libc */
		t->failures += err.kind != ERR_NEGATIVE;
		return;
	}
	for (size_t i = 0; i < rows.n; i++)
		order_add(&libcs, &rows.v[i].sa);
	order_measure(&libcs);
	from_file(t, &ours, name, &libcs);
	index = xcalloc(ours.rows.n + 1, sizeof(*index));
	order_sort(&ours, index);
	wrong = order_check(&libcs, &rule);
	if (!same(&ours, index, &libcs) || wrong || !sees_swaps(&libcs)) {
		t->failures++;
		printf("MISMATCH at %zu\nours, ", wrong);
		print(t, &ours, index, name);
		printf("libc's, ");
		print(t, &libcs, NULL, name);
	}
	if (libcs.rows.n == 2)
		printf("%s rule %d\n", name, (int)order_compare(&libcs, 0, 1, NULL));
	for (size_t i = 1; i < libcs.rows.n; i++)
		t->decided[order_compare(&libcs, i - 1, i, NULL)]++;
	t->names++;
	t->addresses += (unsigned)libcs.rows.n;
	if (getenv("ORDERING_SHOW"))
		print(t, &libcs, NULL, name);
	free(index);
	gai_fini(&rows);
	order_fini(&ours);
	order_fini(&libcs);
}

static int check(const char *hosts, const char *gai)
{
	struct test t = { 0 };
	struct err err;

	if (!read_hosts(&t, hosts, &err) || order_tables(&t.gai, order_libc(), gai, &err) < 0) {
		fprintf(stderr, "ordering: %s\n", err.text);
		return EXIT_FAILURE;
	}
	for (size_t i = 0; i < t.lines.n; i++)
		if (i == 0 || strcmp(t.lines.v[i].name, t.lines.v[i - 1].name) != 0)
			check_name(&t, t.lines.v[i].name);
	printf("libc %s\n", order_libc() == ORDER_GLIBC ? "glibc" : "other");
	printf("names %u addresses %u failures %u\n", t.names, t.addresses, t.failures);
	for (int i = 1; i < RULES; i++)
		printf("rule %d decided %u\n", i, t.decided[i]);
	for (size_t i = 0; i < t.lines.n; i++)
		free(t.lines.v[i].name);
	vec_fini(&t.lines);
	conf_gai_fini(&t.gai);
	return t.names == 0 || t.failures ? EXIT_FAILURE : EXIT_SUCCESS;
}

static int make_tunnel(const char *name)
{
#ifdef TUNSETLINK
	struct ifreq request = { .ifr_flags = IFF_TUN | IFF_NO_PI };
	int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);

	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", name);
	if (fd >= 0 && ioctl(fd, TUNSETIFF, &request) == 0 &&
	    ioctl(fd, TUNSETLINK, ARPHRD_SIT) == 0 && ioctl(fd, TUNSETPERSIST, 1) == 0)
		return EXIT_SUCCESS;
	fprintf(stderr, "ordering: %s: %s\n", name, strerror(errno));
#else
	(void)name;
#endif
	return EXIT_FAILURE;
}

int main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[1], "check") == 0)
		return check(argv[2], argv[3]);
	if (argc == 3 && strcmp(argv[1], "tunnel") == 0)
		return make_tunnel(argv[2]);
	fprintf(stderr, "usage: ordering check HOSTS GAI | ordering tunnel NAME\n");
	return 2;
}
