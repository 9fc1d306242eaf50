"""A paper of the registers is never written over, and what was told is never told as new."""

from certification.guards import AppendOnly, Check, Erasable

# Its own days are over or it was withdrawn; one without a last day, when nobody works there or is placed there any more.
_OVER = (
    "OLD.withdrawn_at IS NOT NULL OR (OLD.ends_on IS NOT NULL AND OLD.ends_on < NEW.erased_at) OR (OLD.ends_on IS NULL "
    "AND NOT EXISTS (SELECT 1 FROM externships_siteassignment AS a WHERE a.supervisor_id = OLD.supervisor_id "
    "AND (a.until_on IS NULL OR a.until_on > NEW.erased_at)) "
    "AND NOT EXISTS (SELECT 1 FROM externships_placement AS p WHERE p.site_id = OLD.site_id "
    "AND p.state IN ('requested', 'approved', 'active')))"
)

GUARDS = (
    AppendOnly(
        "externships_registerpaper",
        keys=(("id",), ("uuid",)),
        frozen=(
            *("id", "uuid", "site_id", "supervisor_id", "kind", "starts_on", "ends_on", "added_by_id", "added_at"),
            *("attachment", "attachment_name", "attachment_type", "attachment_sha256", "erased_by_id", "erased_why"),
        ),
        update_checks=(
            Check(
                "withdrawn",
                "OLD.withdrawn_at IS NOT NULL",
                "externships_registerpaper: a withdrawn paper is never changed",
            ),
        ),
        erasable=Erasable(
            columns=("attachment", "attachment_name"),
            kept=(
                *("id", "uuid", "site_id", "supervisor_id", "kind", "starts_on", "ends_on", "added_by_id", "added_at"),
                *("withdrawn_by_id", "withdrawn_at", "withdrawn_why", "attachment_type", "attachment_sha256"),
            ),
            # Full with `erased_at` alone (CHECK paper_erased_with_a_reason), and written once (`when`).
            told=("erased_by_id", "erased_why"),
            when=f"OLD.erased_at IS NULL AND OLD.kind <> 'agreement' AND ({_OVER})",
        ),
    ),
    AppendOnly("externships_lapsenotice", keys=(("id",), ("school_id", "subject", "what", "ends_on", "step"))),
)
