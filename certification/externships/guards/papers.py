"""A paper of the registers is never written over, and what was told is never told as new."""

from certification.guards import AppendOnly, Check

GUARDS = (
    AppendOnly(
        "externships_registerpaper",
        keys=(("id",), ("uuid",)),
        frozen=(
            *("id", "uuid", "site_id", "supervisor_id", "kind", "starts_on", "ends_on", "added_by_id", "added_at"),
            *("attachment", "attachment_name", "attachment_type", "attachment_sha256", "erased_at"),
        ),
        update_checks=(
            Check(
                "withdrawn",
                "OLD.withdrawn_at IS NOT NULL",
                "externships_registerpaper: a withdrawn paper is never changed",
            ),
        ),
    ),
    AppendOnly("externships_lapsenotice", keys=(("id",), ("school_id", "subject", "what", "ends_on", "step"))),
)
