"""`import_rules`: keeps rule packs in the database, all the files given or none."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from certification.requirements import rules, services
from certification.requirements.library import packs_beside
from certification.requirements.management.files import BAD_INPUT, read_bytes


class Command(BaseCommand):
    """Rule packs into the database."""

    help = (
        "Import rule packs (YAML) into the database, all of them or none. The same text again changes nothing; "
        "a version that is there is never edited, only superseded by the next one. Exit 2: bad input."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One file or more."""
        parser.add_argument("files", nargs="+", metavar="R.yaml", help="a rule pack")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import in one transaction."""
        try:
            with transaction.atomic():
                kept = [
                    services.import_rules(
                        text=rules.decode(read_bytes(name), file=name), filename=name, find=packs_beside(name)
                    )
                    for name in options["files"]
                ]
        except ValidationError as error:
            raise CommandError(" ".join(error.messages), returncode=BAD_INPUT) from None
        except rules.BadInputError as error:
            raise CommandError(str(error), returncode=BAD_INPUT) from None
        for rule_set in kept:
            self.stdout.write(f"{rule_set.label} ({rule_set.status}): {rule_set.title}, sha256 {rule_set.digest}")
