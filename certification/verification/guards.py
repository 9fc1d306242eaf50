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
    AppendOnly(
        "verification_roster",
        keys=(("id",), ("uuid",), ("school_id", "number")),
        frozen=("id", "uuid", "school_id", "number", "profession", "body", "sha256", "made_by_id", "made_at"),
        update_checks=(
            Check(
                "over",
                "OLD.sent_at IS NOT NULL OR OLD.dropped_at IS NOT NULL",
                "verification_roster: what was sent or dropped stays so",
            ),
        ),
    ),
    AppendOnly(
        "verification_rosterrow",
        keys=(("id",), ("roster_id", "line")),
        frozen=("id", "roster_id", "line", "certificate_id", "record_id", "course_number", "completed_on"),
        sqlite_checks=(
            Check(
                "replace_standing",
                "NEW.stands AND EXISTS (SELECT 1 FROM verification_rosterrow AS r WHERE r.record_id = NEW.record_id "
                "AND r.course_number = NEW.course_number AND r.stands)",
                "verification_rosterrow: nobody is reported twice",
            ),
        ),
        checks=(
            Check(
                "record",
                "NOT EXISTS (SELECT 1 FROM certificates_certificate AS ce JOIN verification_roster AS ro "
                "ON ro.school_id = ce.school_id WHERE ce.id = NEW.certificate_id AND ce.record_id = NEW.record_id "
                "AND ro.id = NEW.roster_id)",
                "verification_rosterrow: a certificate of that record and school",
            ),
        ),
        update_checks=(
            Check(
                "answered",
                "OLD.reply <> '' AND (NEW.reply <> OLD.reply OR NEW.reply_words <> OLD.reply_words)",
                "verification_rosterrow: an answer stays",
            ),
            Check("again", "NEW.stands AND NOT OLD.stands", "verification_rosterrow: what fell never stands again"),
            Check(
                "unsent",
                "NEW.reply <> '' AND NOT EXISTS (SELECT 1 FROM verification_roster AS ro "
                "WHERE ro.id = OLD.roster_id AND ro.sent_at IS NOT NULL)",
                "verification_rosterrow: only what was sent is answered",
            ),
            Check(
                "fall",
                "OLD.stands AND NOT NEW.stands AND NEW.reply <> 'refused' AND NOT EXISTS (SELECT 1 "
                "FROM verification_roster AS ro WHERE ro.id = OLD.roster_id AND ro.dropped_at IS NOT NULL)",
                "verification_rosterrow: it falls with a dropped file or a refusal alone",
            ),
        ),
    ),
    AppendOnly("verification_rosternotice", keys=(("id",), ("certificate_id", "step"))),
    AppendOnly(
        "verification_case",
        keys=(("id",), ("uuid",)),
        frozen=("id", "uuid", "organisation_id", "school_id", "number", "person", "ground", "asked_by_id", "asked_at"),
        checks=(
            Check(
                "board",
                "NOT EXISTS (SELECT 1 FROM accounts_organisation AS o WHERE o.id = NEW.organisation_id "
                "AND o.kind = 'board')",
                "verification_case: only a board asks for a record",
            ),
        ),
        update_checks=(Check("closed", "OLD.closed_at IS NOT NULL", "verification_case: a closed case stays closed"),),
        # Whom it names goes with the words behind the record that was opened.
        erasable=Erasable(
            columns=("person",),
            kept=(
                "id",
                "uuid",
                "organisation_id",
                "school_id",
                "number",
                "ground",
                "asked_by_id",
                "asked_at",
                "closed_at",
            ),
            when="EXISTS (SELECT 1 FROM verification_caseanswer AS an JOIN records_erasure AS er "
            "ON er.record_id = an.record_id WHERE an.case_id = OLD.id)",
        ),
    ),
    AppendOnly(
        "verification_caseanswer",
        keys=(("id",), ("case_id",)),
        frozen=("id", "case_id", "record_id", "until_on", "words", "by_id", "at"),
        checks=(
            Check(
                "school",
                "NEW.record_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM verification_case AS ca "
                "JOIN records_trainingrecord AS rec ON rec.school_id = ca.school_id "
                "WHERE ca.id = NEW.case_id AND rec.id = NEW.record_id)",
                "verification_caseanswer: only a record of the school that was asked",
            ),
        ),
        update_checks=(
            Check("ended", "OLD.ended_at IS NOT NULL", "verification_caseanswer: what was taken back stays so"),
        ),
    ),
    AppendOnly(
        "verification_caselook",
        checks=(
            Check(
                "open",
                "NOT EXISTS (SELECT 1 FROM verification_caseanswer AS an JOIN verification_case AS ca "
                "ON ca.id = an.case_id WHERE an.case_id = NEW.case_id AND an.record_id IS NOT NULL "
                "AND an.ended_at IS NULL AND ca.closed_at IS NULL)",
                "verification_caselook: only under an open case",
            ),
        ),
    ),
)

SHUT: tuple[Shut, ...] = (Shut("verification_roster"),)
"""Of a school that has closed certificates are checked, shared and sent as before; it reports nothing any more."""
