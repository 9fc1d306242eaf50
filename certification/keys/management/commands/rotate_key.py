"""Begins a new signing key for one log or one DID; the old one is retired and stays in the register."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from certification.keys.models import SigningKey
from certification.keys.selectors import named
from certification.keys.services import KeyFileError, compromise_key, rotate_key

Purpose = SigningKey.Purpose


class Command(BaseCommand):
    """`rotate_key palmar.log/<school>` or `rotate_key did:web:<host>:schools:<school>`."""

    help = (
        "Begin a new signing key for an hour log or for a school's credentials. The old one is retired; what it signed "
        "stays checkable, unless --leaked says that it must not be trusted any more."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The name under which the key signs, what it is for, and whether its private half leaked."""
        parser.add_argument("name", help="the log's name as its checkpoints say it, or the DID that credentials name")
        parser.add_argument(
            "--purpose", choices=Purpose.values, help="log for a log; credential, token or seal for a DID (credential)"
        )
        parser.add_argument(
            "--leaked",
            action="store_true",
            help="the old key must not be trusted: it leaves the DID document or the log's keys",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit 2 for a name under which nothing was ever signed."""
        name = options["name"]
        is_did = name.startswith("did:")
        purpose = options["purpose"] or (Purpose.CREDENTIAL if is_did else Purpose.LOG)
        keys = SigningKey.objects.filter(purpose=purpose, name=name)
        if not keys.exists():
            raise CommandError(f"nothing was ever signed by {name} for the purpose {purpose}", returncode=2)
        try:
            old = keys.get(retired_at=None)
            key = compromise_key(key=old) if options["leaked"] else rotate_key(purpose=purpose, name=name)
        except KeyFileError as error:
            raise CommandError(str(error), returncode=2) from error
        if is_did:
            self.stdout.write(f"new key {key.method}")
            if options["leaked"]:
                self.stdout.write(f"{old.method} has left the DID document: nothing it signed verifies any more.")
                self.stdout.write("Now run `manage.py sign_anew`: it makes new files and lists, as the tick would.")
            return
        self.stdout.write(f"new key {key.kid}\nverifier: {named(key).verifier}")
        if options["leaked"]:
            self.stdout.write("Publish the new verifier, say that the old one leaked, and tell the log's witnesses.")
            self.stdout.write("Now run `manage.py sign_anew`: it puts the new key's signature beside the old ones.")
        else:
            self.stdout.write("Publish the new verifier where the old one was published; keep the old one too.")
