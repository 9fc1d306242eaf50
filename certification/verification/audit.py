"""Re-reads everything that the house claims: each line, the tree over them, signed heads, sums and certificates.

Reads only. Nothing is taken on trust that can be computed: a line's leaf from its columns, nodes and roots from the
leaves, balances and evaluations from the lines. What differs is named by log and position, so that somebody can look.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from django.db import connection

from certification import guards
from certification.certificates.models import Certificate, CertificateDocument
from certification.certificates.rules import sha256
from certification.certificates.selectors import evaluation_again
from certification.keys import keyfile
from certification.keys.models import SigningKey
from certification.keys.rules import BadNoteError, NamedKey, open_note
from certification.keys.selectors import keys_of, named
from certification.records.models import (
    Balance,
    Checkpoint,
    Erasure,
    HourEntry,
    HourLog,
    LogNode,
    OccupiedTime,
    TrainingRecord,
)
from certification.records.rules import instant, leaf_text, merkle, text_hash
from certification.records.rules.checkpoints import Head, Kept, checkpoint_text, read_checkpoint
from certification.records.selectors import LEAF_COLUMNS, leaf_of_row, true_balances

CHUNK = 2_000
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it was written or signed; `position` and `entry` name the line where it is one."""

    kind: str
    message: str
    log: str = ""
    position: int | None = None
    entry: str = ""


