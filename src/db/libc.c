/* SPDX-License-Identifier: MIT */
#include "db/libc.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <string.h>

#include "base/str.h"
#include "db/db.h"

/* A row with copies of NAME and of the NULL-terminated list ALIASES, either of which may be NULL.
 */
static struct db_row *add_row(struct db *db, const char *name, char *const *aliases)
{
	struct db_row *row = vec_push(&db->rows);
	const char **copy;
	size_t n = 0;

	while (aliases && aliases[n])
		n++;
	copy = arena_alloc(&db->memory, n * sizeof(*copy));
	for (size_t i = 0; i < n; i++)
		copy[i] = arena_copy(&db->memory, aliases[i], strlen(aliases[i]));
	*row = (struct db_row){
		.name = arena_copy(&db->memory, name ? name : "", name ? strlen(name) : 0),
		.aliases = copy,
		.naliases = n,
	};
	return row;
}

/* ERR_NEGATIVE unless FOUND; the text says which call was asked. */
static int answer(const struct db *db, bool found, const struct db_key *key, struct err *err)
{
	char show[STR_SHOW];

	if (found)
		return 0;
	return err_set(err, ERR_NEGATIVE, "no %s \"%s\" (%s)", db->type->what,
		       str_show(show, key->text), db->call);
}

static bool add_host(struct db *db, const struct hostent *h)
{
	struct db_addr *addrs;
	struct db_row *row;
	size_t n = 0;

	if (!h)
		return false;
	while (h->h_addr_list[n])
		n++;
	addrs = arena_alloc(&db->memory, n * sizeof(*addrs));
	for (size_t i = 0; i < n; i++) {
		addrs[i] = (struct db_addr){ .ip.family = h->h_addrtype == AF_INET6 ? 6 : 4 };
		memcpy(addrs[i].ip.b, h->h_addr_list[i], ip_size(&addrs[i].ip));
	}
	row = add_row(db, h->h_name, h->h_aliases);
	row->u.host.addrs = addrs;
	row->u.host.naddrs = n;
	return true;
}

static bool next_host(struct db *db)
{
	return add_host(db, gethostent());
}

/* No call finds more than one entry: the list does, with all else left out. */
static int find_in_list(struct db *db, const struct db_key *key, struct err *err)
{
	db->call = db->type->libc->list_call;
	db->type->libc->set(db->stayopen); /* the list begins at its first entry again */
	while (db->type->libc->next(db))
		if (!db->type->matches(&db->rows.v[db->rows.n - 1], key))
			db->rows.n--;
	return answer(db, db->rows.n != 0, key, err);
}

/* What h_errno says, and what it means for the status. */
static const struct {
	int code;
	const char *name;
	enum err_kind kind;
} host_errors[] = {
	{ HOST_NOT_FOUND, "HOST_NOT_FOUND", ERR_NEGATIVE },
	{ NO_DATA, "NO_DATA", ERR_NEGATIVE },
	{ TRY_AGAIN, "TRY_AGAIN", ERR_SYSTEM },
	{ NO_RECOVERY, "NO_RECOVERY", ERR_SYSTEM },
};

/* CODE is h_errno, and CAUSE the errno that is behind it if it is NETDB_INTERNAL. */
static int host_failed(const struct db *db, int code, int cause, const struct db_key *key,
		       struct err *err)
{
	const char *name = NULL;
	enum err_kind kind = ERR_SYSTEM;
	char show[STR_SHOW];

	for (size_t i = 0; i < ARRAY_SIZE(host_errors); i++) {
		if (host_errors[i].code != code)
			continue;
		name = host_errors[i].name;
		kind = host_errors[i].kind;
	}
	str_show(show, key->text);
	errno = cause;
	if (!name && cause) /* glibc does not always keep it */
		return err_sys(err, "%s \"%s\": %s (NETDB_INTERNAL)", db->call, show,
			       hstrerror(code));
	return err_set(err, kind, "%s \"%s\": %s (%s)", db->call, show, hstrerror(code),
		       name ? name : "NETDB_INTERNAL");
}

