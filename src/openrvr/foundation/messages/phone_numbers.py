"""Telephone numbers, by Google's libphonenumber."""

from __future__ import annotations

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

from openrvr.foundation.refusal import Refused


class NotAPhoneNumber(Refused):
    """What was typed is not a telephone number that exists."""

    status = 422

    def __init__(self, typed: str) -> None:
        super().__init__(f"“{typed}” is not a telephone number. Check the digits with the caller.")


def in_e164(typed: str, *, region: str) -> str:
    """`07700 900123` -> `+447700900123`. Raises NotAPhoneNumber."""
    try:
        number = phonenumbers.parse(typed, region)
    except NumberParseException:
        raise NotAPhoneNumber(typed) from None
    if not phonenumbers.is_possible_number(number) or not (
        phonenumbers.is_valid_number(number) or _is_set_aside_for_drama(number)
    ):
        raise NotAPhoneNumber(typed)
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def can_get_texts(e164: str) -> bool:
    """Whether a number can be a mobile phone's; where the plan does not tell, it may be."""
    number = phonenumbers.parse(e164)
    if _is_set_aside_for_drama(number):
        return True
    return phonenumbers.number_type(number) in (
        PhoneNumberType.MOBILE,
        PhoneNumberType.FIXED_LINE_OR_MOBILE,
        PhoneNumberType.PERSONAL_NUMBER,
        PhoneNumberType.UNKNOWN,
    )


def readable(e164: str) -> str:
    """`+447700900123` -> `07700 900123` for a British number, else in international form."""
    number = phonenumbers.parse(e164)
    form = (
        PhoneNumberFormat.NATIONAL if number.country_code == 44 else PhoneNumberFormat.INTERNATIONAL
    )
    return phonenumbers.format_number(number, form)


def _is_set_aside_for_drama(number: phonenumbers.PhoneNumber) -> bool:
    """Ofcom's mobile numbers for use in drama, 07700 900000 to 900999: nobody's, for the demo."""
    return number.country_code == 44 and 7700900000 <= (number.national_number or 0) <= 7700900999
