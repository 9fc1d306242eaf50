"""What leaves the house: the form of the exports of one record and of a school's log. docs/export.md says it in prose."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .tables import Cell

RECORD_FORM = "palmar-record-export/1"
SCHOOL_FORM = "palmar-school-export/1"
SUMS = "SHA256SUMS"
HOURS_HEADER = (
    *("position", "date", "minutes", "category", "delivery", "source", "evidence", "title", "stands", "course"),
    *("sending_school", "place", "tags", "starts_at", "ends_at", "paid", "supervisor_licence_valid_from"),
    *("supervisor_licence_valid_to", "signer_name", "note", "reason", "recorded_at", "entry", "leaf_hash"),
)
_FROM_LEAF = set(HOURS_HEADER) - {"stands", "signer_name", "note", "leaf_hash"}


def line_told(
    fields: Mapping[str, Any], *, leaf_hash: str, text_salt: str | None, text_body: str | None
) -> dict[str, Any]:
    """One line as exports hold it: what its leaf binds, the hash of that, and its words with their salt (null: erased)."""
    text = None if text_salt is None else {"salt": text_salt, "body": text_body}
    return {"leaf": dict(fields), "leaf_hash": leaf_hash, "text": text}


def hours_rows(lines: Iterable[Mapping[str, Any]]) -> Iterator[list[Cell]]:
    """The rows of `hours.csv` under HOURS_HEADER, one a line as `line_told` made them, also those taken back."""
    kept = list(lines)
    gone = {line["leaf"]["reverses"] for line in kept}
    for line in kept:
        leaf = line["leaf"]
        words = json.loads(line["text"]["body"]) if line["text"] else {}
        stands = "takes back" if leaf["reverses"] else "taken back" if leaf["entry"] in gone else "stands"
        extra = {
            "stands": stands,
            "signer_name": words.get("signer_name", ""),
            "note": words.get("note", ""),
            "leaf_hash": line["leaf_hash"],
        }
        yield [leaf[column] if column in _FROM_LEAF else extra[column] for column in HOURS_HEADER]


def json_line(value: Any) -> bytes:
    """One JSON value on one line, its members sorted."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def json_page(value: Any) -> bytes:
    """JSON for reading, its members sorted."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1).encode() + b"\n"


def sums_told(sums: Mapping[str, str]) -> bytes:
    """The file SHA256SUMS, as `sha256sum --check` reads it."""
    return "".join(f"{value}  {name}\n" for name, value in sums.items()).encode()


def sha256(data: bytes) -> str:
    """In hex."""
    return hashlib.sha256(data).hexdigest()
