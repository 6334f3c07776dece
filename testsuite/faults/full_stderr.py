# SPDX-License-Identifier: MIT
"""Run a command whose stderr nobody reads and nothing more goes into.

usage: python3 full_stderr.py pipe|socket|terminal COMMAND [ARG]...

Its exit status becomes ours. It is checked at the end that stderr is blocking
still: nobody set O_NONBLOCK on it.
"""
import fcntl
import os
import pty
import socket
import sys
import termios


def make(kind):
    """A descriptor to write to, and one that keeps it open."""
    if kind == "pipe":
        reader, writer = os.pipe()
        return writer, reader
    if kind == "socket":
        ours, theirs = socket.socketpair()
        return ours.detach(), theirs.detach()
    master, slave = pty.openpty()
    termios.tcflow(slave, termios.TCOOFF)  # as ^S does
    return slave, master


def fill(fd):
    """Write until not a single byte more would go."""
    os.set_blocking(fd, False)
    for size in (65536, 1024, 1):
        try:
            while os.write(fd, b"x" * size) > 0:
                pass
        except BlockingIOError:
            pass
    os.set_blocking(fd, True)


def main():
    fd, other = make(sys.argv[1])
    fill(fd)
    pid = os.fork()
    if pid == 0:
        os.dup2(fd, 2)
        os.close(fd)
        os.close(other)
        os.execv(sys.argv[2], sys.argv[2:])
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_NONBLOCK:
        sys.exit("O_NONBLOCK was set on a descriptor that others share")
    sys.exit(status if status >= 0 else 128 - status)


main()
