"""People for tests: actors without an account, and accounts that a test client is signed in with."""

from __future__ import annotations

from typing import Any

from tutela.people.rules import PUBLIC, Actor

ROLES = ("contributor", "reviewer", "manager", "administrator")
PASSWORD = "correct horse battery"


def actor(role: str, name: str = "") -> Actor:
    """Somebody in this role.  The same role gives the same person."""
    return PUBLIC if role == "public" else Actor(f"test-{role}", role, name or f"A {role}")


def account(role: str, password: bool = False) -> Any:
    """An account in this role; without a password one can be signed in by ``force_login`` only (a digest takes its time)."""
    from tutela.people.models import User

    found = User.objects.filter(username=role).first() or User(username=role, role=role, name=f"A {role}", public_id=f"test-{role}")
    if password:
        found.set_password(PASSWORD)
    else:
        found.set_unusable_password()
    found.save()
    return found


def signed_in(role: str) -> Any:
    """A test client, signed in."""
    from django.test import Client

    client = Client()
    client.force_login(account(role))
    return client
