"""Begins a new signing key for one log; the old one is retired and stays in the register."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from certification.keys.models import SigningKey
from certification.keys.selectors import named
from certification.keys.services import KeyFileError, rotate_key


class Command(BaseCommand):
    """`rotate_key palmar.log/<school>`."""

    help = "Begin a new signing key for an hour log. The old one is retired; what it signed stays checkable."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The log's name."""
        parser.add_argument("name", help="the log's name as its checkpoints say it, like palmar.log/riverbend")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit 2 for a name under which nothing was ever signed."""
        name = options["name"]
        if not SigningKey.objects.filter(purpose=SigningKey.Purpose.LOG, name=name).exists():
            raise CommandError(f"no log of the name {name} has a key yet", returncode=2)
        try:
            key = rotate_key(purpose=SigningKey.Purpose.LOG, name=name)
        except KeyFileError as error:
            raise CommandError(str(error), returncode=2) from error
        self.stdout.write(f"new key {key.kid}\nverifier: {named(key).verifier}")
        self.stdout.write("Publish the new verifier where the old one was published; keep the old one too.")
