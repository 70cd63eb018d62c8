/* SPDX-License-Identifier: MIT */
/*
 * client_pass.c - from the socket to an output that is a pipe without a copy
 *
 * The one copy that is made is for the comparison.  Where that is not possible nothing is passed,
 * and what was received is written.
 */
#include <errno.h>
#include <unistd.h>

#include "base/compat.h"
#include "echo/client_impl.h"

void client_pass_open(struct client *c)
{
	c->pass[0] = -1;
	/* Only what is opened anew never blocks. */
	if (c->reopened < 0 || c->config->safe || c->config->hex)
		return;
	if (compat_pipe(c->pass) == 0)
		compat_pipe_room(c->pass[0], CLIENT_PIPE);
	else
		c->pass[0] = -1;
}

void client_pass_close(struct client *c)
{
	if (c->pass[0] < 0)
		return;
	close(c->pass[0]);
	close(c->pass[1]);
	c->pass[0] = -1;
}

ssize_t client_pass(struct client *c, size_t *printed)
{
	ssize_t n, some;

	*printed = 0;
	if (c->pass[0] < 0)
		return 0;
	n = compat_splice(c->sock.fd, c->pass[1], sizeof(c->block));
	if (n < 0 && !compat_would_block(errno) && errno != EINTR)
		client_pass_close(c); /* recv(2) tells what it is */
	if (n <= 0)
		return 0;
	some = compat_tee(c->pass[0], c->reopened, (size_t)n);
	if (some > 0)
		*printed = (size_t)some;
	for (ssize_t got = 0; got < n;) {
		some = read(c->pass[0], c->block + got, (size_t)(n - got));
		if (some > 0) {
			got += some;
		} else if (some == 0 || errno != EINTR) {
			err_sys(&c->err, "read from a pipe");
			client_fail(c);
			return -1;
		}
	}
	return n;
}
