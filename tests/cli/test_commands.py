"""The command line as one uses it, in the process of the tests: what it says, as lines and as data, and how it ends."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support import register
from typer.testing import CliRunner, Result

from tutela.cli import app

pytestmark = pytest.mark.django_db(databases="__all__")

Tutela = Callable[..., Result]


@pytest.fixture
def tutela(settings: Any) -> Tutela:
    """Run a command in the workspace of the tests, which is filled."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # a test need not be slow to guess
    register.fill(14)

    def run(*arguments: Any, stdin: str | None = None) -> Result:
        return CliRunner().invoke(app, [str(a) for a in arguments], input=stdin)

    return run


@pytest.fixture
def data(tutela: Tutela) -> Callable[..., Any]:
    """Run a command with --json; what it says."""

    def run(*arguments: Any, exit_code: int = 0, **more: Any) -> Any:
        done = tutela(*arguments, "--json", **more)
        assert done.exit_code == exit_code, done.output
        return json.loads(done.stdout)

    return run


class TestSearch:
    @pytest.mark.parametrize("typed", ["حلب", "حَلَب", "ܐܘܪܗܝ", "Lodz", "łódź", "susa", "Şuşa"])
    def test_a_name_is_found_in_any_script_and_spelling(self, data: Any, typed: str) -> None:
        found = data("search", typed)
        assert found["total"] >= 2 and all(place["id"] for place in found["places"])

    def test_words_fields_and_box_may_stand_together(self, data: Any) -> None:
        found = data("search", "mound", "country:SY", "--bbox", "39,32,41,34")
        assert found["total"] and {place["country"] for place in found["places"]} == {"SY"}
        assert all(39 <= place["lon"] <= 41 for place in found["places"])

    def test_limit_and_offset_page_through_it(self, data: Any) -> None:
        whole = [p["id"] for p in data("search", "mound")["places"]]
        pages = [p["id"] for start in range(0, len(whole), 4) for p in data("search", "mound", "--limit", 4, "--offset", start)["places"]]
        assert pages == whole

    def test_nothing_asked_is_everything(self, data: Any) -> None:
        assert data("search")["total"] == data("stats")["places"]

    def test_a_typing_error_is_forgiven_and_said(self, tutela: Tutela) -> None:
        said = tutela("search", "moumd").stdout
        assert "“moumd” was read as: mound" in said

    def test_a_wrong_field_or_box_is_a_usage_error_that_says_what_there_is(self, tutela: Tutela) -> None:
        wrong = tutela("search", "colour:red")
        assert wrong.exit_code == 4 and "query-field" in wrong.stderr and "country" in wrong.stderr
        assert tutela("search", "--bbox", "1,2,3").exit_code == 2


class TestShow:
    def test_a_place_is_shown_by_its_id_or_another_register_s(self, data: Any) -> None:
        found = data("show", "T-0002")
        assert data("show", found["id"]) == found
        assert found["document"]["address"] == "By the river" and len(found["assessments"]) == 1

    def test_people_read_names_position_and_the_series(self, tutela: Tutela) -> None:
        said = tutela("show", "T-0002").stdout
        assert "Łódź 2" in said and "33.03774, 40.05405" in said and "2020-10-03 · Poor" in said

    def test_a_place_without_position_is_located_by_name(self, tutela: Tutela) -> None:
        assert "by name only" in tutela("show", "T-0009").stdout

    def test_there_is_no_such_place(self, data: Any) -> None:
        assert data("show", "T-9999", exit_code=1)["error"]["code"] == "record-unknown"


class TestWhoActs:
    def test_somebody_sees_what_their_role_may(self, data: Any) -> None:
        everything, less = data("stats"), data("stats", "--as", "anna")
        assert less["places"] <= everything["places"] and "users" not in less
        hidden = next(p["id"] for p in data("search", "handling:confidential")["places"])
        data("user", "add", "carl", "--role", "public", "--generate")
        assert data("--as", "carl", "show", hidden, exit_code=1)["error"]["code"] == "record-unknown"
        assert data("--as", "carl", "stats")["places"] < everything["places"]

    def test_what_they_may_not_do_is_refused(self, data: Any, tmp_path: Path) -> None:
        assert data("--as", "anna", "user", "add", "boris", "--generate", exit_code=1)["error"]["code"] == "not-allowed"
        assert data("--as", "anna", "backup", tmp_path / "b.zip", exit_code=1)["error"]["code"] == "not-allowed"
        assert data("--as", "anna", "verify", exit_code=1)["error"]["code"] == "not-allowed"
        assert not any(tmp_path.iterdir())

    def test_nobody_acts_as_a_stranger_or_a_closed_account(self, data: Any) -> None:
        assert data("--as", "nobody", "stats", exit_code=1)["error"]["code"] == "user-unknown"
        data("user", "change", "anna", "--closed")
        assert data("--as", "anna", "stats", exit_code=1)["error"]["code"] == "user-inactive"


