"""Guards of what CE certificates rest on, and of letters that were asked for."""

from certification.guards import AppendOnly, Check, Erasable

GUARDS = (
    AppendOnly(
        "certificates_providernumber",
        keys=(("id",), ("uuid",), ("school_id", "regulator", "number", "valid_from")),
        frozen=(
            "id", "uuid", "school_id", "regulator", "number", "valid_from", "valid_to", "recorded_by_id", "recorded_at",
        ),
        update_checks=(
            Check("once", "OLD.withdrawn_at IS NOT NULL", "certificates: a withdrawn provider number stays withdrawn"),
        ),
    ),
    AppendOnly("certificates_coursequestions", keys=(("id",), ("uuid",), ("school_id", "program_code", "number"))),
    AppendOnly(
        "certificates_courseanswers",
        keys=(("id",), ("record_id",)),
        checks=(
            Check(
                "same_course",
                "NEW.questions_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM certificates_coursequestions AS q "
                "JOIN records_trainingrecord AS r ON r.school_id = q.school_id AND r.program_code = q.program_code "
                "WHERE q.id = NEW.questions_id AND r.id = NEW.record_id)",
                "certificates: the questions are those of another course",
            ),
        ),
    ),
    AppendOnly("certificates_coursesignature", keys=(("id",), ("record_id", "instructor_id"))),
    AppendOnly("certificates_letterrequest", keys=(("id",), ("uuid",))),
    AppendOnly(
        "certificates_letterdecline",
        keys=(("id",), ("request_id",)),
        erasable=Erasable(
            columns=("words",),
            kept=("id", "request_id", "by_id", "at"),
            when="EXISTS (SELECT 1 FROM records_erasure AS er JOIN certificates_letterrequest AS q "
            "ON q.record_id = er.record_id WHERE q.id = OLD.request_id)",
        ),
        checks=(
            Check(
                "own",
                "EXISTS (SELECT 1 FROM certificates_letterrequest AS q JOIN records_trainingrecord AS r "
                "ON r.id = q.record_id JOIN records_learner AS l ON l.id = r.learner_id "
                "WHERE q.id = NEW.request_id AND l.user_id = NEW.by_id)",
                "certificates: nobody declines her own wish",
            ),
            Check(
                "answered",
                "EXISTS (SELECT 1 FROM certificates_letterrequest AS q JOIN certificates_certificate AS c "
                "ON c.record_id = q.record_id AND c.kind = 'letter' AND c.issued_at >= q.asked_at "
                "WHERE q.id = NEW.request_id)",
                "certificates: a wish that a letter answered is not declined",
            ),
        ),
    ),
)  # fmt: skip
