/* SPDX-License-Identifier: MIT */
#include "dns/validate.h"

const char *const validator_anchors[] = {
	"/usr/share/dns/root.key",                /* Debian's dns-root-data */
	"/var/lib/unbound/root.key",              /* unbound-anchor's */
	"/etc/unbound/root.key",                  /* Arch */
	"/usr/share/dnssec-root/trusted-key.key", /* Alpine */
	"/usr/local/etc/unbound/root.key",        /* FreeBSD */
	NULL,
};

const char *validate_word(enum validate_verdict verdict)
{
	static const char *const words[] = {
		[VALIDATE_SECURE] = "secure",
		[VALIDATE_INSECURE] = "insecure",
		[VALIDATE_BOGUS] = "bogus",
		[VALIDATE_INDETERMINATE] = "indeterminate",
	};

	return words[verdict];
}