class TestHandling:
    def test_a_mark_is_set_and_holds_for_others(self, tutela: Tutela, data: Any) -> None:
        data("user", "add", "carl", "--role", "public", "--generate")
        exact = data("--as", "carl", "show", "T-0002")
        assert tutela("handle", "T-0002", "restricted", "--precision", "1", "--reason", "looting").exit_code == 0
        coarse = data("--as", "carl", "show", exact["id"])
        assert (coarse["lon"], coarse["lat"]) != (exact["lon"], exact["lat"]) and "address" not in coarse["document"]

    def test_an_unknown_mark_is_refused(self, data: Any) -> None:
        assert data("handle", "T-0002", "secret", exit_code=1)["error"]["code"] == "place-refused"


class TestAccounts:
    def test_an_account_is_made_listed_and_changed(self, data: Any) -> None:
        made = data("user", "add", "boris", "--role", "manager", "--password-stdin", stdin="a long enough phrase\n")
        assert made["role"] == "manager" and "password" not in made
        data("user", "change", "boris", "--role", "reviewer")
        assert {u["username"]: u["role"] for u in data("user", "list")["users"]} == {"anna": "reviewer", "boris": "reviewer"}

    def test_a_generated_password_is_said_once_and_opens_the_account(self, data: Any) -> None:
        from tutela.people.models import User

        password = data("user", "add", "boris", "--generate")["password"]
        assert User.objects.get(username="boris").check_password(password)
        assert password not in json.dumps(data("user", "list"))

    @pytest.mark.parametrize(
        ("arguments", "stdin", "code", "exit_code"),
        [
            (("add", "anna", "--generate"), None, "user-exists", 1),
            (("add", "boris", "--role", "king", "--generate"), None, "user-role", 1),
            (("add", "boris", "--password-stdin"), "short\n", "user-password", 1),
            (("add", "boris"), None, "password-missing", 2),
            (("change", "boris", "--closed"), None, "user-unknown", 1),
        ],
    )
    def test_what_cannot_be_is_refused(self, data: Any, arguments: tuple[str, ...], stdin: str | None, code: str, exit_code: int) -> None:
        assert data("user", *arguments, stdin=stdin, exit_code=exit_code)["error"]["code"] == code


class TestFigures:
    def test_places_names_assessments_and_the_journal_are_counted(self, data: Any) -> None:
        from django.db import connection

        told = data("stats")
        assert told["places"] == 13 and told["names"] == 26 and told["assessments"] == told["records"]["assessment"]
        assert told["records"]["place"] == 13 and told["users"] == 1
        assert told["database"] == connection.vendor and len(told["journal"]["head"]) == 64 and told["journal"]["lines"] > 13

    def test_people_read_the_same_figures(self, tutela: Tutela) -> None:
        assert "Places         13" in tutela("stats").stdout


class TestVerify:
    def test_a_sound_register_holds(self, data: Any) -> None:
        assert data("verify") == {"holds": True, "findings": [], "journal": data("stats")["journal"]}

    def test_what_is_derived_can_be_repaired(self, tutela: Tutela) -> None:
        self.spoil("UPDATE store_entry SET x = 1, y = 1")
        done = tutela("verify")
        assert done.exit_code == 1 and "derived: record" in done.stdout and "--repair" in done.stdout
        assert tutela("verify", "--repair").exit_code == 0

    def test_what_is_not_derived_needs_a_backup(self, tutela: Tutela) -> None:
        self.spoil("UPDATE store_line SET document = '{}' WHERE seq = 3")
        done = tutela("verify", "--repair")
        assert done.exit_code == 1 and "the payload of line 3 was altered" in done.stdout and "backup" in done.stdout

    @staticmethod
    def spoil(sql: str) -> None:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(sql)


class TestGlobalOptions:
    def test_json_may_stand_before_or_after_the_command(self, tutela: Tutela) -> None:
        assert json.loads(tutela("--json", "stats").stdout) == json.loads(tutela("stats", "--json").stdout)

    def test_an_option_s_name_may_be_an_option_s_value(self, data: Any) -> None:
        assert data("handle", "T-0002", "open", "--reason", "--json")["reason"] == "--json"

    def test_a_wrong_option_is_a_usage_error(self, tutela: Tutela) -> None:
        assert tutela("stats", "--nonsense").exit_code == 2 and tutela("nonsense").exit_code == 2


class TestImports:
    def test_there_are_none_yet(self, tutela: Tutela, data: Any) -> None:
        assert data("imports") == {"imports": []} and tutela("imports").stdout == "There are no imports.\n"

    def test_what_is_not_there_cannot_be_undone(self, data: Any) -> None:
        assert data("undo", 99, exit_code=1)["error"]["code"] == "import-unknown"
