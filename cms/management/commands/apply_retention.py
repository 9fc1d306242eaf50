"""Erases names and words behind hours whose time is over; says what would go before anything goes."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from cms.desk.services import erase_what_is_due


class Command(BaseCommand):
    """`apply_retention [--confirm]`."""

    help = (
        "List ended records whose names and words need not be kept any longer (six years after their last day), files "
        "of imports that were not posted (a year after), people who asked to be erased and are free now, and files that "
        "no row names. With --confirm erase them; hours and proofs stand."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whether to do it."""
        parser.add_argument("--confirm", action="store_true", help="erase; without it nothing is changed")

    def handle(self, *args: Any, **options: Any) -> None:
        """One line for each record, file and person."""
        today, confirm = timezone.localdate(), options["confirm"]
        verb = "erased" if confirm else "would go"
        for what in erase_what_is_due(today=today, confirm=confirm):
            self.stdout.write(f"{verb}: {what}")
        if not confirm:
            self.stdout.write("Nothing was changed. Say --confirm to do it; it cannot be taken back.")
