"""Words of this room: what is wrong with a typed code, what a record still lacks. No queries."""

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from accounts.models import Organisation
from accounts.templatetags.palmar import hm_text
from certification.codes import BadCodeError
from certification.records.models import Hold
from certification.records.presenters import REASONS

from .rules import Condition, Difference, RegisterGap

_GROUPS = (
    gettext_lazy("first"),
    gettext_lazy("second"),
    gettext_lazy("third"),
    gettext_lazy("fourth"),
    gettext_lazy("last"),
)


def bad_code(error: BadCodeError) -> str:
    """One sentence that says what to do about a code that is none."""
    group = _GROUPS[error.group - 1] if error.group else ""
    if error.kind == "empty":
        return _("Type the code from the certificate. It looks like 7K4D-Q9XW-3HTR-M2VC-F.")
    if error.kind == "sign":
        return _("Look at the %(group)s group, “%(typed)s”: no code has the character “%(sign)s”.") % {
            "group": group,
            "typed": error.typed,
            "sign": error.sign,
        }
    if error.kind == "length" and error.group:
        width = 1 if error.group == len(_GROUPS) else 4
        return ngettext(
            "Look at the %(group)s group: “%(typed)s” should have %(width)d character.",
            "Look at the %(group)s group: “%(typed)s” should have %(width)d characters.",
            width,
        ) % {"group": group, "typed": error.typed, "width": width}
    if error.kind == "length":
        return _("A code has 17 characters, and this has %(count)s. Compare it with the paper, group by group.") % {
            "count": error.typed
        }
    if error.better:
        return _(
            "The code has a typing mistake. Look at the %(group)s group first: is “%(typed)s” perhaps “%(better)s”?"
        ) % {
            "group": group,
            "typed": error.typed,
            "better": error.better,
        }
    return _(
        "The code has a typing mistake: its last character “%(sign)s” does not go with the rest. Compare it group by group."
    ) % {"sign": error.typed}


_ASKED = {
    "pace": gettext_lazy("How long the course lasted"),
    "average": gettext_lazy("Average grade"),
    "age": gettext_lazy("How long ago the course ended"),
    "linkage": gettext_lazy("How many courses and schools the hours come from"),
}


def hold_reason(code: str) -> str:
    """A hold's reason class, as it goes on within a sentence."""
    label = str(Hold.Reason(code).label)
    return label[:1].lower() + label[1:]


def title_of(condition: Condition) -> str:
    """What a condition is called in a list."""
    if condition.kind == "total":
        return _("All hours together")
    if condition.kind == "name":
        return _("Name for the certificate")
    if condition.kind == "hold":
        return (
            _("Hold: %(reason)s") % {"reason": hold_reason(condition.code)} if condition.code else _("No hold stands")
        )
    if condition.kind == "in_person":
        return _("%(title)s, taught in person") % {"title": condition.title}
    if condition.kind == "gate":
        return _("Hours needed before %(title)s") % {"title": condition.title or condition.code}
    if condition.kind in _ASKED:
        return str(_ASKED[condition.kind])
    return condition.title or condition.message or condition.code


def named_signs(signs: str) -> str:
    """Signs that no font of ours has, each with its number: who reads of it may have no font for it either."""
    return ", ".join(f"{sign} (U+{ord(sign):04X})" for sign in signs)


def gap(condition: Condition, unit_minutes: int) -> str:
    """One sentence that names what is missing, in hours of `unit_minutes`."""
    if condition.kind == "total":
        return _("The hours together are %(short)s short of %(required)s.") % {
            "short": hm_text(condition.short, unit_minutes),
            "required": hm_text(condition.required, unit_minutes),
        }
    if condition.kind == "category":
        return _("%(title)s: %(short)s short of %(required)s.") % {
            "title": condition.title,
            "short": hm_text(condition.short, unit_minutes),
            "required": hm_text(condition.required, unit_minutes),
        }
    if condition.kind == "fact":
        return _("Not yet shown: %(title)s.") % {"title": condition.title}
    if condition.kind == "hold":
        return _("A hold stands: %(reason)s. It must be released first.") % {"reason": hold_reason(condition.code)}
    if condition.kind == "overlay":
        return _("%(title)s: %(short)s short of %(required)s.") % {
            "title": condition.title,
            "short": hm_text(condition.short, unit_minutes),
            "required": hm_text(condition.required, unit_minutes),
        }
    if condition.kind == "name":
        if condition.code:
            return _(
                "The name cannot be printed: our fonts have no sign for %(signs)s. A registrar writes its spelling in the "
                "passport’s Latin letters on the record’s page; the certificate then prints that, and the legal name "
                "stays as it is."
            ) % {"signs": named_signs(condition.code)}
        return _(
            "There is no legal name. A registrar writes it down on the record’s page, as the license or passport has it."
        )
    return condition.message


