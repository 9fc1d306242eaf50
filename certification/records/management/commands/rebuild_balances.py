"""Computes every balance anew from the ledger, or only compares (`--check`)."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from certification.records.models import TrainingRecord
from certification.records.services import rebuild_balances

CHUNK = 200


class Command(BaseCommand):
    """`rebuild_balances [--check]`."""

    help = "Compute the balances of all records anew from the ledger. With --check only compare: exit 1 if one differs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whether to write."""
        parser.add_argument("--check", action="store_true", help="compare and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """A few hundred records a transaction, so that postings go on between."""
        records = list(TrainingRecord.objects.order_by("pk").values_list("pk", flat=True))
        differing = sum(
            rebuild_balances(records=records[start : start + CHUNK], only_compare=options["check"])
            for start in range(0, len(records), CHUNK)
        )
        verb = "differs" if options["check"] else "was wrong and is rebuilt"
        verbs = "differ" if options["check"] else "were wrong and are rebuilt"
        self.stdout.write(f"1 balance {verb}" if differing == 1 else f"{differing} balances {verbs}")
        if differing and options["check"]:
            sys.exit(1)
