/* SPDX-License-Identifier: MIT */
/* unit.h - one line to make a file of check tests a program */
#ifndef NETIPC_TESTS_UNIT_H
#define NETIPC_TESTS_UNIT_H

#include <check.h>
#include <stdlib.h>

/* clang-format off */

/* UNIT_MAIN("ip", TESTS...): a main() that runs them as one suite; no test is a failure. */
#define UNIT_MAIN(name, ...)                                                    \
	int main(void)                                                          \
	{                                                                       \
		const TTest *tests[] = { __VA_ARGS__ };                         \
		Suite *s = suite_create(name);                                  \
		TCase *tc = tcase_create(name);                                 \
		SRunner *sr = srunner_create(s);                                \
		int ran, failed;                                                \
                                                                                \
		tcase_set_timeout(tc, 60);                                      \
		suite_add_tcase(s, tc);                                         \
		for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)   \
			tcase_add_test(tc, tests[i]);                           \
		srunner_run_all(sr, CK_ENV);                                    \
		ran = srunner_ntests_run(sr);                                   \
		failed = srunner_ntests_failed(sr);                             \
		srunner_free(sr);                                               \
		return ran == 0 || failed ? EXIT_FAILURE : EXIT_SUCCESS;        \
	}

/* clang-format on */

#endif
