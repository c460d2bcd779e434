"""Runs a command in a small process of its own and says what it took: a big parent would count as the child's memory.

Arguments: the descriptor that one line of JSON goes to, seconds on the clock, then the
command, which has standard input and the two streams for itself.
"""

import json
import os
import signal
import sys


def main() -> None:
    report, seconds, command = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    child = os.fork()
    if child == 0:
        os.close(report)
        os.execv(command[0], command)
    signal.signal(signal.SIGALRM, lambda *_: os.kill(child, signal.SIGKILL))
    signal.alarm(seconds)
    _, status, usage = os.wait4(child, 0)
    spent = {
        "code": os.waitstatus_to_exitcode(status),
        "seconds": usage.ru_utime + usage.ru_stime,
        "mebibytes": usage.ru_maxrss / 1024,
    }
    os.write(report, json.dumps(spent).encode())


main()
