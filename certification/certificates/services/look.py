"""Writes how a school's documents look: a version is tried out, then taken into use; nothing issued ever changes."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.selectors import has_role
from certification.quizzes.drawing import UnsafeDrawingError, measures
from certification.quizzes.services import as_png

from .. import documents, rules
from ..documents import sample
from ..handwriting import without_paper
from ..models import DocumentLook, Hand, LookFile
from ..selectors import SIGNER_ROLES, bodies_of, hand_of, look_facts

MOST_BYTES = 3_000_000


def kept_file(*, school: Organisation, data: bytes, field: str = "logo", is_hand: bool = False) -> LookFile:
    """Keep a picture for documents, judged by what it holds. Idempotent by (school, what was drawn).

    A photograph is drawn anew as PNG, so nothing but its pixels is kept; an SVG comes cleaned already
    (`courses.catalog.cleaning.clean_svg`) and is refused with script, styles or links. Of handwriting (`is_hand`) the paper
    around the ink is taken away, so that it stands on any ground. Refuses (ValidationError by
    `field`) what is no picture or too large.
    """
    if len(data) > MOST_BYTES:
        raise ValidationError({field: _("The file is larger than 3 MB. Make the picture smaller.")})
    if data.lstrip()[:4].lower() == b"<svg":
        try:
            measures(data.decode())
        except (UnicodeDecodeError, UnsafeDrawingError) as error:
            raise ValidationError({field: _("The drawing cannot be used: %s. Save it as PNG.") % error}) from error
        body = data
    else:
        try:
            body = as_png(data)
        except ValidationError as error:
            raise ValidationError({field: error.messages}) from error
        if is_hand:
            body = without_paper(body)
    digest = rules.sha256(body)
    kept, _made = LookFile.objects.get_or_create(school=school, sha256=digest, defaults={"body": body})
    return kept


@transaction.atomic
def draft_look(
    *,
    school: Organisation,
    by: User,
    accent: str,
    ground: str,
    paper: str,
    seal: str,
    logo: LookFile | None = None,
    seal_picture: LookFile | None = None,
) -> DocumentLook:
    """Write a new version of how the school's documents look, to be tried out; nothing is issued with it yet.

    Atomic. Idempotent by content: the newest version that says the same is returned. Refuses (ValidationError, by
    field) who does not administer the school, colors in which nobody could read, a seal's picture that is not there,
    and what does not draw.
    """
    _require_admin(by, school)
    accent, ground = accent.strip().lower(), ground.strip().lower()
    _refuse_unreadable(accent, ground)
    if seal not in DocumentLook.Seal.values or paper not in DocumentLook.Paper.values:
        raise ValidationError(_("Choose one of the papers and one of the seals."))
    if seal == DocumentLook.Seal.PICTURE and seal_picture is None:
        raise ValidationError({"seal_picture": _("Choose the picture of the seal, or another kind of seal.")})
    if seal != DocumentLook.Seal.PICTURE:
        seal_picture = None
    Organisation.objects.select_for_update(no_key=True).get(pk=school.pk)
    last = DocumentLook.objects.filter(school=school).order_by("-number").first()
    said = {
        "accent": accent, "ground": ground, "paper": paper, "seal": seal, "logo": logo, "seal_picture": seal_picture,
    }  # fmt: skip
    if last is not None and all(getattr(last, name) == value for name, value in said.items()):
        return last
    look = DocumentLook.objects.create(school=school, number=last.number + 1 if last else 1, made_by=by, **said)
    _refuse_undrawable(look)
    return look


def _refuse_unreadable(accent: str, ground: str) -> None:
    problems = {}
    if not rules.is_color(accent):
        problems["accent"] = _("Write the color as # and six digits, like #14545c.")
    if not rules.is_color(ground):
        problems["ground"] = _("Write the color as # and six digits, like #fcf9f3.")
    if not problems and (lighter := rules.light_enough(ground)) != ground:
        problems["ground"] = _(
            "On this paper our small print has a contrast of %(has)s : 1, and text needs 4.5 : 1. The nearest lighter "
            "color that does is %(better)s."
        ) % {"has": f"{rules.contrast(rules.INK_SOFT, ground):.1f}", "better": lighter}
    elif not problems and (darker := rules.readable(accent, ground)) != accent:
        problems["accent"] = _(
            "On this paper the color has a contrast of %(has)s : 1, and text needs 4.5 : 1. The nearest darker color "
            "that does is %(better)s."
        ) % {"has": f"{rules.contrast(accent, ground):.1f}", "better": darker}
    if problems:
        raise ValidationError(problems)


def _refuse_undrawable(look: DocumentLook) -> None:
    """Draw it once, as it would be issued."""
    facts = sample.facts(look.school.name, look.school.address, look_facts(look.school, look=look))
    bodies = bodies_of(look.school, documents.look.digests_of(facts))
    try:
        with documents.look.files(bodies):
            documents.completion_pdf(facts)
    except (documents.CannotDrawError, RuntimeError) as error:
        raise ValidationError({"logo": _("A document cannot be drawn with it. Save the picture as PNG.")}) from error


@transaction.atomic
def adopt_look(*, look: DocumentLook, by: User) -> DocumentLook:
    """Draw what is issued from now on with this version. Atomic; idempotent.

    Refuses who does not administer the school, and a version that a later one has replaced meanwhile.
    """
    _require_admin(by, look.school)
    look = DocumentLook.objects.select_for_update(of=("self",)).select_related("school").get(pk=look.pk)
    if look.adopted_at is not None:
        return look
    if DocumentLook.objects.filter(school=look.school, number__gt=look.number, adopted_at__isnull=False).exists():
        raise ValidationError(_("A later version is in use already. Make a new one from what you want to go back to."))
    look.adopted_at, look.adopted_by = timezone.now(), by
    look.save(update_fields=["adopted_at", "adopted_by"])
    return look


@transaction.atomic
def keep_hand(*, school: Organisation, by: User, data: bytes | None) -> LookFile | None:
    """Keep one's own handwriting for a school's documents; None takes it away from what is issued later.

    Atomic; idempotent by the picture. Refuses who does not sign for the school: nobody puts another's hand under
    anything.
    """
    if not any(has_role(by, school.pk, role) for role in SIGNER_ROLES):
        raise ValidationError(
            _("Only a registrar or administrator of %(school)s signs its certificates.") % {"school": school.name},
            code="no_right",
        )
    file = kept_file(school=school, data=data, field="picture", is_hand=True) if data else None
    if hand_of(school, by) != file:
        Hand.objects.create(school=school, user=by, file=file)
    return file


def _require_admin(by: User, school: Organisation) -> None:
    if not (by.is_active and has_role(by, school.pk, "admin")):
        raise ValidationError(
            _("Only an administrator of %(school)s says how its documents look.") % {"school": school.name},
            code="no_right",
        )
