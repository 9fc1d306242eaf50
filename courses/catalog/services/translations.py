"""Writes translations: a page's words copied into another language, put in from a file, and the blocks of its original
brought in later.
"""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import Locale, Page, Revision

from accounts.models import User

from ..models import LessonPage, ModulePage, ProgramPage
from ..translating import merged, put_into, raw_stream
from .content import Library, checked_stream, publish_lesson_page, refresh_media_use

KINDS = (ProgramPage, ModulePage, LessonPage)
WORDS = {ProgramPage: ("lede", "audience", "outcomes", "entry_conditions", "certificate_is", "certificate_is_not"),
         ModulePage: ("summary", "objectives"), LessonPage: ("lede", "review_note")}  # fmt: skip


@transaction.atomic
def begin_translation(*, page: Page, locale: Locale, by: User) -> Page:
    """A draft of this page in another language, made from what is published; what is there already is returned.

    The pages above are begun too, each as a draft. Atomic, idempotent. Refuses who may not edit the page, a page of
    another kind, one that presents nothing published yet, and a translation as the source of another.
    """
    source = page.specific
    if not isinstance(source, KINDS) or not source.permissions_for_user(by).can_edit():
        raise ValidationError(_("You cannot translate this page."))
    if locale.pk == source.locale_id:
        raise ValidationError(_("The page is in this language already."))
    if source.is_translation or source.alias_of_id is not None:
        raise ValidationError(_("Translate the original, not its copy in another language."))
    if getattr(source, f"{source.presents}_id") is None or not source.live:
        raise ValidationError(_("Publish the page first: only then is it known what it presents."))
    found: Page = _begun(source, locale, by)
    return found


def _begun(page: Any, locale: Locale, by: User) -> Any:
    found = page.get_translation_or_none(locale)
    if found is not None:
        return found.specific
    parent = page.get_parent()
    if not parent.is_root():
        _begun(parent.specific, locale, by)
    # Pages above the programs are only places here: as aliases they would be live, and all their addresses with them.
    made = page.copy_for_translation(locale)
    made.refresh_from_db()
    if isinstance(made, KINDS):
        made.owner = by
        made.save(update_fields=["owner"], clean=False)
    return made


@transaction.atomic
def load_translation(*, page: LessonPage, locale: Locale, content: Mapping[str, Any], by: User, approver: User) -> Any:
    """Begin a lesson's translation as a translator does, put in the words of a parsed file, and publish it.

    The file holds words by the place of their blocks; what it leaves out stays as the original has it, and figures and
    clips are named by code. Atomic, idempotent: a translation that is published stays as it is. Refuses, besides what
    `begin_translation` and publishing refuse, a file with other blocks than the original.
    """
    made = begin_translation(page=page, locale=locale, by=by)
    if made.live:
        return made
    draft = made.get_latest_revision_as_object()
    block = draft.body.stream_block
    # Begun, so it presents a lesson.
    library = Library(page.lesson.module.program.school)  # type: ignore[union-attr]
    try:
        raw = put_into(block, raw_stream(page.body), [library.named(item) for item in content["blocks"]])
    except ValueError as error:
        raise ValidationError(
            _("The translation does not fit its original: %(problem)s") % {"problem": error}
        ) from error
    draft.body = checked_stream(block, raw)
    draft.title, draft.lede, draft.review_note = content["title"], content["lede"], content["review_note"]
    draft.save_revision(user=by, log_action=True)
    published = publish_lesson_page(page=LessonPage.objects.get(pk=made.pk), by=approver)
    refresh_media_use(published)
    return published


@transaction.atomic
def bring_in_original(*, page: Page, by: User) -> Revision:
    """Save a draft of a translation in the blocks that its original has now, with the words that are translated.

    New blocks come in the original's language, removed ones go, and the words of changed ones stay for the translator
    to check. From then on the draft follows what is published of the original. Idempotent: with nothing new, the
    newest draft is returned. Refuses who may not edit the page, and a page that is locked for her.
    """
    draft: Any = page.get_latest_revision_as_object()
    lock = page.get_lock()
    if not page.permissions_for_user(by).can_edit() or (lock is not None and lock.for_user(by)):
        raise ValidationError(_("You cannot change this page now."))
    original = draft.original
    if original is None:
        raise ValidationError(_("This page is nobody’s translation."))
    followed = original.live_revision_id or 0
    if draft.follows == followed and (latest := page.get_latest_revision()) is not None:
        return latest
    for name in draft.translated_streams:
        block = draft._meta.get_field(name).stream_block
        raw = merged(block, raw_stream(getattr(original, name)), raw_stream(getattr(draft, name)))
        setattr(draft, name, block.to_python(raw))
    for name in WORDS[type(draft)]:
        setattr(draft, name, getattr(draft, name) or getattr(original, name))
    draft.follows = followed
    draft.saved_as_draft = True
    revision: Revision = draft.save_revision(user=by, log_action=True, clean=False)
    return revision
