"""Re-reads every hour entry, the Merkle log, total and certificate; names each row that differs."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from certification.records.rules.checkpoints import Kept, read_kept
from certification.verification.audit import Report, audit


class Command(BaseCommand):
    """`audit_ledger [--json] [--checkpoint FILE…]`: 0 all holds, 1 something differs, 2 bad input."""

    help = (
        "Re-read every hour entry, the log and its tree, all checkpoints, sums and certificates, and name each row "
        "that differs. Exits 0 when all holds, 1 when something differs, 2 for a file that is no checkpoint."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How to print, and copies that lay elsewhere."""
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of lines")
        parser.add_argument(
            "--checkpoint",
            action="append",
            default=[],
            metavar="FILE",
            help="a checkpoint that was kept outside (the mail as saved will do); may be given several times",
        )
        parser.add_argument("--quiet", action="store_true", help="no progress on standard error")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the findings; the exit code says whether there were any."""
        kept = [self._read(name) for name in options["checkpoint"]]
        report = audit(kept=kept, progress=(lambda _words: None) if options["quiet"] else self._progress())
        self.stdout.write(json.dumps(report.as_dict(), indent=1) if options["json"] else self._lines(report))
        if not report.holds:
            sys.exit(1)

    def _read(self, name: str) -> Kept:
        try:
            return read_kept(name, Path(name).read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{name} cannot be read: {error}", returncode=2) from error
        except ValueError as error:
            raise CommandError(str(error), returncode=2) from error

    def _progress(self) -> Any:
        last = monotonic()

        def say(words: str) -> None:
            nonlocal last
            if monotonic() - last > 2:
                last = monotonic()
                self.stderr.write(words)

        return say

    def _lines(self, report: Report) -> str:
        lines = [
            f"{finding.kind:<12} {finding.message}" + (f" [{finding.entry}]" if finding.entry else "")
            for finding in report.findings
        ]
        read = (
            f"read {report.lines} lines in {report.logs} logs, {report.nodes} subtrees, {report.checkpoints} checkpoints, "
            f"balances of {report.balances} records, {report.certificates} certificates"
        )
        if report.texts_erased:
            read += f"; the words of {report.texts_erased} lines are erased, their hashes stand"
        verdict = "all holds" if report.holds else f"{len(report.findings)} findings"
        return "\n".join([*lines, read, verdict])
