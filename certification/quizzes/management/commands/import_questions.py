"""`import_questions`: brings the questions of a file into a bank, as drafts."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from certification.quizzes.formats import READERS, UnreadableFileError, Unsupported, told_by
from certification.quizzes.management.banks import bank_of
from certification.quizzes.services import bring_questions
from certification.requirements.management.files import BAD_INPUT, read_bytes


class Command(BaseCommand):
    """Questions of a file into a bank."""

    help = (
        "Bring the questions of a GIFT, Moodle XML or QTI file into a bank: new ones as drafts, changed ones as a next "
        "version that waits. The same file again adds nothing; what is not understood is listed with line and reason. "
        "Exit 2: bad input."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file, the bank and how to read it."""
        parser.add_argument("file", metavar="FILE")
        parser.add_argument("--bank", required=True, metavar="CODE")
        parser.add_argument(
            "--school", default="", metavar="SLUG", help="where several schools have a bank of this code"
        )
        parser.add_argument("--format", choices=sorted(READERS), help="else told by the file's name and first tag")
        parser.add_argument("--dry-run", action="store_true", help="tell what would be made, and write nothing")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read all of it, then keep it lot by lot; one that stops half-way is completed by the same file."""
        bank = bank_of(options["bank"], options["school"])
        data = read_bytes(options["file"])
        name = options["format"] or told_by(options["file"], data)
        try:
            read = READERS[name](data)
        except UnreadableFileError as error:
            raise CommandError(f"{options['file']}: {error}", returncode=BAD_INPUT) from None
        brought = bring_questions(
            bank=bank, questions=read.questions, pictures=read.pictures, keep=not options["dry_run"]
        )
        left_out = [*read.unsupported, *brought.refused]
        if options["json"]:
            told = {
                "bank": bank.code,
                "format": name,
                "dry_run": options["dry_run"],
                "new": list(brought.new),
                "changed": list(brought.changed),
                "same": list(brought.same),
                "unsupported": [asdict(one) for one in left_out],
                "notes": [asdict(one) for one in read.notes],
            }
            self.stdout.write(json.dumps(told, ensure_ascii=False, indent=2))
            return
        would = "would be " if options["dry_run"] else ""
        self.stdout.write(
            f"{bank.code}: {len(brought.new)} {would}new, {len(brought.changed)} {would}changed, "
            f"{len(brought.same)} the same, {len(left_out)} left out"
        )
        for word, lines in (("left out", left_out), ("note", read.notes)):
            for one in lines:
                self.stdout.write(f"  {word}: {_line(one)}")


def _line(one: Unsupported) -> str:
    where = f"line {one.line}, " if one.line else ""
    return f"{where}{one.name or 'without a name'}: {one.reason}"
