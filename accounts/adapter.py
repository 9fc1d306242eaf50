"""The one place where allauth is overridden: its mails go through the outbox, its users carry a legal name."""

import uuid
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as allauth_context
from django.contrib.sites.shortcuts import get_current_site

from notices.services import enqueue_rendered


class AccountAdapter(DefaultAccountAdapter):
    """Sends allauth's mails by `notices`, so that a mail server that is down loses none."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Render as allauth does and put the mail into the outbox; its text is wiped once it has gone."""
        request = allauth_context.request
        rendered = self.render_mail(
            template_prefix,
            email,
            {"request": request, "email": email, "current_site": get_current_site(request), **context},
        )
        enqueue_rendered(
            key=f"account:{uuid.uuid4()}", to=email, subject=rendered.subject, body=str(rendered.body), secret=True
        )
