"""Parts to post, with what does not matter filled in."""

from datetime import UTC, date, datetime
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from certification.records.services import HourPart


def at(text: str) -> datetime:
    """An instant in UTC: `at("2026-03-02 14:00")`."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def part(minutes: int = 60, start: str = "2026-03-02 14:00", end: str = "2026-03-02 15:00", **fields: Any) -> HourPart:
    """An hour of class in the category `mfr`, unless said otherwise."""
    spans = fields.pop("spans", ((at(start), at(end)),))
    values: dict[str, Any] = {
        "category": "mfr",
        "minutes": minutes,
        "source": "class",
        "delivery": "in_person",
        "evidence": "co_signed",
        "title": "Class: cross-hand release",
        "spans": spans,
        "signer": "user:1",
        "signer_name": "Ines Instructor",
    }
    return HourPart(**{**values, **fields})


def without_times(minutes: int = 60, day: str = "2026-03-02", **fields: Any) -> HourPart:
    """Missing hours as an adjustment of a day."""
    return part(minutes, spans=(), source="adjustment", date=date.fromisoformat(day), **fields)


def paper(name: str = "sheet.pdf", body: bytes = b"%PDF-1.7\n%%EOF\n") -> SimpleUploadedFile:
    """A small PDF, as a browser sends it."""
    return SimpleUploadedFile(name, body)
