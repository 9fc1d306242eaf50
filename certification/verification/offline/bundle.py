"""Checks an evidence bundle: the record's lines up to signed checkpoints, and each certificate judged anew from them.

An evidence bundle is an export of one record (docs/export.md) with the certificates that rest on it. What the export's
check proves is taken from there; on top, each certificate's hours are computed again from the proved lines by the rules
that it names, and compared with what it says.
"""

import json
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from certification.certificates import status
from certification.certificates.baking import credential_in
from certification.certificates.rules import REVOKED, SUPERSEDED, canonical, context_of_facts, sha256
from certification.keys.rules import BadNoteError, NamedKey, open_note
from certification.records.rules import fold
from certification.records.rules.checkpoints import Head, Kept, read_checkpoint
from certification.records.rules.export_check import MOST_BYTES, NotAnExportError, Verdict, check_export
from certification.records.rules.merkle import EMPTY_ROOT, extends
from certification.requirements import rules as hour_rules

from .credentials import STATUS_NOTE, issuer_of, proofs_of
from .keyring import KeyFileUnreadableError, Keyring, read_did_document
from .outcome import Outcome
from .papers import check_seal

FORM = "palmar-evidence-bundle/1"
INDEX = "bundle.json"
_BY_RULES = ("completion", "letter")
"""Kinds whose credential names the rules that counted its hours."""
DAY_NOTE = (
    "Status is told as of the moment that stands beside it, not as of today. Whether a certificate was revoked or replaced "
    "since, ask at the address of its code."
)
GRADES_NOTE = (
    "Grades, attendance and facts that are not hours are the school's word, given with the bundle: no signature covers "
    "them but that of the certificate."
)

CheckOne = Callable[[bytes, Keyring, datetime | None], Outcome]


class NotABundleError(ValueError):
    """A ZIP that is no evidence bundle; the message says what is missing."""


