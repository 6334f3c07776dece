#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Run a program in a terminal of 24 lines of 80 columns, as somebody at a keyboard.

usage: python3 terminal.py [TEXT KEYS]... -- COMMAND [ARG]...

Waits until TEXT has come since the last KEYS were sent (what moves the cursor or
colours is left out), then sends KEYS, with Python's backslashes.  In the end it
waits for the command and ends with its status; with 1 if a TEXT does not come in
60 s, showing what came instead.
"""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time

ESCAPES = re.compile(
    rb"\x1b\[[0-9;?]*[A-Za-z]|\x1b[()][A-Z0-9]|\x1b[=>78M]|[\x0e\x0f]")


def read_more(fd, end):
    left = end - time.monotonic()
    if left <= 0 or not select.select([fd], [], [], left)[0]:
        return None
    try:
        return os.read(fd, 65536)
    except OSError:  # EIO: the other side is closed
        return b""


def expect(fd, text):
    """Read until text has come; None: until the other side is closed."""
    seen = b""
    end = time.monotonic() + 60
    while text is None or text.encode() not in ESCAPES.sub(b"", seen):
        more = read_more(fd, end)
        if text is None and more == b"":
            return
        if not more:
            sys.stderr.write("not seen: %s, but:\n%s\n" % (
                text or "its end", ESCAPES.sub(b"", seen).decode(errors="replace")))
            sys.exit(1)
        seen += more


def main():
    split = sys.argv.index("--")
    script, command = sys.argv[1:split], sys.argv[split + 1:]
    pid, fd = pty.fork()
    if pid == 0:
        os.environ.update(TERM="vt100", LINES="24", COLUMNS="80")
        os.execvp(command[0], command)
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    try:
        for text, keys in zip(script[::2], script[1::2]):
            expect(fd, text)
            os.write(fd, keys.encode().decode("unicode_escape").encode())
        expect(fd, None)
        sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
    finally:
        # kconfig-nconf would go round and round without its terminal
        try:
            os.killpg(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
main()
