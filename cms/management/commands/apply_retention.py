"""Erases names and words behind hours whose time is over; says what would go before anything goes."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from certification.records.services import erase_due_words
from cms.desk.services import closed_and_free, erase_person


class Command(BaseCommand):
    """`apply_retention [--confirm]`."""

    help = (
        "List ended records whose names and words need not be kept any longer (six years after their last day), and "
        "people who asked to be erased and are free now. With --confirm erase them; hours and proofs stand."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whether to do it."""
        parser.add_argument("--confirm", action="store_true", help="erase; without it nothing is changed")

    def handle(self, *args: Any, **options: Any) -> None:
        """One line a record and a person."""
        today, confirm = timezone.localdate(), options["confirm"]
        verb = "erased" if confirm else "would go"
        for record, lines in erase_due_words(today=today, confirm=confirm):
            self.stdout.write(f"{verb}: names and words behind {lines} lines of record {record.uuid}")
        for user in closed_and_free(today=today):
            if confirm:
                erase_person(user=user, today=today)
            self.stdout.write(f"{verb}: the names of {user.uuid}, who asked for it")
        if not confirm:
            self.stdout.write("Nothing was changed. Say --confirm to do it; it cannot be taken back.")