def check_bundle(
    archive: zipfile.ZipFile, keys: Keyring, at: datetime, *, check_one: CheckOne, kept: Sequence[Kept] = ()
) -> Outcome:
    """Check a bundle. `keys` are those that the asker brought; with none, those of the bundle are taken, and it is said."""
    return _Bundle(archive, keys, at, check_one, kept).check()


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the bundle as folding and the rules want it."""

    id: str
    reverses_id: str | None
    leaf: Mapping[str, Any]


class _Bundle:
    def __init__(
        self, archive: zipfile.ZipFile, keys: Keyring, at: datetime, check_one: CheckOne, kept: Sequence[Kept]
    ) -> None:
        self.archive, self.keys, self.at, self.check_one, self.kept = archive, keys, at, check_one, kept
        self.names = archive.namelist()
        self.outcome = Outcome("bundle", notes=[DAY_NOTE, GRADES_NOTE])

    def check(self) -> Outcome:
        index = self._json(INDEX)
        if index.get("form") != FORM:
            raise NotABundleError(f"it holds no {INDEX} of the form {FORM}")
        try:
            verdict = check_export(self.archive, self.kept)
        except NotAnExportError as error:
            raise NotABundleError(str(error)) from error
        told = self._json("record.json")
        record = told.get("record")
        self.record: Mapping[str, Any] = record if isinstance(record, dict) else {}
        lines = told.get("lines")
        self.lines: list[Any] = lines if isinstance(lines, list) else []
        self.learner = str(self.record.get("learner"))
        self.outcome.about = f"a record of {self.learner} · {verdict.log}"
        self._export(verdict)
        self._keys()
        self._lists()
        listed = index.get("certificates")
        for entry in listed if isinstance(listed, list) else []:
            told = entry if isinstance(entry, dict) else {}
            self._certificate(str(told.get("code", "")), str(told.get("state", "")))
        if not listed:
            self.outcome.notes.append("No certificate was issued on this record.")
        return self.outcome

    # ---- the record -----------------------------------------------------------------------------------------------

    def _export(self, verdict: Verdict) -> None:
        wrong = [misfit for misfit in verdict.misfits if not misfit.young]
        for misfit in wrong[:50]:
            where = "" if misfit.position is None else f", line {misfit.position}"
            self.outcome.add(f"{misfit.part}{where}", False, misfit.message)
        self.outcome.add(
            "lines of the log",
            not wrong,
            f"{verdict.proved} of {verdict.lines} lines are proved by a signed checkpoint of {verdict.size}",
        )
        young = len(verdict.misfits) - len(wrong)
        if young:
            self.outcome.add(
                "youngest lines",
                None,
                f"{young} lines were written after that checkpoint: no signed head holds them yet",
            )
        if self.kept:
            self.outcome.notes.append("The checkpoints that were kept elsewhere are in the same log.")
        else:
            self.outcome.notes.append(
                "The log's keys are those of the bundle. Compare them with a checkpoint that was kept elsewhere "
                "(--checkpoint): " + ", ".join(verdict.keys)
            )

    def _keys(self) -> None:
        own = Keyring()
        for name in self._under("did/"):
            try:
                own += read_did_document(self._text(name))
            except KeyFileUnreadableError as error:
                self.outcome.add(name, False, str(error))
        self.log_keys: list[NamedKey] = []
        for line in self._text("keys.txt").splitlines():
            try:
                self.log_keys.append(NamedKey.from_verifier(line))
            except BadNoteError:
                continue  # the export's check has named it
        if self.keys.keys:
            trusted = {key.fingerprint for key in self.keys.keys}
            strange = [key for key in own.keys if key.fingerprint not in trusted]
            self.outcome.add(
                "keys",
                not strange,
                f"{', '.join(sorted(key.method for key in strange))}: not among the keys that were given"
                if strange
                else "the keys in the bundle are those that were given",
            )
        else:
            self.keys = own
            prints = ", ".join(f"{key.method} {key.fingerprint}" for key in own.keys)
            self.outcome.notes.append(f"The keys are those of the bundle, which is its own word. Compare: {prints}")

    def _lists(self) -> None:
        """Read the signed status lists as of the day of the bundle."""
        self.lists: dict[str, tuple[str, str, str]] = {}
        for name in self._under("status/"):
            document = self._json(name)
            try:
                proofs = proofs_of(document, self.keys)
                encoded = document["credentialSubject"]["encodedList"]
                own = all(str(proof["verificationMethod"]).partition("#")[0] == issuer_of(document) for proof in proofs)
            except (ValueError, KeyError, TypeError) as error:
                self.outcome.add(name, False, f"the status list is not as it was signed: {error}")
                continue
            self.outcome.add(name, own, f"status list signed {document.get('validFrom')} by {issuer_of(document)}")
            if own:
                address = str(document.get("id"))
                self.lists[address] = (str(encoded), str(document.get("validFrom")), issuer_of(document))

    # ---- one certificate ------------------------------------------------------------------------------------------

    def _certificate(self, code: str, state: str) -> None:
        folder = f"certificates/{code}/"
        names = [name for name in self._under(folder) if name.count("/") == 2]
        if not names:
            self.outcome.add(f"certificate {code}", False, "it is listed, and nothing of it is in the bundle")
            return
        credential = self._json(f"{folder}certificate.json") if f"{folder}certificate.json" in names else {}
        facts = self._json(f"{folder}facts.json")
        if not credential:
            self.outcome.add(f"certificate {code}", False, "no signed credential of it is here, so it proves nothing")
            return
        for name in names:
            if name.rpartition("/")[2] in ("facts.json", "evaluation.json", "checkpoint.txt"):
                continue
            try:
                if name.endswith("/notice.pdf"):
                    found = Outcome("notice")
                    check_seal(found, self._bytes(name), self.keys, issuer_of(credential))
                else:
                    # A term that ended since is told below: that it held when it was issued is what a bundle shows.
                    found = self.check_one(self._bytes(name), self.keys, None)
                    self._hers(found, name, code)
            except ValueError as error:
                self.outcome.add(name, False, str(error))
                continue
            # Of a part alone no status can be told; of the certificate it is, below, as of the bundle's own lists.
            found.notes = [note for note in found.notes if note != STATUS_NOTE]
            self.outcome.take(found, name)
        try:
            self._same_credential(folder, names, credential)
            self._told(code, facts, credential)
            self._term(code, credential)
            self._status(code, credential, state)
            self._head(code, facts)
            self._judged_again(code, folder, facts, credential)
        except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
            self.outcome.add(f"certificate {code}", False, f"its parts cannot be read: {error}")

    def _hers(self, found: Outcome, name: str, code: str) -> None:
        """A file must be of this learner and of this code: a genuine one of somebody else proves nothing here."""
        kind = "transcripts" if name.rpartition("/")[2].startswith("transcript") else "certificates"
        hers = found.subject == f"urn:uuid:{self.learner}" and found.credential.endswith(f"/{kind}/{code}.json")
        if not hers:
            self.outcome.add(
                name, False, f"it is of {found.credential or 'no code'}, about {found.subject or 'nobody'}"
            )

    def _told(self, code: str, facts: Mapping[str, Any], credential: Mapping[str, Any]) -> None:
        """What was frozen must be what was signed: code, person, name, head of the log and rules."""
        name = next(
            (
                str(one.get("identityHash"))
                for one in credential["credentialSubject"].get("identifier", [])
                if one.get("identityType") == "name"
            ),
            "",
        )
        signed = json.dumps(credential, ensure_ascii=False)
        ledger, label = facts["ledger"], facts["rule_set"]["label"]
        evidence = [str(one.get("id", "")) for one in credential.get("evidence", [])]
        wrong = [
            what
            for what, same in (
                ("code", facts["issue"]["code"] == code),
                ("person", facts["student"]["id"] == self.learner),
                ("name", facts["student"]["name"] == name),
                (
                    "head of the log",
                    any(one.endswith(f"/{ledger['size']}") for one in evidence) and ledger["root"] in signed,
                ),
                ("rules", label in signed or facts["credential"]["kind"] not in _BY_RULES),
            )
            if not same
        ]
        self.outcome.add(
            f"facts of {code}",
            not wrong,
            f"they say otherwise than the signed credential: {', '.join(wrong)}"
            if wrong
            else f"of {name}, as the signed credential says, read at the head that it names",
        )

    def _term(self, code: str, credential: Mapping[str, Any]) -> None:
        until = credential.get("validUntil")
        if until and datetime.fromisoformat(until) <= self.at:
            self.outcome.add(
                f"term of {code}", None, f"it held until {until}, which is over; that it was earned stays true"
            )

    def _same_credential(self, folder: str, names: Sequence[str], credential: Mapping[str, Any]) -> None:
        """The picture carries the very credential of the JSON file."""
        if f"{folder}badge.png" in names and credential:
            inside = json.loads(credential_in(self._bytes(f"{folder}badge.png")))
            self.outcome.add(f"{folder}badge.png", inside == credential, "it carries the certificate beside it")

    def _status(self, code: str, credential: Mapping[str, Any], state: str) -> None:
        """The bit of the list against what the bundle says: a certificate that was taken back may lie here, and says so."""
        entry = credential.get("credentialStatus")
        if not entry:
            self.outcome.add(f"status of {code}", None, "not told: it names no status list")
            return
        found = self.lists.get(str(entry["statusListCredential"]))
        if found is not None and found[2] != issuer_of(credential):
            self.outcome.add(f"status of {code}", False, f"its status list is signed by {found[2]}, not by its issuer")
            return
        if found is None:
            self.outcome.add(f"status of {code}", None, "not told: its status list is not in the bundle")
            return
        set_ = status.is_set(found[0], int(entry["statusListIndex"]))
        words = "revoked or replaced" if set_ else "neither revoked nor replaced"
        said = state in (REVOKED, SUPERSEDED)
        self.outcome.add(
            f"status of {code}",
            set_ == said,
            f"{words} when the list was signed ({found[1]})" + ("" if set_ == said else f"; the bundle says {state}"),
        )

    def _head(self, code: str, facts: Mapping[str, Any]) -> None:
        """The head of the log that the certificate froze: signed, and the beginning of the log that is proved here."""
        size, root, origin = facts["ledger"]["size"], facts["ledger"]["root"], facts["ledger"]["origin"]
        if size == 0 and root == EMPTY_ROOT.hex():
            self.outcome.add(
                f"log of {code}", True, "it was read before any line was written: no hours stand behind it"
            )
            return
        try:
            note = self._text(f"certificates/{code}/checkpoint.txt")
            head = read_checkpoint(open_note(note, self.log_keys))
        except (BadNoteError, ValueError) as error:
            self.outcome.add(f"log of {code}", False, str(error))
            return
        newest = read_checkpoint(open_note(self._text("checkpoint.txt"), self.log_keys))
        same = head == Head(origin, size, root) and newest.origin == origin
        if same and size != newest.size:
            ways = {row["old_size"]: row["consistency_path"] for row in self._json("proofs.json")["consistency"]}
            same = size in ways and extends(
                old=size,
                old_root=bytes.fromhex(root),
                size=newest.size,
                root=bytes.fromhex(newest.root),
                proof=[bytes.fromhex(step) for step in ways[size]],
            )
        elif same:
            same = root == newest.root
        self.outcome.add(
            f"log of {code}",
            same,
            f"its hours were read at {size} lines of {origin}, a signed head of the log whose lines are here"
            if same
            else "the head of the log that it names is not one of the log whose lines are here",
        )

    def _judged_again(self, code: str, folder: str, facts: Mapping[str, Any], credential: Mapping[str, Any]) -> None:
        if facts["enrollment"]["record"] != self.record.get("uuid"):
            self.outcome.add(f"hours of {code}", False, "its facts are of another record")
            return
        if canonical(dict(facts)).encode() != self._bytes(f"{folder}facts.json").strip():
            self.outcome.add(f"facts of {code}", False, "they are not written as they were frozen")
        label = facts["rule_set"]["label"]
        pack = self._bytes(f"{folder}rules/{label}.yaml")
        as_named = sha256(pack) == facts["rule_set"]["sha256"]
        self.outcome.add(
            f"rules of {code}",
            as_named,
            f"{label}, to the byte the version that judged" if as_named else f"{label} is not the version that judged",
        )

        def find(wanted: str) -> tuple[str, str] | None:
            name = f"{folder}rules/{wanted}.yaml"
            return (self._text(name), name) if name in self.names else None

        spec = hour_rules.load(pack.decode(), file=f"{label}.yaml", find=find)
        kept = self._json(f"{folder}evaluation.json")
        entries = list(self._entries(facts))
        as_of = date.fromisoformat(kept["as_of"]) if kept.get("as_of") else None
        again = hour_rules.evaluate(spec, entries, context=context_of_facts(facts["context"]), as_of=as_of)
        same = json.loads(json.dumps(again.as_dict())) == kept
        total = again.total
        self.outcome.add(
            f"hours of {code}",
            same,
            f"judged again from {len(entries)} proved lines by {label}: {total.counted} of {total.required} minutes count, "
            "as it was frozen at issue"
            if same
            else f"judged again from the lines here they come out otherwise: {total.counted} minutes count",
        )
        self._in_credential(code, again, credential)

    def _in_credential(self, code: str, again: Any, credential: Mapping[str, Any]) -> None:
        """The minutes that the signed credential states, against those that the lines give now."""
        if not credential:
            return
        stated = {
            str(result["resultDescription"]).rpartition("#")[2].removesuffix("-minutes"): result["value"]
            for result in credential["credentialSubject"].get("result", [])
            if str(result["resultDescription"]).endswith("-minutes")
        }
        computed = {"total": again.total.counted, **{node.code: node.counted for node in again.walk()}}
        # Hours as a regulator approved them are no sum of lines.
        stated = {name: value for name, value in stated.items() if not name.startswith("approval-")}
        wrong = [
            f"{name}: it says {value}, the lines give {computed.get(name)}"
            for name, value in stated.items()
            if str(computed.get(name)) != value
        ]
        if stated:
            self.outcome.add(
                f"signed hours of {code}",
                not wrong,
                "; ".join(wrong[:5]) or f"all {len(stated)} numbers in the signed credential are those of the lines",
            )

    def _entries(self, facts: Mapping[str, Any]) -> Iterator[hour_rules.Entry]:
        """The lines that stood at issue, as the rules read them, in the order of a transcript."""
        size, issued = facts["ledger"]["size"], facts["issue"]["issued_at"]
        grades = self._grades(datetime.fromisoformat(issued))
        rows = [
            _Line(line["leaf"]["entry"], line["leaf"]["reverses"], line["leaf"])
            for line in self.lines
            if line["leaf"]["position"] < size
        ]
        rows.sort(key=lambda row: (row.leaf["date"], row.leaf["starts_at"] or "", row.leaf["position"]))
        for row in fold(rows):
            leaf = row.leaf
            grade, attendance = grades.get(leaf["course"], (None, None))
            yield hour_rules.Entry(
                date=date.fromisoformat(leaf["date"]),
                minutes=leaf["minutes"],
                category=leaf["category"],
                spans=tuple((datetime.fromisoformat(a), datetime.fromisoformat(b)) for a, b in leaf["spans"]),
                tags=tuple(leaf["tags"].split(";")) if leaf["tags"] else (),
                delivery=leaf["delivery"],
                source=leaf["source"],
                course=leaf["course"],
                school=leaf["sending_school"],
                grade_percent=grade,
                attendance_percent=attendance,
                supervisor_licence_valid_from=_day(leaf["supervisor_licence_valid_from"]),
                supervisor_licence_valid_to=_day(leaf["supervisor_licence_valid_to"]),
                paid=leaf["paid"],
            )

    def _grades(self, issued: datetime) -> dict[str, tuple[Decimal | None, Decimal | None]]:
        """Course to its newest non-empty grade and attendance at issue, which is kept to the second."""
        newest: dict[str, tuple[Decimal | None, Decimal | None]] = {}
        until = issued.timestamp() + 1
        results = [row for row in self.record.get("results", []) if _moment(row["recorded_at"]) < until]
        for row in sorted(results, key=lambda row: row["recorded_at"]):
            grade, attendance = newest.get(row["course"], (None, None))
            newest[row["course"]] = (
                _percent(row["grade_hundredths"], grade),
                _percent(row["attendance_hundredths"], attendance),
            )
        return newest

    # ---- parts ----------------------------------------------------------------------------------------------------

    def _under(self, folder: str) -> list[str]:
        return sorted(name for name in set(self.names) if name.startswith(folder) and not name.endswith("/"))

    def _bytes(self, name: str) -> bytes:
        if name not in self.names or self.archive.getinfo(name).file_size > MOST_BYTES:
            return b""
        try:
            return self.archive.read(name)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
            return b""

    def _text(self, name: str) -> str:
        return self._bytes(name).decode(errors="replace")

    def _json(self, name: str) -> dict[str, Any]:
        try:
            value = json.loads(self._bytes(name) or b"{}")
        except (ValueError, RecursionError):
            return {}
        return value if isinstance(value, dict) else {}


def _day(iso: str | None) -> date | None:
    return date.fromisoformat(iso) if iso else None


def _moment(iso: str) -> float:
    return datetime.fromisoformat(iso).timestamp()


def _percent(hundredths: int | None, before: Decimal | None) -> Decimal | None:
    return before if hundredths is None else Decimal(hundredths) / 100
