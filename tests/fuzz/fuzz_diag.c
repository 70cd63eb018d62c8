/* SPDX-License-Identifier: MIT */
/*
 * fuzz_diag.c - a message of the kernel's list of sockets; its first byte chooses the kind
 *
 * What is taken from it lies in it, and the addresses can be printed.
 */
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "sockopt/diag.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

/* The bytes of V are in the message, or are the number that stands for one of its bits. */
static void check_value(const struct diag_socket *s, const struct diag_value *v,
			const uint8_t *data, size_t size)
{
	const uint8_t *bytes = v->bytes;
	const int *number = v->bytes;

	if (number >= s->numbers && number < s->numbers + DIAG_VALUES)
		require(v->len == sizeof(int));
	else
		require(bytes >= data && v->len <= size && bytes <= data + size - v->len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct {
		int family, protocol;
	} kinds[] = { { AF_INET, IPPROTO_TCP }, { AF_INET6, IPPROTO_UDP }, { AF_UNIX, 0 } };
	char text[SA_STRLEN];
	struct diag_socket s;
	size_t kind;

	if (size == 0)
		return 0;
	kind = data[0] % (sizeof(kinds) / sizeof(kinds[0]));
	data++;
	size--;
	if (!diag_parse(&s, kinds[kind].family, kinds[kind].protocol, data, size))
		return 0;
	require(s.n <= DIAG_VALUES);
	for (size_t i = 0; i < s.n; i++)
		check_value(&s, &s.values[i], data, size);
	if (s.has_local)
		require(strlen(sa_format(&s.local, text)) > 0);
	if (s.has_peer)
		require(strlen(sa_format(&s.peer, text)) > 0);
	return 0;
}
