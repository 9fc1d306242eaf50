"""What `manage.py check --deploy` says of this room's settings."""

from typing import Any

from django.conf import settings
from django.core.checks import Error, Tags, register

from .texting import problem_of


@register(Tags.security, deploy=True)
def sms_url_is_whole(**_kwargs: Any) -> list[Error]:
    """An SMS_URL that makes no gateway is found before the first code should go. Its words hold secrets: never shown."""
    problem = problem_of(settings.SMS_URL) if settings.SMS_URL else ""
    if not problem:
        return []
    hint = "For example: twilio://SID:TOKEN@FROM/{to}; leave it empty where no texts are sent. See docs/texts.md."
    return [Error(f"SMS_URL is not usable: {problem}.", hint=hint, id="notices.E001")]
