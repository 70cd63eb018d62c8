/* SPDX-License-Identifier: MIT */
/* sockopt_show_choose.c - netipc sockopt show: which options are read, and which of them shown */
#include <stdlib.h>
#include <string.h>

#include "cmd/sockopt_show.h"
#include "cmd/sockset.h"

/* The rows that TEXT, names with commas between, means. */
static int choose_named(struct show *show, const char *text)
{
	char *names = xstrdup(text);
	struct option_list list = { 0 };
	int rc = 0;

	for (char *s = names, *end; s && rc == 0; s = end) {
		end = strchr(s, ',');
		if (end)
			*end++ = '\0';
		rc = sockset_find(&list, s, &show->cli->err);
		for (size_t i = 0; rc == 0 && i < list.n; i++) {
			if (option_is_safe(list.v[i]) || show->opt->choice.force) {
				*vec_push(&show->shown) = list.v[i];
				continue;
			}
			if (list.n > 1)
				continue;
			rc = err_set(&show->cli->err, ERR_NEGATIVE, "%s is not read: %s%s",
				     option_name(list.v[i]),
				     option_effect(list.v[i]) ? option_effect(list.v[i]) :
								"it can only be set",
				     option_effect(list.v[i]) ? " (--force reads it)" : "");
		}
	}
	free(names);
	vec_fini(&list);
	return rc;
}

static void choose_all(struct show *show, unsigned flags)
{
	const struct option_row *rows;
	size_t n;

	rows = options_all(&n);
	for (size_t i = 0; i < n; i++)
		if (option_level(&rows[i])->read && option_is_safe(&rows[i]) &&
		    (rows[i].flags & flags) == flags)
			*vec_push(&show->shown) = &rows[i];
}

static void plan_row(struct show *show, const struct option_row *row)
{
	for (size_t i = 0; i < show->plan.rows.n; i++)
		if (show->plan.rows.v[i] == row)
			return;
	*vec_push(&show->plan.rows) = row;
}

/* What is read beside what is shown: how buffers were set, the options that notes are about. */
static void plan_needed(struct show *show)
{
	static const char *const needed[] = { "SO_BUF_LOCK" };
	struct option_list list = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(needed); i++)
		options_find(&list, needed[i]);
	if (show->opt->info)
		options_find(&list, "TCP_INFO");
	for (size_t i = 0; i < list.n; i++) {
		plan_row(show, list.v[i]);
		if (strcmp(option_name(list.v[i]), "TCP_INFO") == 0)
			show->info = list.v[i];
	}
	vec_fini(&list);
}

int sockopt_show_choose(struct show *show, const char *columns)
{
	const struct show_options *opt = show->opt;
	int rc = 0;

	show->named = opt->names || opt->level || columns;
	if (columns)
		rc = choose_named(show, columns);
	if (rc == 0 && opt->names)
		rc = choose_named(show, opt->names);
	if (rc == 0 && opt->level)
		rc = choose_named(show, opt->level);
	if (!show->named)
		choose_all(show, opt->all || opt->changed ? 0 : OPTION_VIEW);
	for (size_t i = 0; i < show->shown.n; i++)
		plan_row(show, show->shown.v[i]);
	show->shown.n = show->plan.rows.n; /* each once */
	plan_needed(show);
	show->plan.force = opt->choice.force && show->named;
	return rc;
}
