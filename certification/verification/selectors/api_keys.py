"""Reads the keys of organisations."""

from django.db.models import OuterRef, Subquery, TextField, Value
from django.db.models.functions import Coalesce

from accounts.models import Organisation

from .. import rules
from ..models import ApiKey, CheckingStop

WORKING = frozenset({"open", "ending"})


def kept_key_of(secret: str) -> ApiKey | None:
    """The key of this secret, whether it works or not, with its organisation; None for what is nobody's key.

    One query. Of a school that has closed no key is known. `stopped` on it says why the organisation may check nothing
    for now; empty while it may.
    """
    stop = CheckingStop.objects.filter(organisation=OuterRef("organisation"), lifted_at=None).values("words")
    rows = ApiKey.objects.select_related("organisation").filter(organisation__closing=None)
    rows = rows.annotate(stopped=Coalesce(Subquery(stop), Value(""), output_field=TextField()))
    return rows.filter(key_hash=rules.token_hash(secret)).first()


def keys_of(organisation: Organisation) -> list[ApiKey]:
    """The keys of an organisation, newest first. One query."""
    rows = ApiKey.objects.filter(organisation=organisation)
    return list(rows.select_related("made_by", "revoked_by", "replaced_by").order_by("-made_at", "-pk"))
