"""Lists that are checked in the background: kept while they wait, answered whole, gone from here in either case.

A list is a file in private storage, since names stand in it and no table shall hold them. What became of it is the check
that its request key names; how far it is, and why it failed, are words in the cache `progress`, which may be lost: a
list that is neither kept nor answered was not asked.
"""

import json
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.core.cache import caches
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import task

from accounts.models import Organisation, User
from certification.keys.services import KeyFileError

from ..models import Check
from ..selectors import check_by_request
from ..verdicts import Asked
from .checks import (
    OtherRequestError,
    SlowedDownError,
    asked_before,
    check,
    key_digest,
    may_ask,
    may_get_answers,
    read_lines,
    request_digest,
)

log = logging.getLogger("palmar.verification")
FOLDER = "check-lists"
SILENT = timedelta(minutes=2)
"""How long work is believed to go on that says nothing of itself."""
LONGEST = timedelta(hours=1)
"""How long a list is kept whose answer does not come."""
WORDS_KEPT = 86_400
MOST_ATTEMPTS = 3
MOST_WAITING = 5
"""Lists of one organisation that wait at once: nobody fills the queue for the others."""


class ListStanding(NamedTuple):
    """How far a list is: of its `of` rows `answered` have their answer, and of `written` it is written down.

    `made` is its check once it is answered, `sentence` says why it failed; with neither, `going` says whether it still
    waits or is worked on, or is nowhere.
    """

    made: Check | None = None
    going: bool = False
    answered: int = 0
    written: int = 0
    of: int = 0
    sentence: str = ""

    @property
    def done(self) -> int:
        """How far the bar is, of `whole`: it never goes back."""
        return self.answered + self.written

    @property
    def whole(self) -> int:
        """The end of the bar; 0 while nothing is known."""
        return 2 * self.of


def bring_list(*, organisation: Organisation, by: User, items: Sequence[Asked], key: UUID) -> None:
    """Have a list of up to `MOST_LINES` rows checked in the background; `list_standing` says how far it is.

    Idempotent by `key` (per organisation): the same list sent twice is one check, another one raises OtherRequestError.
    Refuses what `check` refuses, and a list beyond `MOST_WAITING`, before anything is kept. Where background work is
    done at once (TASKS_BACKEND), it has ended when this returns.
    """
    may_ask(organisation, by)
    lines = read_lines(items)
    digest = request_digest(lines)
    if asked_before(organisation, _request_key(key), digest):
        return
    may_get_answers(organisation, timezone.now())
    name, words = _name(organisation.pk, key), _words(organisation.pk, key)
    there = _open(name)
    if there is None:
        if sum(one.startswith(f"{organisation.pk}-") for one in _kept()) >= MOST_WAITING:
            raise ValidationError(
                _("%(most)d lists of yours wait for their answers. Bring this one when one of them has it.")
                % {"most": MOST_WAITING},
                code="waiting",
            )
        rows = [[line.code, line.name, dict(line.claims), line.row] for line in lines]
        body = json.dumps({"by": by.pk, "digest": digest, "lines": rows}, ensure_ascii=False).encode()
        caches["progress"].delete_many([words, f"{words}-attempts", f"{words}-alive"])
        kept = _storage().save(name, ContentFile(body))
        if kept != name:  # the same page, a moment earlier
            _storage().delete(kept)
            there = _open(name)
    if there and there["digest"] != digest:
        raise OtherRequestError
    work_on_list.enqueue(organisation.pk, str(key))


def list_standing(*, organisation: Organisation, key: UUID) -> ListStanding:
    """How far the list is that came with this key. Two queries at most."""
    kept = _storage().exists(_name(organisation.pk, key))
    made = check_by_request(organisation, key_digest(_request_key(key)))
    if made is not None:
        return ListStanding(made=made)
    told: dict[str, Any] = caches["progress"].get(_words(organisation.pk, key)) or {}
    return ListStanding(
        going=kept,
        answered=told.get("answered", 0),
        written=told.get("written", 0),
        of=told.get("of", 0),
        sentence="" if kept else told.get("sentence", ""),
    )


