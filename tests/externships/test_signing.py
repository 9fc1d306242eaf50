"""A supervisor opens her link and decides: exactly what was shown, once, in time; each refusal beside what passes."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from certification.externships import rules
from certification.externships.models import (
    Shift,
    SigningReceipt,
    SignOff,
    SignOffLink,
    SignOffRow,
    SiteAssignment,
    Supervisor,
)
from certification.externships.selectors import rows_of, shown_for
from certification.externships.services import (
    DeadLinkError,
    Decision,
    decide,
    open_link,
    save_shift,
    send_shifts,
    take_back_shift,
    withdraw_shift,
)
from certification.records.models import HourEntry, Posting, TrainingRecord
from certification.records.selectors import transcript_for
from certification.records.services import HourPart, post_hours
from notices.models import Message

from .conftest import Clinic, answers, local, text_of

pytestmark = pytest.mark.django_db


def url_of(link: SignOffLink) -> str:
    """The link's address, from the mail that waits in the outbox."""
    body = Message.objects.get(key=f"signoff-link:{link.uuid}").body
    return reverse("externships:sign", args=[body.split("/sign/")[1].split("/")[0]])


@pytest.fixture
def two(clinic: Clinic) -> tuple[Shift, Shift]:
    """A session of 4 h and an observation of 5 h 30 min, drafts."""
    return clinic.draft(), clinic.draft("2026-11-11 12:30", "2026-11-11 18:30", kind="observation", techniques=[])


def state_of(*shifts: Shift) -> list[str]:
    return [Shift.objects.get(pk=shift.pk).state for shift in shifts]


# ---- the whole way ---------------------------------------------------------------------------------------------------


def test_signed_shifts_stand_in_the_ledger_as_co_signed(clinic: Clinic, two: tuple[Shift, Shift]) -> None:
    link = clinic.send()
    url = url_of(link)
    browser = Client()
    page = browser.get(url)
    said = text_of(page)
    for words in (
        "For Dr. Priya Raman, Harborview Rehabilitation", "Two shifts of Daniela Reyes", "Monday 9 November",
        "9:00 AM to 1:30 PM", "30 min break taken off", "Client session: Myofascial release, Trigger point work",
        "less guarding afterwards", "Entered by hand on 20 November", "Physical therapist, KY PT-10442",
        rules.STATEMENT,
    ):  # fmt: skip
        assert words in said
    assert " checked" not in page.content.decode(), "nothing is chosen beforehand"
    done = browser.post(url, answers(link), HTTP_USER_AGENT="Phone/1", REMOTE_ADDR="203.0.113.9")
    assert (done.status_code, done["Location"]) == (302, url)
    assert "Signed: 2 shifts, 9 h 30 min" in text_of(browser.get(url))
    assert state_of(*two) == ["signed", "signed"]

    entries = list(HourEntry.objects.order_by("starts_at"))
    assert [(e.minutes, e.category, e.tags, e.evidence, e.source) for e in entries] == [
        (240, "externship_hands_on", "hands_on", "co_signed", "externship"),
        (330, "externship", "", "co_signed", "externship"),
    ]
    first = entries[0]
    assert first.posting.source_key == f"shift:{two[0].uuid}"
    assert first.signer == f"supervisor:{clinic.supervisor.uuid}"
    assert (first.title, first.place) == ("Client session, Harborview Rehabilitation", "Harborview Rehabilitation")
    assert first.supervisor_licence_valid_to == date(2027, 3, 31)
    sign_off = SignOff.objects.get(shift=two[0])
    text = json.loads(first.text.body)
    assert text == {"note": f"signed sha256:{sign_off.digest}", "signer_name": "Priya Raman"}
    assert (sign_off.ip, sign_off.agent, sign_off.typed_name) == ("203.0.113.9", "Phone/1", "Priya Raman")
    assert sign_off.statement == rules.STATEMENT
    assert sign_off.licence == "Physical therapist, KY PT-10442, 2024-01-01 to 2027-03-31"
    assert (sign_off.posted_minutes, sign_off.left_out_minutes) == (240, 0)
    total = transcript_for(clinic.record).evaluation.total
    assert total.attended == 570


