/* SPDX-License-Identifier: MIT */
#include "cmd/sockopt_shared.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/str.h"

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

void sockopt_words_names(int place UNUSED,
			 void (*word)(void *ctx, const char *text, const char *help), void *ctx)
{
	const struct option_level *level = NULL;
	const struct option_row *rows;
	size_t n;

	rows = options_all(&n);
	for (size_t i = 0; i < n; i++) {
		if (option_level(&rows[i]) != level)
			word(ctx, option_level(&rows[i])->name, "");
		level = option_level(&rows[i]);
		if (level->read)
			word(ctx, option_name(&rows[i]), option_meaning(&rows[i]));
	}
}

void sockopt_words_set(int place UNUSED,
		       void (*word)(void *ctx, const char *text, const char *help), void *ctx)
{
	const struct option_row *rows;
	size_t n;

	rows = options_all(&n);
	for (size_t i = 0; i < n; i++) {
		char text[64];

		if (!option_level(&rows[i])->read || !(rows[i].flags & OPTION_SET) ||
		    !value_type_parses(rows[i].type))
			continue;
		snprintf(text, sizeof(text), "%s=", option_name(&rows[i]));
		word(ctx, text, option_meaning(&rows[i]));
	}
}

void sockopt_words_get_on(int place, void (*word)(void *ctx, const char *text, const char *help),
			  void *ctx)
{
	if (place > 0)
		sockopt_words_names(place, word, ctx);
}

void sockopt_words_set_on(int place, void (*word)(void *ctx, const char *text, const char *help),
			  void *ctx)
{
	if (place > 0)
		sockopt_words_set(place, word, ctx);
}
