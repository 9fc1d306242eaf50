"""Checks an export of one record or of a school's log, knowing nothing but the file: no database, no network.

Nothing that can be computed is believed: leaves come from the columns, the tree from the leaves, `hours.csv` from the
lines. The keys are those in the file, so what binds it to the school is a checkpoint that was kept elsewhere, or the
keys that the school publishes. What is not signed is said: people, grades and claims have a sum only, against accident.
"""

import hashlib
import json
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from certification.keys.rules import BadNoteError, NamedKey, open_note

from . import exports, merkle
from .checkpoints import Head, Kept, read_checkpoint
from .leaf import LEAF_FORM, leaf_text, text_hash
from .tables import as_csv

MOST_BYTES = 400 * 1024 * 1024  # of a part that is read whole
CHUNK = 1 << 20
RECORD_PARTS = ("record.json", "proofs.json", "keys.txt", "rules.yaml", "hours.csv", "README.txt")
SCHOOL_PARTS = ("school.json", "lines.jsonl", "records.jsonl", "checkpoints.jsonl", "keys.txt", "README.txt")
LEAF_MEMBERS = frozenset(
    {
        *("log", "position", "salt", "entry", "record", "learner", "posting", "source_key", "date", "minutes"),
        *("category", "tags", "delivery", "source", "course", "sending_school", "starts_at", "ends_at", "recorded_at"),
        *("spans", "supervisor_licence_valid_from", "supervisor_licence_valid_to", "paid", "title"),
        *("content_revision", "place", "signer", "evidence", "reason", "reverses", "recorded_by", "text_hash"),
    }
)


class NotAnExportError(ValueError):
    """The file is no export of ours; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Misfit:
    """One thing that does not fit: the part of the file, the line's position where it is one, and what is wrong."""

    part: str
    message: str
    position: int | None = None
    young: bool = False
    """Nothing is wrong with the line: it was written after the newest checkpoint, so no head holds it yet."""


