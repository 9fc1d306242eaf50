"""Writes of rule sets: a pack's text becomes a version in the database, once."""

import hashlib

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from certification.requirements import rules
from certification.requirements.library import packs_beside, shipped
from certification.requirements.models import RuleSet
from certification.requirements.selectors import all_versions, kept_pack


@transaction.atomic
def import_rules(*, text: str, filename: str, find: rules.Find | None = None) -> RuleSet:
    """Keep a pack's text as one version of a rule set, and the packs that it extends as versions of theirs.

    Atomic. Idempotent by the text (line ends and a byte order mark aside): the same text again gives back the row that
    is there. `find` fetches what the pack extends, from files; what it does not find must be in the database. Refuses
    (ValidationError, one sentence) a text that breaks the format, naming file, line and key, and another text under an
    `id@version` that is taken, naming the next free version.
    """
    try:
        # Read with the files first, so that a loop or a fault is told before anything is kept.
        rules.load(text, file=filename, find=lambda label: (find(label) if find else None) or kept_pack(label))
        base = rules.extends(text, file=filename)
        found = find(base) if find and base else None
        if found:
            import_rules(text=found[0], filename=found[1], find=find)
        return _kept(text=text, filename=filename)
    except rules.BadInputError as error:
        raise ValidationError(str(error), code="bad_rules") from error


def _kept(*, text: str, filename: str) -> RuleSet:
    """The row of a text whose bases are in the database."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    spec = rules.load(text, file=filename, find=kept_pack)
    digest = hashlib.sha256(text.encode()).hexdigest()
    kept = RuleSet.objects.filter(identifier=spec.id, version=spec.version).first()
    if kept is None:
        try:
            with transaction.atomic():
                return RuleSet.objects.create(
                    identifier=spec.id,
                    version=spec.version,
                    title=spec.title,
                    status=spec.status,
                    source=text,
                    digest=digest,
                    valid_from=spec.valid_from,
                    valid_to=spec.valid_to,
                    applies_by=spec.applies_by,
                )
        except IntegrityError:
            # Somebody imported this version in the same moment: the database kept one, and it must be the same text.
            kept = RuleSet.objects.get(identifier=spec.id, version=spec.version)
    if kept.digest != digest:
        highest = RuleSet.objects.filter(identifier=spec.id).aggregate(highest=Max("version"))["highest"]
        raise ValidationError(
            _(
                "%(file)s: %(label)s is already imported with another text, and a version is never edited. "
                "Call the new one version %(next)d."
            )
            % {"file": filename, "label": spec.label, "next": highest + 1},
            code="version_taken",
        )
    return kept


def import_pack(*, label: str) -> RuleSet:
    """Import a pack that comes with the product, by its `id@version`. Atomic and idempotent like `import_rules`.

    Refuses (ValidationError) a name that no pack bears.
    """
    find = packs_beside(None)
    found = find(label)
    if found is None:
        raise ValidationError(_("There is no pack %(label)s.") % {"label": label}, code="no_such_pack")
    return import_rules(text=found[0], filename=found[1], find=find)


@transaction.atomic
def import_packs() -> None:
    """Import every pack that comes with the product and is not there. Atomic and idempotent.

    A version that is in the database stays as it is, whatever its file says today. 1 query where nothing is missing.
    """
    there = {rule_set.label for rule_set in all_versions()}
    for label in shipped():
        if label not in there:
            import_pack(label=label)
