"""Has all that the house claims read again each day, and tells the platform's people where it does not hold.

Triggers stop what goes through the application. Who has the database's password can go past them, and until somebody
audits, a page answers what the database says.
"""

import logging
from collections import Counter
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django_tasks import task

from accounts.models import User
from notices.services import enqueue_mail

from ..audit import Finding, Report, audit

log = logging.getLogger("palmar.verification")
MOST_NAMED = 10


def ask_for_audit() -> int:
    """Have everything audited in the background; 1, the audits that were asked for. Reads only, so twice does no harm."""
    audit_all.enqueue()
    return 1


@task()
def audit_all() -> None:
    """Audit, and tell of what was found; one that cannot be carried out is told of, too: nobody silences it by breaking it."""
    try:
        report = audit()
    except Exception:  # a row that cannot even be read, whichever it is
        log.exception("the audit could not be carried out")
        report = Report(findings=[Finding("stopped", "The audit could not be carried out.")])
    tell_of_audit(report=report, now=timezone.now())


@transaction.atomic
def tell_of_audit(*, report: Report, now: datetime) -> int:
    """Mail the platform's people where an audit does not hold; how many. Atomic; once a day and person (UTC).

    The mail names kinds and places and no person: what the command prints stays in the house.
    """
    if report.holds:
        return 0
    found = Counter(one.kind for one in report.findings)
    log.error("the audit does not hold: %s", ", ".join(f"{kind} {n}" for kind, n in found.most_common()))
    people = list(User.objects.filter(is_superuser=True, is_active=True).order_by("pk"))
    for user in people:
        enqueue_mail(
            key=f"audit:{now:%Y-%m-%d}:{user.uuid}",
            to=user.email,
            template="verification_audit",
            context={
                "name": user.get_short_name(),
                "at": now,
                "count": len(report.findings),
                "kinds": found.most_common(),
                "places": [(one.log, one.position) for one in report.findings if one.position is not None][:MOST_NAMED],
            },
            user=user,
        )
    return len(people)