@dataclass
class Verdict:
    """What the check saw: of what, how much was proved against which head, and each thing that does not fit."""

    form: str
    log: str = ""
    lines: int = 0
    proved: int = 0
    size: int = 0
    keys: list[str] = field(default_factory=list)
    misfits: list[Misfit] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether everything fits and every line is proved."""
        return not self.misfits


def check_export(archive: zipfile.ZipFile, kept: Sequence[Kept] = ()) -> Verdict:
    """Check an export, also against checkpoints that were kept elsewhere. NotAnExportError when it is none."""
    names = archive.namelist()
    if "record.json" in names:
        return _RecordCheck(archive, kept, exports.RECORD_FORM, RECORD_PARTS).check()
    if "school.json" in names:
        return _SchoolCheck(archive, kept, exports.SCHOOL_FORM, SCHOOL_PARTS).check()
    raise NotAnExportError("it holds neither record.json nor school.json")


class _Check:
    """What both exports have in common: sums, keys, and a line against its own hashes."""

    def __init__(self, archive: zipfile.ZipFile, kept: Sequence[Kept], form: str, parts: tuple[str, ...]) -> None:
        self.archive, self.kept, self.parts = archive, kept, parts
        self.verdict = Verdict(form)
        self.keys: list[NamedKey] = []

    def misfit(self, part: str, message: str, position: int | None = None, *, young: bool = False) -> None:
        self.verdict.misfits.append(Misfit(part, message, position, young))

    def begin(self) -> None:
        names = self.archive.namelist()
        for name in sorted({name for name in names if names.count(name) > 1}):
            self.misfit(name, "it is there twice")
        for name in self.parts:
            if name not in names:
                self.misfit(name, "it is missing")
        self._sums(names)
        for line in self.text("keys.txt").splitlines():
            try:
                self.keys.append(NamedKey.from_verifier(line))
            except BadNoteError as error:
                self.misfit("keys.txt", str(error))
        self.verdict.keys = [key.verifier for key in self.keys]

    def _sums(self, names: Sequence[str]) -> None:
        listed: dict[str, str] = {}
        for line in self.text(exports.SUMS).splitlines():
            value, _gap, name = line.partition("  ")
            listed[name] = value
        for name in names:
            if name == exports.SUMS:
                continue
            if name not in listed:
                self.misfit(name, f"it has no sum in {exports.SUMS}")
            elif self._sum(name) != listed[name]:
                self.misfit(name, f"it is not as it was exported: its SHA-256 is not the one in {exports.SUMS}")
        for name in listed:
            if name not in names:
                self.misfit(name, f"it stands in {exports.SUMS} and is missing")

    def _sum(self, name: str) -> str:
        sum_ = hashlib.sha256()
        try:
            with self.archive.open(name) as part:
                while data := part.read(CHUNK):
                    sum_.update(data)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
            return ""
        return sum_.hexdigest()

    def bytes_of(self, name: str) -> bytes:
        """A part read whole; empty, with a misfit, when it cannot be."""
        if name not in self.archive.namelist():
            if name not in self.parts:
                self.misfit(name, "it is missing")
            return b""
        if self.archive.getinfo(name).file_size > MOST_BYTES:
            self.misfit(name, "it is too large to be checked")
            return b""
        try:
            return self.archive.read(name)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
            self.misfit(name, f"it cannot be unpacked: {error}")
            return b""

    def text(self, name: str) -> str:
        try:
            return self.bytes_of(name).decode()
        except UnicodeDecodeError as error:
            self.misfit(name, f"it is not UTF-8: {error}")
            return ""

    def json(self, name: str) -> dict[str, Any]:
        """A JSON object; empty, with a misfit, when it is none."""
        text = self.text(name)
        if not text:
            return {}
        try:
            value = json.loads(text)
        except (ValueError, RecursionError) as error:
            self.misfit(name, f"it is not JSON: {error}")
            return {}
        if not isinstance(value, dict):
            self.misfit(name, "it is not a JSON object")
            return {}
        return value

    def json_lines(self, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
        """The JSON objects of a part, one a line, numbered from 0; what is none is a misfit and passed over."""
        if name not in self.archive.namelist():
            return
        number = -1
        try:
            with self.archive.open(name) as part:
                for number, line in enumerate(part):
                    try:
                        value = json.loads(line)
                    except (ValueError, RecursionError):
                        value = None
                    if isinstance(value, dict):
                        yield number, value
                    else:
                        self.misfit(name, f"row {number + 1} is not a JSON object")
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
            self.misfit(name, f"it cannot be unpacked after row {number + 1}: {error}")

    def line(self, line: Mapping[str, Any], part: str, place: int) -> tuple[Mapping[str, Any], bytes] | None:
        """The leaf of a line and the hash that its columns give; misfits otherwise, None where it cannot be read."""
        leaf, kept_hash, text = line.get("leaf"), line.get("leaf_hash"), line.get("text")
        if not isinstance(leaf, dict) or leaf.keys() != LEAF_MEMBERS or not isinstance(leaf.get("position"), int):
            self.misfit(part, f"line {place + 1} of the file is not a line of the form {LEAF_FORM}")
            return None
        position = leaf["position"]
        try:
            computed = merkle.leaf_hash(leaf_text(leaf))
        except (ValueError, TypeError):
            computed = b""
        if computed.hex() != kept_hash:
            self.misfit(part, "the line was altered: its columns do not give its leaf hash", position)
        if leaf["log"] != self.verdict.log:
            self.misfit(part, f"the line is of the log {leaf['log']}", position)
        if text is not None:
            try:
                fits = text_hash(text["salt"], text["body"]) == leaf["text_hash"]
            except (ValueError, TypeError, KeyError, AttributeError):
                fits = False
            if not fits:
                self.misfit(part, "the words of the line were altered", position)
        minutes = leaf["minutes"]
        if isinstance(minutes, bool) or not isinstance(minutes, int) or (minutes < 0) != (leaf["reverses"] is not None):
            self.misfit(part, f"no line holds {minutes} minutes", position)
        return leaf, computed

    def head(self, note: str, part: str) -> Head | None:
        """The head that a signed note states; a misfit when no key of the file signed it."""
        try:
            head = read_checkpoint(open_note(note, self.keys))
        except (BadNoteError, ValueError) as error:
            self.misfit(part, str(error))
            return None
        if head.origin != self.verdict.log:
            self.misfit(part, f"it is of the log {head.origin}")
            return None
        return head

    def kept_heads(self) -> Iterator[tuple[Kept, Head]]:
        """The heads of the kept checkpoints that a key of the file signed; misfits for the others."""
        for one in self.kept:
            head = self.head(one.note, one.source)
            if head is not None:
                yield one, head


class _RecordCheck(_Check):
    def check(self) -> Verdict:
        self.begin()
        told = self.json("record.json")
        record, lines = told.get("record"), told.get("lines")
        if told.get("form") != exports.RECORD_FORM or not isinstance(record, dict) or not isinstance(lines, list):
            self.misfit("record.json", f"it is not of the form {exports.RECORD_FORM}")
            return self.verdict
        self.verdict.log, self.verdict.lines = str(told.get("log", "")), len(lines)
        good = self._lines(lines, record)
        self._hours(lines)
        proofs = self.json("proofs.json")
        head = None
        if "checkpoint.txt" in self.archive.namelist():
            head = self.head(self.text("checkpoint.txt"), "checkpoint.txt")
        if head is not None:
            self.verdict.size = head.size
            self._proofs(proofs, good, head)
            self._kept(proofs, head)
        else:
            self.misfit("checkpoint.txt", "no signed checkpoint: no line of this export is proved")
        return self.verdict

    def _lines(self, lines: Sequence[Any], record: Mapping[str, Any]) -> dict[int, str]:
        """Position to leaf hash of the lines that fit in themselves."""
        good: dict[int, str] = {}
        minutes: dict[str, int] = {}
        before = -1
        for place, line in enumerate(lines):
            known = len(self.verdict.misfits)
            read = self.line(line if isinstance(line, dict) else {}, "record.json", place)
            if read is None:
                continue
            leaf, _hash = read
            position = leaf["position"]
            if leaf["record"] != record.get("uuid") or leaf["learner"] != record.get("learner"):
                self.misfit("record.json", "the line is of another record", position)
            if position <= before:
                self.misfit("record.json", "the line is not in the order of the log", position)
            if leaf["reverses"] is not None and minutes.pop(leaf["reverses"], None) != -leaf["minutes"]:
                self.misfit("record.json", "the line takes back what does not stand", position)
            elif leaf["reverses"] is None:
                minutes[leaf["entry"]] = leaf["minutes"]
            before = max(before, position)
            if len(self.verdict.misfits) == known:
                good[position] = line["leaf_hash"]
        return good

    def _hours(self, lines: Sequence[Any]) -> None:
        try:
            computed = as_csv(exports.HOURS_HEADER, exports.hours_rows(lines))
        except (KeyError, TypeError, ValueError, AttributeError):
            computed = b""
        if self.bytes_of("hours.csv") != computed:
            self.misfit("hours.csv", "it does not say what the lines say")

    def _proofs(self, proofs: Mapping[str, Any], good: Mapping[int, str], head: Head) -> None:
        paths = _by_number(proofs.get("inclusion"), "leaf_index", "inclusion_path")
        for position, leaf in good.items():
            if position >= head.size:
                words = "the line is younger than the checkpoint, so it is not proved yet"
                self.misfit("proofs.json", words, position, young=True)
                continue
            path = paths.get(position)
            root = bytes.fromhex(head.root)
            if path is not None and merkle.includes(
                leaf=bytes.fromhex(leaf), index=position, size=head.size, proof=path, root=root
            ):
                self.verdict.proved += 1
            else:
                self.misfit("proofs.json", "its proof does not lead to the checkpoint", position)

    def _kept(self, proofs: Mapping[str, Any], head: Head) -> None:
        paths = _by_number(proofs.get("consistency"), "old_size", "consistency_path")
        for one, old in self.kept_heads():
            if old.size > head.size:
                self.misfit(one.source, f"it is younger than this export, which proves {head.size} lines of the log")
            elif old.size != head.size and old.size not in paths:
                self.misfit(one.source, f"this export holds no proof from the size {old.size} of it")
            elif not merkle.extends(
                old=old.size,
                old_root=bytes.fromhex(old.root),
                size=head.size,
                root=bytes.fromhex(head.root),
                proof=paths.get(old.size, []) if old.size != head.size else [],
            ):
                self.misfit(one.source, f"the first {old.size} lines are not those of it: the log was rewritten")


def _by_number(rows: Any, number: str, path: str) -> dict[int, list[bytes]]:
    """Paths by their number; what cannot be read is left out, and then lacks."""
    found: dict[int, list[bytes]] = {}
    for row in rows if isinstance(rows, list) else []:
        try:
            found[row[number]] = [bytes.fromhex(step) for step in row[path]]
        except (KeyError, TypeError, ValueError):
            continue
    return found


class _SchoolCheck(_Check):
    def check(self) -> Verdict:
        self.begin()
        told = self.json("school.json")
        if told.get("form") != exports.SCHOOL_FORM:
            self.misfit("school.json", f"it is not of the form {exports.SCHOOL_FORM}")
            return self.verdict
        self.verdict.log = str(told.get("log", ""))
        signed: dict[int, list[tuple[str, str]]] = {}
        for number, row in self.json_lines("checkpoints.jsonl"):
            part = f"checkpoints.jsonl, row {number + 1}"
            head = self.head(str(row.get("note", "")), part)
            if head is not None:
                if (head.size, head.root) != (row.get("size"), row.get("root")):
                    self.misfit(part, "it says something else than its note")
                signed.setdefault(head.size, []).append((part, head.root))
        for one, head in self.kept_heads():
            signed.setdefault(head.size, []).append((one.source, head.root))
        newest = max(signed, default=0)
        records = {row.get("uuid"): row.get("learner") for _number, row in self.json_lines("records.jsonl")}
        self._tree(signed, records)
        if self.verdict.lines != told.get("size"):
            self.misfit("lines.jsonl", f"it holds {self.verdict.lines} lines; school.json says {told.get('size')}")
        if newest < self.verdict.lines:
            self.misfit(
                "checkpoints.jsonl",
                f"lines {newest} to {self.verdict.lines - 1} are younger than every checkpoint, so they are not proved yet",
            )
        return self.verdict

    def _tree(self, signed: dict[int, list[tuple[str, str]]], records: Mapping[Any, Any]) -> None:
        peaks: tuple[bytes, ...] = ()
        wanted = 0
        for number, line in self.json_lines("lines.jsonl"):
            read = self.line(line, "lines.jsonl", number)
            hash_ = b""
            if read is not None:
                leaf, hash_ = read
                if leaf["position"] != wanted:
                    self.misfit("lines.jsonl", f"line {wanted} should stand here", leaf["position"])
                if leaf["record"] not in records or records[leaf["record"]] != leaf["learner"]:
                    self.misfit("lines.jsonl", "its record is not in records.jsonl", leaf["position"])
            peaks = merkle.grow(wanted, peaks, (hash_,)).peaks
            wanted += 1
            for part, root in signed.pop(wanted, ()):
                if merkle.root_of(peaks).hex() == root:
                    self.verdict.size = self.verdict.proved = wanted
                else:
                    self.misfit(part, f"the first {wanted} lines are not those that it signed")
        self.verdict.lines = wanted
        for size in sorted(signed):
            for part, _root in signed[size]:
                self.misfit(part, f"it is of {size} lines; this export holds {wanted}")
