"""Makes the files that leave the house: the ZIP of one record, its table of hours, and the ZIP of a school's whole log.

They write nothing to the database; docs/export.md has the form, `rules.export_check` reads it back.
"""

import hashlib
import io
import zipfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone

from accounts.models import Organisation
from certification.keys.models import SigningKey
from certification.keys.selectors import keys_of, named

from ..models import HourLog, TrainingRecord
from ..rules import exports, instant
from ..rules.tables import as_csv, as_xlsx
from ..selectors import checkpoints_of, last_checkpoint, proofs_of
from ..selectors.exports import (
    checkpoints_told,
    lines_told,
    packs_told,
    record_told,
    records_told,
    school_rule_sets,
)

Teller = Callable[[TrainingRecord, bool], Any]
"""Tells what another room keeps of a record, as plain values; whether `whole`, the school's copy. None: nothing."""
_tellers: dict[str, Teller] = {}


def register_part(name: str, tell: Teller) -> None:
    """Let an upper room add a JSON part to the export of one record; called once by its AppConfig.ready."""
    _tellers[name] = tell


SchoolTeller = Callable[[Organisation], Iterable[dict[str, Any]]]
"""Tells what another room keeps of a school's records, a row for each, by the piece."""
_school_tellers: dict[str, SchoolTeller] = {}


def register_school_part(name: str, tell: SchoolTeller) -> None:
    """Let an upper room add a part of JSON lines to the export of a school; called once by its AppConfig.ready."""
    _school_tellers[name] = tell


TABLES: dict[str, Callable[..., bytes]] = {
    "csv": as_csv,
    "xlsx": lambda header, rows: as_xlsx(header, rows, title="hours"),
}


def hours_table(*, record: TrainingRecord, kind: str) -> bytes:
    """All lines of a record, also those taken back, as `csv` or `xlsx`. At most three queries."""
    lines = lines_told(_log(record.school), record)
    return TABLES[kind](exports.HOURS_HEADER, exports.hours_rows(lines))


def export_record(
    *, record: TrainingRecord, whole: bool, more: Mapping[str, bytes] | None = None, heads: Collection[int] = ()
) -> bytes:
    """Everything about one record as a ZIP that proves itself against the newest checkpoint.

    Lines that no checkpoint holds yet are in it and have no proof. `whole` as in `record_told`; upper rooms add
    what they keep of it, and whoever calls further parts by `more` and the sizes of older heads by `heads`, from which
    the way to the newest is to be proved too. Some fifteen queries, and one for each level of the tree.
    """
    log = _log(record.school)
    lines = list(lines_told(log, record))
    newest = last_checkpoint(log)
    packs = packs_told([record.rule_set])
    told = [(name, tell(record, whole)) for name, tell in sorted(_tellers.items())]
    own = [(name, part) for name, part in told if part]
    parts: list[tuple[str, Iterable[bytes]]] = [
        (
            "record.json",
            [
                exports.json_page(
                    _head(exports.RECORD_FORM, log)
                    | {
                        "record": record_told(record, whole=whole),
                        "lines": lines,
                    }
                )
            ],
        ),
        ("proofs.json", [exports.json_page(_proofs(log, lines, heads))]),
        ("keys.txt", [_keys(log)]),
        ("rules.yaml", [packs.pop(record.rule_set.label).encode()]),
        *((f"{label}.yaml", [text.encode()]) for label, text in packs.items()),
        ("hours.csv", [as_csv(exports.HOURS_HEADER, exports.hours_rows(lines))]),
        *((name, [exports.json_page(part)]) for name, part in own),
        *((name, [part]) for name, part in (more or {}).items()),
        ("README.txt", [_readme("record", log, record=record, own=[name for name, _part in own])]),
    ]
    if newest is not None:
        parts.insert(2, ("checkpoint.txt", [newest.note.encode()]))
    return b"".join(_zipped(parts))


