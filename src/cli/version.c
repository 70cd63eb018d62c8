/* SPDX-License-Identifier: MIT */
/* version.c - netipc --version: the GNU form, then what was compiled in */
#include <netdb.h> /* of glibc: defines __GLIBC__ too */

#include "cli/program.h"

/* clang-format off */
static const char *const features[] = {
#ifdef __GLIBC__
	"glibc",
#elif defined(__linux__)
	"musl",
#endif
#ifdef HAVE_SYS_EPOLL_H
	"epoll",
#else
	"poll",
#endif
#ifdef AI_IDN
	"idn",
#endif
#ifdef HAVE_SANITIZERS
	"sanitizers",
#endif
#ifdef WORDS_BIGENDIAN
	"big-endian",
#else
	"little-endian",
#endif
};
/* clang-format on */

void help_version(FILE *fp)
{
	fputs(PACKAGE_STRING "\n"
			     "Copyright (C) 2026 The netipc developers\n"
			     "License MIT: <https://spdx.org/licenses/MIT.html>\n"
			     "There is NO WARRANTY, to the extent permitted by law.\n\nFeatures:",
	      fp);
	for (size_t i = 0; i < ARRAY_SIZE(features); i++)
		fprintf(fp, " %s", features[i]);
	fputc('\n', fp);
}
