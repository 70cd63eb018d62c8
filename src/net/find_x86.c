/* SPDX-License-Identifier: MIT */
#include "net/find_impl.h"

#if defined(__x86_64__)

const struct find_kernel *find_x86(void)
{
	__builtin_cpu_init();
	if (!__builtin_cpu_supports("popcnt"))
		return NULL;
	if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi"))
		return &find_avx2;
	return __builtin_cpu_supports("sse4.1") ? &find_sse41 : NULL;
}

#else

const struct find_kernel *find_x86(void)
{
	return NULL;
}

#endif