def test_what_is_signed_is_the_digest_of_exactly_what_was_shown(clinic: Clinic, two: tuple[Shift, Shift]) -> None:
    link = clinic.send()
    Client().post(url_of(link), answers(link))
    row = SignOffRow.objects.get(link=link, shift=two[0])
    assert SignOff.objects.get(shift=two[0]).digest == row.digest == rules.digest_of(row.shown)
    shown = json.loads(row.shown)
    assert shown["form"] == "palmar-shift/2"
    assert (shown["learner"], shown["site"], shown["minutes"]) == ("Daniela Reyes", "Harborview Rehabilitation", 240)
    assert (shown["starts_at"], shown["ends_at"], shown["zone"]) == (
        "2026-11-09T14:00:00Z", "2026-11-09T18:30:00Z", "America/New_York",
    )  # fmt: skip


def test_one_mail_for_a_sending_and_receipts_to_both(
    clinic: Clinic, two: tuple[Shift, Shift], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        link = clinic.send()
        assert send_shifts(placement=clinic.placement) == [], "sending again makes nothing"
    (asked,) = mail.outbox
    assert asked.subject == "2 shifts of Daniela Reyes to sign"
    assert Message.objects.get(key=f"signoff-link:{link.uuid}").body == "", "the secret is wiped once it has gone"
    token = clinic.token()
    assert link.token_hash not in asked.body
    assert len(token) >= 43, "256 bits"
    with django_capture_on_commit_callbacks(execute=True):
        Client().post(reverse("externships:sign", args=[token]), answers(link))
        Client().post(reverse("externships:sign", args=[token]), answers(link))
    _asked, receipt, notice = mail.outbox
    assert (receipt.to, receipt.subject) == (["praman@harborview.example"], "Signed: 2 shifts, 9 h 30 min")
    assert SignOff.objects.get(shift=two[0]).digest in receipt.body
    assert (notice.to, notice.subject) == (["daniela@example.org"], "Dr. Priya Raman signed 2 shifts")


def test_a_mail_server_that_is_down_loses_and_doubles_nothing(
    clinic: Clinic, two: tuple[Shift, Shift], settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    from notices.services import deliver_due

    settings.EMAIL_BACKEND = "tests.externships.test_signing.DownBackend"
    with django_capture_on_commit_callbacks(execute=True):
        link = clinic.send()
    waiting = Message.objects.get(key=f"signoff-link:{link.uuid}")
    assert (waiting.sent_at, waiting.attempts) == (None, 1)
    assert state_of(*two) == ["sent", "sent"]
    url = url_of(link)
    with django_capture_on_commit_callbacks(execute=True):
        assert Client().post(url, answers(link)).status_code == 302
    assert state_of(*two) == ["signed", "signed"], "a signature does not wait for a mail server"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    later = timezone.now() + timedelta(hours=1)
    with time_machine.travel(later, tick=False):
        assert deliver_due(now=later) == 4  # with the word of her placement, that waited before
        assert deliver_due(now=later) == 0
    assert sorted(message.to[0] for message in mail.outbox) == [
        *["daniela@example.org"] * 2,
        *["praman@harborview.example"] * 2,
    ]


class DownBackend:
    """A mail server that answers nothing."""

    def __init__(self, *_args: Any, **_kwargs: Any) -> None:
        pass

    def send_messages(self, _messages: Any) -> int:
        """Fail."""
        raise ConnectionRefusedError("down")


# ---- opening signs nothing -------------------------------------------------------------------------------------------


def test_opening_scanning_and_empty_posts_sign_nothing(clinic: Clinic, two: tuple[Shift, Shift]) -> None:
    link = clinic.send()
    url = url_of(link)
    before = SignOffLink.objects.values().get(pk=link.pk)
    browser = Client()
    for _time in range(3):
        assert browser.get(url).status_code == 200
        assert browser.head(url).status_code == 200
    assert browser.options(url).status_code == 405
    for form in ({}, {"confirms_statement": "yes"}, {"rest": "sign", "confirms_statement": "yes"}):
        assert browser.post(url, form).status_code == 200
    scanner = answers(link)
    del scanner["typed_name"]
    assert "Type your full name" in text_of(browser.post(url, scanner))
    assert SignOffLink.objects.values().get(pk=link.pk) == before
    assert not SignOff.objects.exists()
    assert not HourEntry.objects.exists()
    assert state_of(*two) == ["sent", "sent"]


def test_the_address_is_kept_private(clinic: Clinic) -> None:
    clinic.draft()
    url = url_of(clinic.send())
    for page in (Client().get(url), Client().post(url, {}), Client().get("/sign/unknown/")):
        assert page["Referrer-Policy"] == "no-referrer"
        assert page["Cache-Control"] == "no-store, private"
        assert "noindex" in page["X-Robots-Tag"]
        assert "unsafe" not in page["Content-Security-Policy"]


def test_a_form_without_cookies_and_from_no_origin_is_taken(clinic: Clinic) -> None:
    shift = clinic.draft()
    link = clinic.send()
    browser = Client(enforce_csrf_checks=True)
    assert browser.post(url_of(link), answers(link), HTTP_ORIGIN="null").status_code == 302
    assert state_of(shift) == ["signed"]


def test_the_page_costs_the_same_whatever_its_length(clinic: Clinic, django_assert_num_queries: Any) -> None:
    for days in (1, 3):
        for day in range(days):
            clinic.draft(f"2026-10-{days * 4 + day:02d} 09:00", f"2026-10-{days * 4 + day:02d} 12:00")
        link = clinic.send()
        token = url_of(link).split("/")[2]
        with django_assert_num_queries(3):
            assert len(rows_of(open_link(token))) == days


# ---- answers ---------------------------------------------------------------------------------------------------------


def test_each_row_has_its_own_answer(clinic: Clinic, two: tuple[Shift, Shift]) -> None:
    third = clinic.draft("2026-11-14 09:00", "2026-11-14 15:00")
    link = clinic.send()
    url = url_of(link)
    form = answers(link)
    form[f"answer-{two[1].uuid}"] = "return"
    form[f"words-{two[1].uuid}"] = "Clinic closed at six for Veterans Day."
    form[f"answer-{third.uuid}"] = "refuse"
    form[f"words-{third.uuid}"] = "You were not here."
    browser = Client()
    assert browser.post(url, form).status_code == 302
    assert state_of(*two, third) == ["signed", "returned", "refused"]
    assert [entry.minutes for entry in HourEntry.objects.all()] == [240], "only what is signed counts"
    said = text_of(browser.get(url))
    assert "Signed: one shift, 4 h" in said
    assert "Did you sign something by mistake? Write to the registrar" in said
    assert "Refused on 20 November 2026: “You were not here.”" in said
    said = text_of(clinic.learner().get(reverse("externships:shifts")))
    assert "Returned to you" in said
    assert "Priya Raman: “Clinic closed at six for Veterans Day.”" in said


def test_the_rest_can_be_signed_at_once_and_the_link_is_spent_by_the_last_row(
    clinic: Clinic, two: tuple[Shift, Shift]
) -> None:
    link = clinic.send()
    url = url_of(link)
    form = answers(link)
    del form[f"answer-{two[1].uuid}"]
    browser = Client()
    assert browser.post(url, form).status_code == 302
    link.refresh_from_db()
    assert link.spent_at is None, "one row is left"
    assert state_of(*two) == ["signed", "sent"]
    page = browser.get(url)
    assert "One shift of Daniela Reyes" in text_of(page)
    # Plain words: the parts of a button stand apart, and small units would drown in its color.
    assert "</svg>Send my answer, 5 h 30 min</button>" in page.content.decode()
    assert browser.post(url, {**form, "rest": "sign"}).status_code == 302
    link.refresh_from_db()
    assert link.spent_at is not None
    assert state_of(*two) == ["signed", "signed"]


@pytest.mark.parametrize(
    "change,sentence",
    [
        ({"typed_name": ""}, "Type your full name"),
        ({"typed_name": "   "}, "Type your full name"),
        ({"typed_name": "Priya Chen"}, "This link is for Dr. Priya Raman"),
        ({"typed_name": "Daniela Reyes"}, "This link is for Dr. Priya Raman"),
        ({"confirms_statement": ""}, "Tick the sentence if it is true"),
        ({"kind": "return", "words": ""}, "Say in a few words what is not right"),
        ({"kind": "refuse", "words": " \x00 "}, "Say in a few words what is not right"),
        ({"kind": "refuse", "words": "x" * 1001}, "1,000 characters at most"),
        ({"kind": "party"}, "Choose sign, return, refuse or propose"),
        ({"kind": ""}, "Choose an answer for at least one shift"),
    ],
)
def test_an_incomplete_answer_is_said_and_kept(clinic: Clinic, change: dict[str, str], sentence: str) -> None:
    shift = clinic.draft()
    link = clinic.send()
    url = url_of(link)
    change = dict(change)
    form = {**answers(link, change.pop("kind", "sign"), words=change.pop("words", "")), **change}
    page = Client().post(url, form)
    assert page.status_code == 200
    assert sentence in text_of(page)
    if form["typed_name"].strip():
        assert f'value="{form["typed_name"]}"' in page.content.decode(), "what was typed is kept"
    if form[f"answer-{shift.uuid}"] == "sign":
        assert 'value="sign" checked' in page.content.decode()
    assert state_of(shift) == ["sent"]
    assert Client().post(url, answers(link)).status_code == 302, "the same form, complete, passes"


def test_the_summary_says_which_shift_lacks_words(clinic: Clinic, two: tuple[Shift, Shift]) -> None:
    link = clinic.send()
    said = text_of(Client().post(url_of(link), answers(link, "return")))
    head = said[said.index("Nothing was signed yet") :][:400]
    for shift in two:
        assert f"{date_format(shift.starts_at, 'l j F')}: Say in a few words" in head


def test_what_was_not_taken_is_said_at_the_head_of_the_page(clinic: Clinic, two: tuple[Shift, Shift]) -> None:
    link = clinic.send()
    SiteAssignment.objects.update(from_on=timezone.localdate(two[1].starts_at))
    said = text_of(Client().post(url_of(link), answers(link)))
    head = said[said.index("Not taken.") :]
    assert head.index("does not list you at this site on that day") < head.index("Signed by")
    assert f"{date_format(two[0].starts_at, 'l j F')}: The school does not list you" in head


def test_a_night_is_told_as_a_night_in_every_mail(clinic: Clinic) -> None:
    clinic.draft("2026-11-09 22:00", "2026-11-10 06:00")
    clinic.draft("2026-11-01 00:30", "2026-11-01 04:00")
    link = clinic.send()
    Client().post(url_of(link), answers(link, "sign"))
    for key in ("signoff-receipt:", "signoff-notice:"):
        body = Message.objects.get(key__startswith=key).body
        assert "10:00 PM to 6:00 AM on the next day," in body
        assert "12:30 AM to 4:00 AM (EDT / EST)," in body, "else its length looks wrong"
    code = SigningReceipt.objects.get().code
    assert "12:30 AM to 4:00 AM (EDT / EST)" in text_of(Client().get(reverse("externships:receipt", args=[code])))
    page = text_of(clinic.learner().get(reverse("externships:shifts")))
    assert "10:00 PM to 6:00 AM on the next day" in page and "4:00 AM (EDT / EST)" in page


def test_returning_needs_no_statement(clinic: Clinic) -> None:
    shift = clinic.draft()
    link = clinic.send()
    form = answers(link, "return", words="The break was an hour.\nPlease look.\x00\x07")
    del form["confirms_statement"]
    assert Client().post(url_of(link), form).status_code == 302
    sign_off = SignOff.objects.get()
    assert (sign_off.words, sign_off.statement) == ("The break was an hour.\nPlease look.", "")
    assert state_of(shift) == ["returned"]


def test_a_returned_shift_is_put_right_and_signed_as_a_new_version(clinic: Clinic) -> None:
    shift = clinic.draft()
    link = clinic.send()
    Client().post(url_of(link), answers(link, "return", words="Only until one."))
    page = clinic.learner().get(reverse("externships:shift", args=[shift.uuid]))
    assert "Priya Raman returned it on 20 November: “Only until one.”" in text_of(page)
    shift.refresh_from_db()
    same = {
        "placement": clinic.placement, "supervisor": clinic.supervisor, "shift": shift, "kind": shift.kind,
        "starts_at": shift.starts_at, "break_minutes": 30, "techniques": shift.techniques, "statement": shift.statement,
        "screen": "clear",
    }  # fmt: skip
    fixed = save_shift(**same, ends_at=local("2026-11-09 13:00"))
    assert (fixed.state, fixed.version, fixed.minutes) == ("draft", 2, 210)
    again = clinic.send()
    Client().post(url_of(again), answers(again))
    assert list(SignOff.objects.order_by("version").values_list("version", "decision")) == [(1, "return"), (2, "sign")]
    assert HourEntry.objects.get().minutes == 210
    assert [json.loads(row.shown)["minutes"] for row in SignOffRow.objects.order_by("pk")] == [240, 210]


def test_a_returned_shift_may_be_sent_again_as_it_was(clinic: Clinic) -> None:
    shift = clinic.draft()
    link = clinic.send()
    Client().post(url_of(link), answers(link, "return", words="Are you sure?"))
    shift.refresh_from_db()
    kept = clinic.draft(shift=shift)
    assert (kept.state, kept.version) == ("draft", 2)
    again = clinic.send()
    Client().post(url_of(again), answers(again))
    assert state_of(shift) == ["signed"]


def test_idle_time_is_signed_and_counts_nowhere(clinic: Clinic) -> None:
    shift = clinic.draft(kind="idle", techniques=[], break_minutes=0)
    link = clinic.send()
    assert "it is on record and never counts" in text_of(Client().get(url_of(link)))
    Client().post(url_of(link), answers(link))
    assert state_of(shift) == ["signed"]
    assert not HourEntry.objects.exists()


def test_a_shift_over_midnight_becomes_two_lines(clinic: Clinic) -> None:
    clinic.draft("2026-11-12 22:00", "2026-11-13 06:00", break_minutes=0)
    link = clinic.send()
    assert "10:00 PM to 6:00 AM on the next day" in text_of(Client().get(url_of(link)))
    Client().post(url_of(link), answers(link))
    assert [(e.date.day, e.minutes) for e in HourEntry.objects.order_by("date")] == [(12, 120), (13, 360)]
    assert SignOff.objects.get().posted_minutes == 480


def test_time_that_a_lesson_holds_is_left_out_and_both_see_it(
    clinic: Clinic, django_capture_on_commit_callbacks: Any
) -> None:
    lesson = HourPart(
        category="mfr", minutes=60, source="lesson", delivery="asynchronous", evidence="measured", title="Lesson 3",
        spans=((local("2026-11-09 12:30"), local("2026-11-09 13:30")),),
    )  # fmt: skip
    post_hours(record=clinic.record, source_key="session:1", parts=[lesson])
    shift = clinic.draft()
    link = clinic.send()
    url = url_of(link)
    with django_capture_on_commit_callbacks(execute=True):
        Client().post(url, answers(link))
    assert SignOff.objects.get().left_out_minutes == 60
    said = text_of(Client().get(url))
    assert "1 h were left out" in said
    assert "Lesson 3" not in said, "the supervisor need not know which"
    said = text_of(clinic.learner().get(reverse("externships:shift", args=[shift.uuid])))
    assert "1 h: that time is held by “Lesson 3”. No minute counts twice." in said
    assert "3 h stand in your hours" in said
    assert all("1 h were left out" in message.body for message in mail.outbox[-2:])
    assert transcript_for(clinic.record).evaluation.total.attended == 240


# ---- once ------------------------------------------------------------------------------------------------------------


def test_a_double_click_back_and_reload_change_nothing(clinic: Clinic, two: tuple[Shift, Shift]) -> None:
    link = clinic.send()
    url = url_of(link)
    first = Client().post(url, answers(link))
    facts = list(SignOff.objects.values())
    for kind in ("sign", "refuse", "return"):
        again = Client().post(url, answers(link, kind, words="no no no"))
        assert (first.status_code, again.status_code) == (302, 302 if kind == "sign" else 200)
    assert list(SignOff.objects.values()) == facts
    assert Posting.objects.count() == 2
    assert Message.objects.filter(key__startswith="signoff-receipt").count() == 1


def test_a_shift_changed_or_taken_back_since_is_shown_so_and_not_signed(
    clinic: Clinic, two: tuple[Shift, Shift]
) -> None:
    link = clinic.send()
    url = url_of(link)
    form = answers(link)
    take_back_shift(shift=two[0])
    page = Client().post(url, form)
    assert page.status_code == 200
    assert "It was changed or taken back since. Nothing about it was signed." in text_of(page)
    assert state_of(*two) == ["draft", "signed"]
    assert [entry.minutes for entry in HourEntry.objects.all()] == [330]
    link.refresh_from_db()
    assert link.spent_at is not None, "no row waits here any more"
    # Sent anew unchanged, it is signed by the new link alone.
    again = clinic.send()
    Client().post(url, form)
    assert state_of(two[0]) == ["sent"]
    Client().post(url_of(again), answers(again))
    assert state_of(two[0]) == ["signed"]


def test_a_page_that_was_opened_before_a_change_does_not_sign_the_change(clinic: Clinic) -> None:
    shift = clinic.draft()
    link = clinic.send()
    form = answers(link)
    form[f"shown-{shift.uuid}"] = rules.digest_of("something else")
    assert "Nothing about it was signed" in text_of(Client().post(url_of(link), form))
    del form[f"shown-{shift.uuid}"]
    assert "Nothing about it was signed" in text_of(Client().post(url_of(link), form))
    Shift.objects.filter(pk=shift.pk).update(break_minutes=0)
    page = Client().post(url_of(link), answers(link))
    assert "Nothing about it was signed" in text_of(page), "not even when somebody edits the row behind our back"
    assert not SignOff.objects.exists()


def test_withdrawn_since(clinic: Clinic) -> None:
    shift = clinic.draft()
    link = clinic.send()
    withdraw_shift(shift=shift)
    said = text_of(Client().get(url_of(link)))
    assert "Nothing waits here any more" in said
    Client().post(url_of(link), answers(link))
    assert not SignOff.objects.exists()


def test_a_sealed_record_keeps_the_shift_waiting_and_says_why(clinic: Clinic) -> None:
    shift = clinic.draft()
    link = clinic.send()
    TrainingRecord.objects.filter(pk=clinic.record.pk).update(sealed_at=timezone.now())
    page = Client().post(url_of(link), answers(link))
    assert "This record is sealed" in text_of(page)
    assert state_of(shift) == ["sent"]
    assert not SignOff.objects.exists(), "signature and posting are one"
    assert "This record is sealed" in text_of(Client().post(url_of(link), answers(link))), "a seal is never taken off"


def test_a_licence_that_lapsed_is_recorded_and_the_rules_say_it(clinic: Clinic) -> None:
    clinic.draft()
    link = clinic.send()
    Supervisor.objects.filter(pk=clinic.supervisor.pk).update(valid_to=date(2026, 11, 8))
    Client().post(url_of(link), answers(link))
    evaluation = transcript_for(clinic.record).evaluation
    assert [(row.minutes, row.reason) for row in evaluation.not_creditable] == [(240, "supervisor_licence")]


# ---- who may not sign ------------------------------------------------------------------------------------------------


def service(link: SignOffLink, **fields: Any) -> Any:
    values: dict[str, Any] = {
        "link": link,
        "decisions": [Decision(row.shift.uuid, "sign") for row in link.rows.select_related("shift")],
        "typed_name": "Priya Raman",
        "confirms_statement": True,
    }
    return decide(**{**values, **fields})


@pytest.mark.parametrize(
    "address",
    [
        "daniela@example.org",
        "DANIELA@example.org",
        "d.aniela@Example.org",
        "daniela+sup@example.org",
        "dаniela@example.org",
    ],
)
def test_not_the_learner_under_any_spelling(clinic: Clinic, address: str) -> None:
    shift = clinic.draft()
    link = clinic.send()
    Supervisor.objects.filter(pk=clinic.supervisor.pk).update(email=address)
    page = Client().post(url_of(link), answers(link))
    assert "Nobody signs her own hours" in text_of(page)
    assert state_of(shift) == ["sent"]
    with pytest.raises(ValidationError, match="Nobody signs her own hours"):
        clinic.draft("2026-11-10 09:00", "2026-11-10 10:00", break_minutes=0)
    Supervisor.objects.filter(pk=clinic.supervisor.pk).update(email="praman@harborview.example")
    assert service(link).done


def test_not_by_a_second_address_or_account_of_hers(clinic: Clinic) -> None:
    from allauth.account.models import EmailAddress

    clinic.draft()
    link = clinic.send()
    EmailAddress.objects.create(user=clinic.school.learner_user, email="praman@harborview.example")
    with pytest.raises(ValidationError, match="Nobody signs her own hours"):
        service(link)
    EmailAddress.objects.filter(email="praman@harborview.example").delete()
    Supervisor.objects.filter(pk=clinic.supervisor.pk).update(user=clinic.school.learner_user)
    with pytest.raises(ValidationError, match="Nobody signs her own hours"):
        service(link)


def test_not_another_learner_of_the_school(clinic: Clinic, rule_set: Any) -> None:
    from certification.records.services import ensure_learner, open_record

    clinic.draft()
    link = clinic.send()
    jun = clinic.school.other_learner_user
    Supervisor.objects.filter(pk=clinic.supervisor.pk).update(email="J.U.N+x@example.org")
    not_yet = service(link, decisions=[Decision(link.rows.get().shift.uuid, "return", "Look again.")])
    assert not_yet.done, "he does not study at the school yet"
    record = open_record(
        learner=ensure_learner(user=jun), school=clinic.school.school, rule_set=rule_set, program_code="SMALL",
        program_title="A", enrolled_on=date(2026, 1, 5), source_key="enrollment:2",
    )  # fmt: skip
    with pytest.raises(ValidationError, match="Learners do not sign for each other"):
        clinic.draft("2026-11-10 09:00", "2026-11-10 10:00", break_minutes=0)
    TrainingRecord.objects.filter(pk=record.pk).update(completed_on=date(2026, 10, 1), sealed_at=timezone.now())
    assert clinic.draft("2026-11-10 09:00", "2026-11-10 10:00", break_minutes=0), "a graduate may supervise"
    again = clinic.send()
    open_record(
        learner=ensure_learner(user=jun), school=clinic.school.school, rule_set=rule_set, program_code="SMALL",
        program_title="A", enrolled_on=date(2026, 11, 2), source_key="enrollment:3",
    )  # fmt: skip
    with pytest.raises(ValidationError, match="Learners do not sign for each other"):
        service(again)


def test_not_while_signed_in_as_a_learner(clinic: Clinic, rule_set: Any) -> None:
    from certification.records.services import ensure_learner, open_record

    open_record(
        learner=ensure_learner(user=clinic.school.other_learner_user), school=clinic.school.school, rule_set=rule_set,
        program_code="SMALL", program_title="A", enrolled_on=date(2026, 1, 5), source_key="enrollment:2",
    )  # fmt: skip
    shift = clinic.draft()
    link = clinic.send()
    for user in (clinic.school.learner_user, clinic.school.other_learner_user):
        page = clinic.school.client(user).post(url_of(link), answers(link))
        assert "You are signed in as a learner of the school" in text_of(page)
    assert state_of(shift) == ["sent"]
    assert clinic.school.client(clinic.school.instructor).post(url_of(link), answers(link)).status_code == 302


def test_not_somebody_not_assigned_that_day(clinic: Clinic, two: tuple[Shift, Shift]) -> None:
    link = clinic.send()
    SiteAssignment.objects.filter(supervisor=clinic.supervisor).update(until_on=date(2026, 11, 10))
    page = Client().post(url_of(link), answers(link))
    assert "does not list you at this site on that day" in text_of(page)
    assert state_of(*two) == ["signed", "sent"], "the day on which she is listed was signed"
    form = answers(link, "return", words="I had left by then.")
    del form[f"answer-{two[0].uuid}"]
    assert Client().post(url_of(link), form).status_code == 302, "returning it needs no listing"


def test_not_before_the_school_has_verified_her(clinic: Clinic) -> None:
    shift = clinic.draft()
    link = clinic.send()
    Supervisor.objects.filter(pk=clinic.supervisor.pk).update(verified_at=None, verified_by=None)
    said = text_of(Client().get(url_of(link)))
    assert "has not yet confirmed your license. As soon as it has, these shifts can be signed here" in said
    assert "Your signature" not in said
    page = Client().post(url_of(link), answers(link))
    assert "nothing is signed until then" in text_of(page)
    assert state_of(shift) == ["sent"]


# ---- links -----------------------------------------------------------------------------------------------------------


def test_unknown_and_revoked_links_look_alike_and_expired_says_so(clinic: Clinic) -> None:
    shift = clinic.draft()
    link = clinic.send()
    url = url_of(link)
    with time_machine.travel(link.expires_at - timedelta(seconds=1), tick=False):
        assert Client().get(url).status_code == 200
    with time_machine.travel(link.expires_at, tick=False):
        for page in (Client().get(url), Client().post(url, answers(link))):
            assert page.status_code == 410
            assert "This link has run out" in text_of(page)
            assert "Mail me a new link" in text_of(page)
            assert 'href="/how-hours-are-proved/"' in page.content.decode().split("<main")[1].split("</main")[0]
        with pytest.raises(DeadLinkError, match="expired"):
            service(link)
    link.revoked_at, link.revoked_why = timezone.now(), "school"
    link.save()
    revoked = [Client().get(url), Client().post(url, answers(link)), Client().post(f"{url}not-me/", {"sure": "yes"})]
    unknown = Client().get(url[:-3] + "x/")
    for page in revoked:
        assert page.status_code == unknown.status_code == 404
        assert page.content == unknown.content
    for token in ("x", "x" * 5000, "%00", "é", "' OR 1=1"):
        assert Client().get(f"/sign/{token}/").status_code == 404
    assert state_of(shift) == ["sent"]
    with pytest.raises(DeadLinkError):
        service(link)
    with pytest.raises(DeadLinkError):
        open_link("")


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "said"),
    [
        (date(2024, 1, 1), date(2027, 3, 31), "KY PT-10442, 1 Jan 2024 to 31 Mar 2027."),
        (None, date(2027, 3, 31), "KY PT-10442, until 31 Mar 2027."), (date(2024, 1, 1), None, "KY PT-10442, from 1 Jan 2024."),
        (None, None, "KY PT-10442. With it"),
    ],
)  # fmt: skip
def test_her_license_is_said_with_the_days_that_are_on_file(
    clinic: Clinic, valid_from: date | None, valid_to: date | None, said: str
) -> None:
    clinic.draft()
    url = url_of(clinic.send())
    Supervisor.objects.filter(pk=clinic.supervisor.pk).update(valid_from=valid_from, valid_to=valid_to)
    assert f"As on your license: Physical therapist, {said}" in text_of(Client().get(url))


