"""Whether a certificate rests on a record; upper rooms, which alone know, say it here."""

from collections.abc import Callable

from certification.records.models import TrainingRecord

_asked: list[Callable[[TrainingRecord], bool]] = []


def freeze_by(asks: Callable[[TrainingRecord], bool]) -> None:
    """Add who is asked whether something issued rests on a record; called once by an upper room's AppConfig.ready."""
    if asks not in _asked:
        _asked.append(asks)


def has_certificate(record: TrainingRecord) -> bool:
    """Whether something that was issued rests on a record. One query for each who is asked."""
    return any(asks(record) for asks in _asked)
