"""Writes the mails of a review and of comments, through the outbox, where Wagtail would send them inside the request."""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from wagtail.models import Comment, CommentReply, Page, PageSubscription, Revision, TaskState, WorkflowState
from wagtail.users.models import UserProfile

from accounts.models import User
from notices.services import enqueue_mail

from ..models import ModuleLeadTask


def announce_review(*, task_state: TaskState, by: User | None) -> None:
    """Tell those who may approve that a draft waits. Idempotent by task state and person."""
    task = task_state.task.specific
    if isinstance(task, ModuleLeadTask):
        lead = task.lead_of(task_state.workflow_state.content_object)
        readers = User.objects.filter(pk__in=[lead.pk] if lead else [], is_active=True)
    else:
        readers = User.objects.filter(groups__in=task.groups.all(), is_active=True).distinct()
    _announce(
        "review_asked",
        "submitted",
        task_state.workflow_state,
        readers,
        by=by,
        key=f"review-asked:{task_state.pk}",
    )


def announce_outcome(*, workflow_state: WorkflowState, by: User | None, approved: bool) -> None:
    """Tell the author that her draft was published, or sent back and why. Idempotent by task state."""
    author = workflow_state.requested_by
    task_state = workflow_state.current_task_state
    if author is None:
        return
    _announce(
        "review_approved" if approved else "review_returned",
        "approved" if approved else "rejected",
        workflow_state,
        [author],
        by=by,
        key=f"review-{'approved' if approved else 'returned'}:{task_state.pk if task_state else workflow_state.pk}",
        comment=task_state.specific.get_comment() if task_state else "",
    )


def _announce(
    template: str, wish: str, state: WorkflowState, people: Any, *, by: User | None, key: str, comment: str = ""
) -> None:
    page = state.content_object
    for person in people:
        wanted = getattr(UserProfile.get_for_user(person), f"{wish}_notifications")
        if person == by or not wanted:
            continue
        enqueue_mail(
            key=f"{key}:{person.pk}",
            to=person.email,
            user=person,
            template=f"catalog_{template}",
            context={
                "name": person.get_short_name(),
                "by": by.get_full_name() if by else _("Somebody"),
                "title": getattr(page, "draft_title", None) or str(page),
                "comment": comment,
                "edit_url": f"{settings.BASE_URL}/cms/pages/{page.pk}/edit/",
            },
        )


def announce_held(*, revision: Revision, page: Page, words: str) -> None:
    """Tell who set the day of a publication that it did not take place, and why. Idempotent by revision."""
    if revision.user is None:
        return
    enqueue_mail(
        key=f"publication-held:{revision.pk}",
        to=revision.user.email,
        user=revision.user,
        template="catalog_publication_held",
        context={
            "name": revision.user.get_short_name(),
            "title": page.draft_title or page.title,
            "words": words,
            "edit_url": f"{settings.BASE_URL}/cms/pages/{page.pk}/edit/",
        },
    )


def announce_comments(*, page: Page, changes: Mapping[str, Any], by: User) -> None:
    """Tell of new, answered, resolved and deleted comments on a page, in the words of the comments alone.

    `changes` are those that Wagtail's editor found. Who follows the page hears of all of them, who wrote in a thread of
    this thread; nobody of her own, nobody who may no longer open the page. Idempotent by the comments and person.
    """
    told: list[tuple[str, Any, list[Any]]] = [("new", comment, []) for comment in changes["new_comments"]]
    told += [("answered", comment, list(replies)) for comment, replies in changes["new_replies"]]
    told += [("resolved", comment, []) for comment in changes["resolved_comments"]]
    told += [("deleted", comment, []) for comment in changes["deleted_comments"]]
    if not told:
        return
    followers = set(
        PageSubscription.objects.filter(page=page, comment_notifications=True).values_list("user_id", flat=True)
    )
    threads = [comment.pk for kind, comment, _replies in told if kind in ("answered", "resolved")]
    writers: dict[int, set[int]] = {}
    for model, thread in ((Comment, "pk"), (CommentReply, "comment_id")):
        rows = model.objects.filter(**{f"{thread}__in": threads}).values_list("user_id", thread)
        for writer, key in rows:
            writers.setdefault(writer, set()).add(key)
    for person in User.objects.filter(pk__in=followers | set(writers), is_active=True).exclude(pk=by.pk):
        hers = [
            line
            for line in told
            if person.pk in followers or (line[0] in ("answered", "resolved") and line[1].pk in writers[person.pk])
        ]
        if hers and _hears_of_comments(person, page):
            _mail_comments(person, page, hers, by)


def _hears_of_comments(person: User, page: Page) -> bool:
    rights = page.permissions_for_user(person)
    wanted: bool = UserProfile.get_for_user(person).updated_comments_notifications
    return wanted and bool(rights.can_edit() or rights.can_publish())


def _mail_comments(person: User, page: Page, lines: Iterable[tuple[str, Any, list[Any]]], by: User) -> None:
    names = [f"{kind} {row.created_at.isoformat()}" for kind, comment, replies in lines for row in (comment, *replies)]
    enqueue_mail(
        key=f"comments:{page.pk}:{sha256(' '.join(names).encode()).hexdigest()[:24]}:{person.pk}",
        to=person.email,
        user=person,
        template="catalog_comments",
        context={
            "name": person.get_short_name(),
            "by": by.get_full_name(),
            "title": getattr(page, "draft_title", None) or page.title,
            "lines": [
                {"kind": kind, "text": comment.text, "replies": [reply.text for reply in replies]}
                for kind, comment, replies in lines
            ],
            "edit_url": f"{settings.BASE_URL}/cms/pages/{page.pk}/edit/",
        },
    )
