"""The package, the lock, the bootstrap and what ships with them: what a stranger with a bare machine gets."""

from __future__ import annotations

import ast
import gzip
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import tutela
from tutela import demo_data

ROOT = Path(__file__).resolve().parent.parent
LOCK = (ROOT / "requirements" / "lock.txt").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
pytestmark = pytest.mark.sqlite_only


def tool(name: str) -> ModuleType:
    """A script of tools/, as a module."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class TestLock:
    def test_every_version_is_exact_and_has_digests(self) -> None:
        entries = re.split(r"\n(?=[a-z0-9])", LOCK)[1:]
        assert len(entries) > 30
        for entry in entries:
            assert re.match(r"[a-z0-9._-]+==[0-9][A-Za-z0-9.]* ", entry), entry
            assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry

    def test_no_index_address_or_path_is_in_it(self) -> None:
        lines = [line for line in LOCK.splitlines() if not line.lstrip().startswith("#")]
        assert not [line for line in lines if "://" in line or line.startswith(("-", "/", "."))]

    def test_it_holds_what_the_project_the_postgres_extra_the_tests_and_the_build_ask_for(self) -> None:
        locked = dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", LOCK, re.MULTILINE))
        wanted = [
            *PROJECT["project"]["dependencies"],
            *PROJECT["project"]["optional-dependencies"]["postgres"],
            *PROJECT["build-system"]["requires"],
            *names("dev.in"),
            *names("build.in"),
        ]
        for requirement in map(Requirement, wanted):
            version = locked.get(canonicalize_name(requirement.name))
            assert version and requirement.specifier.contains(version), f"{requirement} is not in the lock: make relock"

    def test_heavy_extras_are_declared_and_not_installed_by_the_demo(self) -> None:
        extras = PROJECT["project"]["optional-dependencies"]
        assert set(extras) == {"postgres", "text", "monitoring", "all"}
        assert extras["all"] == ["tutela[postgres,text,monitoring]"]
        locked = set(re.findall(r"^([a-z0-9._-]+)==", LOCK, re.MULTILINE))
        assert not locked & {
            canonicalize_name(Requirement(each).name) for each in extras["text"] + extras["monitoring"]
        }


def names(file: str) -> list[str]:
    """The requirements of a file in requirements/, without its comments."""
    lines = (ROOT / "requirements" / file).read_text(encoding="utf-8").splitlines()
    return [line.split("#")[0].strip() for line in lines if line.split("#")[0].strip()]


class TestBootstrap:
    def test_the_vendored_pip_is_the_one_named(self) -> None:
        bootstrap = tool("bootstrap")
        bootstrap.check_pip()
        assert (
            f"| {bootstrap.PIP_WHEEL.name} | {bootstrap.PIP_SHA256} |" in (ROOT / "tools/vendor/README.md").read_text()
        )

    def test_a_changed_pip_is_refused(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        bootstrap = tool("bootstrap")
        changed = tmp_path / bootstrap.PIP_WHEEL.name
        changed.write_bytes(bootstrap.PIP_WHEEL.read_bytes() + b"\0")
        monkeypatch.setattr(bootstrap, "PIP_WHEEL", changed)
        with pytest.raises(bootstrap.Stop, match="was changed"):
            bootstrap.check_pip()

    def test_an_old_python_is_told_what_is_missing(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        bootstrap = tool("bootstrap")
        monkeypatch.setattr(sys, "version_info", (3, 9, 6))
        monkeypatch.setattr(shutil, "which", lambda name: None)
        assert bootstrap.main([]) == 1
        said = capsys.readouterr().err
        assert "needs Python 3.11 or newer" in said and "Traceback" not in said

    def test_it_speaks_the_grammar_of_the_pythons_it_must_tell(self) -> None:
        ast.parse((ROOT / "tools/bootstrap.py").read_text(encoding="utf-8"), feature_version=(3, 7))

    def test_the_environment_is_made_anew_when_the_lock_changes(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        bootstrap = tool("bootstrap")
        before = bootstrap.fingerprint()
        changed = tmp_path / "lock.txt"
        changed.write_text(LOCK + "# more\n", encoding="utf-8")
        monkeypatch.setattr(bootstrap, "LOCK", changed)
        assert bootstrap.fingerprint() != before


class TestPackage:
    @pytest.fixture(scope="class")
    @classmethod
    def wheel(cls, tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
        """The wheel that ``pip install .`` makes, built from a copy, without a network."""
        copy = tmp_path_factory.mktemp("copy")
        for name in ("pyproject.toml", "README.md", "LICENSE", "NOTICE"):
            shutil.copy(ROOT / name, copy)
        shutil.copytree(ROOT / "src", copy / "src", ignore=shutil.ignore_patterns("__pycache__"))
        code = "import sys; from flit_core import buildapi; print(buildapi.build_wheel(sys.argv[1]))"
        done = subprocess.run(
            [sys.executable, "-c", code, str(copy)], cwd=copy, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return zipfile.ZipFile(copy / done.stdout.split()[-1])

    def test_it_holds_every_file_of_the_source(self, wheel: zipfile.ZipFile) -> None:
        source = {
            path.relative_to(ROOT / "src").as_posix()
            for path in (ROOT / "src/tutela").rglob("*")
            if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".pyc"
        }
        assert source - set(wheel.namelist()) == set()

    def test_its_version_is_the_code_s_and_its_licence_and_notice_go_with_it(self, wheel: zipfile.ZipFile) -> None:
        folder = f"tutela-{tutela.__version__}.dist-info"
        metadata = wheel.read(f"{folder}/METADATA").decode()
        assert f"Version: {tutela.__version__}\n" in metadata and "License-Expression: Apache-2.0\n" in metadata
        assert {f"{folder}/licenses/LICENSE", f"{folder}/licenses/NOTICE"} <= set(wheel.namelist())

    def test_it_gives_the_command(self, wheel: zipfile.ZipFile) -> None:
        points = wheel.read(f"tutela-{tutela.__version__}.dist-info/entry_points.txt").decode()
        assert "[console_scripts]\ntutela=tutela.cli:main\n" in points

    def test_the_command_line_starts_without_the_heavy_libraries(self) -> None:
        heavy = [
            "django",
            "shapely",
            "pyproj",
            "pyogrio",
            "typst",
            "xlsxwriter",
            "python_calamine",
            "numpy",
            "psycopg",
            "granian",
        ]
        code = f"import sys; from tutela.cli import main; print([name for name in {heavy} if name in sys.modules])"
        done = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout.strip() == "[]"

    def test_every_library_the_code_imports_is_declared(self) -> None:
        declared = set(PROJECT["project"]["dependencies"])
        declared.update(*PROJECT["project"]["optional-dependencies"].values())
        allowed = {canonicalize_name(Requirement(each).name) for each in declared}
        missing = {}
        for path in (ROOT / "src/tutela").rglob("*.py"):
            for module in imported(path) - sys.stdlib_module_names - {"tutela"}:
                distributions = {canonicalize_name(name) for name in packages_distributions().get(module, [module])}
                if not distributions & allowed:
                    missing[module] = str(path.relative_to(ROOT))
        assert missing == {}, "add to pyproject.toml, then: make relock"


def imported(path: Path) -> set[str]:
    """The first names of all absolute imports of a module, those within functions too."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {each.name.split(".")[0] for each in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            found.add(node.module.split(".")[0])
    return found


