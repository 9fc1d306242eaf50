"""What the database itself refuses in this room: no consent widened, no look unseen, no decision taken back."""

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

SHUT: tuple[Shut, ...] = ()
"""Of a school that has closed certificates are checked, shared and sent as before."""
