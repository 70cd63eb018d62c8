/* SPDX-License-Identifier: MIT */
#include "cmd/addr_info.h"

#include "base/buf.h"

static const char default_columns[] =
	"block,class,rfc,source,destination,forwardable,global,reserved,allocated,terminated,"
	"registry,as_of";

/* A flag in words, in JSON a boolean where it is one; nothing if the registry is blank. */
static void set_flag(struct out *o, unsigned col, unsigned flag)
{
	static const struct {
		const char *text, *json;
	} values[] = {
		[REGISTRY_NO] = { "no", "false" },
		[REGISTRY_YES] = { "yes", "true" },
		[REGISTRY_NA] = { "n/a", "\"n/a\"" },
	};

	if (flag != REGISTRY_BLANK)
		out_raw(o, col, values[flag].text, values[flag].json);
}

/* TEXT, absent if it is "". */
static void set_known(struct out *o, unsigned col, const char *text)
{
	out_str(o, col, *text ? text : NULL);
}

void addr_registry_set(struct out *o, const struct registry_entry *e)
{
	static const char *const origins[] = {
		[REGISTRY_IANA] = "iana",
		[REGISTRY_MULTICAST] = "multicast",
		[REGISTRY_DEPRECATED] = "deprecated",
		[REGISTRY_UNICAST] = "unicast",
	};

	out_str(o, COL_BLOCK, e->prefix);
	out_str(o, COL_CLASS, e->name);
	out_str(o, COL_RFC, e->rfc);
	set_known(o, COL_ALLOCATED, e->allocated);
	set_known(o, COL_TERMINATED, e->terminated);
	set_flag(o, COL_SOURCE, e->source);
	set_flag(o, COL_DESTINATION, e->destination);
	set_flag(o, COL_FORWARDABLE, e->forwardable);
	set_flag(o, COL_GLOBAL, e->global);
	set_flag(o, COL_RESERVED, e->reserved);
	out_str(o, COL_REGISTRY, origins[e->origin]);
	if (e->origin == REGISTRY_IANA)
		out_str(o, COL_AS_OF, registry_date());
}

int addr_registry_run(struct cli *cli)
{
	const char *chosen = cli->output.columns;
	struct buf columns = { 0 };
	size_t n;
	const struct registry_entry *all = registry_all(&n);
	struct out *o;
	int rc = 0;

	/* The columns of an entry stand where those of an address would. */
	if (!chosen || *chosen == '+') {
		buf_printf(&columns, "%s%s%s", default_columns, chosen ? "," : "",
			   chosen ? chosen + 1 : "");
		cli->output.columns = buf_str(&columns);
	}
	o = cli_out(cli, false);
	for (size_t i = 0; o && rc == 0 && i < n; i++) {
		addr_registry_set(o, &all[i]);
		for (size_t k = 0; registry_class_name(k); k++)
			if (registry_class_has(k, &all[i]))
				out_item(o, COL_SETS, registry_class_name(k));
		rc = out_row(o, &cli->err);
	}
	if (o && out_close(o, &cli->err) < 0)
		rc = -1;
	cli->output.columns = chosen;
	buf_fini(&columns);
	return o ? rc : -1;
}
