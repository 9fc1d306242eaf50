"""The due jobs: each may be run at any time, twice or by two processes, and does only what is due."""

import logging
from collections.abc import Callable
from datetime import timedelta

from django.core.cache import cache
from django.core.management import call_command
from django.utils import timezone
from django.utils.text import slugify

from certification.certificates import services as certificates
from certification.externships import services as externships
from certification.quizzes.services import submit_overdue
from certification.records.services import close_due_schools, find_anomalies, make_due_checkpoints, remind_of_claims
from certification.verification import services as verification
from commerce import gateway
from commerce.services import settle_open_orders
from courses.catalog.services import hold_back, sweep_uploads
from courses.enrollments.services import assign_new_quizzes
from courses.study import services as study
from notices.services import deliver_due

from .desk.services import resume_imports

LOOK_BACK = timedelta(days=8)
"""How far back anomalies are looked for each night: what is known makes no second row, and a missed night is made up."""

log = logging.getLogger("palmar.jobs")


def _mails() -> object:
    return deliver_due(now=timezone.now())


def _sessions() -> object:
    return study.sweep_stale(now=timezone.now())


def _clocks() -> object:
    return externships.close_forgotten(now=timezone.now())


def _attempts() -> object:
    return submit_overdue(now=timezone.now())


def _new_quizzes() -> object:
    return assign_new_quizzes()


def _claims() -> object:
    return remind_of_claims()


def _reminders() -> object:
    return externships.remind()


def _requests() -> object:
    return externships.send_collected()


def _imports() -> object:
    return resume_imports(now=timezone.now())


def _lists() -> object:
    return verification.resume_lists(now=timezone.now())


def _closings() -> object:
    return close_due_schools(now=timezone.now())


def _expiries() -> object:
    return certificates.remind_of_expiry(now=timezone.now())


def _orders() -> object:
    return settle_open_orders() if gateway.is_configured() else 0


def _checkpoints() -> object:
    return make_due_checkpoints(now=timezone.now())


def _batches() -> object:
    return certificates.due_batches(now=timezone.now())


def _papers() -> object:
    return certificates.due_papers() + certificates.due_notices()


def _signed_anew() -> object:
    done, failed = certificates.sign_anew()
    return f"{done}, {failed} failed" if failed else done


def _status_lists() -> object:
    return certificates.due_lists()


def _anomalies() -> object:
    since = timezone.now() - LOOK_BACK
    return sum(find(since) for find in (find_anomalies, externships.find_anomalies, study.find_anomalies))


def _placements() -> object:
    return externships.begin_placements(now=timezone.now())


def _lapses() -> object:
    return externships.tell_of_lapses(now=timezone.now())


def _dues() -> object:
    return externships.tell_of_dues(now=timezone.now())


def _origins() -> object:
    now = timezone.now()
    return study.forget_origins(now=now) + externships.forget_origins(now=now)


def _rosters() -> object:
    return verification.remind_of_rosters(now=timezone.now())


def _hand_overs() -> object:
    return verification.remind_of_hand_overs(now=timezone.now())


def _invitations() -> object:
    now = timezone.now()
    return verification.forget_invitations(now=now) + verification.forget_case_words(now=now)


def _audit() -> object:
    return verification.ask_for_audit()


def _uploads() -> object:
    return sweep_uploads(now=timezone.now()) + externships.drop_stray_files()


def _pages() -> object:
    held = hold_back(now=timezone.now())
    call_command("publish_scheduled", verbosity=0)
    return held


def _old_sessions() -> object:
    call_command("clearsessions", verbosity=0)
    return 0


# Name, job, and how long it may rest between two runs.
JOBS: tuple[tuple[str, Callable[[], object], timedelta], ...] = (
    ("mails", _mails, timedelta()),
    ("study sessions", _sessions, timedelta()),
    ("forgotten clocks", _clocks, timedelta(minutes=1)),
    ("overdue attempts", _attempts, timedelta()),
    ("new quizzes", _new_quizzes, timedelta(minutes=1)),
    ("claims due soon", _claims, timedelta(minutes=30)),
    ("requests sent together", _requests, timedelta(minutes=1)),
    ("reminders of signatures", _reminders, timedelta(hours=6)),
    ("schools that closed", _closings, timedelta(minutes=30)),
    ("certificates that expire", _expiries, timedelta(hours=6)),
    ("courses to report", _rosters, timedelta(hours=6)),
    ("transcripts to send", _hand_overs, timedelta(hours=6)),
    ("imports left lying", _imports, timedelta(seconds=30)),
    ("lists of checks left lying", _lists, timedelta(seconds=30)),
    ("open orders", _orders, timedelta(minutes=2)),
    ("checkpoints", _checkpoints, timedelta(minutes=10)),
    ("certificates issued together", _batches, timedelta(seconds=30)),
    ("files of certificates", _papers, timedelta(minutes=1)),
    ("files signed anew", _signed_anew, timedelta(seconds=30)),
    ("status lists", _status_lists, timedelta(minutes=1)),
    ("anomalies", _anomalies, timedelta(days=1)),
    # A first day comes at midnight of its site: an hour late is early enough, since shifts never wait for it.
    ("placements that begin", _placements, timedelta(hours=1)),
    ("what ends soon", _lapses, timedelta(hours=6)),
    ("sheets and plans that are due", _dues, timedelta(hours=6)),
    ("old origins of visits", _origins, timedelta(days=1)),
    ("old words of who checks", _invitations, timedelta(days=1)),
    ("audit of everything", _audit, timedelta(days=1)),
    ("uploads left lying", _uploads, timedelta(hours=1)),
    ("scheduled pages", _pages, timedelta(minutes=1)),
    ("old log-ins", _old_sessions, timedelta(hours=12)),
)


def run_due(*, force: bool = False) -> dict[str, str]:
    """Run every job that is due; what each did, or how it failed. One failing job does not stop the others."""
    outcome: dict[str, str] = {}
    for name, job, rest in JOBS:
        # `add` is refused while the key lives: of two processes one runs the job, and it rests afterwards.
        if rest and not force and not cache.add(f"job:{slugify(name)}", "1", int(rest.total_seconds())):
            continue
        try:
            outcome[name] = f"{job()} done"
        except Exception as error:  # the loop must outlive whatever one job throws
            log.exception("job %s failed", name)
            outcome[name] = f"failed: {type(error).__name__}"
    return outcome
