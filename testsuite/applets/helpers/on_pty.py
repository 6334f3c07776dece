# SPDX-License-Identifier: MIT
"""Run a command on a terminal of its own, type something once it shows a text.

usage: on_pty.py TEXT KEYS LOG COMMAND [ARG]...

Says whether the terminal's settings were changed meanwhile and are as before
in the end, then the exit status. KEYS may hold Python's escapes; a ^C among
them does not throw away what was not read yet (NOFLSH).
"""
import fcntl
import os
import pty
import select
import sys
import termios
import time

text, keys, log = sys.argv[1:4]
main, sub = pty.openpty()
before = termios.tcgetattr(sub)
before[3] |= termios.NOFLSH
termios.tcsetattr(sub, termios.TCSANOW, before)
pid = os.fork()
if pid == 0:
    os.setsid()
    fcntl.ioctl(sub, termios.TIOCSCTTY, 0)
    for fd in 0, 1, 2:
        os.dup2(sub, fd)
    os.close(main)
    os.execvp(sys.argv[4], sys.argv[4:])
seen = b""
typed = False
changed = False
end = time.monotonic() + 60
status = None
while time.monotonic() < end:
    if select.select([main], [], [], 0.05)[0]:
        try:
            seen += os.read(main, 65536)
        except OSError:
            break
    if not typed and text.encode() in seen:
        changed = termios.tcgetattr(sub) != before
        os.write(main, keys.encode().decode("unicode_escape").encode())
        typed = True
    done, code = os.waitpid(pid, os.WNOHANG)
    if done:
        status = os.waitstatus_to_exitcode(code)
        break
while select.select([main], [], [], 0)[0]:
    seen += os.read(main, 65536)
with open(log, "wb") as f:
    f.write(seen)
print("changed" if changed else "unchanged",
      "restored" if termios.tcgetattr(sub) == before else "not restored", status)
