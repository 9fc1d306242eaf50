"""What a password must be, in our words. The checks are Django's."""

from django.contrib.auth import password_validation as theirs
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


class LongEnough(theirs.MinimumLengthValidator):
    """Refuses what is quickly guessed by trying all."""

    def get_error_message(self) -> str:
        """The refusal."""
        return ngettext(
            "This is too short. Take %(count)d character or more: a few words in a row are easy to keep in mind.",
            "This is too short. Take %(count)d characters or more: a few words in a row are easy to keep in mind.",
            self.min_length,
        ) % {"count": self.min_length}

    def get_help_text(self) -> str:
        """The hint."""
        return ngettext(
            "%(count)d character or more; a few words in a row do well.",
            "%(count)d characters or more; a few words in a row do well.",
            self.min_length,
        ) % {"count": self.min_length}


class NotYourName(theirs.UserAttributeSimilarityValidator):
    """Refuses what anyone guesses who knows the person."""

    DEFAULT_USER_ATTRIBUTES = ("legal_name", "email")

    def __init__(self) -> None:
        super().__init__(user_attributes=self.DEFAULT_USER_ATTRIBUTES)

    def get_error_message(self) -> str:
        """The refusal."""
        return _("This is too much like your name or your address. Take something that nobody connects with you.")

    def get_help_text(self) -> str:
        """The hint."""
        return _("Nothing like your name or your address.")


class NotEverybodys(theirs.CommonPasswordValidator):
    """Refuses the twenty thousand that are tried first."""

    def get_error_message(self) -> str:
        """The refusal."""
        return _("Many people use this one, so it is tried first. Take another.")

    def get_help_text(self) -> str:
        """The hint."""
        return _("None that many people use.")
