/* SPDX-License-Identifier: MIT */
#include "cmd/sockopt_shared.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/str.h"
#include "sockopt/live.h"

enum {
	UNCHOSEN = -1, /* of --type and --protocol */
};

const struct opt_choice sockopt_families[] = {
	{ "inet", AF_INET, "AF_INET" },
	{ "inet6", AF_INET6, "AF_INET6" },
	{ "unix", AF_UNIX, "AF_UNIX" },
	{ NULL, 0, NULL },
};

/* The type that goes with a protocol if none is chosen. */
static const struct {
	int protocol, type;
} natural_types[] = {
	{ 1, SOCK_RAW },     { 17, SOCK_DGRAM }, { 58, SOCK_RAW },
	{ 136, SOCK_DGRAM }, { 255, SOCK_RAW },
};

void sockopt_defaults(void *options)
{
	struct sockopt_options *opt = options;

	opt->family = AF_INET;
	opt->type = UNCHOSEN;
	opt->protocol = UNCHOSEN;
}

int sockopt_open(const struct sockopt_options *opt, struct err *err)
{
	struct own_kind kind = { opt->family, opt->type, opt->protocol };

	if (kind.type == UNCHOSEN) {
		kind.type = SOCK_STREAM;
		for (size_t i = 0; i < ARRAY_SIZE(natural_types); i++)
			if (natural_types[i].protocol == kind.protocol)
				kind.type = natural_types[i].type;
	}
	if (kind.protocol == UNCHOSEN)
		kind.protocol = 0;
	return own_open(&kind, err);
}

struct rules_env sockopt_rules_env(void)
{
	return (struct rules_env){ "/proc/sys", rules_tick_ns() };
}

void sockopt_out_yes(struct out *o, unsigned col, bool yes)
{
	out_raw(o, col, yes ? "yes" : "no", yes ? "true" : "false");
}

void sockopt_out_value(struct out *o, unsigned col, const struct value *v)
{
	struct buf text = { 0 }, json = { 0 };

	if (!out_wants(o, col))
		return;
	value_text(&text, v);
	value_json(&json, v);
	out_raw(o, col, buf_str(&text), buf_str(&json));
	buf_fini(&text);
	buf_fini(&json);
}

void sockopt_out_known(struct out *o, unsigned col, const char *text)
{
	if (*text)
		out_str(o, col, text);
}

const char *sockopt_code_name(int code)
{
	const char *name = err_code_name(code);

	return name ? name : strerror(code);
}

int sockopt_reject(struct cli *cli, struct out *o, const struct cli_operand *operand, unsigned name,
		   unsigned error, struct err *err)
{
	out_bytes(o, name, operand->text, operand->len);
	return cli_refuse(cli, o, error, operand, err);
}

static bool is_column(const char *name, const struct out_col *cols, size_t ncols)
{
	for (size_t i = 0; i < ncols; i++)
		if (strcmp(cols[i].key, name) == 0)
			return true;
	return false;
}

bool sockopt_names_options(const char *list, const struct out_col *cols, size_t ncols)
{
	struct option_list found = { 0 };
	char *names = xstrdup(list);
	bool all = true;

	for (char *s = names, *end; s && all; s = end) {
		end = strchr(s, ',');
		if (end)
			*end++ = '\0';
		all = !is_column(s, cols, ncols) && options_find(&found, s) > 0;
	}
	free(names);
	vec_fini(&found);
	return all;
}

/* The option that TEXT is or nearly is; NULL if it rather is one of COLS, misspelled. */
static const char *meant_option(const char *text, const struct out_col *cols, size_t ncols)
{
	struct option_list found = { 0 };
	bool known = options_find(&found, text) > 0;

	vec_fini(&found);
	for (size_t i = 0; i < ncols && !known; i++)
		if (str_distance(cols[i].key, text) <= 2)
			return NULL;
	return known ? text : options_nearest(text);
}

struct out *sockopt_out(struct cli *cli, bool stream)
{
	const char *list = cli->output.columns;
	struct out *o = cli_out(cli, stream);
	char *names;

	if (o || !list || cli->output.format == OUT_CLASSIC)
		return o;
	names = xstrdup(list + (*list == '+'));
	for (char *s = names, *end; s; s = end) {
		const char *meant;
		char show[STR_SHOW];

		end = strchr(s, ',');
		if (end)
			*end++ = '\0';
		if (is_column(s, cli->cmd->cols, cli->cmd->ncols))
			continue;
		meant = meant_option(s, cli->cmd->cols, cli->cmd->ncols);
		if (meant)
			err_set(&cli->err, ERR_USAGE,
				"--columns: no column \"%s\"; did you mean --options=%s?",
				str_show(show, s), meant);
		break;
	}
	free(names);
	return NULL;
}

