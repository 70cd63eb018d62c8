/* SPDX-License-Identifier: MIT */
#include "cmd/sockset.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

int sockset_unknown(const char *text, enum err_kind kind, struct err *err)
{
	const char *near = options_nearest(text);
	char show[STR_SHOW];

	return err_set(err, kind, "no option \"%s\"%s%s%s", str_show(show, text),
		       near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
}

/* The options that were named by their numbers, each once: they stay till the end. */
static struct customs VEC(struct option_custom *) customs;

/* The row of C that is there already, or NULL. */
static const struct option_row *same_row(const struct option_custom *c)
{
	const struct option_row *known = options_number(c->level.number, c->row.number);

	if (known && known->type == c->row.type && option_level(known)->read)
		return known;
	for (size_t i = 0; i < customs.n; i++) {
		const struct option_custom *old = customs.v[i];

		if (old->level.number == c->level.number && old->row.number == c->row.number &&
		    old->row.type == c->row.type)
			return &old->row;
	}
	return NULL;
}

static const struct option_row *custom_row(const char *text, struct err *err)
{
	struct option_custom *c = option_custom(text, err);
	const struct option_row *same;

	if (!c)
		return NULL;
	same = same_row(c);
	if (same) {
		free(c);
		return same;
	}
	*vec_push(&customs) = c;
	return &c->row;
}

int sockset_find(struct option_list *list, const char *text, struct err *err)
{
	const struct option_level *other = NULL;
	size_t n = 0;

	list->n = 0;
	if (strchr(text, ':')) {
		const struct option_row *row = custom_row(text, err);

		if (row)
			*vec_push(list) = row;
		return row ? 0 : -1;
	}
	if (options_find(list, text) == 0)
		return sockset_unknown(text, ERR_USAGE, err);
	for (size_t i = 0; i < list->n; i++) {
		if (option_level(list->v[i])->read)
			list->v[n++] = list->v[i];
		else
			other = option_level(list->v[i]);
	}
	list->n = n;
	if (n == 0 && other)
		return err_set(err, ERR_NEGATIVE, "the options of %s are only listed", other->name);
	return 0;
}

/* Leaves in LIST those that sockets of KIND have, if there are any. */
static void narrow(struct option_list *list, const struct own_kind *kind)
{
	size_t n = 0;

	for (size_t i = 0; i < list->n; i++)
		if (option_applies(list->v[i], kind->family, kind->type, kind->protocol))
			list->v[n++] = list->v[i];
	if (n)
		list->n = n;
}

/* The one option that NAME means, on a socket of KIND if that is not NULL. */
static const struct option_row *find_one(const char *name, const struct own_kind *kind,
					 struct err *err)
{
	struct option_list list = { 0 };
	const struct option_row *found = NULL;
	char show[STR_SHOW];

	if (sockset_find(&list, name, err) == 0) {
		if (kind)
			narrow(&list, kind);
		if (list.n == 1)
			found = list.v[0];
		else
			err_set(err, ERR_USAGE, "\"%s\" is not one option: %s or %s",
				str_show(show, name), option_name(list.v[0]),
				option_name(list.v[1]));
	}
	vec_fini(&list);
	return found;
}

const struct option_row *sockset_row(const char *name, struct err *err)
{
	return find_one(name, NULL, err);
}

const struct option_row *sockset_parse(const char *text, struct value *value, struct err *err)
{
	return sockset_parse_for(text, NULL, value, err);
}

const struct option_row *sockset_parse_for(const char *text, const struct own_kind *kind,
					   struct value *value, struct err *err)
{
	const char *equals = strchr(text, '=');
	const struct option_row *row;
	char show[STR_SHOW], *name;

	if (!equals) {
		err_set(err, ERR_USAGE, "\"%s\" is not NAME=VALUE", str_show(show, text));
		return NULL;
	}
	name = xstrndup(text, (size_t)(equals - text));
	row = find_one(name, kind, err);
	free(name);
	if (row && !(row->flags & OPTION_SET)) {
		err_set(err, ERR_USAGE, "%s cannot be set", option_name(row));
		row = NULL;
	}
	if (row && value_parse(value, row->type, option_name(row), equals + 1, err) < 0)
		row = NULL;
	return row;
}

int sockset_read(struct sockset *set, const struct opt_strs *texts, struct err *err)
{
	for (size_t i = 0; i < texts->n; i++) {
		struct sockset_item *item = vec_push(set);

		item->taken = false;
		item->row = sockset_parse(texts->v[i], &item->value, err);
		if (!item->row) {
			err->kind = ERR_USAGE;
			return err_prefix(err, "--sockopt: ");
		}
	}
	return 0;
}

int sockset_apply(struct sockset *set, int fd, struct err *err)
{
	for (size_t i = 0; i < set->n; i++) {
		struct sockset_item *item = &set->v[i];
		int code = option_set(fd, item->row, &item->value);

		if (code == ENOPROTOOPT || code == EOPNOTSUPP)
			continue;
		if (code) {
			errno = code;
			return err_sys(err, "setsockopt %s", option_name(item->row));
		}
		item->taken = true;
	}
	return 0;
}

void sockset_repeat(const struct sockset *set, int fd)
{
	for (size_t i = 0; i < set->n; i++)
		if (option_set(fd, set->v[i].row, &set->v[i].value))
			continue;
}

int sockset_untaken(const struct sockset *set, struct err *err)
{
	for (size_t i = 0; i < set->n; i++)
		if (!set->v[i].taken)
			return err_set(err, ERR_USAGE, "--sockopt: no socket here has %s",
				       option_name(set->v[i].row));
	return 0;
}

void sockset_fini(struct sockset *set)
{
	vec_fini(set);
}

void sockset_words_names(int place UNUSED,
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

void sockset_words_set(int place UNUSED,
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
