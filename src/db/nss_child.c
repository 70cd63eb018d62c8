/* SPDX-License-Identifier: MIT */
/* nss_child.c - the process that asks the name service */
#include <errno.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/compat.h"
#include "base/io.h"
#include "base/str.h"
#include "db/db.h"
#include "db/libc.h"
#include "db/nss_impl.h"

enum {
	GRACE_S = 5, /* the parent ends a child that hangs; its own alarm if there is no parent */
	LONGEST_S = 86400,
};

bool db_nss_has_modules(void)
{
	return compat_has_nss();
}

/* Zones are numbers in a sockaddr. */
static const char *zone_of(struct db *db, uint32_t scope)
{
	char name[IF_NAMESIZE + 16];

	if (scope == 0)
		return NULL;
	if (!if_indextoname(scope, name))
		snprintf(name, sizeof(name), "%u", (unsigned)scope);
	return arena_copy(&db->memory, name, strlen(name));
}

static bool set_addr(struct db *db, struct db_addr *addr, const struct sockaddr *sa)
{
	struct sockaddr_in in;
	struct sockaddr_in6 in6;

	*addr = (struct db_addr){ .zone = NULL };
	if (sa->sa_family == AF_INET) {
		memcpy(&in, sa, sizeof(in));
		addr->ip.family = 4;
		memcpy(addr->ip.b, &in.sin_addr, sizeof(in.sin_addr));
	} else if (sa->sa_family == AF_INET6) {
		memcpy(&in6, sa, sizeof(in6));
		addr->ip.family = 6;
		memcpy(addr->ip.b, &in6.sin6_addr, sizeof(in6.sin6_addr));
		addr->zone = zone_of(db, in6.sin6_scope_id);
	}
	return addr->ip.family != 0;
}

static void add_host(struct db *db, const struct addrinfo *list)
{
	const char *name = list->ai_canonname ? list->ai_canonname : "";
	struct db_row *row = vec_push(&db->rows);
	struct db_addr *addrs;
	size_t n = 0;

	for (const struct addrinfo *ai = list; ai; ai = ai->ai_next)
		n++;
	addrs = arena_alloc(&db->memory, n * sizeof(*addrs));
	n = 0;
	for (const struct addrinfo *ai = list; ai; ai = ai->ai_next)
		n += set_addr(db, &addrs[n], ai->ai_addr);
	*row = (struct db_row){ .name = arena_copy(&db->memory, name, strlen(name)) };
	row->u.host.addrs = addrs;
	row->u.host.naddrs = n;
}

/* Both families, where gethostbyname(3) has one. */
static int find_host(struct db *db, const struct db_key *key, struct err *err)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_CANONNAME };
	struct addrinfo *list;
	char show[STR_SHOW];
	int rc = getaddrinfo(key->name, NULL, &hints, &list), cause = errno;
	bool none = rc == EAI_NONAME;

#ifdef EAI_NODATA
	none |= rc == EAI_NODATA;
#endif
	if (rc == 0) {
		add_host(db, list);
		freeaddrinfo(list);
		return 0;
	}
	str_show(show, key->text);
	errno = cause;
	if (rc == EAI_SYSTEM && cause)
		return err_sys(err, "getaddrinfo \"%s\"", show);
	return err_set(err, none ? ERR_NEGATIVE : ERR_SYSTEM, "getaddrinfo \"%s\": %s", show,
		       gai_strerror(rc));
}

/* The last row of DB is there already. */
static bool is_repeated(const struct db *db)
{
	const struct db_row *last = &db->rows.v[db->rows.n - 1];

	for (size_t i = 0; i + 1 < db->rows.n; i++) {
		const struct db_row *row = &db->rows.v[i];

		if (strcmp(row->name, last->name) == 0 &&
		    row->u.service.port == last->u.service.port &&
		    strcmp(row->u.service.protocol, last->u.service.protocol) == 0)
			return true;
	}
	return false;
}

