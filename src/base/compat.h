/* SPDX-License-Identifier: MIT */
/* compat.h - what a libc lacks; the place for #ifdef */
#ifndef NETIPC_BASE_COMPAT_H
#define NETIPC_BASE_COMPAT_H

#include <netdb.h>

/* Where the databases are; musl and others do not say. */
#ifndef _PATH_HOSTS
#define _PATH_HOSTS "/etc/hosts"
#endif
#ifndef _PATH_PROTOCOLS
#define _PATH_PROTOCOLS "/etc/protocols"
#endif
#ifndef _PATH_SERVICES
#define _PATH_SERVICES "/etc/services"
#endif

#endif
