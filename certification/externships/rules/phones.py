"""Phone numbers as people type them, and which of them take text messages."""

import re

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType

REGION = "US"
"""Where a number without a country is dialed: schools are licensed by states of the United States."""
_GETS_TEXTS = frozenset([PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE, PhoneNumberType.PERSONAL_NUMBER])


def phone_typed(text: str) -> str | None:
    """A phone number as it is kept, in E.164: + and digits, the country first; None for what is none.

    None too for two numbers, and for one with words or an extension, behind which no text message arrives.
    """
    if not re.fullmatch(r"\+?[\d\s().\-]+", text.strip()):
        return None
    try:
        number = phonenumbers.parse(text, REGION)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return str(phonenumbers.format_number(number, PhoneNumberFormat.E164))


def takes_texts(number: str) -> bool:
    """Whether a kept number can be one that gets text messages; in North America none can be told from a landline."""
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_valid_number(parsed) and phonenumbers.number_type(parsed) in _GETS_TEXTS
