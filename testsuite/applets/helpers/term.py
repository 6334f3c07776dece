#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""term.py - run a command on a new terminal and talk to it.

usage: term.py [--no-ctty] COMMAND... -- STEP...
Steps: expect:TEXT  wait for TEXT in what comes after the last match
       send:TEXT    type it (escapes as in Python: \\n \\x03)
       file:NAME:TEXT  wait until that file has a line that begins so
       touch:NAME   make that file
       hangup       close the terminal
       end          wait for the command's end
The command leads a session of its own; the terminal is its controlling
terminal (without --no-ctty), stdin, stdout and stderr. Prints all output; the
status is the command's, 128+N after signal N, 99 when a step took too long.
A typed ^C, ^\\ or ^Z does not throw away what was not read yet, as it does on a
terminal without NOFLSH: that could be an answer to the very signal.
"""
import codecs
import os
import pty
import select
import signal
import sys
import termios
import time

LIMIT = float(os.environ.get("WAIT_LIMIT", "60"))


def main():
    args = sys.argv[1:]
    ctty = args[0] != "--no-ctty"
    if not ctty:
        args = args[1:]
    split = len(args) - 1 - args[::-1].index("--")
    command, steps = args[:split], args[split + 1:]
    if ctty:
        pid, master = pty.fork()
    else:
        master, slave = pty.openpty()
        pid = os.fork()
        if pid == 0:
            os.setsid()
            for fd in (0, 1, 2):
                os.dup2(slave, fd)
            os.closerange(3, 64)
        else:
            os.close(slave)
    if pid == 0:
        os.closerange(3, 64)
        settings = termios.tcgetattr(0)
        settings[3] |= termios.NOFLSH
        termios.tcsetattr(0, termios.TCSANOW, settings)
        os.execvp(command[0], command)
    output = ""
    mark = 0

    def give_up(what):
        print(output.replace("\r", ""))
        print("term.py: waited in vain for: " + what)
        if master >= 0:
            os.close(master)  # a hangup for all that it left
        os.kill(pid, signal.SIGKILL)
        sys.exit(99)

    def pump(seconds):
        nonlocal output
        if master < 0:
            time.sleep(seconds)
            return True
        ready, _, _ = select.select([master], [], [], seconds)
        if not ready:
            return True
        try:
            data = os.read(master, 4096)
        except OSError:
            data = b""
        output += data.decode("utf-8", "replace")
        return bool(data)

    def has_line(name, text):
        try:
            with open(name, encoding="utf-8", errors="replace") as file:
                return any(line.startswith(text) for line in file)
        except OSError:
            return False

    status = None
    for step in steps:
        what, _, text = step.partition(":")
        limit = time.monotonic() + LIMIT
        if what == "expect":
            while (found := output.find(text, mark)) < 0:
                if not pump(0.5) and output.find(text, mark) < 0:
                    give_up(step)
                if time.monotonic() > limit:
                    give_up(step)
            mark = found + len(text)
        elif what == "send":
            os.write(master, codecs.decode(text, "unicode_escape").encode("latin-1"))
        elif what == "file":
            name, _, text = text.partition(":")
            while not has_line(name, text):
                pump(0.02)
                if time.monotonic() > limit:
                    give_up(step)
        elif what == "touch":
            open(text, "w", encoding="utf-8").close()
        elif what == "hangup":
            os.close(master)
            master = -1
        elif what == "end":
            while True:
                done, status = os.waitpid(pid, os.WNOHANG)
                if done:
                    break
                pump(0.02)
                if time.monotonic() > limit:
                    give_up(step)
    while master >= 0 and status is not None and select.select([master], [], [], 0)[0] and pump(0):
        pass
    print(output.replace("\r", ""))
    if status is None:
        os.kill(pid, signal.SIGKILL)
        return 98
    if os.WIFSIGNALED(status):
        return 128 + os.WTERMSIG(status)
    return os.WEXITSTATUS(status)


sys.exit(main())
