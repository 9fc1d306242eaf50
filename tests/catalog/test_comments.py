"""Comments on a draft are told by our outbox, once, to those who may still open the page, in the comments' own words."""

import pytest
from django.core import mail
from wagtail.models import Comment, CommentReply, Page, PageSubscription
from wagtail.test.utils.form_data import inline_formset, nested_form_data
from wagtail.users.models import UserProfile

from accounts.services import end_role
from courses.catalog.models import LessonPage
from courses.catalog.services import announce_comments
from notices.models import Message

from .conftest import staff
from .test_review import edit_url, form


def comments(new: list[dict] | None = None, initial: list[dict] | None = None) -> dict[str, str]:
    """The comments part of the editor's form."""
    rows = [*(initial or []), *(new or [])]
    data = [
        {
            "id": str(row.get("id", "")), "text": row["text"], "contentpath": "lede", "position": "",
            "DELETE": row.get("DELETE", ""), "resolved": row.get("resolved", ""),
            "replies": inline_formset(row.get("replies", []), initial=row.get("initial_replies", 0)),
        }
        for row in rows
    ]  # fmt: skip
    return nested_form_data({"comments": inline_formset(data, initial=len(initial or []))})


def post(browser, page: Page, **kinds: list[dict]) -> None:
    data = {**form(page), **comments(**kinds), "comment_notifications": "on"}
    assert browser.post(edit_url(page), data).status_code == 302


@pytest.fixture
def followed(published, reviewer, whole) -> LessonPage:
    """A lesson page whose registrar follows its comments."""
    PageSubscription.objects.create(page=published, user=whole.registrar, comment_notifications=True)
    return published


def told() -> list[Message]:
    return list(Message.objects.filter(key__startswith="comments:").order_by("pk"))


def test_a_comment_is_told_by_the_outbox(
    followed, editor, whole, mailoutbox, django_capture_on_commit_callbacks
) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        post(editor, followed, new=[{"text": "Is 60 s right?"}])
    assert Comment.objects.get().text == "Is 60 s right?"
    assert mail.outbox == [], "nothing goes in the request"
    message = told()[0]
    assert (message.to, message.sent_at, len(told())) == (whole.registrar.email, None, 1)
    assert "Is 60 s right?" in message.body
    assert f"/cms/pages/{followed.pk}/edit/" in message.body
    for words in ("Zebrafascia", "Newly", followed.lede):
        assert words not in message.body, "never the lesson's words"
    for callback in callbacks:
        callback()
    assert [each.subject for each in mailoutbox] == [f"Comments on {followed.title}"]


def test_an_answer_is_told_to_the_thread(followed, editor, reviewer, whole) -> None:
    post(editor, followed, new=[{"text": "Is 60 s right?"}])
    comment = Comment.objects.get()
    Message.objects.all().delete()
    PageSubscription.objects.update(comment_notifications=False)
    data = {"id": comment.pk, "text": comment.text, "replies": [{"id": "", "text": "Yes, for this layer."}]}
    reviewer.post(edit_url(followed), {**form(followed), **comments(initial=[data])})
    assert CommentReply.objects.get().text == "Yes, for this layer."
    assert [message.to for message in told()] == [whole.instructor.email]
    assert "Yes, for this layer." in told()[0].body
    Message.objects.all().delete()
    reply = {"id": str(CommentReply.objects.get().pk), "text": "Yes, for this layer."}
    done = {**data, "replies": [reply], "initial_replies": 1, "resolved": "on"}
    reviewer.post(edit_url(followed), {**form(followed), **comments(initial=[done])})
    assert Comment.objects.get().resolved_at
    assert [message.to for message in told()] == [whole.instructor.email]
    assert "Resolved: Is 60 s right?" in told()[0].body


def test_it_is_told_once(followed, editor, whole) -> None:
    post(editor, followed, new=[{"text": "Once."}])
    changes = {
        "new_comments": [Comment.objects.get()],
        "new_replies": [],
        "resolved_comments": [],
        "deleted_comments": [],
    }
    announce_comments(page=LessonPage.objects.get(pk=followed.pk), changes=changes, by=whole.instructor)
    assert len(told()) == 1


def test_a_deleted_comment_is_told_to_who_follows(followed, editor, whole) -> None:
    post(editor, followed, new=[{"text": "A slip."}])
    comment = Comment.objects.get()
    Message.objects.all().delete()
    post(editor, followed, initial=[{"id": comment.pk, "text": comment.text, "DELETE": "1"}])
    assert not Comment.objects.exists()
    assert "Deleted: A slip." in told()[0].body


@pytest.mark.parametrize("why", ["left the school", "does not want it", "is not active", "unfollowed"])
def test_who_hears_nothing(followed, editor, whole, why) -> None:
    person = whole.registrar
    if why == "left the school":
        end_role(user=person, organisation=whole.school, role="registrar")
        staff(person)
    elif why == "does not want it":
        profile = UserProfile.get_for_user(person)
        profile.updated_comments_notifications = False
        profile.save()
    elif why == "is not active":
        type(person).objects.filter(pk=person.pk).update(is_active=False)
    else:
        PageSubscription.objects.update(comment_notifications=False)
    post(editor, followed, new=[{"text": "Is 60 s right?"}])
    assert told() == []
    assert mail.outbox == []


def test_nobody_hears_of_her_own(published, editor) -> None:
    post(editor, published, new=[{"text": "A note to myself."}])
    assert told() == []
    assert mail.outbox == []


def test_other_pages_of_the_site_too(followed, whole, django_user_model) -> None:
    """The site's own pages are edited by the same views."""
    from wagtail.admin.viewsets.pages import page_viewset_registry

    from cms.models import HomePage, StandardPage
    from courses.catalog.editing import OurEditView, OurRevertView

    for model in (Page, HomePage, StandardPage, LessonPage):
        views = page_viewset_registry.get_by_type(model)
        assert issubclass(views.edit_view_class, OurEditView), model
        assert issubclass(views.revisions_revert_view_class, OurRevertView), model
