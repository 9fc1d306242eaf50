"""Which doors each person sees at the top of every page."""

from typing import TypedDict

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.selectors import checks_anywhere, is_staff_anywhere, keeps_anywhere, roles_of
from certification.records.selectors import has_record

from .selectors import frame_for


class Door(TypedDict):
    """One link of the navigation."""

    label: str
    url: str
    icon: str
    current: bool


# What stands behind a door though its address does not say so.
BEHIND = (
    ("/desk/programs/", "/desk/cohorts/"),
    ("/desk/lessons/", "/desk/cohorts/"),
    ("/desk/placements/", "/desk/externships/"),
    ("/desk/sites/", "/desk/externships/"),
    ("/desk/supervisors/", "/desk/externships/"),
    ("/desk/checkoffs/", "/desk/externships/"),
    ("/desk/competencies/", "/desk/externships/"),
    ("/desk/evaluations/", "/desk/externships/"),
    ("/desk/practicals/", "/desk/externships/"),
    # For who places nobody, that is a door of its own.
    ("/desk/competencies/", "/desk/checkoffs/"),
    ("/desk/evaluations/", "/desk/checkoffs/"),
    ("/desk/practicals/", "/desk/checkoffs/"),
    ("/competencies/", "/shifts/"),
    ("/desk/custody/", "/desk/certificates/"),
    ("/desk/rosters/", "/desk/certificates/"),
    ("/desk/hand-overs/", "/desk/certificates/"),
    ("/desk/graduates/", "/desk/certificates/"),
    ("/desk/cases/", "/desk/certificates/"),
    ("/desk/closing/", "/desk/certificates/"),
    ("/desk/custodians/", "/desk/certificates/"),
    ("/desk/records/", "/desk/people/"),
    ("/desk/corrections/", "/desk/ledger/"),
    ("/desk/claims/", "/desk/ledger/"),
    ("/desk/anomalies/", "/desk/ledger/"),
    ("/desk/export/", "/desk/ledger/"),
    ("/desk/imports/", "/desk/ledger/"),
)


class Doors(list[Door]):
    """The doors in their order; `key` names them, and which of them is open."""

    key: str = ""


def _supervises(user: User) -> bool:
    return any(role == "supervisor" for _place, role in roles_of(user))


def navigation_for(request: HttpRequest) -> Doors:
    """The doors of a visitor, a learner, who checks, or staff.

    At most one query (roles), for who checks another (whether she also learns), besides those of the frame.
    """
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        doors = [(link.label, link.url, "book") for link in frame_for(request).menu]
        doors.append((_("For schools and boards"), "/verify/", "seal"))
    elif is_staff_anywhere(user):
        doors = [(_("Waiting"), "/desk/", "inbox"), (_("People"), "/desk/people/", "people")]
        doors.append((_("Groups"), "/desk/cohorts/", "calendar"))
        doors.append((_("Questions"), "/desk/questions/", "question"))
        if any(role in {"registrar", "admin"} for _place, role in roles_of(user)):
            doors.append((_("Certificates"), "/desk/certificates/", "seal"))
            doors.append((_("Ledger"), "/desk/ledger/", "clock"))
            doors.append((_("Rules"), "/desk/rules/", "scale"))
        if any(role in {"coordinator", "registrar", "admin"} for _place, role in roles_of(user)):
            doors.append((_("Externships"), "/desk/externships/", "clinic"))
            doors.append((_("Invitations"), "/desk/invitations/", "mail"))
        else:
            doors.append((_("Check-offs"), "/desk/checkoffs/", "check"))
        doors.append((_("Lessons"), "/cms/", "pen"))
    else:
        doors = [(_("To sign"), "/sign/queue/", "pen")] if _supervises(user) else []
        if keeps_anywhere(user):
            doors.append((_("Records kept"), "/desk/custody/", "seal"))
        checks = checks_anywhere(user)
        if checks:
            doors.append((_("Checks"), "/checks/", "search"))
        if checks and not has_record(user):  # she checks, and learns nowhere
            doors.append((_("Account"), reverse("account_email"), "person"))
        else:
            doors += [
                (_("Study"), "/learn/", "book"),
                (_("Hours"), "/hours/", "clock"),
                (_("Shifts"), "/shifts/", "hand"),
                (_("Certificates"), "/certificates/", "seal"),
            ]
    if user is not None and user.is_authenticated and user.is_superuser:
        doors.append((_("Organisations"), "/desk/organisations/", "people"))
    # Of two doors that fit, the nearer one: /desk/certificates/ is not also /desk/.
    there = {url for _label, url, _icon in doors}
    behind = (door for part, door in BEHIND if request.path.startswith(part) and door in there)
    path = next(behind, request.path)
    nearest = max((url for _label, url, _icon in doors if path.startswith(url)), key=len, default="")
    found = Doors({"label": label, "url": url, "icon": icon, "current": url == nearest} for label, url, icon in doors)
    found.key = repr((doors, nearest, request.path == "/search/"))
    return found
