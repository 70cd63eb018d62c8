/* SPDX-License-Identifier: MIT */
/* client_console.c - commands to the echo client itself, between what is sent */
#include <string.h>

#include "base/clock.h"
#include "base/compat.h"
#include "echo/client_impl.h"

size_t client_console_take(struct client *c, char *data, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		char byte = data[i];

		if (!c->commanding && byte == c->config->escape) {
			c->commanding = true;
			c->command = c->commands.len;
			c->config->prompt(c->config->ctx);
		} else if (!c->commanding) {
			data[kept++] = byte;
		} else if (byte == '\n') {
			c->commanding = false;
			buf_addc(&c->commands, byte);
		} else if (byte == c->config->escape && c->commands.len == c->command) {
			c->commanding = false; /* twice: itself */
			data[kept++] = byte;
		} else {
			buf_addc(&c->commands, byte);
		}
	}
	return kept;
}

void client_console_run(struct client *c)
{
	const char *end;

	/* What was read before is with the system by now, or in the ring. */
	while (!c->done && c->commands.len &&
	       (end = memchr(c->commands.data, '\n', c->commands.len))) {
		size_t n = (size_t)(end - c->commands.data);

		c->config->command(c->config->ctx, c, c->commands.data, n);
		buf_consume(&c->commands, n + 1);
	}
	if (!c->commands.len)
		c->command = 0;
}

void echo_console_shut(struct client *c)
{
	c->in_end = true;
	c->progress_ns = clock_now_ns();
}

int echo_console_urgent(struct client *c, unsigned char byte, struct err *err)
{
	if (send(c->sock.fd, &byte, 1, MSG_OOB | MSG_NOSIGNAL) < 0)
		return err_sys(err, "send MSG_OOB");
	return 0;
}

void echo_console_quit(struct client *c)
{
	c->done = true;
}

void echo_console_status(struct client *c, struct echo_result *result)
{
	*result = c->result;
	if (c->config->type == SOCK_STREAM)
		result->sent = c->window.sent;
	ping_tcp_info(c->sock.fd, &result->tcp);
}
