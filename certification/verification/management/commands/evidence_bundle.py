"""`evidence_bundle`: everything that proves one learner's hours, in one file that is checked offline."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from certification import codes
from certification.certificates.selectors import certificate_by_code
from certification.records.models import TrainingRecord
from certification.verification.bundles import evidence_bundle


class Command(BaseCommand):
    """`evidence_bundle RECORD --out FILE.zip`: 0 written, 2 bad input."""

    help = (
        "Write everything that proves one learner's hours into one ZIP: lines with proofs to signed checkpoints, rules, "
        "certificates with all files, keys and status lists as of now. `verify_credential FILE.zip` checks it offline."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whose, and where to."""
        parser.add_argument("record", metavar="RECORD", help="the record's uuid, or the code of a certificate on it")
        parser.add_argument(
            "--out", required=True, metavar="FILE.zip", help="a new file; one that is there is not touched"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Find the record, then write the file at once or not at all."""
        record = _record(options["record"])
        target = Path(options["out"])
        body = evidence_bundle(record=record)
        try:
            with target.open("xb") as file:
                file.write(body)
        except OSError as error:
            raise CommandError(f"{target}: {error.strerror}", returncode=2) from error
        self.stdout.write(f"{target}: {len(body)} bytes; check it with: manage.py verify_credential {target}")


def _record(name: str) -> TrainingRecord:
    records = TrainingRecord.objects.select_related("school", "rule_set", "learner__user")
    try:
        found = records.filter(uuid=UUID(name)).first()
    except ValueError:
        try:
            certificate = certificate_by_code(codes.parse_code(name))
        except codes.BadCodeError:
            raise CommandError(
                f"{name} is neither a record's uuid nor the code of a certificate", returncode=2
            ) from None
        found = records.get(pk=certificate.record_id) if certificate else None
    if found is None:
        raise CommandError(f"there is no record {name}", returncode=2)
    return found
