"""Two examiners who are not the learner, nor those of an earlier failed one; what is handed in never changes."""

from certification.guards import AppendOnly, Check, Erasable

_OF_SHEET = "(SELECT pr.record_id FROM externships_practical AS pr WHERE pr.id = OLD.practical_id)"

GUARDS = (
    AppendOnly(
        "externships_practical",
        keys=(("id",), ("uuid",)),
        frozen=(
            *("id", "uuid", "kind_id", "record_id", "on_day", "place", "items", "pass_percent", "course", "fact"),
            *("planned_by_id", "planned_at"),
        ),
        update_checks=(
            Check(
                "over",
                "OLD.cancelled_at IS NOT NULL OR EXISTS (SELECT 1 FROM externships_practicalresult AS r "
                "WHERE r.practical_id = OLD.id)",
                "externships_practical: what is over is never changed",
            ),
        ),
    ),
    AppendOnly(
        "externships_practicalsheet",
        keys=(("id",), ("uuid",), ("practical_id", "seat"), ("practical_id", "examiner_id")),
        frozen=("id", "uuid", "practical_id", "seat", "examiner_id"),
        checks=(
            Check(
                "herself",
                "EXISTS (SELECT 1 FROM externships_practical AS p JOIN records_trainingrecord AS tr "
                "ON tr.id = p.record_id JOIN records_learner AS le ON le.id = tr.learner_id "
                "WHERE p.id = NEW.practical_id AND le.user_id = NEW.examiner_id)",
                "externships_practicalsheet: nobody ever examines herself",
            ),
            Check(
                "again",
                "EXISTS (SELECT 1 FROM externships_practical AS p JOIN externships_practical AS e "
                "ON e.record_id = p.record_id AND e.kind_id = p.kind_id JOIN externships_practicalresult AS r "
                "ON r.practical_id = e.id JOIN externships_practicalsheet AS s ON s.practical_id = e.id "
                "WHERE p.id = NEW.practical_id AND NOT r.passed AND s.examiner_id = NEW.examiner_id)",
                "externships_practicalsheet: a re-test is never by an examiner of an earlier failed one",
            ),
            Check(
                "begins", "NEW.handed_in_at IS NOT NULL", "externships_practicalsheet: never handed in from the first"
            ),
        ),
        update_checks=(
            Check(
                "handed_in",
                "OLD.handed_in_at IS NOT NULL",
                "externships_practicalsheet: what is handed in is never changed",
            ),
            Check(
                "cancelled",
                "EXISTS (SELECT 1 FROM externships_practical AS p WHERE p.id = OLD.practical_id "
                "AND p.cancelled_at IS NOT NULL)",
                "externships_practicalsheet: of a cancelled examination never",
            ),
        ),
        erasable=Erasable(
            columns=("words",),
            kept=("id", "uuid", "practical_id", "seat", "examiner_id", "marks", "handed_in_at"),
            when=f"EXISTS (SELECT 1 FROM records_erasure AS er WHERE er.record_id = {_OF_SHEET})",
        ),
    ),
    AppendOnly(
        "externships_practicalresult",
        keys=(("id",), ("practical_id",)),
        checks=(
            Check(
                "both",
                "(SELECT COUNT(*) FROM externships_practicalsheet AS s WHERE s.practical_id = NEW.practical_id "
                "AND s.handed_in_at IS NOT NULL) <> 2 OR EXISTS (SELECT 1 FROM externships_practical AS p "
                "WHERE p.id = NEW.practical_id AND p.cancelled_at IS NOT NULL)",
                "externships_practicalresult: never before both sheets are in",
            ),
        ),
    ),
)
