"""What staff take away about certificates as tables for spreadsheets. Cells are made harmless where they are written."""

from collections.abc import Iterable

from certification.records.rules.tables import Row

from .models import IssueBatchRow

BATCH_HEADER = ("row", "name", "email", "program", "record", "outcome", "code", "issued_on", "reason")


def batch_rows(rows: Iterable[IssueBatchRow]) -> list[Row]:
    """One line a row of a batch. A name is the one on the certificate, where there is one."""
    listed: list[Row] = []
    for row in rows:
        user, certificate = row.record.learner.user, row.certificate
        listed.append(
            (
                row.number,
                certificate.holder_name if certificate else user.legal_name if user else "",
                user.email if user else "",
                row.record.program_title,
                str(row.record.uuid),
                row.outcome or "chosen",
                certificate.code if certificate else "",
                certificate.issued_on if certificate else None,
                row.reason,
            )
        )
    return listed
