"""A clock that ended never runs again, and what was tapped stays tapped."""

from certification.guards import AppendOnly, Check, Erasable

from .placements import ERASED

GUARDS = (
    AppendOnly(
        "externships_clock",
        keys=(("id",), ("uuid",)),
        frozen=(
            *("id", "uuid", "learner_id", "placement_id", "supervisor_id", "started_at"),
            *("started_metres", "started_accuracy", "started_away"),
        ),
        checks=(
            Check("begins", "NEW.ended_at IS NOT NULL", "externships_clock: a clock begins open"),
            Check(
                "whose",
                "NOT EXISTS (SELECT 1 FROM externships_placement AS p JOIN records_trainingrecord AS r "
                "ON r.id = p.record_id WHERE p.id = NEW.placement_id AND r.learner_id = NEW.learner_id)",
                "externships_clock: a clock is its placement's learner's",
            ),
        ),
        # INSERT OR REPLACE would throw the open one out by its partial index.
        sqlite_checks=(
            Check(
                "open",
                "EXISTS (SELECT 1 FROM externships_clock AS c WHERE c.learner_id = NEW.learner_id AND c.ended_at IS NULL)",
                "externships_clock: one open clock a learner",
            ),
        ),
        update_checks=(Check("ended", "OLD.ended_at IS NOT NULL", "externships_clock: what ended never changes"),),
        # A constraint says that nothing of a place is left; flags cannot be empty text.
        erasable=Erasable(
            columns=(
                *("started_metres", "started_accuracy", "started_away"),
                *("ended_metres", "ended_accuracy", "ended_away"),
            ),
            kept=("id", "uuid", "learner_id", "placement_id", "supervisor_id", "started_at", "ended_at", "ended"),
            when=ERASED,
            emptied=False,
        ),
    ),
    AppendOnly(
        "externships_clockstretch",
        keys=(("id",), ("key",)),
        checks=(
            Check(
                "in_order",
                "NOT EXISTS (SELECT 1 FROM externships_clock AS c WHERE c.id = NEW.clock_id AND c.ended_at IS NULL "
                "AND c.started_at <= NEW.started_at) OR EXISTS (SELECT 1 FROM externships_clockstretch AS s "
                "WHERE s.clock_id = NEW.clock_id AND s.started_at > NEW.started_at)",
                "externships_clockstretch: taps come in order, while the clock runs",
            ),
        ),
    ),
)
