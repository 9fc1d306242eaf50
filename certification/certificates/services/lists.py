"""Keeps status lists: gives each credential a place at random, and signs the list anew when a bit was set."""

import json
import logging
import secrets

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django_tasks import task

from accounts.models import Organisation
from certification.keys import services as keys
from certification.keys.proofs import did_of

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
    last = StatusList.objects.filter(school=school).order_by("-number").first()
    if last is not None and last.places.count() < FULL:
        return last
    number = last.number + 1 if last else 1
    found, _made = StatusList.objects.get_or_create(school=school, number=number)
    return found


def mark_stale(certificate: Certificate) -> None:
    """A bit of the lists of a certificate is to be set: they are signed anew after this transaction."""
    found = list(StatusList.objects.filter(places__certificate=certificate).distinct())
    StatusList.objects.filter(pk__in=[one.pk for one in found]).update(stale=True)
    for one in found:
        transaction.on_commit(lambda pk=one.pk: sign_list.enqueue(pk))  # type: ignore[misc]


@task()
def sign_list(list_id: int) -> None:
    """Sign one list anew."""
    try:
        fresh_list(StatusList.objects.select_related("school").get(pk=list_id))
    except keys.KeyFileError as error:
        log.error("a status list waits for its key: %s", error)


@transaction.atomic
def fresh_list(found: StatusList) -> StatusList:
    """The list with a signed body that shows every bit; signed now if it is stale or older than a day. Idempotent.

    Raises KeyFileError when the key's private half is not there.
    """
    found = StatusList.objects.select_for_update(of=("self",)).select_related("school").get(pk=found.pk)
    now = timezone.now()
    if not found.stale and not status.is_old(found.signed_at, now):
        return found
    gone = Q(certificate__revocation__isnull=False) | Q(certificate__superseded_by__isnull=False)
    places = found.places.filter(gone).values_list("place", flat=True)
    did = school_did(found.school)
    document = status.list_credential(
        address=list_address(found), issuer=did, encoded=status.encode(places), at=now.replace(microsecond=0)
    )
    signed = keys.sign_document(document, did=did, created=now)
    found.body = json.dumps(signed, ensure_ascii=False)
    found.token = keys.sign_token(document, did=did)
    found.stale, found.signed_at = False, now
    found.save(update_fields=["body", "token", "stale", "signed_at"])
    return found


def due_lists() -> int:
    """Sign the lists whose signing failed; how many."""
    done = 0
    for found in StatusList.objects.filter(stale=True).select_related("school"):
        try:
            fresh_list(found)
            done += 1
        except keys.KeyFileError as error:
            log.error("a status list waits for its key: %s", error)
    return done
