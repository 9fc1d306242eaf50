"""Runs every due job once: outbox, sweeps, scheduled pages. Safe to run twice at once."""

import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import close_old_connections, connection

from cms.jobs import run_due


class Command(BaseCommand):
    """`tick` for a timer, `tick --loop` beside a server."""

    help = "Run every due job once: mails, study sessions, attempts, orders, scheduled pages. Safe to run twice."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--loop` and its rhythm."""
        parser.add_argument("--loop", action="store_true", help="go on until stopped")
        parser.add_argument("--every", type=int, default=10, metavar="SECONDS", help="pause between rounds (10)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit 1 when a job failed, so that a timer reports it."""
        if not options["loop"]:
            outcome = run_due(force=True)
            for name, what in outcome.items():
                self.stdout.write(f"{name}: {what}")
            if any(what.startswith("failed") for what in outcome.values()):
                raise CommandError("a job failed; the log says why", returncode=1)
            return
        stop = threading.Event()
        for sign in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sign, lambda *_: stop.set())
        while not stop.is_set():
            close_old_connections()
            run_due()
            connection.close()
            stop.wait(options["every"])
