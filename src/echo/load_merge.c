/* SPDX-License-Identifier: MIT */
/* load_merge.c - the results of several threads as one */
#include "echo/load.h"

void load_merge(struct load_result *sum, const struct load_result *from)
{
	hist_merge(&sum->latency, &from->latency);
	hist_merge(&sum->service, &from->service);
	hist_merge(&sum->connect, &from->connect);
	sum->connections += from->connections;
	sum->refused += from->refused;
	sum->broken += from->broken;
	sum->sent += from->sent;
	sum->received += from->received;
	sum->bytes_out += from->bytes_out;
	sum->bytes_in += from->bytes_in;
	sum->bytes_timed += from->bytes_timed;
	sum->different += from->different;
	sum->missing += from->missing;
	sum->unsent += from->unsent;
	sum->duplicate += from->duplicate;
	sum->reordered += from->reordered;
	sum->late += from->late;
	sum->foreign += from->foreign;
	if (from->elapsed_ns > sum->elapsed_ns)
		sum->elapsed_ns = from->elapsed_ns;
	if (sum->fault.kind == ERR_NONE)
		sum->fault = from->fault;
}
