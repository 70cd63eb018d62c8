/* SPDX-License-Identifier: MIT */
/* echo_client_socket.c - --bind, --tos, --sockopt: what is set on each socket before it connects */
#include <netinet/in.h>
#include <string.h>

#include "base/compat.h"
#include "base/str.h"
#include "cmd/echo_client_impl.h"
#include "net/sock.h"

static int read_bind(struct echo_session *s, struct err *err)
{
	const char *text = s->opt->bind;
	struct endpoint ep;

	if (endpoint_parse(&ep, text, strlen(text), err) < 0) {
		err_prefix(err, "--bind: ");
		return -1;
	}
	if (s->opt->path || ep.kind != ENDPOINT_IP)
		return err_set(err, ERR_USAGE, "--bind is for IP addresses");
	return sa_from_endpoint(&s->bind, &ep, err);
}

int echo_client_socket_read(struct echo_session *s, struct err *err)
{
	const struct echo_client_options *opt = s->opt;

	if (opt->tos && opt->path)
		return err_set(err, ERR_USAGE, "--tos is for IP addresses");
	if (opt->bind && read_bind(s, err) < 0)
		return -1;
	if (opt->tos && value_parse(&s->tos, VALUE_TOS, "--tos", opt->tos, err) < 0)
		return -1;
	return sockset_read(&s->sockset, &opt->sockopts, err);
}

int echo_client_socket_targets(struct echo_session *s, struct err *err)
{
	struct targets *t = &s->targets;
	size_t kept = 0;
	char text[SA_STRLEN];

	if (!s->opt->bind)
		return 0;
	for (size_t i = 0; i < t->n; i++)
		if (t->v[i].u.sa.sa_family == s->bind.u.sa.sa_family)
			t->v[kept++] = t->v[i];
	t->n = kept;
	if (kept == 0)
		return err_set(err, ERR_NEGATIVE,
			       "--bind: the server has no address of the family of %s",
			       sa_format_host(&s->bind, text));
	return 0;
}

static int set_tos(const struct echo_session *s, int fd, struct err *err)
{
	struct sa local;
	bool v6;

	if (sock_local(fd, &local, err) < 0)
		return -1;
	v6 = local.u.sa.sa_family == AF_INET6;
	if (setsockopt(fd, v6 ? IPPROTO_IPV6 : IPPROTO_IP, v6 ? IPV6_TCLASS : IP_TOS, s->tos.bytes,
		       (socklen_t)s->tos.len) < 0)
		return err_sys(err, "setsockopt %s", v6 ? "IPV6_TCLASS" : "IP_TOS");
	return 0;
}

static int bind_to(const struct echo_session *s, int fd, struct err *err)
{
	struct sa sa = s->bind;
	char text[SA_STRLEN];
	int one = 1;

	if (s->probing)
		sa_set_port(&sa, 0);
	/* One connection after the other from the same port */
	if (sa_port(&sa) && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) < 0)
		return err_sys(err, "setsockopt SO_REUSEADDR");
	if (bind(fd, &sa.u.sa, sa.len) < 0)
		return err_sys(err, "bind %s", sa_format(&sa, text));
	return 0;
}

int echo_client_prepare(struct echo_session *s, int fd, struct err *err)
{
	int rc;

	if (s->opt->tos && set_tos(s, fd, err) < 0)
		return -1;
	if (s->sockset.n) {
		pthread_mutex_lock(&s->lock); /* what was taken is noted in it */
		rc = sockset_apply(&s->sockset, fd, err);
		pthread_mutex_unlock(&s->lock);
		if (rc < 0)
			return -1;
	}
	/* Without a name of its own nobody could answer it. */
	if (s->opt->dgram && compat_autobind(fd) < 0)
		return err_sys(err, "bind");
	return s->opt->bind ? bind_to(s, fd, err) : 0;
}
