#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""tab.py - what a TAB makes of a line, in an interactive shell on a terminal of its own

	tab.py SETUP SHELL [ARG]... <LINES

SETUP is what the shell is told first; it binds ^T to something that prints BUF<LINE>BUF of the line
being edited.  Then each line of standard input is typed, with TAB behind it, and what it has become
is printed.  The status is 1 if the shell says nothing for a minute.
"""
import fcntl
import os
import pty
import re
import select
import struct
import sys
import termios

TIMEOUT_S = 60


def expect(fd, pattern):
    """Reads until PATTERN is there: its first group, or all of it."""
    seen = ""
    while True:
        ready, _, _ = select.select([fd], [], [], TIMEOUT_S)
        try:
            chunk = os.read(fd, 4096) if ready else b""
        except OSError:  # the shell has ended
            chunk = b""
        if not chunk:
            sys.exit(f"tab.py: no {pattern} in {seen!r}")
        seen += chunk.decode("utf-8", "replace")
        match = re.search(pattern, seen, re.S)
        if match:
            return match.group(match.lastindex or 0)


def main():
    setup, shell = sys.argv[1], sys.argv[2:]
    pid, fd = pty.fork()
    if pid == 0:
        os.execvp(shell[0], shell)
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 1000, 0, 0))
    os.write(fd, f". {setup}; echo LOA''DED\n".encode())
    expect(fd, "LOADED\r?\n")
    for line in sys.stdin.read().splitlines():
        os.write(fd, line.encode() + b"\t\x14")
        print(expect(fd, "BUF<(.*?)>BUF").rstrip("\r\n"), flush=True)
        os.write(fd, b"\x15")
    os.close(fd)
    os.waitpid(pid, 0)


main()
