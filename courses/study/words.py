"""How study writes spans of time that are counted in seconds."""

from django.utils.translation import gettext as _


def seconds_in_words(seconds: int) -> str:
    """150 becomes “2 min 30 s”, 3725 “1 h 2 min 5 s”."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    parts = [_("%(n)d h") % {"n": hours}] if hours else []
    if minutes:
        parts.append(_("%(n)d min") % {"n": minutes})
    if rest or not parts:
        parts.append(_("%(n)d s") % {"n": rest})
    return " ".join(parts)
