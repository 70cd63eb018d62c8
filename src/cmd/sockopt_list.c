/* SPDX-License-Identifier: MIT */
/* sockopt_list.c - netipc sockopt list: the table of options itself */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/str.h"
#include "cmd/sockopt_shared.h"

static const struct opt list_opts[] = { OPT_END };

enum {
	LIST_LEVEL,
	LIST_OPTION,
	LIST_NUMBER,
	LIST_TYPE,
	LIST_GET,
	LIST_SET,
	LIST_SINCE,
	LIST_C_TYPE,
	LIST_CAPABILITY,
	LIST_SYSCTL,
	LIST_DEFAULT,
	LIST_UNIT,
	LIST_EFFECT,
	LIST_MEANING,
	LIST_ERROR,
};

static const struct out_col list_cols[] = {
	[LIST_LEVEL] = { "level", OUT_STR, "the level: SOL_SOCKET or a protocol", false },
	[LIST_OPTION] = { "option", OUT_STR, "the option", false },
	[LIST_NUMBER] = { "number", OUT_INT, "its number on this system", false },
	[LIST_TYPE] = { "type", OUT_STR, "how its value is read", false },
	[LIST_GET] = { "get", OUT_BOOL, "getsockopt(2) gives it", false },
	[LIST_SET] = { "set", OUT_BOOL, "setsockopt(2) takes it", false },
	[LIST_SINCE] = { "since", OUT_STR, "the Linux version that brought it", false },
	[LIST_C_TYPE] = { "c_type", OUT_STR, "the C type that the calls take", true },
	[LIST_CAPABILITY] = { "capability", OUT_STR, "what setting it needs", true },
	[LIST_SYSCTL] = { "sysctl", OUT_ANY, "the sysctls behind it, as they are now", true },
	[LIST_DEFAULT] = { "default", OUT_ANY, "what a fresh socket has", true },
	[LIST_UNIT] = { "unit", OUT_STR, "what a number in JSON counts", true },
	[LIST_EFFECT] = { "effect", OUT_STR, "what reading it does", true },
	[LIST_MEANING] = { "meaning", OUT_STR, "what it is for", false },
	[LIST_ERROR] = { "error", OUT_STR, "why there is nothing to list", true },
};

/*
 * Fresh sockets that options are read of, each opened when it is first needed; of the families
 * that no module has to be loaded for.
 */
static const struct own_kind kinds[] = {
	{ AF_INET, SOCK_STREAM, 0 }, { AF_INET6, SOCK_STREAM, 0 },
	{ AF_INET, SOCK_DGRAM, 0 },  { AF_UNIX, SOCK_STREAM, 0 },
#ifdef AF_NETLINK
	{ AF_NETLINK, SOCK_RAW, 0 },
#endif
};

struct list {
	struct cli *cli;
	struct out *o;
	struct rules_env env;
	struct {
		bool tried;
		int fd;
		struct own_kind kind;
	} fresh[ARRAY_SIZE(kinds)];
};

static void close_fresh(struct list *l)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (l->fresh[i].tried && l->fresh[i].fd >= 0)
			close(l->fresh[i].fd);
}

/* The fresh socket number I, or -1 if there can be none. */
static int fresh_socket(struct list *l, size_t i)
{
	struct err ignored;

	if (!l->fresh[i].tried) {
		l->fresh[i].tried = true;
		l->fresh[i].fd = own_open(&kinds[i], &ignored);
		own_kind(l->fresh[i].fd, &l->fresh[i].kind);
	}
	return l->fresh[i].fd;
}

/* What the first kind of socket that has ROW has for it. */
static void out_default(struct list *l, const struct option_row *row)
{
	struct value v;

	if (!out_wants(l->o, LIST_DEFAULT) || !own_reads(row) ||
	    (row->flags & OPTION_DYNAMIC && !(row->flags & OPTION_SET)))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		int fd = fresh_socket(l, i);
		const struct own_kind *kind = &l->fresh[i].kind;

		if (fd >= 0 && option_applies(row, kind->family, kind->type, kind->protocol) &&
		    option_get(fd, row, &v) == 0) {
			sockopt_out_value(l->o, LIST_DEFAULT, &v);
			return;
		}
	}
}

