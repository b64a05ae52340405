"""People who use the register.  Personal data stays in this table; the journal knows a person by ``public_id`` only."""

from __future__ import annotations

import secrets

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models


def _public_id() -> str:
    return secrets.token_hex(8)


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str) -> User:
        return self.get(username__iexact=username)


class User(AbstractBaseUser):
    """An account.  ``role`` is one of ``people.rules.ROLES``."""

    public_id = models.CharField(max_length=32, unique=True, default=_public_id)
    username = models.CharField(max_length=80, unique=True)
    name = models.CharField(max_length=200, blank=True)
    role = models.CharField(max_length=20)
    language = models.CharField(max_length=16, blank=True)
    is_active = models.BooleanField(default=True)
    made = models.DateTimeField(auto_now_add=True)

    objects = UserManager()
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: list[str] = []
