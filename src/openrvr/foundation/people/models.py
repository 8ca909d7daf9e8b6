from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models

from openrvr.foundation.people.actors import Actor
from openrvr.foundation.people.roles import DESKS_OF_ROLE, Desk, Role


class Accounts(BaseUserManager["Account"]):
    def get_by_natural_key(self, username: str | None) -> Account:
        return self.get(username=username)


class Account(AbstractBaseUser):
    """Somebody who works with the service. Never the victim, who has no account."""

    username = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=120, help_text="Rank and name, as shown to colleagues.")
    shown_as = models.CharField(max_length=120, help_text="As a victim sees it.")
    roles = ArrayField(models.CharField(max_length=30, choices=Role.choices), default=list)
    languages = ArrayField(models.CharField(max_length=8), default=list, blank=True)
    is_active = models.BooleanField(default=True)

    objects: ClassVar[Accounts] = Accounts()

    USERNAME_FIELD = "username"

    personal_data = "name, sign-in name, languages of staff"

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(roles__contained_by=Role.values), name="account_roles_known"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def actor(self) -> Actor:
        return Actor("account", str(self.pk), self.name)

    @property
    def desks(self) -> list[Desk]:
        """The desks whose promises this person may take."""
        return list(dict.fromkeys(d for role in self.roles for d in DESKS_OF_ROLE.get(role, ())))

    @property
    def role_names(self) -> str:
        return ", ".join(Role(role).label for role in self.roles)

    def has_any(self, *roles: Role) -> bool:
        return self.is_active and not set(roles).isdisjoint(self.roles)


class SignInGuesses(models.Model):
    """How many wrong passwords came in one minute, by what they are counted by."""

    key_hash = models.CharField(max_length=64)
    minute = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    personal_data = "a keyed hash of a sign-in name and a network address, for an hour"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key_hash", "minute"], name="guesses_a_minute")
        ]

    def __str__(self) -> str:
        return f"{self.count} guesses"