/* "net.core.rmem_max=4194304, net.ipv4.tcp_rmem=4096 131072 33554432"; in JSON an object. */
static void out_sysctls(struct list *l, const struct option_row *row)
{
	enum {
		MOST = 8
	};
	struct buf text = { 0 }, json = { 0 }, value = { 0 };
	const char *names[MOST];
	size_t n;

	if (!out_wants(l->o, LIST_SYSCTL))
		return;
	n = rules_sysctls(row, names, MOST);
	for (size_t i = 0; i < n && i < MOST; i++) {
		value.len = 0;
		buf_printf(&text, "%s%s", i ? ", " : "", names[i]);
		buf_printf(&json, "%s\"%s\":", i ? "," : "{", names[i]);
		if (rules_sysctl(&value, names[i], &l->env)) {
			buf_printf(&text, "=%s", buf_str(&value));
			str_json(&json, value.data, value.len);
		} else {
			buf_adds(&json, "null");
		}
	}
	buf_addc(&json, '}');
	if (n)
		out_raw(l->o, LIST_SYSCTL, buf_str(&text), buf_str(&json));
	buf_fini(&text);
	buf_fini(&json);
	buf_fini(&value);
}

static int list_one(struct list *l, const struct option_row *row)
{
	struct out *o = l->o;

	out_str(o, LIST_LEVEL, option_level(row)->name);
	out_str(o, LIST_OPTION, option_name(row));
	if (row->number >= 0)
		out_int(o, LIST_NUMBER, row->number);
	if (!(row->flags & (OPTION_UNKNOWN | OPTION_UNNAMED))) {
		out_str(o, LIST_TYPE, value_type_name(row->type));
		out_str(o, LIST_C_TYPE, value_type_c(row->type));
		sockopt_out_yes(o, LIST_GET, row->flags & OPTION_GET);
		sockopt_out_yes(o, LIST_SET, row->flags & OPTION_SET);
	}
	sockopt_out_known(o, LIST_SINCE, option_since(row));
	sockopt_out_known(o, LIST_CAPABILITY, option_capability(row));
	out_sysctls(l, row);
	out_default(l, row);
	if (!(row->flags & OPTION_UNKNOWN))
		out_str(o, LIST_UNIT, value_type_unit(row->type));
	if (out_wants(o, LIST_EFFECT))
		out_str(o, LIST_EFFECT, option_effect(row));
	sockopt_out_known(o, LIST_MEANING, option_meaning(row));
	return out_row(o, &l->cli->err);
}

/* What TEXT names, of every level. */
static int find(struct option_list *list, const char *text, struct err *err)
{
	if (strchr(text, ':'))
		return sockset_find(list, text, err);
	return options_find(list, text) ? 0 : sockset_unknown(text, ERR_NEGATIVE, err);
}

static int list_operand(struct list *l, const struct cli_operand *operand)
{
	struct option_list list = { 0 };
	struct err err;
	int rc = 0;

	if (cli_operand_check(operand, &err) < 0 || find(&list, operand->text, &err) < 0)
		rc = sockopt_reject(l->cli, l->o, operand, LIST_OPTION, LIST_ERROR, &err);
	for (size_t i = 0; i < list.n && rc == 0; i++)
		rc = list_one(l, list.v[i]);
	vec_fini(&list);
	return rc;
}

static int list_run(struct cli *cli, const void *options UNUSED, int argc, char **argv)
{
	struct list l = { .cli = cli, .env = sockopt_rules_env() };
	struct cli_operand operand;
	const struct option_row *rows;
	int index = 0, rc = 0;
	size_t n;

	if (argc == 0 && cli_no_shard(cli) < 0)
		return -1;
	l.o = cli_out(cli, false);
	if (!l.o)
		return -1;
	rows = options_all(&n);
	for (size_t i = 0; argc == 0 && i < n && rc == 0; i++)
		rc = list_one(&l, &rows[i]);
	while (rc == 0 && (rc = cli_next(cli, argc, argv, &index, &operand)) > 0)
		rc = list_operand(&l, &operand);
	close_fresh(&l);
	return out_close(l.o, &cli->err) < 0 ? -1 : rc;
}

const struct command sockopt_verb_list = {
	.name = "list",
	.summary = "list the socket options that are known",
	.operands = "[NAME|LEVEL]...",
	.opts = list_opts,
	.cols = list_cols,
	.ncols = ARRAY_SIZE(list_cols),
	.flags = COMMAND_RECORDS | COMMAND_BATCH,
	.words = sockset_words_names,
	.run = list_run,
};