/* The calls give the first match only: they are asked for each protocol that has ports. */
static int find_services(struct db *db, struct db_key *key, struct err *err)
{
	static const char *const protocols[] = { NULL, "tcp", "udp", "sctp", "dccp" };
	struct err ignored;

	for (size_t i = 0; i < ARRAY_SIZE(protocols); i++) {
		key->protocol = protocols[i];
		if (db->type->libc->find(db, key, i ? &ignored : err) == 0 && is_repeated(db))
			db->rows.n--;
	}
	return db->rows.n ? 0 : -1;
}

static int find(struct db *db, struct db_key *key, struct err *err)
{
	bool host = db->type == &db_hosts;
	bool single = key->kind == DB_KEY_NAME || key->kind == DB_KEY_NUMBER;

	if (host && key->kind == DB_KEY_NAME)
		return find_host(db, key, err);
	if (db->type == &db_services && single && !key->protocol)
		return find_services(db, key, err);
	if (host)
		key->addr.zone = NULL; /* gethostbyaddr(3) knows none */
	return db->type->libc->find(db, key, err);
}

/* QUESTION is a string. */
static int answer(struct db *db, const char *question, struct err *err)
{
	struct db_key key;
	int rc;

	if (*question == 'l') {
		db_libc_begin(db, false);
		db_libc_list(db);
		db_libc_end(db);
		return db->rows.n ? 0 : err_set(err, ERR_NEGATIVE, "it lists nothing");
	}
	if (db_key_parse(&key, db->type, question + 1, err) < 0)
		return -1;
	rc = find(db, &key, err);
	db_key_fini(&key);
	return rc;
}

static void put_rows(struct buf *out, const struct db *db)
{
	for (size_t i = 0; i < db->rows.n; i++) {
		const struct db_row *row = &db->rows.v[i];

		if (db->type != &db_hosts || row->u.host.naddrs)
			(void)nss_put_row(out, db->type, row); /* a longer one is no one's entry */
	}
	nss_put_end(out);
}

static bool receive(int fd, void *to, size_t n)
{
	size_t done = 0;

	while (done < n) {
		ssize_t got = read(fd, (char *)to + done, n - done);

		if (got == 0 || (got < 0 && errno != EINTR))
			return false;
		done += got > 0 ? (size_t)got : 0;
	}
	return true;
}

static void set_alarm(const struct db_nss *nss)
{
	uint64_t seconds = nss->timeout_ns / CLOCK_S;

	alarm(GRACE_S + (unsigned)(seconds < LONGEST_S ? seconds : LONGEST_S));
}

/* One question and its answer, which is FAULT if that is an error. */
static bool serve(int fd, const struct db_nss *nss, const struct err *fault)
{
	struct buf question = { 0 }, out = { 0 };
	struct err err = *fault;
	struct db db;
	uint32_t len;
	bool ok = receive(fd, &len, sizeof(len)) && len > 0 && len <= NSS_KEY_MAX + 1 &&
		  receive(fd, buf_reserve(&question, len), len);

	db_init(&db, nss->type);
	if (ok) {
		question.len = len;
		set_alarm(nss);
		if (err.kind == ERR_NONE && answer(&db, buf_str(&question), &err) == 0)
			put_rows(&out, &db);
		else
			nss_put_error(&out, &err);
		ok = io_send_all(fd, out.data, out.len);
		alarm(0);
	}
	db_fini(&db);
	buf_fini(&question);
	buf_fini(&out);
	return ok;
}

static void no_module(struct err *fault)
{
	int code = errno;

	if (code == ENOENT)
		(void)err_set(fault, ERR_SYSTEM, "there is no such module");
	else
		(void)err_sys(fault, "choose the module");
	fault->code = code;
}

void nss_child(int fd, const struct db_nss *nss)
{
	struct err fault = { 0 };

	io_detach();
	set_alarm(nss);
	if (nss->module && compat_nss_only(nss->type->database, nss->module) < 0)
		no_module(&fault);
	while (serve(fd, nss, &fault))
		continue;
	_exit(0);
}
