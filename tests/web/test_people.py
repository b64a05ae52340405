"""Accounts on the pages: for administrators alone, faults told at their field."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from web.rooms import HASHERS, PASSWORD, signed_in

from tutela.people import queries
from tutela.people.actions import find
from tutela.store import history

pytestmark = pytest.mark.django_db(databases="__all__")
NEW = {"username": "زينب", "name": "Zaynab Example", "role": "contributor", "language": "ar", "password": PASSWORD}


@pytest.fixture(autouse=True)
def quick(settings: Any) -> None:
    settings.PASSWORD_HASHERS = HASHERS


@pytest.fixture
def administrator() -> Client:
    return signed_in("administrator", "ada")


@pytest.mark.parametrize("address", ["/people/", "/people/new/", "/people/account/ada/"])
def test_only_administrators_come_in(address: str) -> None:
    assert Client().get(address).headers["Location"].startswith("/sign-in/")
    assert signed_in("manager").get(address).status_code == 403
    assert signed_in("manager", "two").post(address, NEW).status_code in (403, 405) and len(queries.accounts()) == 2


def test_an_account_is_made_and_can_sign_in(administrator: Client) -> None:
    assert administrator.post("/people/new/", NEW).headers["Location"] == "/people/"
    assert "Zaynab Example" in administrator.get("/people/").content.decode()
    client = Client()
    assert client.post("/sign-in/", {"username": "زينب", "password": PASSWORD}).status_code == 302
    assert history.changes(None, 1)[0].action == "people.add" and "Zaynab" not in str(history.changes(None, 5))


@pytest.mark.parametrize(
    ("wrong", "field", "code"),
    [
        ({"username": "ADA"}, "username", "user-exists"),
        ({"password": "short"}, "password", "user-password"),
        ({"username": ""}, "username", ""),
        ({"role": "king"}, "role", ""),
    ],
)
def test_faults_stand_at_their_field(administrator: Client, wrong: dict[str, str], field: str, code: str) -> None:
    page = administrator.post("/people/new/", NEW | wrong)
    assert (
        page.status_code == 400
        and code in " ".join(page.context["form"].errors[field])
        and f'id="id_{field}-error"' in page.content.decode()
    )
    assert len(queries.accounts()) == 1


def test_a_role_is_changed_and_an_account_closed(administrator: Client) -> None:
    administrator.post("/people/new/", NEW)
    page = administrator.post("/people/account/زينب/", {"act": "role", "role": "reviewer", "active": "on"})
    assert page.context["done"] == "role" and find("زينب").role == "reviewer"
    administrator.post("/people/account/زينب/", {"act": "role", "role": "reviewer"})
    assert not find("زينب").is_active
    assert Client().post("/sign-in/", {"username": "زينب", "password": PASSWORD}).status_code == 400


def test_the_last_administrator_stays(administrator: Client) -> None:
    page = administrator.post("/people/account/ada/", {"act": "role", "role": "reviewer", "active": "on"})
    assert page.status_code == 400 and "user-last-administrator" in page.content.decode() and find("ada").role == "administrator"


def test_a_password_is_set(administrator: Client) -> None:
    administrator.post("/people/new/", NEW)
    page = administrator.post("/people/account/زينب/", {"act": "password", "password": "123"})
    assert page.status_code == 400 and "user-password" in page.content.decode()
    page = administrator.post("/people/account/زينب/", {"act": "password", "password": "another horse battery"})
    assert page.context["done"] == "password" and find("زينب").check_password("another horse battery")


def test_an_account_that_is_not_there_is_not_found(administrator: Client) -> None:
    assert administrator.get("/people/account/nobody/").status_code == 404
