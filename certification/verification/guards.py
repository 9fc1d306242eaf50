"""What the database itself refuses in this room's tables: a consent is never widened, a look never unseen."""

from certification.guards import AppendOnly, Check

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
)
