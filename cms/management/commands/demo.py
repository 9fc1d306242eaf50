"""Loads the demo school and says where to click."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from cms.demo import PASSWORD, load
from cms.demo_beyond import load_beyond


class Command(BaseCommand):
    """Safe to repeat: what is there stays as it is."""

    help = "Load the demo school through the services (DEBUG=1 or DEMO=1 only). Safe to repeat."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Print accounts, the demo certificate's code and its share link."""
        if not settings.DEMO or settings.PRODUCTION:
            raise CommandError(
                "the demo school has a published password: set DEBUG=1 or DEMO=1, never in production", returncode=2
            )
        demo = load()
        beyond = load_beyond(demo)
        say = self.stdout.write
        say(f"{demo.school.name} is at {settings.BASE_URL}/")
        say(f"password of all accounts: {PASSWORD}")
        about = {
            "student": f"halfway; start at {settings.BASE_URL}/learn/",
            "graduate": f"holds a certificate; {settings.BASE_URL}/certificates/",
            "candidate": f"has everything, nothing proposed yet; {settings.BASE_URL}/desk/certificates/",
            "instructor": f"writes lessons; {settings.BASE_URL}/cms/",
            "registrar": f"reviews, proposes; {settings.BASE_URL}/desk/",
            "second-registrar": f"issues; {settings.BASE_URL}/desk/certificates/",
            "supervisor": "needs no account: the sign-off mail has the link",
            "verifier": f"checks for Tidewater College; {settings.BASE_URL}/checks/ (anyone checks a code at /verify/)",
            "admin": f"runs the school; {settings.BASE_URL}/admin/",
            "therapist": f"holds a certificate of continuing education; {settings.BASE_URL}/certificates/",
            "head": f"ran {beyond.closed.name}, which has closed",
            "office": f"was its registrar; {settings.BASE_URL}/desk/ is shut",
            "alumna": f"holds its certificate; {settings.BASE_URL}/certificates/",
            "custodian": f"keeps its records; {settings.BASE_URL}/desk/custody/",
        }
        for slug, user in (demo.people | beyond.people).items():
            say(f"  {user.email:<38} {about.get(slug, '')}")
        say(f"code: {demo.certificate.code}")
        say(f"share: {demo.share_url}")
        say(f"continuing education: {beyond.continuing.code}")
        say(f"of the closed school: {beyond.kept.code}")
