/* SPDX-License-Identifier: MIT */
/* sockopt_show_table.c - netipc sockopt show --table: a row a socket, a column an option */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "cmd/sockopt_shared.h"
#include "cmd/sockopt_show.h"

enum {
	EXTRA = 3, /* columns from SHOW->extra on */
};

static const char *without_prefix(const struct option_row *row)
{
	const char *name = option_name(row), *bar = strchr(name, '_');

	return bar && bar[1] ? bar + 1 : name;
}

/* TEXT as a key: "TCP_NODELAY" becomes "tcp_nodelay". */
static char *make_key(const char *text)
{
	char *key = xstrdup(text);

	for (char *s = key; *s; s++)
		*s = str_lower(*s) != str_upper(*s) || str_is_digit(*s) ? str_lower(*s) : '_';
	return key;
}

/* Another of the N columns, or of the options, is called as option I without its prefix. */
static bool is_taken(const struct show *show, unsigned n, size_t i)
{
	const struct option_list *list = &show->table;
	char *key = make_key(without_prefix(list->v[i]));
	bool taken = false;

	for (unsigned c = 0; c < n && !taken; c++)
		taken = strcmp(show->cols[c].key, key) == 0;
	for (size_t j = 0; j < list->n && !taken; j++)
		taken = j != i &&
			strcmp(without_prefix(list->v[i]), without_prefix(list->v[j])) == 0;
	free(key);
	return taken;
}

static bool has_column(const struct show *show, const struct option_row *row)
{
	for (size_t i = 0; i < show->table.n; i++)
		if (show->table.v[i] == row)
			return true;
	return false;
}

/* In the order of what is shown: columns are added as sockets turn out to need them. */
static void sort_columns(struct show *show)
{
	struct option_list list = { 0 };

	for (size_t i = 0; i < show->shown.n; i++)
		if (has_column(show, show->shown.v[i]))
			*vec_push(&list) = show->shown.v[i];
	vec_fini(&show->table);
	show->table = list;
}

/* The options that the user named; else those that the sockets there are have to show. */
static int choose_columns(struct show *show)
{
	struct sockopt_live *l = &show->live;

	if (show->named) {
		for (size_t i = 0; i < show->shown.n; i++)
			*vec_push(&show->table) = show->shown.v[i];
		return 0;
	}
	if (sockopt_live_find(l) < 0)
		return -1;
	for (size_t i = 0; i < l->found.n && !cli_interrupted(); i++)
		if (sockopt_show_found(show, &l->found.v[i], NULL) < 0)
			return -1;
	sort_columns(show);
	return 0;
}

int sockopt_table_open(struct show *show, const struct out_col *cols, unsigned nsocket)
{
	unsigned n = nsocket + EXTRA;
	struct command_view view;
	bool people;

	if (choose_columns(show) < 0)
		return -1;
	if (show->cli->output.format == OUT_PLAIN)
		show->cli->output.format = OUT_TABLE;
	people = show->cli->output.format == OUT_TABLE;
	show->cols = xcalloc(n + show->table.n, sizeof(*show->cols));
	show->keys = xcalloc(show->table.n + 1, sizeof(*show->keys));
	memcpy(show->cols, cols, nsocket * sizeof(*cols));
	memcpy(show->cols + nsocket, cols + show->extra, EXTRA * sizeof(*cols));
	show->extra = nsocket;
	for (size_t i = 0; i < show->table.n; i++) {
		const struct option_row *row = show->table.v[i];
		bool brief = people && !is_taken(show, n, i);

		show->keys[i] = make_key(brief ? without_prefix(row) : option_name(row));
		show->cols[n + i] = (struct out_col){
			.key = show->keys[i],
			.type = OUT_ANY,
			.help = option_meaning(row),
		};
	}
	view = (struct command_view){ .cols = show->cols, .ncols = n + show->table.n };
	show->o = cli_out_view(show->cli, &view, false);
	return show->o ? 0 : -1;
}

/* Sets the column of V: false if it has none. */
static bool put_cell(const struct show *show, const struct snapshot_value *v)
{
	for (size_t i = 0; i < show->table.n; i++)
		if (show->table.v[i] == v->row) {
			sockopt_out_value(show->o, show->extra + EXTRA + (unsigned)i, &v->value);
			return true;
		}
	return false;
}

int sockopt_table_row(const struct shown *w)
{
	struct show *show = w->show;
	bool any = false;

	for (size_t i = 0; i < w->s->n; i++) {
		const struct snapshot_value *v = &w->s->values[i];

		if (!sockopt_show_wants(w, v))
			continue;
		if (show->o)
			any |= put_cell(show, v);
		else if (!has_column(show, v->row))
			*vec_push(&show->table) = v->row;
	}
	if (!show->o || (show->opt->changed && !any))
		return 0;
	sockopt_show_columns(w);
	return out_row(show->o, &show->cli->err);
}

void sockopt_table_fini(struct show *show)
{
	for (size_t i = 0; show->keys && i < show->table.n; i++)
		free(show->keys[i]);
	free(show->keys);
	free(show->cols);
	vec_fini(&show->table);
	show->keys = NULL;
	show->cols = NULL;
}
