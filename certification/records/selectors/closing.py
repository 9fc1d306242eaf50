"""Whether a school has closed."""

from accounts.models import Organisation, SchoolClosing


def closing_of(school: Organisation) -> SchoolClosing | None:
    """The row that says that a school has closed, or None while it is open. One query."""
    return SchoolClosing.objects.filter(school=school).first()
