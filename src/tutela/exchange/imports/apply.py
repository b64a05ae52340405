"""From the staging file to the register: match, merge, and write, in one change."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from tutela.errors import Problem, declare, problem
from tutela.exchange.imports import absent
from tutela.exchange.imports.identity import LOCAL, same_place
from tutela.exchange.imports.merging import assessment_key, differences, updated, updated_assessment
from tutela.exchange.imports.report import Report
from tutela.exchange.imports.staging import Staged, Staging
from tutela.exchange.mapping.model import Mapping
from tutela.store import backend, journal
from tutela.store.documents import bare, dumps, loads, new_ids
from tutela.store.kinds import KINDS, LEVELS
from tutela.store.write import Row, write

if TYPE_CHECKING:
    from tutela.exchange.imports.run import Opened, Progress, Task

declare(
    {
        "key-ambiguous": (
            "{value} is the number of {count} places in the register.",
            "Merge the places first, or give each its own number.",
        ),
    }
)

BATCH = 1000
EXAMPLES = 5


Late = dict[tuple[int, int], Problem]  # (file number, row) → why it was refused when it met the register
Finish = Callable[[Late], None]


class _Skip(Exception):
    """A place that cannot be applied; counted as refused."""


class _Late(Exception):
    """Rows were refused only when they met the register: nothing is written."""


def apply(
    actor: str,
    task: Task,
    mapping: Mapping,
    staging: Staging,
    report: Report,
    opened: list[Opened],
    writes: bool,
    tell: Progress,
    finish: Finish,
) -> None:
    """Write what is staged as one change, with the report that says so, or only count what it would do.

    ``finish`` completes the report (the file of refused rows) before it is kept: both are there, or nothing is.
    """
    matcher = Matcher(mapping, report, opened, task)
    if not writes:
        for _ in matcher.rows(staging, tell):
            pass
        absent.tell(absent.gone(mapping, staging), report)
        return
    try:
        _written(actor, task, mapping, staging, report, opened, matcher, tell, finish)
    except _Late:
        report.state = "refused"


def _written(
    actor: str,
    task: Task,
    mapping: Mapping,
    staging: Staging,
    report: Report,
    opened: list[Opened],
    matcher: Matcher,
    tell: Progress,
    finish: Finish,
) -> None:
    from tutela.exchange.models import Import

    with journal.change(
        actor,
        "exchange.import",
        mapping.name,
        mapping=mapping.name,
        files=[{"name": o.source.name, "digest": o.source.stated.get("digest")} for o in opened],
    ) as change:
        outcome = write(change, matcher.rows(staging, tell))
        report.assessments = outcome.created["assessment"]
        if matcher.late and not task.partial:
            raise _Late
        gone = absent.gone(mapping, staging)
        absent.tell(gone, report)
        if task.complete and gone:
            absent.remove(change, gone, report)
        report.change = change.id if change.seq > change.first else None
        kept = Import.objects.create(
            actor=actor,
            files=report.files,
            mapping=mapping.name,
            mapping_text=mapping.text,
            state="committed",
            change=report.change,
            options={"partial": task.partial, "complete": task.complete, **task.options},
        )
        report.id = kept.id
        finish(matcher.late)
        Import.objects.filter(pk=report.id).update(report=report.as_dict())


class Matcher:
    """Finds for each staged place the record it is, and yields the rows that must be written."""

    def __init__(self, mapping: Mapping, report: Report, opened: list[Opened], task: Task) -> None:
        self.mapping, self.report = mapping, report
        self.audience, self.dry = task.audience, task.dry_run
        self.source = mapping.source["key"]
        self.scheme = (mapping.key or {}).get("scheme", self.source)
        self.files = [{"file": o.source.name, "digest": o.source.stated.get("digest")} for o in opened]
        self.about = [{**mapping.source, "file": f["file"]} for f in self.files]
        self.late: Late = {}
        self.numberless = False  # the register knows no place by a number, so that none need be looked for

    def rows(self, staging: Staging, tell: Progress) -> Iterator[Row]:
        from tutela.exchange.imports.run import chunks

        done = 0
        self.numberless = backend.empty("store_key")
        for batch in chunks(staging.places(), BATCH):
            held = self._held(batch)
            fresh = iter(new_ids(sum(1 + len(s.assessments) for s in batch)))
            for staged in batch:
                self.report.places += 1
                for file, row in staged.odd:
                    self.report.warn(problem("key-repeated", file=self.files[file]["file"], row=row, column="key", value=staged.key))
                try:
                    number = self._match(staged, held)
                    if number is not None:
                        self._ask(staged, held, number)
                except _Skip:
                    continue
                if number is None:
                    yield from self._created(staged, fresh)
                else:
                    yield from self._updated(staged, held, number, fresh)
            done += len(batch)
            tell("Writing", done, staging.parts)

    def _held(self, batch: list[Staged]) -> _Held:
        held = _Held()
        keys = [] if self.numberless else [s.key for s in batch if s.key is not None]
        for value, record in backend.select_in(
            "SELECT value, record FROM store_key WHERE value IN {in} AND scheme = %s", keys, self.scheme
        ):
            held.by_key.setdefault(value, []).append(record)
        ids = [bare(s.id) for s in batch if s.id]
        for uuid, record in backend.select_in(
            "SELECT uuid, id FROM store_record WHERE uuid IN {in} AND live AND kind = %s", ids, KINDS["place"].code
        ):
            held.by_uuid[uuid] = record
        records = {r for found in held.by_key.values() for r in found} | set(held.by_uuid.values())
        if records and self.audience < LEVELS - 1:
            self._withhold(held, records)
        if records:
            sql = "SELECT r.id, r.uuid, p.document FROM store_record r JOIN store_line p ON p.seq = r.line WHERE r.id IN {in}"
            held.documents = {number: (uuid, text) for number, uuid, text in backend.select_in(sql, sorted(records))}
            sql = (
                "SELECT k.target, r.uuid, p.document FROM store_link k JOIN store_record r ON r.id = k.source "
                "JOIN store_line p ON p.seq = r.line "
                "WHERE k.target IN {in} AND k.role = 'about' AND r.live AND r.kind = %s ORDER BY r.id"
            )
            for number, uuid, text in backend.select_in(sql, sorted(records), KINDS["assessment"].code):
                held.series.setdefault(number, []).append((uuid, loads(text)))
        return held

    def _ask(self, staged: Staged, held: _Held, number: int) -> None:
        """Refuse the row if the place found by its number is not this person's to change, or another place."""
        if number in held.withheld:
            self._refuse(staged, "place-withheld", staged.key or staged.id)
        if self.scheme == LOCAL and not staged.id:
            before = loads(held.documents[number][1])
            if not same_place(before, staged.place):
                self._refuse(staged, "key-other-place", staged.key, name=next((n["text"] for n in before.get("names", ())), ""))

    def _withhold(self, held: _Held, records: set[int]) -> None:
        """Places this person does not see as held are refused; whoever may only try an import is not told that they are there."""
        ids = [number * LEVELS + low for number in records for low in range(self.audience + 1)]
        whole = {
            record
            for (record,) in backend.select_in(
                "SELECT record FROM store_entry WHERE id IN {in} AND high >= %s AND document IS NULL", ids, self.audience
            )
        }
        hidden = records - whole
        if self.audience >= 2 or not self.dry:
            held.withheld = hidden
            return
        records -= hidden
        held.by_key = {value: kept for value, found in held.by_key.items() if (kept := [r for r in found if r not in hidden])}
        held.by_uuid = {uuid: record for uuid, record in held.by_uuid.items() if record not in hidden}

    def _match(self, staged: Staged, held: _Held) -> int | None:
        if staged.id:
            number = held.by_uuid.get(bare(staged.id))
            if number is None:
                self._refuse(staged, "id-unknown", staged.id)
            return number
        found = held.by_key.get(staged.key, ()) if staged.key is not None else ()
        if len(found) > 1:
            self._refuse(staged, "key-ambiguous", staged.key, count=len(found))
        return found[0] if found else None

    def _refuse(self, staged: Staged, code: str, value: Any, **more: Any) -> None:
        for file, row in staged.rows:
            found = problem(code, file=self.files[file]["file"], row=row, column="key", value=value, **more)
            self.late[file, row] = found
            self.report.refuse(found)
        raise _Skip

    def _sources(self, staged: Staged) -> list[dict[str, Any]]:
        file = staged.rows[0][0]
        return [{**self.about[file], "rows": [row for f, row in staged.rows if f == file]}]

    def _created(self, staged: Staged, fresh: Iterator[str]) -> Iterator[Row]:
        self.report.created += 1
        uuid = next(fresh)
        place = staged.place
        sources = self._sources(staged)
        place["sources"] = sources
        source = _brief(sources[0])
        yield Row("place", uuid, place, True)
        for assessment in staged.assessments:
            assessment["place"], assessment["source"], assessment["status"] = uuid, source, "published"
            yield Row("assessment", next(fresh), assessment, True)

    def _updated(self, staged: Staged, held: _Held, number: int, fresh: Iterator[str]) -> Iterator[Row]:
        uuid, text = held.documents[number]
        before = loads(text)
        sources = self._sources(staged)
        after = updated(before, {**staged.place, "sources": sources}, self.source)
        changed = differences(before, after)
        rows = [Row("place", uuid, after)] if changed else []
        series = {assessment_key(a): (key, a) for key, a in held.series.get(number, ())}
        for assessment in staged.assessments:
            assessment = {**assessment, "place": uuid, "source": _brief(sources[0]), "status": "published"}
            known = series.get(assessment_key(assessment))
            if known is None:
                rows.append(Row("assessment", next(fresh), assessment, True))
                changed.append("assessment added")
                continue
            key, former = known
            assessment = updated_assessment(former, assessment)
            parts = [name for name in former.keys() | assessment.keys() if name != "source" and former.get(name) != assessment.get(name)]
            if parts:
                rows.append(Row("assessment", key, {**assessment, "status": former.get("status", "published")}))
                changed += [f"assessment {name}" for name in sorted(parts)]
                self._example(staged, former, assessment, parts, "assessment ")
        if not rows:
            self.report.unchanged += 1
            return
        self.report.updated += 1
        for name in dict.fromkeys(changed):
            self.report.changed[name] += 1
        self._example(staged, before, after, [c for c in changed if not c.startswith("assessment")], "")
        yield from rows

    def _example(self, staged: Staged, before: dict[str, Any], after: dict[str, Any], names: list[str], prefix: str) -> None:
        for name in names:
            shown = self.report.examples.setdefault(prefix + name, [])
            if len(shown) < EXAMPLES:
                shown.append(
                    {"key": staged.key or staged.id, "row": staged.rows[0][1], "before": before.get(name), "after": after.get(name)}
                )


def _brief(source: dict[str, Any]) -> dict[str, Any]:
    """A source as an assessment names it: its key, the file and the rows; title and licence stand on the place."""
    return {"key": source["key"], "file": source["file"], "rows": source["rows"]}


class _Held:
    """What the register holds of a batch."""

    __slots__ = ("by_key", "by_uuid", "documents", "series", "withheld")

    def __init__(self) -> None:
        self.by_key: dict[str, list[int]] = {}
        self.by_uuid: dict[str, int] = {}
        self.documents: dict[int, tuple[str, str]] = {}
        self.series: dict[int, list[tuple[str, dict[str, Any]]]] = {}
        self.withheld: set[int] = set()


__all__ = ["apply", "dumps"]
