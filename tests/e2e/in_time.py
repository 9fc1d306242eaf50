"""Settings under which the clock stands where a journey puts it, and runs on from there: weeks pass in minutes.

The file at CLOCK_FILE holds by how many seconds the server's clock is ahead of (or behind) the real one; it is read at
start, by commands too, and before each answer.
"""

import os
import time
from collections.abc import Callable
from pathlib import Path

import time_machine

from config.settings import *

_file = Path(os.environ["CLOCK_FILE"])
_ahead = float(_file.read_text())
_clock = time_machine.travel(time.time() + _ahead, tick=True).start()

MIDDLEWARE = ["tests.e2e.in_time.follow", *MIDDLEWARE]


def follow(answer: Callable) -> Callable:
    """Put the clock before each answer where the file says."""

    def in_time(request):
        global _ahead
        ahead = float(_file.read_text())
        if ahead != _ahead:
            _ahead = ahead
            _clock.move_to(time_machine.escape_hatch.time.time() + ahead, tick=True)
        return answer(request)

    return in_time