@dataclass
class Report:
    """What an audit saw: how much it read, and each finding."""

    logs: int = 0
    lines: int = 0
    nodes: int = 0
    checkpoints: int = 0
    balances: int = 0
    certificates: int = 0
    texts_erased: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether nothing differs."""
        return not self.findings

    def as_dict(self) -> dict[str, Any]:
        """For `--json`."""
        return {"holds": self.holds, **asdict(self)}


Progress = Callable[[str], None]


def audit(*, kept: Sequence[Kept] = (), progress: Progress = lambda _words: None) -> Report:
    """Audit all logs, sums and certificates, against the published checkpoints and those that others kept.

    Safe while hours are being posted: what was not there when a log's turn came is left for the next audit.
    """
    report = Report()
    report.findings += [
        Finding("guard", f"The database guard {name} is missing or altered: rows could be changed unseen.")
        for name in guards.missing(connection)
    ]
    logs = list(HourLog.objects.select_related("school").order_by("pk"))
    report.findings += [
        Finding("rebuilt", f"{one.source} is of a log that is not here.", log=one.head.origin)
        for one in kept
        if one.head.origin not in {log.origin for log in logs}
    ]
    for log in logs:
        report.logs += 1
        _Log(log, [one for one in kept if one.head.origin == log.origin], report, progress).audit()
    _balances(report, progress)
    _certificates(report, progress)
    return report


class _Log:
    """The audit of one log: one pass over its lines in order, growing the tree anew."""

    def __init__(self, log: HourLog, kept: Sequence[Kept], report: Report, progress: Progress) -> None:
        self.log, self.kept, self.report, self.progress = log, kept, report, progress
        self.peaks: tuple[bytes, ...] = ()
        self.published = {
            checkpoint.size: checkpoint for checkpoint in Checkpoint.objects.filter(log=log).order_by("size")
        }
        self.heads = dict.fromkeys(self.published) | {one.head.size: None for one in kept}
        self.roots: dict[int, str] = {}
        self.erased = set(Erasure.objects.filter(record__school=log.school).values_list("record_id", flat=True))

    def found(self, kind: str, message: str, position: int | None = None, entry: object = "") -> None:
        self.report.findings.append(Finding(kind, message, self.log.origin, position, str(entry)))

    def audit(self) -> None:
        wanted = 0
        before: datetime | None = None
        signed = sorted((size, checkpoint.made_at) for size, checkpoint in self.published.items())
        for rows in _chunks(self._rows()):
            rows = self._in_order(rows, wanted)
            leaves: list[bytes] = []
            for row in rows:
                position = row["position"]
                self._line(row)
                if before is not None and row["recorded_at"] < before:
                    self.found(
                        "order",
                        f"Line {position} says it was recorded at {instant(row['recorded_at'])}, before the line ahead of it.",
                        position,
                        row["uuid"],
                    )
                before = max(before or row["recorded_at"], row["recorded_at"])
                while signed and signed[0][0] <= position:
                    size, made_at = signed.pop(0)
                    if row["recorded_at"] < made_at:
                        self.found(
                            "order",
                            f"Line {position} says it was recorded before the checkpoint of {size} lines, which it is not in.",
                            position,
                            row["uuid"],
                        )
                leaves.append(bytes.fromhex(row["leaf_hash"]) if _is_hash(row["leaf_hash"]) else bytes(32))
            self._times(rows)
            self._grow(wanted, leaves)
            wanted += len(rows)
            self.report.lines += len(rows)
            self.progress(f"{self.log.origin}: {wanted} of {self.log.size} lines")
        if wanted < self.log.size:
            self.found(
                "missing", f"The log should hold {self.log.size} lines and holds {wanted}: the last ones are missing."
            )
        elif [peak.hex() for peak in self.peaks] != self.log.peaks:
            self.found("head", "The head of the log is not that of its lines.")
        extra = HourEntry.objects.filter(log=self.log, position__gte=HourLog.objects.get(pk=self.log.pk).size)
        for position, entry in extra.order_by("position").values_list("position", "uuid")[:20]:
            self.found("inserted", f"Line {position} lies behind the end of the log.", position, entry)
        self._checkpoints()

    def _rows(self) -> Iterator[dict[str, Any]]:
        rows = HourEntry.objects.filter(log=self.log, position__lt=self.log.size).order_by("position")
        columns = (*LEAF_COLUMNS, "leaf_hash", "id", "reverses_id", "text__salt", "text__body", "posting__record_id")
        return iter(rows.values(*columns, "record_id").iterator(CHUNK))

    def _in_order(self, rows: list[dict[str, Any]], wanted: int) -> list[dict[str, Any]]:
        """Name the gaps before and between rows. A gap leaves the tree different from there on, which heads show."""
        for row in rows:
            if row["position"] != wanted:
                gone = (
                    f"Line {wanted} is missing"
                    if row["position"] == wanted + 1
                    else (f"Lines {wanted} to {row['position'] - 1} are missing")
                )
                self.found("missing", f"{gone}.", wanted)
            wanted = row["position"] + 1
        return rows

    def _line(self, row: dict[str, Any]) -> None:
        position, entry = row["position"], row["uuid"]
        if merkle.leaf_hash(leaf_text(leaf_of_row(row, origin=self.log.origin))).hex() != row["leaf_hash"]:
            self.found("leaf", f"Line {position} was altered: its columns do not give its leaf hash.", position, entry)
        if row["text__salt"] is None:
            self.report.texts_erased += 1
            if row["record_id"] not in self.erased:
                self.found("text", f"The words of line {position} are gone, and no erasure says why.", position, entry)
        elif text_hash(row["text__salt"], row["text__body"]) != row["text_hash"]:
            self.found("text", f"The words of line {position} were altered.", position, entry)
        if row["posting__record_id"] != row["record_id"]:
            self.found("posting", f"Line {position} hangs on a posting of another record.", position, entry)

    def _times(self, rows: Sequence[dict[str, Any]]) -> None:
        """Each standing line holds its spans and nothing else; one that was taken back holds none."""
        if not rows:
            return
        ids = [row["id"] for row in rows]
        taken_back = set(HourEntry.objects.filter(reverses__in=ids).values_list("reverses_id", flat=True))
        held: dict[int, list[list[str]]] = {}
        for entry, start, end in OccupiedTime.objects.filter(entry__in=ids).values_list(
            "entry_id", "starts_at", "ends_at"
        ):
            held.setdefault(entry, []).append([instant(start), instant(end)])
        for row in rows:
            stands = row["reverses_id"] is None and row["id"] not in taken_back
            if sorted(held.get(row["id"], [])) != (sorted(row["spans"]) if stands else []):
                self.found(
                    "time",
                    f"The time that line {row['position']} occupies is not the one that it measured.",
                    row["position"],
                    row["uuid"],
                )

    def _grow(self, size: int, leaves: Sequence[bytes]) -> None:
        """Grow the tree anew by a chunk, compare its nodes with those that are kept, and note roots that were signed."""
        start = size
        grown: list[tuple[int, int, bytes]] = []
        # Stops at each size that somebody signed or kept, to take the root there.
        for stop in [*sorted(head for head in self.heads if start < head < start + len(leaves)), start + len(leaves)]:
            step = merkle.grow(size, self.peaks, leaves[size - start : stop - start])
            grown += step.nodes
            self.peaks, size = step.peaks, stop
            if stop in self.heads:
                self.roots[stop] = merkle.root_of(self.peaks).hex()
        by_level: dict[int, list[int]] = {}
        for level, index, _hash in grown:
            by_level.setdefault(level, []).append(index)
        kept: dict[tuple[int, int], str] = {}
        for level, places in by_level.items():
            rows = LogNode.objects.filter(log=self.log, level=level, index__range=(places[0], places[-1]))
            kept |= {(level, index): value for index, value in rows.values_list("index", "hash")}
        self.report.nodes += len(grown)
        for level, index, value in grown:
            if kept.get((level, index)) != value.hex():
                first, last = index << level, ((index + 1) << level) - 1
                self.found("node", f"The subtree over lines {first} to {last} is not kept as it is.", first)

    def _checkpoints(self) -> None:
        keys = [named(key) for key in keys_of(SigningKey.Purpose.LOG, self.log.origin)]
        in_file = _keys_of_the_file()
        if in_file:
            for key in keys:
                if key not in in_file:
                    self.found("key", f"The key {key.verifier} is registered for this log and is not in the key file.")
        for size, checkpoint in self.published.items():
            self.report.checkpoints += 1
            day = checkpoint.made_at.date()
            try:
                text = open_note(checkpoint.note, keys)
            except BadNoteError as error:
                self.found(
                    "checkpoint", f"The checkpoint of {size} lines, {day}, is not signed as it stands: {error}.", size
                )
                continue
            if text != checkpoint_text(Head(self.log.origin, size, checkpoint.root)):
                self.found(
                    "checkpoint", f"The checkpoint of {size} lines, {day}, says something else than its note.", size
                )
            self._against(size, read_checkpoint(text).root, f"the checkpoint that was signed on {day}")
        for one in self.kept:
            self.report.checkpoints += 1
            try:
                text = open_note(one.note, [*keys, *in_file])
            except BadNoteError as error:
                self.found("rebuilt", f"{one.source}: {error}. Either it is not ours, or the keys were changed.")
                continue
            self._against(one.head.size, read_checkpoint(text).root, one.source)

    def _against(self, size: int, root: str, whose: str) -> None:
        if size > self.log.size:
            self.found("rebuilt", f"By {whose} there were {size} lines; the log holds {self.log.size}.", size)
        elif self.roots.get(size) != root:
            self.found(
                "rebuilt", f"The first {size} lines are not those of {whose}: something before it was rewritten.", size
            )


def _is_hash(text: str) -> bool:
    return len(text) == 64 and all(sign in "0123456789abcdef" for sign in text)


def _keys_of_the_file() -> list[NamedKey]:
    try:
        return keyfile.public_keys()
    except keyfile.KeyFileError:
        return []


def _chunks(rows: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    rows = iter(rows)
    while chunk := list(islice(rows, size)):
        yield chunk


def _balances(report: Report, progress: Progress) -> None:
    """Compare every balance with the lines. One that differs is read twice: somebody may just have posted."""
    records = TrainingRecord.objects.order_by("pk").values_list("pk", flat=True).iterator(CHUNK)
    for chunk in _chunks(records, 500):
        differing = {key for key, pair in _pairs(chunk).items() if pair[0] != pair[1]}
        if differing:
            again = _pairs(sorted({record for record, _category in differing}))
            uuids = dict(TrainingRecord.objects.filter(pk__in={key[0] for key in differing}).values_list("pk", "uuid"))
            for key in sorted(differing):
                kept, true = again.get(key, (None, None))
                if kept != true:
                    report.findings.append(
                        Finding(
                            "balance",
                            f"The balance of record {uuids[key[0]]} in {key[1]} says {_words(kept)}, "
                            f"its lines say {_words(true)}.",
                        )
                    )
        report.balances += len(chunk)
        progress(f"balances of {report.balances} records")


Sum = tuple[int, Any, int]


def _pairs(records: Sequence[int]) -> dict[tuple[int, str], tuple[Sum | None, Sum | None]]:
    kept = {(row.record_id, row.category): row.stands_for for row in Balance.objects.filter(record__in=records)}
    true = true_balances(records)
    return {key: (kept.get(key), true.get(key)) for key in {*kept, *true}}


def _words(sum_: Sum | None) -> str:
    return "nothing" if sum_ is None else f"{sum_[0]} minutes, last on {sum_[1]}, at {sum_[2]} lines"


def _unlike_its_facts(certificate: Certificate) -> list[str]:
    """What a certificate is found and answered by, and what was signed, where its frozen facts say otherwise.

    Whoever checks a code is answered from the columns: a name that is exchanged there alone would be matched.
    """
    facts = certificate.facts
    issue, frozen = facts["issue"], json.loads(certificate.evaluation)
    held = {
        "code": (certificate.code, issue["code"]),
        "name": (certificate.holder_name, facts["student"]["name"]),
        "kind": (certificate.kind, facts["credential"]["kind"]),
        "title": (certificate.title, facts["credential"]["title"]),
        "school": (certificate.school_name, facts["school"]["name"]),
        "day": (certificate.issued_on.isoformat(), issue["issued_on"]),
        "last day": (certificate.expires_on.isoformat() if certificate.expires_on else None, issue.get("expires_on")),
        "record": (str(certificate.record.uuid), facts["enrollment"]["record"]),
        "person": (str(certificate.record.learner.uuid), facts["student"]["id"]),
    }
    if "totals" in facts:
        held["hours"] = (frozen["total"]["counted"], facts["totals"]["total"]["counted"])
    wrong = [f"its {what} is not that of its frozen facts" for what, (is_now, was) in held.items() if is_now != was]
    bodies = {document.format: document.body for document in certificate.documents.all()}
    signed = bodies.get(CertificateDocument.Format.JSON)
    if signed is not None and _signed_name(bytes(signed)) != facts["student"]["name"]:
        wrong.append("its frozen facts name another than the credential that was signed")
    if CertificateDocument.Format.NOTICE in bodies and not certificate.is_revoked:
        wrong.append("a notice says that it was revoked, and nothing else does")
    return wrong


def _signed_name(body: bytes) -> str:
    """The name in a credential; empty where it has none."""
    try:
        named = json.loads(body)["credentialSubject"]["identifier"]
        return next((str(one["identityHash"]) for one in named if one["identityType"] == "name"), "")
    except (ValueError, KeyError, TypeError):
        return ""


def _certificates(report: Report, progress: Progress) -> None:
    """Each certificate: its bytes against their hashes, its columns and files against its facts, its head against the
    log, its evaluation against the lines.
    """
    rows = Certificate.objects.select_related("record__school", "record__learner", "revocation").prefetch_related(
        "documents"
    )
    for certificate in rows.order_by("pk").iterator(200):
        report.certificates += 1
        wrong: list[str] = []
        if sha256(certificate.data.encode()) != certificate.data_sha256:
            wrong.append("its data do not give their hash")
        try:
            wrong += _unlike_its_facts(certificate)
        except (ValueError, KeyError, TypeError, AttributeError):
            wrong.append("its frozen facts cannot be read")
        wrong += [
            f"its {document.format} does not give its hash"
            for document in certificate.documents.all()
            if sha256(bytes(document.body)) != document.sha256
        ]
        log = HourLog.objects.get(school_id=certificate.school_id)
        signed = Checkpoint.objects.filter(log=log, size=certificate.log_size).values_list("root", flat=True).first()
        if signed != certificate.log_root:
            wrong.append("the head of the log that it froze is not a checkpoint that was signed")
        try:
            follows = evaluation_again(certificate) == json.loads(certificate.evaluation)
        except (ValueError, KeyError, TypeError, AttributeError):
            follows = False
        if not follows:
            wrong.append("its evaluation does not follow from the lines any more")
        report.findings += [
            Finding("certificate", f"Certificate {certificate.code}: {words}.", log.origin) for words in wrong
        ]
        if report.certificates % 200 == 0:
            progress(f"{report.certificates} certificates")
