/* SPDX-License-Identifier: MIT */
#include "cmd/sockopt_shared.h"

#include <string.h>
#include <sys/socket.h>

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

void sockopt_try_note(char note[static SOCKOPT_NOTE], const struct option_row *row UNUSED,
		      const struct own_try *t, const struct snapshot *s UNUSED)
{
	static const char *const words[] = {
		[OWN_SET] = "",
		[OWN_DOUBLED] = "set; the kernel keeps twice as much",
		[OWN_DIFFERENT] = "changed by the kernel",
		[OWN_UNREADABLE] = "set; it cannot be read back",
	};

	if (t->outcome == OWN_REFUSED)
		snprintf(note, SOCKOPT_NOTE, "refused: %s", strerror(t->set_code));
	else
		snprintf(note, SOCKOPT_NOTE, "%s", words[t->outcome]);
}

void sockopt_foretell(char note[static SOCKOPT_NOTE], const struct option_row *row UNUSED,
		      const struct own_try *t, const struct snapshot *s UNUSED)
{
	snprintf(note, SOCKOPT_NOTE, "%s",
		 !t->was_code && value_equal(&t->was, &t->asked) ? "it has that value already" :
								   "would be set");
}
