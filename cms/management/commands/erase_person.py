"""Erases a person as far as no duty stands against it; says what would go before anything goes."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import User
from cms.desk.services import ErasurePlan, erase_person, plan_erasure


class Command(BaseCommand):
    """`erase_person EMAIL [--confirm]`."""

    help = "Say what erasing a person does today: what goes, what stays, why and until when. With --confirm do it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whom."""
        parser.add_argument("email", help="the address of her account")
        parser.add_argument("--confirm", action="store_true", help="erase; without it nothing is changed")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit 2 for an unknown address, or while something must be ended first."""
        user = User.objects.filter(email__iexact=options["email"]).first()
        if user is None:
            raise CommandError(f"nobody has the address {options['email']}", returncode=2)
        today = timezone.localdate()
        try:
            plan = erase_person(user=user, today=today) if options["confirm"] else plan_erasure(user, today=today)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages), returncode=2) from error
        self.stdout.write(_lines(plan, done=options["confirm"]))


def _lines(plan: ErasurePlan, *, done: bool) -> str:
    verb = "erased" if done else "would go"
    lines = []
    for line in plan.lines:
        fate = verb if line.goes else "stays" + (f" until {line.until}" if line.until else "")
        lines.append(f"{fate:<24} {line.count:>5}  {line.what}" + (f" ({line.why})" if line.why else ""))
    if not done:
        lines.append("Nothing was changed. Say --confirm to do it; it cannot be taken back.")
    return "\n".join(lines)
