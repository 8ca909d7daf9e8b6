from __future__ import annotations

from django import forms
from django.contrib.auth.forms import AuthenticationForm


class SignInForm(AuthenticationForm):
    """Name and password. The same sentence whatever is wrong: it never says which names exist."""

    username = forms.CharField(max_length=60, strip=True)
    password = forms.CharField(max_length=200, strip=False)

    error_messages = {  # noqa: RUF012 - as Django declares it
        "invalid_login": "Check your sign-in name and password.",
        "inactive": "Check your sign-in name and password.",
    }