class TestDemoData:
    @pytest.mark.parametrize("name", demo_data.LISTS)
    def test_a_list_unpacks_to_the_files_its_publisher_made(self, name: str, tmp_path: Path) -> None:
        paths = demo_data.unpack(name, tmp_path / "in")
        assert [path.name for path in paths] == list(demo_data.LISTS[name])
        for path in paths:
            assert hashlib.sha256(path.read_bytes()).hexdigest() == demo_data.LISTS[name][path.name]

    def test_unpacking_again_mends_what_was_changed(self, tmp_path: Path) -> None:
        first, *_ = demo_data.unpack("syriaca", tmp_path)
        whole = first.read_bytes()
        first.write_bytes(whole[:100])
        demo_data.unpack("syriaca", tmp_path)
        assert first.read_bytes() == whole

    def test_every_shipped_list_is_attributed(self) -> None:
        notice, readme = (
            path.read_text(encoding="utf-8") for path in (ROOT / "NOTICE", ROOT / "src/tutela/demo_data/README.md")
        )
        for name in demo_data.LISTS:
            assert f"demo_data/{name}" in notice and f"`{name}/`" in readme
        shipped = {
            path.name
            for path in (ROOT / "src/tutela/demo_data").iterdir()
            if path.is_dir() and path.name != "__pycache__"
        }
        assert shipped == {*demo_data.LISTS, "practice"} and "`practice/`" in readme  # drawings of our own

    def test_the_benchmark_list_is_there_and_whole(self) -> None:
        path = ROOT / "bench/data/benchmark_places_20k.csv.gz"
        assert hashlib.sha256(path.read_bytes()).hexdigest() in (ROOT / "bench/data/README.md").read_text(
            encoding="utf-8"
        )
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            assert sum(1 for _ in lines) == 20_001


class TestRepository:
    def test_the_makefile_keeps_to_gnu_make_3_81(self) -> None:
        makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
        newer = (r"^\.ONESHELL", r"^\w+\s*!=", r"\$\(file ", r"^\w+\s*:::=", r"&:", r"\$\(guile ", r"^\w+\s*::=")
        assert not [pattern for pattern in newer if re.search(pattern, makefile, re.MULTILINE)]

    @pytest.mark.parametrize(
        "part", re.findall(r"^  ([a-z]+/\S+)$", (ROOT / "NOTICE").read_text(encoding="utf-8"), re.MULTILINE)
    )
    def test_what_the_notice_names_is_there(self, part: str) -> None:
        assert (ROOT / part).exists()

    def test_the_command_line_reference_is_current(self) -> None:
        done = subprocess.run(
            [sys.executable, str(ROOT / "tools/cli_reference.py"), "--check", str(ROOT / "docs/cli.md")],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        )
        assert done.returncode == 0, f"run: make docs\n{done.stderr}"

    def test_no_file_names_a_folder_of_the_machine_it_was_written_on(self) -> None:
        kinds = {".py", ".md", ".toml", ".txt", ".in", ".sh", ".yaml", ".html", ".css", ".typ"}
        folders = ("src", "tests", "tools", "docs", "bench", "requirements")
        files = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.suffix in kinds]
        home = re.compile(r"(?<![\w.])/(?:work|root|Users|home/(?!keeper))/\w")
        found = [str(path.relative_to(ROOT)) for path in files if home.search(path.read_text(encoding="utf-8"))]
        assert found == []
