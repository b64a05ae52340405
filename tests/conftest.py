"""What every test run rests on: a temporary workspace, one of the two databases, what is skipped where it is missing.

* ``pytest`` runs the suite on SQLite, ``pytest --postgres`` on PostgreSQL: the server at DATABASE_URL, or one started
  for the run.  ``make test`` does both.
* Markers: ``postgres`` (runs in the second pass only), ``sqlite_only`` and ``browser`` (first pass only), ``long``
  (``--long`` only).
* ``TUTELA_REQUIRE=postgres,browser`` makes a missing server or browser, and any skip of theirs, a failure.
* Fixtures: ``tutela`` (the command line in a fresh workspace), ``database_url`` (a fresh PostgreSQL database, or None),
  ``browser``, ``page`` (which fails if the page asks for anything outside this machine).
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from support import chromium, postgres
from support.commands import CommandLine

DJANGO_FIXTURES = {"db", "transactional_db", "client", "admin_client", "admin_user", "live_server", "rf", "settings"}
RUN: dict[str, Any] = {"server": None, "folder": None, "django_error": None, "skipped": [], "no_browser": None}


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("tutela")
    group.addoption(
        "--postgres", action="store_true", help="run on PostgreSQL (DATABASE_URL, or a server started for the run)"
    )
    group.addoption("--long", action="store_true", help="run the long tests, and only them")


def required() -> set[str]:
    """What TUTELA_REQUIRE names."""
    return set(filter(None, os.environ.get("TUTELA_REQUIRE", "").replace(" ", "").split(",")))


def pytest_configure(config: pytest.Config) -> None:
    if config.option.collectonly and config.option.postgres:
        config.option.postgres = False
    _database(config.option.postgres)
    _workspace()
    _django()


def _database(on_postgres: bool) -> None:
    """Set DATABASE_URL for a run on PostgreSQL, and unset it for one on SQLite."""
    given = os.environ.pop("DATABASE_URL", "")
    if not on_postgres:
        return
    if given.startswith("postgres"):
        RUN["server"] = postgres.Server(given)
    else:
        programs = postgres.find_server()
        if programs is None:
            line = f"skipped: the whole suite on PostgreSQL: no server found ({postgres.HOW_TO_GET})"
            pytest.exit(line, returncode=1 if "postgres" in required() else 0)
        RUN["server"] = postgres.Throwaway(programs)
    os.environ["DATABASE_URL"] = RUN["server"].url


def _workspace() -> None:
    """An empty workspace, for the settings to read."""
    RUN["folder"] = Path(tempfile.mkdtemp(prefix="tutela-tests-"))
    os.environ["TUTELA_WORKSPACE"] = str(RUN["folder"] / "workspace")
    try:
        from tutela.store import workspace
    except ImportError as error:
        RUN["django_error"] = error
        return
    workspace.create(RUN["folder"] / "workspace", "Tests")


def _django() -> None:
    """Start Django (pytest-django then takes over).  If it cannot, tests without it still run; those with it fail."""
    if RUN["django_error"]:
        return
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tutela.project.settings")
    import django
    from django.conf import empty, settings

    try:
        django.setup()
    except Exception as error:  # whatever a half-written room raises: every test that needs Django tells it
        RUN["django_error"] = error
        del os.environ["DJANGO_SETTINGS_MODULE"]
        settings._wrapped = empty


def pytest_report_header(config: pytest.Config) -> list[str]:
    lines = [f"tutela: on {'PostgreSQL' if config.option.postgres else 'SQLite'}"]
    if RUN["django_error"]:
        lines.append(f"tutela: Django could not start: {RUN['django_error']!r}; tests that need it will fail")
    return lines


def pytest_unconfigure(config: pytest.Config) -> None:
    if RUN["server"]:
        RUN["server"].stop()
        RUN["server"] = None
    if RUN["folder"]:
        shutil.rmtree(RUN["folder"], ignore_errors=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what belongs to another run (``wanted``); skip what needs a browser where there is none."""
    wanted = [item for item in items if _belongs(item, config.option.postgres, config.option.long)]
    kept = set(map(id, wanted))
    config.hook.pytest_deselected(items=[item for item in items if id(item) not in kept])
    items[:] = wanted
    in_browser = [item for item in items if item.get_closest_marker("browser")]
    RUN["no_browser"] = chromium.why_not() if in_browser else None
    if RUN["no_browser"]:
        for item in in_browser:
            item.add_marker(pytest.mark.skip(reason=RUN["no_browser"]))


