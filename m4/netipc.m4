# SPDX-License-Identifier: MIT

# NETIPC_ADD_CFLAGS(VARIABLE, FLAGS)
# Adds to VARIABLE each of FLAGS that the compiler knows.
AC_DEFUN([NETIPC_ADD_CFLAGS], [
  for netipc_flag in $2; do
    netipc_saved_CFLAGS=$CFLAGS
    CFLAGS="$CFLAGS -Werror $netipc_flag"
    AC_MSG_CHECKING([whether $CC takes $netipc_flag])
    AC_COMPILE_IFELSE([AC_LANG_PROGRAM],
      [AC_MSG_RESULT([yes])
       $1="$$1 $netipc_flag"],
      [AC_MSG_RESULT([no])])
    CFLAGS=$netipc_saved_CFLAGS
  done])

# NETIPC_ADD_LDFLAGS(VARIABLE, FLAGS)
# Adds to VARIABLE each of FLAGS that the linker knows.
AC_DEFUN([NETIPC_ADD_LDFLAGS], [
  for netipc_flag in $2; do
    netipc_saved_LDFLAGS=$LDFLAGS
    LDFLAGS="$LDFLAGS $netipc_flag"
    AC_MSG_CHECKING([whether the linker takes $netipc_flag])
    AC_LINK_IFELSE([AC_LANG_PROGRAM],
      [AC_MSG_RESULT([yes])
       $1="$$1 $netipc_flag"],
      [AC_MSG_RESULT([no])])
    LDFLAGS=$netipc_saved_LDFLAGS
  done])