def export_school(*, school: Organisation) -> Iterator[bytes]:
    """A school's whole log with its records, checkpoints, keys and rules, as a ZIP by the piece, in constant memory.

    The log is taken at the size that it has when the first piece is asked for. Upper rooms add what they keep of its
    records; a part in which nothing would stand is left out.
    """
    log = _log(school)
    own = [(name, rows) for name, tell in sorted(_school_tellers.items()) if (rows := _some(tell(school))) is not None]
    head = _head(exports.SCHOOL_FORM, log) | {"size": log.size}
    parts: list[tuple[str, Iterable[bytes]]] = [
        ("school.json", [exports.json_page(head)]),
        ("README.txt", [_readme("school", log, own=[name for name, _rows in own])]),
        ("keys.txt", [_keys(log)]),
        ("checkpoints.jsonl", map(exports.json_line, checkpoints_told(log))),
        # Before the records: a record that is opened meanwhile is in the file, a line without its record is not.
        ("lines.jsonl", map(exports.json_line, lines_told(log))),
        ("records.jsonl", map(exports.json_line, records_told(school))),
        *((name, map(exports.json_line, rows)) for name, rows in own),
        *((f"rules/{label}.yaml", [text.encode()]) for label, text in packs_told(school_rule_sets(school)).items()),
    ]
    yield from _zipped(parts)


def _some(rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]] | None:
    """These rows; None where there is none. Reads the first one."""
    found = iter(rows)
    first = next(found, None)
    return None if first is None else chain([first], found)


def _log(school: Organisation) -> HourLog:
    return HourLog.objects.select_related("school").get(school=school)


def _head(form: str, log: HourLog) -> dict[str, Any]:
    school = log.school
    return {
        "form": form,
        "made_at": instant(timezone.now()),
        "log": log.origin,
        "school": {"slug": school.slug, "name": school.name, "zone": school.zone},
    }


def _keys(log: HourLog) -> bytes:
    return "".join(f"{named(key).verifier}\n" for key in keys_of(SigningKey.Purpose.LOG, log.origin)).encode()


def _proofs(log: HourLog, lines: list[dict[str, Any]], heads: Collection[int] = ()) -> dict[str, Any]:
    """Each line in the tree of the newest checkpoint, and the way to it from each older one that holds any of them, and
    from `heads`.
    """
    newest = last_checkpoint(log)
    if newest is None or not (lines or heads):
        return {"log": log.origin, "inclusion": [], "consistency": []}
    leaves = {line["leaf"]["position"]: line["leaf_hash"] for line in lines}
    covered = [position for position in leaves if position < newest.size]
    older = {size for size in heads if 0 < size < newest.size}
    if leaves:
        rows = checkpoints_of(log).filter(size__gt=min(leaves), size__lt=newest.size)
        older |= set(rows.values_list("size", flat=True))
    proofs = proofs_of(log, covered, sorted(older), newest.size)
    return {
        "log": log.origin,
        "tree_size": proofs.size,
        "root_hash": proofs.root,
        "inclusion": [
            {"leaf_index": position, "leaf_hash": leaves[position], "inclusion_path": path}
            for position, path in proofs.inclusion.items()
        ],
        "consistency": [{"old_size": old, "consistency_path": path} for old, path in proofs.consistency.items()],
    }


def _readme(kind: str, log: HourLog, **context: Any) -> bytes:
    return render_to_string(
        f"records/export_{kind}.txt", {"log": log, "slug": log.school.slug, "school": log.school, **context}
    ).encode()


class _Pieces(io.RawIOBase):
    """A file that cannot go back: what was written is taken away by the piece."""

    def __init__(self) -> None:
        self.waiting: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.waiting.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        data, self.waiting = b"".join(self.waiting), []
        return data


def _zipped(parts: Iterable[tuple[str, Iterable[bytes]]]) -> Iterator[bytes]:
    """The ZIP of these parts, by the piece, with the sums of all of them as the last one."""
    pieces = _Pieces()
    now = timezone.now().timetuple()[:6]
    sums: dict[str, str] = {}
    with zipfile.ZipFile(pieces, "w", zipfile.ZIP_DEFLATED) as archive:

        def written(name: str, data: Iterable[bytes]) -> Iterator[bytes]:
            info = zipfile.ZipInfo(name, now)
            info.compress_type = zipfile.ZIP_DEFLATED
            sum_ = hashlib.sha256()
            with archive.open(info, "w", force_zip64=True) as part:
                for some in data:
                    sum_.update(some)
                    part.write(some)
                    if len(pieces.waiting) > 16:
                        yield pieces.taken()
            sums[name] = sum_.hexdigest()
            yield pieces.taken()

        for name, data in parts:
            yield from written(name, data)
        yield from written(exports.SUMS, [exports.sums_told(sums)])
    yield pieces.taken()
