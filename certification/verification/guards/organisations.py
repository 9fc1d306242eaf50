"""Of organisations that check: no decision taken back, no invitation rewritten, no stop unsaid."""

from certification.guards import AppendOnly, Check, Erasable

GUARDS = (
    AppendOnly(
        "verification_application",
        keys=(("id",), ("uuid",)),
        frozen=("id", "uuid", "applicant_id", "at", "sort", "name", "website", "address", "position", "purpose"),
        update_checks=(
            Check("withdrawn", "OLD.withdrawn_at IS NOT NULL", "verification_application: a withdrawn one stays so"),
            Check(
                "decided",
                "NEW.withdrawn_at IS NOT NULL AND EXISTS (SELECT 1 FROM verification_applicationdecision AS de "
                "WHERE de.application_id = OLD.id)",
                "verification_application: a decided one is never withdrawn",
            ),
        ),
        # What she is there goes with the person; the organisation's request stays.
        erasable=Erasable(
            columns=("position",),
            kept=("id", "uuid", "applicant_id", "at", "sort", "name", "website", "address", "purpose", "withdrawn_at"),
            when="EXISTS (SELECT 1 FROM accounts_user AS us WHERE us.id = OLD.applicant_id AND NOT us.is_active)",
        ),
    ),
    AppendOnly(
        "verification_applicationdecision",
        keys=(("id",), ("application_id",), ("organisation_id",)),
        checks=(
            Check(
                "other",
                "EXISTS (SELECT 1 FROM verification_application AS ap WHERE ap.id = NEW.application_id "
                "AND (ap.applicant_id = NEW.by_id OR ap.withdrawn_at IS NOT NULL))",
                "verification_applicationdecision: somebody else decides, and nothing that was withdrawn",
            ),
        ),
    ),
    AppendOnly(
        "verification_memberinvitation",
        keys=(("id",), ("uuid",)),
        frozen=("id", "uuid", "organisation_id", "role", "by_id", "at"),
        sqlite_checks=(
            # INSERT OR REPLACE would throw the open one out by its partial index; so too below.
            Check(
                "replace_open",
                "EXISTS (SELECT 1 FROM verification_memberinvitation AS i WHERE i.organisation_id = NEW.organisation_id "
                "AND i.address = NEW.address AND i.role = NEW.role AND i.ended_at IS NULL)",
                "verification_memberinvitation: one open invitation to a role",
            ),
        ),
        update_checks=(
            Check(
                "ended",
                "OLD.ended_at IS NOT NULL AND (NEW.ended_at IS NULL OR NEW.ended_at <> OLD.ended_at "
                "OR NEW.accepted <> OLD.accepted)",
                "verification_memberinvitation: an answer stays",
            ),
            Check(
                "address",
                "NEW.address <> OLD.address AND (NEW.address <> '' OR OLD.ended_at IS NULL)",
                "verification_memberinvitation: an address only goes, and after the end",
            ),
        ),
    ),
    AppendOnly(
        "verification_checkingstop",
        keys=(("id",), ("uuid",)),
        frozen=("id", "uuid", "organisation_id", "words", "by_id", "at"),
        sqlite_checks=(
            Check(
                "replace_open",
                "EXISTS (SELECT 1 FROM verification_checkingstop AS st WHERE st.organisation_id = NEW.organisation_id "
                "AND st.lifted_at IS NULL)",
                "verification_checkingstop: one open stop",
            ),
        ),
        update_checks=(
            Check("lifted", "OLD.lifted_at IS NOT NULL", "verification_checkingstop: a lifted stop stays lifted"),
        ),
    ),
)
