/* SPDX-License-Identifier: MIT */
/* macros.h - the few macros that every module may use */
#ifndef NETIPC_BASE_MACROS_H
#define NETIPC_BASE_MACROS_H

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#define PRINTF_LIKE(fmt, args) __attribute__((__format__(__printf__, fmt, args)))
#define NORETURN               __attribute__((__noreturn__))
#define MUST_CHECK             __attribute__((__warn_unused_result__))
#define UNUSED                 __attribute__((__unused__))

#endif
