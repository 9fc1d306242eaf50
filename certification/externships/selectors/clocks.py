"""Reads clocks: the one that runs, and those of a placement."""

from accounts.models import User

from ..models import Clock, Placement


def open_clock(user: User) -> Clock | None:
    """The clock of this person that runs now, with its placement, site and supervisor; None without one. One query."""
    return (
        Clock.objects.filter(learner__user=user, ended_at=None)
        .select_related("supervisor", "placement__site__organisation", "placement__record__school", "learner__user")
        .first()
    )


def clocks_of(placement: Placement) -> list[Clock]:
    """The clocks of a placement by which she was away from its site, newest first. One query."""
    return [clock for clock in Clock.objects.filter(placement=placement).order_by("-started_at", "-pk") if clock.away]
