"""`export_school`: a school's whole log with its records, checkpoints, keys and rules, as one ZIP."""

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from certification.keys.services import KeyFileError
from certification.records.models import Checkpoint
from certification.records.selectors import log_named
from certification.records.services import export_school, make_checkpoint


class Command(BaseCommand):
    """`export_school SLUG --out FILE.zip`: 0 done, 2 bad input."""

    help = (
        "Write everything of a school's log into one ZIP that `check_export` checks. Signs a checkpoint first, so that "
        "every line is proved. Exits 0 when done, 2 for a school or a file that cannot be used."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which school, and where to."""
        parser.add_argument("slug", metavar="SLUG", help="the school, as its addresses name it")
        parser.add_argument(
            "--out", required=True, metavar="FILE.zip", help="the file to write; it must not be there yet"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Write beside the file and give it its name when it is whole."""
        log = log_named(options["slug"])
        if log is None:
            raise CommandError(f"There is no school {options['slug']!r} with a log.", returncode=2)
        out = Path(options["out"])
        if out.exists():
            raise CommandError(f"{out}: is there already; nothing was written", returncode=2)
        try:
            make_checkpoint(log=log, reason=Checkpoint.Reason.ASKED)
        except KeyFileError as error:
            self.stderr.write(f"No checkpoint could be signed ({error}): lines after the newest one are not proved.")
        half = out.with_name(f"{out.name}.part")
        try:
            with half.open("wb") as file:
                for piece in export_school(school=log.school):
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            half.rename(out)
        except OSError as error:
            half.unlink(missing_ok=True)
            raise CommandError(f"{out}: cannot be written: {error.strerror}", returncode=2) from error
        self.stdout.write(f"{out}: {out.stat().st_size} bytes; check it with: manage.py check_export {out}")