static int find_host(struct db *db, const struct db_key *key, struct err *err)
{
	const struct ip *ip = &key->addr.ip;
	const struct hostent *h;
	char show[STR_SHOW];

	if (key->kind == DB_KEY_NETWORK)
		return find_in_list(db, key, err);
	h_errno = 0;
	if (key->kind == DB_KEY_ADDRESS) {
		if (key->addr.zone)
			return err_set(err, ERR_USAGE, "\"%s\": gethostbyaddr knows no zone",
				       str_show(show, key->text));
		db->call = "gethostbyaddr";
		h = gethostbyaddr(ip->b, (socklen_t)ip_size(ip),
				  ip->family == 4 ? AF_INET : AF_INET6);
	} else {
		db->call = "gethostbyname";
		h = gethostbyname(key->name);
	}
	return add_host(db, h) ? 0 : host_failed(db, h_errno, errno, key, err);
}

const struct db_libc db_libc_hosts = {
	"sethostent(1)", "gethostent", sethostent, endhostent, next_host, find_host,
};

static bool add_protocol(struct db *db, const struct protoent *p)
{
	if (!p)
		return false;
	add_row(db, p->p_name, p->p_aliases)->u.protocol.number = (uint32_t)p->p_proto;
	return true;
}

static bool next_protocol(struct db *db)
{
	return add_protocol(db, getprotoent());
}

static int find_protocol(struct db *db, const struct db_key *key, struct err *err)
{
	const struct protoent *p;

	if (key->kind == DB_KEY_NUMBERS)
		return find_in_list(db, key, err);
	if (key->kind == DB_KEY_NUMBER) {
		db->call = "getprotobynumber";
		p = getprotobynumber((int)key->number);
	} else {
		db->call = "getprotobyname";
		p = getprotobyname(key->name);
	}
	return answer(db, add_protocol(db, p), key, err);
}

const struct db_libc db_libc_protocols = {
	"setprotoent(1)", "getprotoent", setprotoent, endprotoent, next_protocol, find_protocol,
};

static bool add_service(struct db *db, const struct servent *s)
{
	struct db_row *row;

	if (!s)
		return false;
	row = add_row(db, s->s_name, s->s_aliases);
	row->u.service.port = ntohs((uint16_t)s->s_port);
	row->u.service.protocol = arena_copy(&db->memory, s->s_proto ? s->s_proto : "",
					     s->s_proto ? strlen(s->s_proto) : 0);
	return true;
}

static bool next_service(struct db *db)
{
	return add_service(db, getservent());
}

static int find_service(struct db *db, const struct db_key *key, struct err *err)
{
	bool found;

	if (key->kind == DB_KEY_PROTOCOL || key->kind == DB_KEY_NUMBERS)
		return find_in_list(db, key, err);
	if (key->kind == DB_KEY_NUMBER) {
		db->call = "getservbyport";
		found = add_service(db, getservbyport(htons((uint16_t)key->number), key->protocol));
	} else {
		db->call = "getservbyname";
		found = add_service(db, getservbyname(key->name, key->protocol));
	}
	return answer(db, found, key, err);
}

const struct db_libc db_libc_services = {
	"setservent(1)", "getservent", setservent, endservent, next_service, find_service,
};

void db_libc_begin(struct db *db, bool stayopen)
{
	db->stayopen = stayopen;
	if (stayopen)
		db->type->libc->set(1);
}

void db_libc_list(struct db *db)
{
	while (db->type->libc->next(db))
		continue;
}

int db_libc_find(struct db *db, const struct db_key *key, struct err *err)
{
	db->rows.n = 0;
	arena_fini(&db->memory);
	return db->type->libc->find(db, key, err);
}

void db_libc_end(const struct db *db)
{
	db->type->libc->end();
}
