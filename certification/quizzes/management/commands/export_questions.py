"""`export_questions`: a bank's questions as a file of another system."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from certification.quizzes.formats import WRITERS
from certification.quizzes.management.banks import bank_of
from certification.quizzes.services import pictures_for_a_file, questions_for_a_file


class Command(BaseCommand):
    """A bank out of the database."""

    help = (
        "Write a bank's questions, retired ones left out, as GIFT or Moodle XML. What the format cannot hold is named and "
        "counted on the error channel. The file holds the key: keep it as one. Exit 2: bad input."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The bank, the format and where to."""
        parser.add_argument("--bank", required=True, metavar="CODE")
        parser.add_argument(
            "--school", default="", metavar="SLUG", help="where several schools have a bank of this code"
        )
        parser.add_argument("--format", required=True, choices=sorted(WRITERS))
        parser.add_argument("--out", metavar="FILE", help="else to the standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write, then name what is missing."""
        bank = bank_of(options["bank"], options["school"])
        questions = questions_for_a_file(bank)
        written = WRITERS[options["format"]](questions, pictures_for_a_file(bank, questions))
        if options["out"]:
            Path(options["out"]).write_bytes(written.data)
        else:
            self.stdout.write(written.data.decode(), ending="")
        for word, lines in (("left out", written.unsupported), ("note", written.notes)):
            for one in lines:
                self.stderr.write(f"{word}: {one.name}: {one.reason}")
        if left := len(written.unsupported):
            went = len(questions) - left
            self.stderr.write(f"{bank.code}: {went} of {len(questions)} questions written, {left} left out")
