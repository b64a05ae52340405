"""Signing in through the page, in a process of its own."""

from __future__ import annotations

NAME, PASSWORD = "anna", "correct horse battery"


def make_account(name: str = NAME, role: str = "manager") -> str:
    """Make the account, unless it is there."""
    from tutela.people.actions import add_user
    from tutela.people.models import User
    from tutela.people.rules import OPERATOR

    if not User.objects.filter(username=name).exists():
        add_user(OPERATOR, name, PASSWORD, role, name.title())
    return name


def sign_in() -> int:
    """Post the form, then read a page as the person signed in; the page's status."""
    from django.test import Client

    client = Client()
    answer = client.post("/sign-in/", {"username": NAME, "password": PASSWORD})
    assert answer.status_code == 302, f"sign-in answered {answer.status_code}"
    page = client.get("/account/")
    assert page.status_code == 200, f"the account's page answered {page.status_code}"
    return page.status_code