@task()
def work_on_list(organisation_id: int, key: str) -> None:
    """Answer one list."""
    run_list(organisation=Organisation.objects.get(pk=organisation_id), key=UUID(key))


def run_list(*, organisation: Organisation, key: UUID) -> None:
    """Answer a list that is kept, unless it is done. Safe to run twice at once, and again after a kill.

    The check is one transaction: whoever is killed half-way leaves nothing of it, and the next attempt begins anew. A
    refusal, a fault of ours and a third kill end it with a sentence. The file goes each time.
    """
    name, words = _name(organisation.pk, key), _words(organisation.pk, key)
    kept = _open(name)
    if kept is None:
        return
    attempts = caches["progress"].get(f"{words}-attempts", 0) + 1
    caches["progress"].set(f"{words}-attempts", attempts, WORDS_KEPT)
    of = len(kept["lines"])

    def tell(answered: int, written: int) -> None:
        caches["progress"].set(words, {"answered": answered, "written": written, "of": of}, WORDS_KEPT)
        caches["progress"].set(f"{words}-alive", 1, int(SILENT.total_seconds()))

    sentence = ""
    try:
        if attempts > MOST_ATTEMPTS:
            raise ValidationError(_("It was stopped three times. Split your list, or write to us."))
        tell(0, 0)
        check(
            organisation=organisation,
            by=User.objects.get(pk=kept["by"]),
            items=[Asked(code, name, claims, row) for code, name, claims, row in kept["lines"]],
            face=Check.Face.FILE,
            request_key=_request_key(key),
            tell=tell,
        )
    except ValidationError as refused:
        sentence = " ".join(refused.messages)
    except SlowedDownError as refused:
        sentence = slowed_words(refused)
    except KeyFileError:
        sentence = _("No receipt can be signed at the moment.")
    except Exception:  # whatever went wrong, somebody waits at a page for a word of it
        log.exception("list %s of organisation %s failed", key, organisation.pk)
        sentence = _("Something went wrong on our side.")
    _end(name, words, sentence)


def resume_lists(*, now: datetime) -> int:
    """Answer lists that nobody is at, as after a crash, and end those whose time is over; how many."""
    found = 0
    for short in _kept():
        name = f"{FOLDER}/{short}"
        organisation_id, _dash, key = short.removesuffix(".json").partition("-")
        words = f"check-list-{organisation_id}-{key}"
        try:
            since = now - _storage().get_modified_time(name)
        except FileNotFoundError:  # answered meanwhile
            continue
        if since > LONGEST:
            _end(name, words, _("Its answer did not come within an hour."))
        elif since > SILENT and not caches["progress"].get(f"{words}-alive"):
            work_on_list.call(int(organisation_id), key)
        else:
            continue
        found += 1
    return found


def _kept() -> list[str]:
    """The names of the lists that are kept, without their folder."""
    try:
        return sorted(_storage().listdir(FOLDER)[1])
    except FileNotFoundError:
        return []


def _end(name: str, words: str, sentence: str) -> None:
    if sentence:
        caches["progress"].set(words, {"sentence": sentence}, WORDS_KEPT)
    _storage().delete(name)


def slowed_words(refused: SlowedDownError) -> str:
    """That an organisation gets no answers for some minutes, and what it may do."""
    return _(
        "Too many codes were unknown, or came with another name, so nothing is answered for %(minutes)d "
        "minutes. The schools concerned are told. Is your list older than the names on it? Write to us."
    ) % {"minutes": -(-refused.wait // 60)}


def _open(name: str) -> dict[str, Any] | None:
    """What is kept of a list; None where it has gone."""
    try:
        with _storage().open(name) as file:
            found: dict[str, Any] = json.loads(file.read())
    except (FileNotFoundError, json.JSONDecodeError):  # gone, or still being written
        return None
    return found


def _storage() -> Storage:
    return storages["private"]


def _request_key(key: UUID) -> str:
    return f"list:{key}"


def _name(organisation_id: int, key: UUID) -> str:
    return f"{FOLDER}/{organisation_id}-{key}.json"


def _words(organisation_id: int, key: UUID) -> str:
    return f"check-list-{organisation_id}-{key}"
