"""Keeps status lists: gives each credential a place at random, and signs the list anew when a bit was set.

Only the task queue and the tick sign. Whoever asks for a list gets it as it was signed last (`status.SERVED_FOR`).
"""

import json
import logging
import secrets
from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django_tasks import task

from accounts.models import Organisation
from certification.keys import services as keys
from certification.keys.proofs import did_of
from certification.keys.selectors import leaks

from .. import status
from ..models import Certificate, StatusList, StatusPlace

log = logging.getLogger("palmar.certificates")
FULL = status.PLACES // 2
"""A list that is half full gets a successor: random places stay quick to find."""


def school_did(school: Organisation) -> str:
    """The DID by which a school issues."""
    return did_of(settings.BASE_URL, "schools", school.slug)


def list_address(found: StatusList) -> str:
    """Where a list stands for ever."""
    return f"{settings.BASE_URL}/status/{found.uuid}"


@transaction.atomic
def reserve_places(certificate: Certificate) -> dict[str, StatusPlace]:
    """The places of a certificate's credentials in its school's list, by part; made when there are none. Idempotent."""
    have = {place.part: place for place in certificate.status_places.select_related("list")}
    for part in StatusPlace.Part.values:
        if part not in have:
            have[part] = _reserve(certificate, part)
    return have


def _reserve(certificate: Certificate, part: str) -> StatusPlace:
    found = _open_list(certificate.school)
    while True:
        try:
            with transaction.atomic():
                return StatusPlace.objects.create(
                    list=found, certificate=certificate, part=part, place=secrets.randbelow(status.PLACES)
                )
        except IntegrityError:
            if StatusPlace.objects.filter(certificate=certificate, part=part).exists():
                return StatusPlace.objects.select_related("list").get(certificate=certificate, part=part)


def _open_list(school: Organisation) -> StatusList:
    """The list that takes new places: one a school and year (UTC), so that a reader learns no more than a year's count."""
    last = StatusList.objects.filter(school=school).order_by("-number").first()
    if last is not None and last.created_at.year == timezone.now().year and last.places.count() < FULL:
        return last
    number = last.number + 1 if last else 1
    found, made = StatusList.objects.get_or_create(school=school, number=number)
    if made:
        _sign_soon(found)
    return found


def mark_stale(certificate: Certificate) -> None:
    """A bit of the lists of a certificate is to be set: they are signed anew after this transaction."""
    found = list(StatusList.objects.filter(places__certificate=certificate).distinct())
    for one in found:
        if not one.stale:
            one.stale, one.stale_since = True, timezone.now()
            one.save(update_fields=["stale", "stale_since"])
        _sign_soon(one)


def _sign_soon(found: StatusList) -> None:
    transaction.on_commit(lambda: sign_list.enqueue(found.pk))


@task()
def sign_list(list_id: int) -> None:
    """Sign one list anew."""
    try:
        fresh_list(StatusList.objects.select_related("school").get(pk=list_id))
    except keys.KeyFileError as error:
        log.error("a status list waits for its key: %s", error)


@transaction.atomic
def fresh_list(found: StatusList) -> StatusList:
    """The list with a signed body that shows every bit; signed now if it is due (`status.is_due`). Idempotent.

    Raises KeyFileError when the key's private half is not there.
    """
    found = StatusList.objects.select_for_update(of=("self",)).select_related("school").get(pk=found.pk)
    now = timezone.now()
    did = school_did(found.school)
    if not _is_due(found, leaks({did}), now):
        return found
    gone = Q(certificate__revocation__isnull=False) | Q(certificate__superseded_by__isnull=False)
    places = found.places.filter(gone).values_list("place", flat=True)
    document = status.list_credential(
        address=list_address(found), issuer=did, encoded=status.encode(places), at=now.replace(microsecond=0)
    )
    signed = keys.sign_document(document, did=did, created=now)
    found.body = json.dumps(signed, ensure_ascii=False)
    found.token = keys.sign_token(document, did=did)
    found.stale, found.stale_since, found.signed_at = False, None, now
    found.save(update_fields=["body", "token", "stale", "stale_since", "signed_at"])
    return found


def _is_due(found: StatusList, leaked: Mapping[str, datetime], now: datetime) -> bool:
    leaked_at = leaked.get(school_did(found.school))
    return status.is_due(stale=found.stale, signed_at=found.signed_at, leaked_at=leaked_at, now=now)


def due_lists() -> int:
    """Sign the lists that are due: after a crash, for their age, after a leak; how many. Two queries when none is."""
    now, done = timezone.now(), 0
    lists = list(StatusList.objects.select_related("school").defer("body", "token").order_by("pk"))
    leaked = leaks({school_did(found.school) for found in lists})
    for found in lists:
        if not _is_due(found, leaked, now):
            continue
        try:
            fresh_list(found)
            done += 1
        except keys.KeyFileError as error:
            log.error("a status list waits for its key: %s", error)
    return done
