"""Commands killed at random moments, and what must hold of the register afterwards.

The register walks between four contents (empty; the first release of a list; its second; the good rows of a mixed one).
After every kill it is exactly as before, ids included, or exactly as if the command had ended; ``verify`` finds nothing;
imports and journal agree; the files written by exports and backups are whole or absent.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from support import lists, whole
from support.canonical import content
from support.warm import Running, Warm

BESIDE = 0.15  # of the trials have readers and a sign-in at the same time
FORMATS = ("geojson", "gpkg", "csv", "xlsx", "kml")


@dataclass
class Told:
    """What a run of trials did: kills that struck a live process by command, and where they fell."""

    kills: Counter[str] = field(default_factory=Counter)
    ended: Counter[str] = field(default_factory=Counter)
    done_though_killed: Counter[str] = field(default_factory=Counter)
    beside: int = 0

    @property
    def total(self) -> int:
        return sum(self.kills.values())


@dataclass
class Step:
    """A command, the content it leads to, and the content to be found if it was killed before that."""

    name: str
    arguments: list[str | Path]
    leads: str | None = None  # None: it changes no record
    out: Path | None = None


class Walk:
    """The register on its way; ``trial`` runs one command and kills it."""

    def __init__(self, warm: Warm, folder: Path, seed: int, cold_every: int = 0) -> None:
        self.warm, self.folder, self.random, self.cold_every = warm, folder, random.Random(seed), cold_every
        self.files = {"first": lists.first(folder), "second": lists.second(folder), "mixed": lists.mixed(folder)}
        self.told = Told()
        self.at = "empty"
        self.back: list[tuple[str, dict[str, Any]]] = []  # (content's name, canonical) before each import that stands
        self.contents: dict[str, Any] = {}
        self.seconds: dict[str, float] = {}
        self.number = 0
        self._learn()
        self.held = self._state()

    def _learn(self) -> None:
        """Walk once without a kill: the four contents, and how long each command takes."""
        self._keep("empty")
        for name, leads in (("first", "first"), ("second", "second")):
            self._run(self._import(name, leads))
            self._keep(leads)
        for step in (*self._reading(), Step("again", ["import", self.files["second"]])):
            self._run(step)
        for leads in ("first", "empty"):
            self._run(Step("undo", ["undo", self._last_import(self.warm.state())], leads))
            assert content(self.warm.canonical()) == self.contents[leads]
        self._run(self._import("mixed", "mixed"))
        self._keep("mixed")
        self._run(Step("undo", ["undo", self._last_import(self.warm.state())], "empty"))

    def _keep(self, name: str) -> None:
        self.contents[name] = content(self.warm.canonical())

    def _import(self, name: str, leads: str) -> Step:
        more = {"second": ["--complete"], "mixed": ["--partial"]}.get(name, [])
        return Step(f"import {name}", ["import", self.files[name], *more], leads)

    def _reading(self) -> list[Step]:
        self.number += 1
        steps = [
            Step(f"export {kind}", ["export", kind, self.folder / f"out.{kind}", "--audience", "manager"], out=self.folder / f"out.{kind}")
            for kind in FORMATS
        ]
        backup = self.folder / f"backup-{self.number}.zip"
        return [*steps, Step("backup", ["backup", backup], out=backup)]

    @staticmethod
    def _last_import(state: dict[str, Any]) -> str:
        return str(max(i["import"] for i in state["imports"] if i["state"] == "committed" and i["change"]))

    def _run(self, step: Step) -> None:
        began = time.perf_counter()
        done = self.warm(*step.arguments)
        self.seconds[step.name] = time.perf_counter() - began
        assert done.returncode in (0, 3), f"{step.name}: {done.stdout}{done.stderr}"

    def _state(self, since: int = 0) -> dict[str, Any]:
        return self.warm.ask("support.canonical.state", str(since))

    def _choose(self) -> Step:
        writers = {
            "empty": [self._import("first", "first"), self._import("mixed", "mixed")],
            "first": [self._import("second", "second"), Step("again", ["import", self.files["first"]])],
            "second": [Step("again", ["import", self.files["second"]])],
            "mixed": [],
        }[self.at]
        if self.back:
            writers += [Step("undo", ["undo", self._last_import(self.held)], self.back[-1][0])] * 2
        return self.random.choice(writers if self.random.random() < 0.75 else self._reading())

    def trial(self) -> None:
        """One command, killed at a random moment (it may have ended by then), and everything checked."""
        step = self._choose()
        cold = bool(self.cold_every) and self.number % self.cold_every == 0
        beside = self._beside() if self.random.random() < BESIDE else []
        usual = self.seconds.get(step.name, 0.3) + (1.2 if cold else 0)
        patch = {"staged": 50} if not cold and self.random.random() < 0.5 else {}
        running = (self.warm.cold if cold else self.warm.start)(*step.arguments, **patch)
        struck = self._strike(running, self.random.uniform(0.7 if cold else 0, usual * 1.1))
        for other in beside:
            assert other.wait() == 0, f"beside {step.name}: {other.out}{other.err}"
        (self.told.kills if struck else self.told.ended)[step.name] += 1
        self._check(step, struck)

    def _beside(self) -> list[Running]:
        """Readers and a sign-in while the command runs: they go on, whatever happens to it."""
        self.told.beside += 1
        return [self.warm.start("search", "survey", "--json"), self.warm.start("python", "support.signing.sign_in")]

    def _strike(self, running: Running, after: float) -> bool:
        began = time.perf_counter()
        running.ended.wait(after)
        running.kill()
        status = running.wait()
        if status != -9:
            assert status in (0, 3), f"ended with {status}: {running.out}{running.err}"
            assert "Traceback" not in running.err, running.err
        del began
        return status == -9

    def _check(self, step: Step, struck: bool) -> None:
        before, after = self.held, self._state(self.held["lines"])
        where = f"{step.name} ({'killed' if struck else 'not killed'}) at {self.at}, trial {self.told.total}"
        assert after["findings"] == [], f"{where}: {after['findings']}"
        assert before["lines"] == 0 or after["was"] == before["head"], f"{where}: the journal's past is another"
        if after["records"] == before["records"]:
            assert struck or step.leads is None, f"{where}: ended well, but nothing was written"
            assert after["lines"] == before["lines"] or step.name == "backup", f"{where}: lines without a change"
        else:
            assert step.leads is not None, f"{where}: it changed records"
            assert content(after) == self.contents[step.leads], f"{where}: neither before nor after"
            if step.name == "undo":
                _, former = self.back.pop()
                assert after["records"] == former["records"], f"{where}: other ids than before the import"
            else:
                self.back.append((self.at, before))
            self.at = step.leads
            self.told.done_though_killed[step.name] += struck
        self._agree(after, where)
        if step.out is not None and step.out.exists():
            whole.check(step.out, len([1 for kind, _ in after["records"].values() if kind == "place"]), where)
        self.held = after

    def _agree(self, state: dict[str, Any], where: str) -> None:
        """The list of imports says what the journal says, and nobody's staging file is left."""
        standing = [i for i in state["imports"] if i["state"] == "committed" and i["change"]]
        assert len(standing) == len(self.back), f"{where}: {len(standing)} imports stand, not {len(self.back)}"
        for each in state["imports"]:
            assert each["report"].get("import") == each["import"], f"{where}: import {each['import']} has no report"
            assert (each["state"] == "undone") == (each["change"] in state["undone"]), (
                f"{where}: import {each['import']} is {each['state']}"
            )
            refused = each["report"].get("refused_file")
            if each["state"] == "committed" and each["report"]["refused_rows"] and each["change"]:
                assert refused and Path(refused).exists(), f"{where}: the refused rows of import {each['import']} are lost"

    def close(self) -> None:
        """After the last kill everything still works, and nothing is left over."""
        while self.back:
            name, former = self.back.pop()
            self._run(Step("undo", ["undo", self._last_import(self.warm.state())], name))
            assert self.warm.canonical()["records"] == former["records"]
        self._run(self._import("first", "first"))
        assert content(self.warm.canonical()) == self.contents["first"]
        left = [p.name for p in (self.warm.line.workspace / "staging").iterdir()]
        assert left == [], f"left in staging: {left}"
