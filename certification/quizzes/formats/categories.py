"""Categories as Moodle writes them: `$course$/top/Anatomy/Shoulder` is Anatomy/Shoulder here."""

import re

from certification.quizzes.formats.base import one_line

PLACE = re.compile(r"\$[a-z_]+\$(?:/|$)", re.IGNORECASE)


def from_path(path: str) -> str:
    """Give a category without the place in Moodle and the nameless category above all others."""
    path = one_line(path)
    if not PLACE.match(path):
        return path
    inner = PLACE.sub("", path, count=1)
    return "" if inner == "top" else inner.removeprefix("top/")


def to_path(category: str) -> str:
    """Give the path of a category in a Moodle course."""
    return f"$course$/top/{category}" if category else "$course$/top"
