"""How far a batch of certificates is, from the counts of its rows."""

from dataclasses import dataclass

PREPARING, WAITING, ISSUING, DONE, WITHDRAWING, WITHDRAWN, EMPTY = (
    "preparing",
    "waiting",
    "issuing",
    "done",
    "withdrawing",
    "withdrawn",
    "empty",
)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a batch is: how many rows are chosen, prepared, issued, refused and left out, and what is to come.

    `files` counts the issued rows whose files were made.
    """

    chosen: int
    prepared: int
    issued: int
    refused: int
    left_out: int
    files: int
    is_signed: bool
    is_withdrawn: bool

    @property
    def of(self) -> int:
        """All rows."""
        return self.chosen + self.prepared + self.ended

    @property
    def ended(self) -> int:
        """Rows that came to their end."""
        return self.issued + self.refused + self.left_out

    @property
    def state(self) -> str:
        """One word: preparing, waiting (for the second hand), issuing, done, withdrawing, withdrawn, or empty (no row
        could be prepared).
        """
        if self.is_withdrawn:
            return WITHDRAWING if self.chosen or self.prepared else WITHDRAWN
        if self.is_signed:
            return ISSUING if self.prepared else DONE
        if self.chosen:
            return PREPARING
        return WAITING if self.prepared else EMPTY

    @property
    def is_going(self) -> bool:
        """Whether the task queue still has something to do with it."""
        return self.state in (PREPARING, ISSUING, WITHDRAWING)

    @property
    def done(self) -> int:
        """Rows that the step at hand is finished with."""
        return self.of - self.chosen if self.state == PREPARING else self.ended
