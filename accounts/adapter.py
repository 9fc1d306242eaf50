"""The one place where allauth is overridden: its mails go through the outbox, its refusals say what to do."""

import uuid
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as allauth_context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib.sites.shortcuts import get_current_site
from django.utils.translation import gettext_lazy as _

from notices.services import enqueue_rendered


class AccountAdapter(DefaultAccountAdapter):
    """Sends allauth's mails by `notices`, so that a mail server that is down loses none."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("Address and password do not go together. Look at both, letter by letter."),
        "incorrect_code": _("This is not the code. Look at the newest mail again, sign by sign."),
        "incorrect_password": _("This is not your password."),
        "enter_current_password": _("This is not your present password."),
        "email_taken": _("Another account has this address."),
        "duplicate_email": _("Your account has this address already."),
        "max_email_addresses": _("An account holds %d addresses at most. Remove one first."),
        "too_many_login_attempts": _(
            "Too many tries. Wait five minutes, then try once more, or choose a new password."
        ),
        "rate_limited": _("That was too often in a short time. Wait a minute, then try again."),
        "invalid_password_reset": _("This link opens nothing any more. Ask for a new one."),
        "same_as_current": _("That is what it is already. Choose another one."),
        "select_only_one": _("Choose one only."),
    }

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Render as allauth does and put the mail into the outbox; its text is wiped once it has gone."""
        request = allauth_context.request
        rendered = self.render_mail(
            template_prefix,
            email,
            {
                "request": request,
                "email": email,
                "current_site": get_current_site(request),
                "base_url": settings.BASE_URL,
                **context,
            },
        )
        enqueue_rendered(
            key=f"account:{uuid.uuid4()}", to=email, subject=rendered.subject, body=str(rendered.body), secret=True
        )


class MFAAdapter(DefaultMFAAdapter):
    """Its refusals in our words."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "add_email_blocked": _("While the second step is on, no address can be added. Turn it off for a moment."),
        "cannot_delete_authenticator": _("Your work here asks for a second step. Set up another one first."),
        "cannot_generate_recovery_codes": _("Set up the app or a passkey first: recovery codes stand in for them."),
        "incorrect_code": _("This is not the code. The app shows a new one every half minute: type the newest."),
        "unverified_email": _("Confirm your e-mail address first."),
    }
