"""`import_records`: learners, enrollments and historic hours from a file, by two people."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.models import Organisation, User
from certification.records.models import ImportBatch
from certification.records.presenters import row_words
from certification.records.rules import imports
from certification.records.services import approve_import, dry_run, propose_import
from cms.desk.places import SchoolPlaces


class Command(BaseCommand):
    """`import_records FILE --school SLUG --by EMAIL [--approve --second EMAIL] [--dry-run]`: 0 done, 2 bad input."""

    help = (
        "Judge each row of a CSV or XLSX file of historic hours and propose the file (docs/import.md has the columns). "
        "With --approve and --second it is posted at once, in one transaction; otherwise the second person decides at "
        "the desk. Exits 0 when done, 2 when a row or the file is refused; then nothing is kept."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file, the school and the two people."""
        parser.add_argument("file", metavar="FILE")
        parser.add_argument("--school", required=True, metavar="SLUG")
        parser.add_argument("--by", required=True, metavar="EMAIL", help="the registrar who brings it")
        parser.add_argument("--dry-run", action="store_true", help="print the verdicts and keep nothing")
        parser.add_argument("--approve", action="store_true", help="let --second approve it at once")
        parser.add_argument("--second", metavar="EMAIL", help="the other registrar, who approves")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print a line for each row, and what was done."""
        if options["approve"] != bool(options["second"]):
            raise CommandError("--approve and --second come together.", returncode=2)
        school = Organisation.objects.filter(kind=Organisation.Kind.SCHOOL, slug=options["school"]).first()
        if school is None:
            raise CommandError(f"There is no school {options['school']!r}.", returncode=2)
        by = _person(options["by"])
        second = _person(options["second"]) if options["second"] else None
        name = options["file"]
        try:
            data = Path(name).read_bytes()
        except (OSError, ValueError) as error:
            raise CommandError(f"{name}: cannot be read: {error}", returncode=2) from error
        places = SchoolPlaces(school)
        batch: ImportBatch | None = None
        try:
            verdicts = dry_run(school=school, data=data, places=places, by=by)
            for one in verdicts:
                line = f"row {one['row']}: {row_words(one)}"
                (self.stderr if one["verdict"] == "refused" else self.stdout).write(line)
            tally = imports.tally(verdicts)
            if tally["refused"]:
                raise CommandError(f"{name}: {tally['refused']} rows are refused; nothing was kept", returncode=2)
            said = f"{tally['post']} rows to post ({tally['minutes']} minutes), {tally['there']} already there"
            if options["dry_run"] or not tally["post"]:
                self.stdout.write(said)
                return
            with transaction.atomic():
                batch = propose_import(school=school, data=data, name=Path(name).name, places=places, by=by)
                if second is not None:
                    approve_import(batch=batch, places=places, by=second)
        except ValidationError as error:
            if batch is not None and not ImportBatch.objects.filter(pk=batch.pk).exists():
                batch.file.storage.delete(batch.file.name or "")  # its row was rolled back
            raise CommandError(f"{name}: {' '.join(error.messages)}", returncode=2) from error
        if second is None:
            said += f"; proposed as {batch.uuid}: another registrar approves it at /desk/imports/"
        else:
            said += "; posted"
        self.stdout.write(said)


def _person(email: str) -> User:
    found = User.objects.filter(email__iexact=email).first()
    if found is None:
        raise CommandError(f"Nobody has the address {email!r}.", returncode=2)
    return found
