"""`check_export`: checks an export of a record or of a school, without the database and the network."""

import sys
import zipfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from certification.records.rules.checkpoints import Kept, read_kept
from certification.records.rules.export_check import NotAnExportError, Verdict, check_export


class Command(BaseCommand):
    """`check_export FILE.zip [--checkpoint KEPT.txt…]`: 0 all fits and is proved, 1 something is not, 2 bad input."""

    help = (
        "Check an export of one record or of a school's log against the checkpoints in it, and name each line and part "
        "that does not fit. Exits 0 when all fits and every line is proved, 1 otherwise, 2 for a file that is no export."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The export, and copies of checkpoints that lay elsewhere."""
        parser.add_argument("file", metavar="FILE.zip", help="an export of a record or of a school")
        parser.add_argument(
            "--checkpoint",
            action="append",
            default=[],
            metavar="KEPT.txt",
            help="a checkpoint that was kept outside (the mail as saved will do); may be given several times",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what does not fit and a last line that sums up."""
        kept = [_read(name) for name in options["checkpoint"]]
        try:
            with zipfile.ZipFile(options["file"]) as archive:
                verdict = check_export(archive, kept)
        except (OSError, ValueError, zipfile.BadZipFile, NotAnExportError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise CommandError(f"{options['file']}: is no export that can be read: {reason}", returncode=2) from error
        self.stdout.write("\n".join(_lines(verdict)))
        if not verdict.holds:
            sys.exit(1)


def _read(name: str) -> Kept:
    try:
        return read_kept(name, Path(name).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{name}: cannot be read: {error}", returncode=2) from error
    except ValueError as error:
        raise CommandError(str(error), returncode=2) from error


def _lines(verdict: Verdict) -> list[str]:
    told = [
        f"{one.part}: {one.message}" if one.position is None else f"{one.part}, line {one.position}: {one.message}"
        for one in verdict.misfits
    ]
    told += [f"key in the file: {key}" for key in verdict.keys]
    told.append(
        f"{verdict.form} of {verdict.log}: {verdict.proved} of {verdict.lines} lines are proved by a checkpoint of "
        f"{verdict.size}"
    )
    told.append("all fits" if verdict.holds else f"{len(verdict.misfits)} things do not fit")
    return told
