"""What the database itself refuses in this room's tables: a consent is never widened, a look never unseen."""

from certification.guards import AppendOnly, Check, Erasable, Shut

GUARDS = (
    AppendOnly(
        "verification_consent",
        keys=(("id",), ("uuid",), ("token_hash",), ("certificate_id", "source_key")),
        frozen=(
            "id",
            "uuid",
            "certificate_id",
            "granted_by_id",
            "granted_at",
            "scope",
            "recipient",
            "purpose",
            "until_on",
            "token_hash",
            "source_key",
        ),
        update_checks=(
            Check("withdrawn", "OLD.withdrawn_at IS NOT NULL", "verification: a withdrawn consent stays withdrawn"),
        ),
    ),
    AppendOnly("verification_disclosure"),
    AppendOnly("verification_visibility"),
    AppendOnly(
        "verification_sending",
        keys=(("id",), ("uuid",)),
        frozen=("id", "uuid", "certificate_id", "consent_id", "address", "by_id", "at"),
        checks=(
            Check(
                "consent",
                "NEW.consent_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM verification_consent AS c "
                "WHERE c.id = NEW.consent_id AND c.certificate_id = NEW.certificate_id AND c.withdrawn_at IS NULL)",
                "verification_sending: only an open consent of the same certificate lets it be sent to others",
            ),
        ),
        # The address goes with the words behind her record.
        erasable=Erasable(
            columns=("address",),
            kept=("id", "uuid", "certificate_id", "consent_id", "by_id", "at"),
            when="EXISTS (SELECT 1 FROM records_erasure AS er JOIN certificates_certificate AS ce "
            "ON ce.record_id = er.record_id WHERE ce.id = OLD.certificate_id)",
        ),
    ),
)

SHUT: tuple[Shut, ...] = ()
"""Of a school that has closed certificates are checked, shared and sent as before."""