/* A socket of the network namespace that has COOKIE is not in ours. */
static bool is_elsewhere(uint64_t cookie)
{
	static const struct own_kind kind = { AF_UNIX, SOCK_DGRAM, 0 };
	struct option_list list = { 0 };
	long long ours = 0;
	struct err ignored;
	struct value v;
	int fd;

	if (cookie == 0)
		return false;
	fd = own_open(&kind, &ignored);
	if (fd < 0)
		return false;
	if (options_find(&list, "SO_NETNS_COOKIE") == 0 || option_get(fd, list.v[0], &v) != 0 ||
	    !value_number(&v, &ours))
		ours = 0;
	close(fd);
	vec_fini(&list);
	return ours != 0 && (uint64_t)ours != cookie;
}

static struct rules_env env_of(const struct snapshot *s)
{
	struct rules_env env = sockopt_rules_env();

	if (is_elsewhere(s->cookie))
		env.sysctls = NULL;
	return env;
}

static void put_note(char note[static SOCKOPT_NOTE], struct buf *b)
{
	snprintf(note, SOCKOPT_NOTE, "%s", b->len ? buf_str(b) : "");
	buf_fini(b);
}

void sockopt_try_note(char note[static SOCKOPT_NOTE], const struct option_row *row,
		      const struct own_try *t, const struct snapshot *s)
{
	const struct own_kind kind = { s->family, s->type, s->protocol };
	struct rules_env env = env_of(s);
	struct buf b = { 0 };

	rules_why(&b, &(struct rules_case){ row, &kind, t }, &env);
	put_note(note, &b);
}

void sockopt_foretell(char note[static SOCKOPT_NOTE], const struct option_row *row,
		      const struct own_try *t, const struct snapshot *s)
{
	const struct own_kind kind = { s->family, s->type, s->protocol };
	struct rules_env env = env_of(s);
	struct buf b = { 0 }, why = { 0 };
	struct own_try told = *t;

	rules_predict(&told, &why, &(struct rules_case){ row, &kind, NULL }, &env);
	if (told.set_code) {
		buf_printf(&b, "would be refused: %s", strerror(told.set_code));
	} else if (told.outcome == OWN_DIFFERENT || told.outcome == OWN_DOUBLED) {
		buf_adds(&b, "would become ");
		value_text(&b, &told.got);
	} else if (!t->was_code && value_equal(&t->was, &t->asked)) {
		buf_adds(&b, "it has that value already");
	} else {
		buf_adds(&b, "would be set");
	}
	if (why.len)
		buf_printf(&b, ": %s", buf_str(&why));
	buf_fini(&why);
	put_note(note, &b);
}

/*
 * A shell takes NAME as it stands, and so does selector_parse(): the name of a process is any
 * bytes, and whoever started it chose them.
 */
static bool is_plain(const char *name)
{
	if (str_lower(*name) < 'a' || str_lower(*name) > 'z')
		return false;
	return name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				 "0123456789._+-")] == '\0';
}

/* The ids of processes with sockets, and with NAMES each name once. */
static void words_processes(bool names, void (*word)(void *ctx, const char *text, const char *help),
			    void *ctx)
{
	struct live_scan scan = { 0 };
	struct hash seen = { 0 };
	struct err ignored;

	if (live_scan(&scan, "/proc", &ignored) < 0)
		scan.processes.n = 0;
	for (size_t i = 0; i < scan.processes.n; i++) {
		const struct live_process *p = &scan.processes.v[i];
		bool plain = is_plain(p->name);
		char pid[16];

		if (p->denied)
			continue;
		if (names && plain) {
			size_t *known = hash_put(&seen, p->name, strlen(p->name));

			if (*known == HASH_NONE)
				word(ctx, p->name, "the sockets of these processes");
			*known = i;
		}
		snprintf(pid, sizeof(pid), "%d", (int)p->pid);
		word(ctx, pid, plain ? p->name : "");
	}
	hash_fini(&seen);
	live_scan_fini(&scan);
}

void sockopt_words_selector(int place UNUSED,
			    void (*word)(void *ctx, const char *text, const char *help), void *ctx)
{
	words_processes(true, word, ctx);
}

void sockopt_words_netns(int place UNUSED,
			 void (*word)(void *ctx, const char *text, const char *help), void *ctx)
{
	DIR *dir = opendir("/run/netns");
	const struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (is_plain(entry->d_name))
			word(ctx, entry->d_name, "the network of this name");
	if (dir)
		closedir(dir);
	words_processes(false, word, ctx);
}

void sockopt_words_show(int place, void (*word)(void *ctx, const char *text, const char *help),
			void *ctx)
{
	if (place == 0)
		sockopt_words_selector(place, word, ctx);
}

void sockopt_words_get(int place, void (*word)(void *ctx, const char *text, const char *help),
		       void *ctx)
{
	if (place == 0)
		sockopt_words_selector(place, word, ctx);
	else
		sockset_words_names(place, word, ctx);
}

void sockopt_words_set(int place, void (*word)(void *ctx, const char *text, const char *help),
		       void *ctx)
{
	if (place == 0)
		sockopt_words_selector(place, word, ctx);
	else
		sockset_words_set(place, word, ctx);
}
