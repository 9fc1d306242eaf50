"""Writes which version of a rule set judges a school's records."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Organisation, User
from accounts.selectors import has_role
from certification.requirements.models import RuleSet

from ..models import Activation, RuleSetChange, TrainingRecord
from ..selectors.transcripts import folded
from ..selectors.versions import records_moved, strange_categories

ACTIVATING_ROLES = ("registrar", "admin")


def activate_version(
    *, school: Organisation, rule_set: RuleSet, by: User, as_of: date, expected: int, note: str = ""
) -> Activation:
    """Let a school judge by this version from now on, and move the running records that it applies to.

    Atomic. Idempotent by (school, version): a second call gives back the first activation and moves nothing.
    `expected` is the number of records that the registrar saw in the preview. Refuses (ValidationError) who is no
    registrar, another number than expected, and hours in categories that the version does not know.
    """
    if not has_role(by, school.pk, *ACTIVATING_ROLES):
        raise ValidationError(_("Only the school’s registrars may activate a version."))
    try:
        with transaction.atomic():
            return _activate(school, rule_set, by, as_of, expected, note)
    except IntegrityError:
        # Somebody activated it in the same moment; hers stands.
        return Activation.objects.get(school=school, rule_set=rule_set)


def _activate(school: Organisation, rule_set: RuleSet, by: User, as_of: date, expected: int, note: str) -> Activation:
    # The school's row is the lock: two activations must not both move one record.
    Organisation.objects.select_for_update().get(pk=school.pk)
    done = Activation.objects.filter(school=school, rule_set=rule_set).first()
    if done:
        return done
    _running, moved = records_moved(school, rule_set, as_of)
    if len(moved) != expected:
        raise ValidationError(
            ngettext(
                "Meanwhile %(n)d record would change. Nothing was activated; look at the list again.",
                "Meanwhile %(n)d records would change. Nothing was activated; look at the list again.",
                len(moved),
            )
            % {"n": len(moved)},
            code="moved_on",
        )
    strange = strange_categories(folded(moved), rule_set)
    if strange:
        raise ValidationError(
            _("There are hours in categories that this version does not know: %(codes)s. It cannot judge them.")
            % {"codes": ", ".join(code for code, _count in strange)},
            code="strange_categories",
        )
    activation = Activation(school=school, rule_set=rule_set, activated_by=by, note=note)
    activation.full_clean()
    activation.save()
    # The trace first: the database lets a record's version move only along one.
    RuleSetChange.objects.bulk_create(
        RuleSetChange(record=record, activation=activation, before=record.rule_set, after=rule_set) for record in moved
    )
    TrainingRecord.objects.filter(pk__in=[record.pk for record in moved]).update(rule_set=rule_set)
    return activation
