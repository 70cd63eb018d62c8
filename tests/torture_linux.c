/* SPDX-License-Identifier: MIT */
#include <elf.h>
#include <errno.h>
#include <stdint.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>

#include "torture.h"

#if defined(__x86_64__) && defined(__LP64__)
#define KNOWN true
typedef struct user_regs_struct registers;
#define NUMBER(r) ((r)->orig_rax)
#define COUNT(r)  ((r)->rdx)
#define RESULT(r) ((r)->rax)
#elif defined(__aarch64__)
#define KNOWN     true
typedef struct user_regs_struct registers;
#define NUMBER(r) ((r)->regs[8]) /* what counts is set by NT_ARM_SYSTEM_CALL */
#define COUNT(r)  ((r)->regs[2])
#define RESULT(r) ((r)->regs[0])
#else
#define KNOWN     false
typedef struct {
	uint64_t any;
} registers;
#define NUMBER(r) ((r)->any)
#define COUNT(r)  ((r)->any)
#define RESULT(r) ((r)->any)
#endif

const struct call calls[] = {
#define CALL(name, faults) { #name, __NR_##name, faults },
#if KNOWN
#include "torture_calls.def"
#endif
	{ "none", -1, "" },
};
const size_t calls_count = sizeof(calls) / sizeof(calls[0]) - 1;

bool torture_registers_known(void)
{
	return KNOWN;
}

static void get(pid_t tid, registers *r)
{
	struct iovec all = { r, sizeof(*r) };

	ptrace(PTRACE_GETREGSET, tid, NT_PRSTATUS, &all);
}

static void set(pid_t tid, registers *r)
{
	struct iovec all = { r, sizeof(*r) };

	ptrace(PTRACE_SETREGSET, tid, NT_PRSTATUS, &all);
}

void torture_skip_call(pid_t tid)
{
	registers r = { 0 };
#ifdef NT_ARM_SYSTEM_CALL
	int none = -1;
	struct iovec number = { &none, sizeof(none) };

	ptrace(PTRACE_SETREGSET, tid, NT_ARM_SYSTEM_CALL, &number);
#endif
	get(tid, &r);
	NUMBER(&r) = (uint64_t)-1;
	set(tid, &r);
}

void torture_set_count(pid_t tid, uint64_t count)
{
	registers r = { 0 };

	get(tid, &r);
	COUNT(&r) = count;
	set(tid, &r);
}

void torture_set_result(pid_t tid, int64_t result)
{
	registers r = { 0 };

	get(tid, &r);
	RESULT(&r) = (uint64_t)result;
	set(tid, &r);
}
