/* SPDX-License-Identifier: MIT */
/*
 * coverage.c - the counters of --coverage, shared by all processes of a program
 *
 * gcov's counters are written when a program calls exit(3), so that a process which a signal
 * ends, which calls _exit(2), or which may open no file any more, is not counted.  Linked into
 * each program of a build with --enable-coverage, this puts a segment of shared memory in their
 * place, before main(): whatever a process does is counted at once.  It makes two system calls
 * that the programs do not make, and so leaves those that tests count or make fail as they are.
 *
 *	NETIPC_COVERAGE=begin PROGRAM	makes the segment of PROGRAM, all zero
 *	NETIPC_COVERAGE=end PROGRAM	writes its counters to the files of gcov, and removes it
 *
 * Without a segment all is as gcov has it.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/shm.h>
#include <unistd.h>

extern char coverage_begin[], coverage_end[]; /* of tests/coverage.ld */
extern const unsigned char __executable_start[];

void __gcov_dump(void);
void __real___gcov_exit(void);
void __wrap___gcov_exit(void);

static int shared = -1;

/* Of the first page, in which the linker's --build-id stands. */
static key_t key_of_program(void)
{
	uint32_t hash = UINT32_C(2166136261);

	for (size_t i = 0; i < 2048; i++)
		hash = (hash ^ __executable_start[i]) * UINT32_C(16777619);
	return (key_t)(hash & INT32_MAX);
}

static void forget(void)
{
	if (shared >= 0)
		(void)shmctl(shared, IPC_RMID, NULL);
}

__attribute__((constructor(101))) static void share(void)
{
	size_t size = (size_t)((uintptr_t)coverage_end - (uintptr_t)coverage_begin);
	const char *order = getenv("NETIPC_COVERAGE");
	key_t key = key_of_program();

	shared = shmget(key, 0, 0);
	if (order && strcmp(order, "begin") == 0) {
		forget();
		_exit(shmget(key, size, IPC_CREAT | 0666) < 0);
	}
	if (shared >= 0 && (intptr_t)shmat(shared, coverage_begin, SHM_REMAP) == -1)
		shared = -1;
	if (order && strcmp(order, "end") == 0) {
		if (shared >= 0)
			__gcov_dump();
		forget();
		_exit(shared < 0);
	}
}

void __wrap___gcov_exit(void)
{
	if (shared < 0)
		__real___gcov_exit();
}
