"""Of what boards are told: nobody reported twice, no record opened but the one of the case, no look unseen; and what a
school hands over or lists stays as it went."""

from certification.guards import AppendOnly, Check, Erasable, Shut

GUARDS = (
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
            # Or once nothing was opened under it, and the case is over.
            when="EXISTS (SELECT 1 FROM verification_caseanswer AS an JOIN records_erasure AS er "
            "ON er.record_id = an.record_id WHERE an.case_id = OLD.id) OR (NOT EXISTS (SELECT 1 "
            "FROM verification_caseanswer AS an WHERE an.case_id = OLD.id AND an.record_id IS NOT NULL) "
            "AND (OLD.closed_at IS NOT NULL OR EXISTS (SELECT 1 FROM verification_caseanswer AS an "
            "WHERE an.case_id = OLD.id)))",
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

_ERASED_BEHIND = (
    "EXISTS (SELECT 1 FROM verification_consent AS c JOIN certificates_certificate AS ce ON ce.id = c.certificate_id "
    "JOIN records_erasure AS er ON er.record_id = ce.record_id WHERE c.id = {consent})"
)

SENT = (
    AppendOnly(
        "verification_handover",
        keys=(("id",), ("uuid",), ("consent_id",)),
        frozen=("id", "uuid", "consent_id", "way", "address", "due_on"),
        checks=(
            Check(
                "consent",
                "NOT EXISTS (SELECT 1 FROM verification_consent AS c JOIN certificates_certificate AS ce "
                "ON ce.id = c.certificate_id WHERE c.id = NEW.consent_id AND c.scope = 'transcript' "
                "AND c.party_id IS NULL AND c.withdrawn_at IS NULL AND ce.kind = 'completion')",
                "verification_handover: an open consent to the transcript lets a school hand it over",
            ),
        ),
        update_checks=(
            Check(
                "declined",
                "OLD.declined_at IS NOT NULL AND (NEW.declined_at IS NULL OR NEW.declined_at <> OLD.declined_at "
                "OR NEW.declined_by_id <> OLD.declined_by_id OR NEW.declined_words <> OLD.declined_words)",
                "verification_handover: what was declined stays so",
            ),
            Check(
                "went",
                "OLD.declined_at IS NULL AND NEW.declined_at IS NOT NULL AND EXISTS (SELECT 1 "
                "FROM verification_delivery AS d WHERE d.hand_over_id = OLD.id)",
                "verification_handover: what went is not declined",
            ),
        ),
        erasable=Erasable(
            columns=("address", "declined_words"),
            kept=("id", "uuid", "consent_id", "way", "due_on", "told", "declined_at", "declined_by_id"),
            when=_ERASED_BEHIND.format(consent="OLD.consent_id"),
        ),
    ),
    AppendOnly(
        "verification_delivery",
        keys=(("id",), ("uuid",)),
        checks=(
            Check(
                "open",
                "NOT EXISTS (SELECT 1 FROM verification_handover AS h JOIN verification_consent AS c "
                "ON c.id = h.consent_id WHERE h.id = NEW.hand_over_id AND h.declined_at IS NULL "
                "AND NEW.sent_on <= c.until_on AND (c.withdrawn_at IS NULL OR NEW.way <> 'mail'))",
                # What went by post before she withdrew may be noted after it: the service looks at the days.
                "verification_delivery: nothing goes without a consent",
            ),
        ),
        erasable=Erasable(
            columns=("reference",),
            kept=("id", "uuid", "hand_over_id", "way", "sent_on", "sha256", "by_id", "at"),
            when="EXISTS (SELECT 1 FROM verification_handover AS h WHERE h.id = OLD.hand_over_id AND "
            + _ERASED_BEHIND.format(consent="h.consent_id")
            + ")",
        ),
    ),
    AppendOnly(
        "verification_graduatelist",
        keys=(("id",), ("uuid",), ("school_id", "number")),
        frozen=(
            "id",
            "uuid",
            "school_id",
            "number",
            "receiver",
            "ground",
            "from_on",
            "to_on",
            "hidden",
            "sha256",
            "made_by_id",
            "made_at",
        ),
        update_checks=(
            Check(
                "over",
                "OLD.sent_at IS NOT NULL OR OLD.dropped_at IS NOT NULL",
                "verification_graduatelist: what was sent or dropped stays so",
            ),
        ),
    ),
    AppendOnly(
        "verification_graduateline",
        keys=(("id",), ("list_id", "line"), ("list_id", "certificate_id")),
        checks=(
            Check(
                "certificate",
                "NOT EXISTS (SELECT 1 FROM verification_graduatelist AS li JOIN certificates_certificate AS ce "
                "ON ce.school_id = li.school_id WHERE li.id = NEW.list_id AND ce.id = NEW.certificate_id "
                "AND ce.kind = 'completion' AND li.sent_at IS NULL AND li.dropped_at IS NULL)",
                "verification_graduateline: a graduate of that school, in a list that has not gone",
            ),
        ),
    ),
)

SHUT = (Shut("verification_roster"), Shut("verification_graduatelist"))
"""A school that has closed reports and lists nothing any more; who keeps its records still answers boards, and hands over
what a graduate asks for."""
