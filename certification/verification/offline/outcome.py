"""What a check found: one line for each thing that was looked at."""

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: `holds` is None for what could not be judged from the file alone."""

    name: str
    holds: bool | None
    words: str


@dataclass
class Outcome:
    """What was found of one file, in the order in which it was looked at. `about` says of what and whom it speaks.

    `credential` and `subject` are the ids of the credential that was checked and of whom it is about, as they were
    signed. `notes` say what no file can show.
    """

    kind: str
    about: str = ""
    credential: str = ""
    subject: str = ""
    checks: list[Check] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether something was checked, and nothing failed."""
        return bool(self.checks) and all(check.holds is not False for check in self.checks)

    def add(self, name: str, holds: bool | None, words: str) -> bool:
        """Note one check; returns whether it did not fail."""
        self.checks.append(Check(name, holds, words))
        return holds is not False

    def take(self, other: "Outcome", prefix: str) -> None:
        """Take the checks of a part, each named with `prefix`."""
        self.checks += [Check(f"{prefix}: {check.name}", check.holds, check.words) for check in other.checks]
        self.notes += [note for note in other.notes if note not in self.notes]

    def as_dict(self) -> dict[str, Any]:
        """For `--json`."""
        return {"holds": self.holds, **asdict(self)}