@pytest.mark.parametrize("first", ["sign", "refuse"])
def test_another_window_that_answers_otherwise_is_told_what_stands(clinic: Clinic, first: str) -> None:
    shift = clinic.draft()
    link = clinic.send()
    url, other = url_of(link), "refuse" if first == "sign" else "sign"
    said = {f"words-{shift.uuid}": "She was not there."}
    form = {**answers(link), **said}
    forms = {kind: {**form, f"answer-{shift.uuid}": kind} for kind in (first, other)}
    assert Client().post(url, forms[first]).status_code == 302
    assert Client().post(url, forms[first]).status_code == 302, "a repeat is the same answer"
    late = Client().post(url, forms[other])
    stands = {"sign": "It is signed already", "refuse": "It was refused already"}[first]
    assert late.status_code == 200 and f"{stands}; this answer was not taken." in text_of(late)
    assert SignOff.objects.get().decision == first
    assert Message.objects.filter(key__startswith="signoff-receipt").count() == 1


def test_the_reader_says_that_it_is_not_hers(clinic: Clinic) -> None:
    shift = clinic.draft()
    link = clinic.send()
    url = url_of(link)
    unsure = Client().post(f"{url}not-me/", {})
    assert "Tick the sentence" in text_of(unsure)
    assert Client().get(url).status_code == 200
    assert Client().get(f"{url}not-me/").status_code == 405, "a scanner that follows links voids nothing"
    done = Client().post(f"{url}not-me/", {"sure": "yes", "words": "I left this clinic.\x00"})
    assert "Nothing was signed" in text_of(done)
    assert Client().get(url).status_code == 404
    told = Message.objects.get(key__startswith="signoff-disowned")
    assert told.to == clinic.school.coordinator.email
    assert "I left this clinic." in told.body
    assert state_of(shift) == ["sent"]
    for page in (reverse("externships:shifts"), reverse("externships:shift", args=[shift.uuid])):
        said = text_of(clinic.learner().get(page))
        assert "Who got the mail said that it was not hers." in said and "The school made the link void" not in said


def test_the_digest_of_what_was_shown_lets_nobody_try_out_names(clinic: Clinic) -> None:
    shift = clinic.draft()
    one, other = (json.loads(shown_for(shift)) for _ in range(2))
    assert one.pop("salt") != other.pop("salt")
    assert one == other and one["learner"] == "Daniela Reyes"
