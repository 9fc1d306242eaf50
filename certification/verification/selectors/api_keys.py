"""Reads the keys of organisations."""

from datetime import datetime

from django.db.models import OuterRef, Subquery, TextField, Value
from django.db.models.functions import Coalesce

from accounts.models import Organisation

from .. import rules
from ..models import ApiKey, CheckingStop

WORKING = frozenset({"open", "ending"})


def opened_key(secret: str, now: datetime) -> ApiKey | None:
    """The key that this secret opens now, with its organisation; None alike for unknown, ended, expired and revoked.

    One query. Of a school that has closed no key works. `stopped` on it says why the organisation may check nothing for
    now; empty while it may.
    """
    stop = CheckingStop.objects.filter(organisation=OuterRef("organisation"), lifted_at=None).values("words")
    rows = ApiKey.objects.select_related("organisation").filter(organisation__closing=None)
    rows = rows.annotate(stopped=Coalesce(Subquery(stop), Value(""), output_field=TextField()))
    key = rows.filter(key_hash=rules.token_hash(secret)).first()
    return key if key is not None and key.state(now) in WORKING else None


def keys_of(organisation: Organisation) -> list[ApiKey]:
    """The keys of an organisation, newest first. One query."""
    rows = ApiKey.objects.filter(organisation=organisation)
    return list(rows.select_related("made_by", "revoked_by", "replaced_by").order_by("-made_at", "-pk"))
