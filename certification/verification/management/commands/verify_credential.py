"""`verify_credential`: checks what the house issued, without the database and the network."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from certification.keys import keyfile
from certification.keys.rules import padded
from certification.verification.offline import cli
from certification.verification.offline.keyring import Key, Keyring


class Command(BaseCommand):
    """`verify_credential FILE [--did DID.json]`: 0 it holds, 1 something does not, 2 bad input."""

    help = cli.ABOUT
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file and what is trusted."""
        cli.add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """As the single file does it; only the keys of this installation come on top."""
        code = cli.run(
            file=options["file"],
            did=options["did"],
            checkpoints=options["checkpoint"],
            as_json=options["json"],
            at=timezone.now(),
            own_keys=_own_keys,
            out=self.stdout.write,
            err=lambda words: self.stderr.write(words),
        )
        if code:
            sys.exit(code)


def _own_keys() -> Keyring:
    """The keys of this installation's key file; empty where there is none."""
    try:
        listed = keyfile.public_jwks()
    except keyfile.KeyFileError:
        return Keyring()
    return Keyring(
        Key(
            key["name"],
            "",
            ed25519=padded(key["x"]) if key["kty"] == "OKP" else b"",
            jwk=_rsa(key),
            asserts=_asserts(key),
        )
        for key in listed
        if key["name"].startswith("did:")
    )


def _rsa(key: dict[str, Any]) -> dict[str, Any] | None:
    return {name: key[name] for name in ("kty", "n", "e")} if key["kty"] == "RSA" else None


def _asserts(key: dict[str, Any]) -> bool:
    return bool(key["purpose"] != "seal")
