/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/str.h"
#include "cmd/sockopt_probe_impl.h"

void probe_grid_add(struct probe_grid *g, const char *text)
{
	*vec_push(&g->cells) = xstrdup(text);
}

void probe_grid_heading(struct probe_grid *g, size_t labels)
{
	g->labels = labels;
	g->ncols = g->cells.n;
	for (size_t i = 0; i < g->ncols; i++)
		for (char *s = g->cells.v[i]; *s; s++)
			*s = str_upper(*s);
}

void probe_grid_drop_row(struct probe_grid *g)
{
	for (size_t i = 0; i < g->ncols; i++)
		free(g->cells.v[--g->cells.n]);
}

static bool any_ok(const struct probe_grid *g, size_t col)
{
	for (size_t i = g->ncols + col; i < g->cells.n; i += g->ncols)
		if (strcmp(g->cells.v[i], "ok") == 0)
			return true;
	return false;
}

static void drop_column(struct probe_grid *g, size_t col)
{
	size_t to = 0;

	for (size_t i = 0; i < g->cells.n; i++) {
		if (i % g->ncols == col)
			free(g->cells.v[i]);
		else
			g->cells.v[to++] = g->cells.v[i];
	}
	g->cells.n = to;
	g->ncols--;
}

void probe_grid_drop_columns(struct probe_grid *g, struct buf *names)
{
	for (size_t col = g->labels; g->cells.n > g->ncols && col < g->ncols;) {
		if (any_ok(g, col)) {
			col++;
			continue;
		}
		buf_printf(names, "%s%s", names->len ? ", " : "", g->cells.v[col]);
		drop_column(g, col);
	}
}

void probe_wrap(struct buf *b, const char *text)
{
	size_t column = 0;

	while (*text) {
		size_t n = strcspn(text, " ");

		if (column && column + 1 + n > PROBE_LINE) {
			buf_addc(b, '\n');
			column = 0;
		}
		if (column) {
			buf_addc(b, ' ');
			column++;
		}
		buf_add(b, text, n);
		column += n;
		text += n;
		text += strspn(text, " ");
	}
	if (column)
		buf_addc(b, '\n');
}

static size_t column_width(const struct probe_grid *g, size_t col, bool heading)
{
	size_t most = 0;

	for (size_t i = heading ? col : g->ncols + col; i < g->cells.n; i += g->ncols)
		if (strlen(g->cells.v[i]) > most)
			most = strlen(g->cells.v[i]);
	return most;
}

int probe_grid_print(const struct probe_grid *g, struct out *o, bool heading, struct err *err)
{
	size_t *widths = xcalloc(g->ncols + 1, sizeof(*widths));
	struct buf line = { 0 };
	int rc = 0;

	if (g->ncols == g->labels || g->cells.n == g->ncols)
		goto out;
	for (size_t c = 0; c < g->ncols; c++)
		widths[c] = column_width(g, c, heading);
	for (size_t i = heading ? 0 : g->ncols; i + g->ncols <= g->cells.n && rc == 0;
	     i += g->ncols) {
		line.len = 0;
		for (size_t c = 0; c < g->ncols; c++) {
			const char *text = g->cells.v[i + c];

			buf_adds(&line, text);
			if (c + 1 < g->ncols)
				buf_fill(&line, ' ', widths[c] + 2 - strlen(text));
		}
		buf_addc(&line, '\n');
		rc = out_text(o, line.data, line.len, err);
	}
out:
	buf_fini(&line);
	free(widths);
	return rc;
}

void probe_grid_fini(struct probe_grid *g)
{
	for (size_t i = 0; i < g->cells.n; i++)
		free(g->cells.v[i]);
	vec_fini(&g->cells);
}
