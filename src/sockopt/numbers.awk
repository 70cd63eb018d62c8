# SPDX-License-Identifier: MIT
# numbers.awk - makes numbers.h from options.def
#
# The preprocessor cannot ask in a table whether a name is defined, so this writes for each
# option what NUMBER_NAME is: the header's constant where the header has it; else, on Linux,
# the row's number; else -1, and this system does not have the option.
# Where both are there they must agree, or the compilation fails.  The exceptions: Linux has
# SOL_SOCKET numbers of its own on alpha, mips, parisc and sparc (SOL_SOCKET is not 1 there)
# and on powerpc, and a libc with 64-bit time on a 32-bit machine gives the old names to the
# numbers of the _NEW ones.

BEGIN {
	FS = "[(,] *"
	print "/* SPDX-License-Identifier: MIT */"
	print "/* Made from options.def by numbers.awk. */"
	print "#ifdef __linux__"
	print "#define NUMBERS_LINUX 1"
	print "#else"
	print "#define NUMBERS_LINUX 0"
	print "#endif"
	print "#if NUMBERS_LINUX && SOL_SOCKET == 1"
	print "#define NUMBERS_GENERIC 1"
	print "#else"
	print "#define NUMBERS_GENERIC 0"
	print "#endif"
	print "#if NUMBERS_GENERIC && !defined __powerpc__"
	print "#define NUMBERS_SAME 1"
	print "#else"
	print "#define NUMBERS_SAME 0"
	print "#endif"
}

/^OPT\(/ {
	if ($3 in number) {
		if (number[$3] != $4) {
			print FILENAME ": two numbers for " $3 > "/dev/stderr"
			exit 1
		}
		next
	}
	number[$3] = $4
	socket[$3] = $2 == "SOL_SOCKET"
	name[++n] = $3
}

END {
	for (i = 1; i <= n; i++) {
		x = name[i]
		agree = x " == " number[x]
		if ((x "_NEW") in number)
			agree = agree " || " x " == " number[x "_NEW"]
		print ""
		print "#ifdef " x
		print "#define NUMBER_" x " " x
		print "#if NUMBERS_" (socket[x] ? "SAME" : "LINUX")
		print "_Static_assert(" agree ", \"" x "\");"
		print "#endif"
		print "#elif NUMBERS_" (socket[x] ? "GENERIC" : "LINUX")
		print "#define NUMBER_" x " " number[x]
		print "#else"
		print "#define NUMBER_" x " (-1)"
		print "#endif"
	}
}