def title_of_role(role: str) -> str:
    """The title that the register proposes for a role."""
    if role == "registrar":
        return pgettext("title of a signer", "Registrar")
    return pgettext("title of a signer", "Administrator")


def no_role(school: Organisation) -> str:
    """Why somebody without a role to sign in does not sign."""
    return _("Only a registrar or administrator of %(school)s signs its certificates.") % {"school": school.name}


def own_record() -> str:
    """Why somebody does not sign for herself."""
    return _("Nobody signs for her own record: another registrar does.")


def difference(one: Difference, unit_minutes: int) -> tuple[str, str, str]:
    """What two certificates say differently: the thing, as the old one says it, as the new one would."""
    if one.subject == "hours":
        if one.what == "lines":
            return _("Lines behind the hours"), _("as they were"), _("corrected: the same sums from other lines")
        title = one.title or _("All hours together")
        return title, hm_text(one.before, unit_minutes), hm_text(one.after, unit_minutes)
    titles = {
        "name": _("In the name of"),
        "name.latin": _("Name in Latin letters"),
        "title": _("Title"),
        "rules": _("Rules"),
        "facts": _("Required facts"),
        "school.name": _("School"),
        "school.address": _("Address of the school"),
        "school.licence_number": _("License number of the school"),
    }
    thing = titles.get(f"{one.subject}.{one.what}") or titles[one.subject]
    return thing, one.before or _("nothing"), one.after or _("nothing")


def register_gap(gap: RegisterGap, *, name: str, school: Organisation) -> str:
    """One sentence why a school issues nothing on a day, or why a person does not sign on it, and what to do."""
    said = {"name": name, "school": school.name, "day": date_format(gap.day, "j F Y") if gap.day else ""}
    if gap.kind == "closed":
        return _("%(school)s was open until %(day)s. A closed school issues nothing.") % said
    if gap.kind == "not_open":
        return _("%(school)s opens on %(day)s. Until then it issues nothing.") % said
    if gap.kind == "ended":
        return (
            _(
                "%(name)s signs no more: the entry in the register of signers ended on %(day)s. "
                "An administrator can make a new one."
            )
            % said
        )
    if gap.kind == "later":
        return _("%(name)s signs from %(day)s on: until then the register of signers does not hold the name.") % said
    return _("%(name)s is not on the register of signers of %(school)s. An administrator enters who signs.") % said


def reason(code: str) -> str:
    """Why minutes are not creditable, as the ledger's pages say it."""
    return str(REASONS[code].title) if code in REASONS else code


def percent(hundredths: int | None) -> str:
    """A grade with what it needs of two decimals, or a dash."""
    if hundredths is None:
        return "–"
    whole, rest = divmod(hundredths, 100)
    return f"{whole}.{rest:02d}".rstrip("0").rstrip(".") + "%"


_EVIDENCE = {
    "measured": gettext_lazy("Timed by the school’s server while she studied"),
    "awarded": gettext_lazy("Approved minutes of a lesson that she finished"),
    "co_signed": gettext_lazy("Signed by an instructor or supervisor who was there"),
    "transferred": gettext_lazy("Taken over from another school’s record"),
    "imported": gettext_lazy("Entered from the school’s earlier records"),
    "self_reported": gettext_lazy("Stated by the learner alone"),
    "corrected": gettext_lazy("Corrected by two people, with the reason kept"),
}


def evidence(grade: str) -> str:
    """What an evidence grade means, in a few words."""
    return str(_EVIDENCE[grade])
