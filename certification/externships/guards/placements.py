"""What was decided about a placement is not undone by the back door, and who did it is never rewritten."""

from certification.guards import AppendOnly, Check, Erasable

ERASED = (
    "EXISTS (SELECT 1 FROM records_erasure AS er JOIN externships_placement AS pl ON pl.record_id = er.record_id "
    "WHERE pl.id = OLD.placement_id)"
)
_OVER = "('declined', 'cancelled')"
_TWIN = (
    "NEW.state NOT IN ('declined', 'cancelled') AND EXISTS (SELECT 1 FROM externships_placement AS pl "
    "WHERE pl.record_id = NEW.record_id AND pl.site_id = NEW.site_id AND pl.starts_on = NEW.starts_on "
    "AND pl.state NOT IN ('declined', 'cancelled') AND pl.id <> NEW.id)"
)

GUARDS = (
    AppendOnly(
        "externships_placement",
        keys=(("id",), ("uuid",)),
        frozen=("id", "uuid", "record_id", "site_id", "created_at"),
        update_checks=(
            Check(
                "over",
                f"OLD.state IN {_OVER} AND NEW.state <> OLD.state",
                "externships_placement: a request that was declined or cancelled is never revived",
            ),
            Check(
                "asked",
                "OLD.state <> 'requested' AND NEW.state IN ('requested', 'declined', 'cancelled') "
                "AND NEW.state <> OLD.state",
                "externships_placement: what was decided is never a request again",
            ),
            Check(
                "undecided",
                "OLD.state = 'requested' AND NEW.state IN ('complete', 'terminated')",
                "externships_placement: a request never ends as a placement does",
            ),
            Check("twin", _TWIN, "externships_placement: never two at one site from one day"),
        ),
        sqlite_checks=(
            Check(
                "twin_new", _TWIN.replace("pl.id <> NEW.id", "1 = 1"), "externships_placement: rows are never replaced"
            ),
        ),
    ),
    AppendOnly(
        "externships_placementstep",
        erasable=Erasable(columns=("words",), kept=("id", "placement_id", "what", "by_id", "at"), when=ERASED),
    ),
    AppendOnly(
        "externships_learninggoal",
        keys=(("id",), ("uuid",)),
        frozen=("id", "uuid", "placement_id", "words", "added_by_id", "added_at"),
        # What somebody ticked is a word about the learner; a mere wish may go.
        delete_when="OLD.reached_at IS NULL",
        erasable=Erasable(
            columns=("words",),
            kept=(
                *("id", "uuid", "placement_id", "added_by_id", "added_at"),
                *("reached_at", "reached_by_id", "reached_by_supervisor_id"),
            ),
            when=ERASED,
        ),
    ),
)