def _belongs(item: pytest.Item, on_postgres: bool, long: bool) -> bool:
    marked = {mark.name for mark in item.iter_markers()}
    if ("long" in marked) != long:
        return False
    if on_postgres:  # vocabulary knows no database: once is enough
        return not marked & {"sqlite_only", "browser"} and "vocabulary" not in item.path.parts
    return "postgres" not in marked


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    needs = item.get_closest_marker("django_db") or DJANGO_FIXTURES & set(getattr(item, "fixturenames", ()))
    if RUN["django_error"] and needs:
        pytest.fail(f"Django could not start: {RUN['django_error']!r}", pytrace=False)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.skipped:
        RUN["skipped"] += [name for name in ("browser", "postgres") if name in report.keywords]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A skip of what is required is a failure."""
    if set(RUN["skipped"]) & required() and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    counts = {name: RUN["skipped"].count(name) for name in set(RUN["skipped"])}
    if "browser" in counts:
        why = RUN["no_browser"] or "see -rs"
        terminalreporter.write_line(
            f"skipped: {counts['browser']} browser tests: {why} ({chromium.HOW_TO_GET})", yellow=True
        )
    if "postgres" in counts:
        terminalreporter.write_line(f"skipped: {counts['postgres']} tests of PostgreSQL: see -rs", yellow=True)
    if set(counts) & required():
        terminalreporter.write_line(
            f"failed: TUTELA_REQUIRE={os.environ['TUTELA_REQUIRE']} allows no such skip", red=True
        )


@pytest.fixture(autouse=True)
def no_files_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """What a test wrote into the database is taken back when it ends; so is what it put beside it (originals, copies, staging)."""
    yield
    if RUN["folder"] and (request.node.get_closest_marker("django_db") or DJANGO_FIXTURES & set(request.fixturenames)):
        for name in ("blobs", "copies", "staging", "keys", "witnesses"):
            folder = RUN["folder"] / "workspace" / name
            for entry in folder.iterdir() if folder.exists() else ():
                shutil.rmtree(entry) if entry.is_dir() else entry.unlink()


@pytest.fixture
def database_url() -> Iterator[str | None]:
    """The address of a fresh, empty PostgreSQL database in the second pass; None in the first (SQLite)."""
    server = RUN["server"]
    if server is None:
        yield None
        return
    url = server.create_database()
    yield url
    server.drop_database(url)


@pytest.fixture
def tutela(tmp_path: Path, database_url: str | None) -> CommandLine:
    """The command line in a workspace that does not exist yet: ``tutela("init")`` makes it."""
    return CommandLine(tmp_path / "workspace", database_url)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """The installed Chromium, driven by Playwright (``browser.new_context()``)."""
    from playwright.sync_api import sync_playwright

    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright keeps an event loop in this thread
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium.find_browser(), args=list(chromium.FLAGS))
        yield running
        running.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A fresh page.  Requests outside this machine are refused, and fail the test."""
    context, outside = browser.new_context(), []

    def guard(route: Any) -> None:
        address = urlsplit(route.request.url)
        if address.scheme in ("data", "blob", "about") or address.hostname in ("127.0.0.1", "localhost", "::1"):
            route.continue_()
        else:
            outside.append(route.request.url)
            route.abort()

    context.route("**/*", guard)
    yield context.new_page()
    context.close()
    assert not outside, f"the page asked for addresses outside this machine: {outside}"
