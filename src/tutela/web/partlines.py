"""The parts of a place over time, as a drawing (SVG): one line a part, a mark on each day observed.  Pure: plain values in, text out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import Any

from tutela.web.timeline import WIDTH, kind_of, moment

GUTTER, MARGIN, STEP, TOP = 176, 24, 30, 22


def part_lines(rows: Sequence[dict[str, Any]], *, rtl: bool = False, say: Callable[[str], str] = str) -> str:
    """``rows`` [{name, marks: [{observed, code, words, href}]}]; nothing where no mark has a day."""
    dated = [[(at, mark) for mark in row["marks"] if (at := _middle(mark["observed"])) is not None] for row in rows]
    days = [at for marks in dated for at, _ in marks]
    if not days:
        return ""
    first, last = min(days) - 0.3, max(days) + 0.7
    base = TOP + STEP * len(rows)

    def x(at: float) -> float:
        value = GUTTER + (at - first) / (last - first) * (WIDTH - GUTTER - MARGIN)
        return round(WIDTH - value if rtl else value, 1)

    edge = WIDTH - 2 if rtl else 2  # texts run from there in the page's own direction
    out = [f'<svg class="t-tl" viewBox="0 0 {WIDTH} {base + 20}" role="group" aria-label="{escape(say("Parts over time"))}">']
    step = next(n for n in (1, 2, 5, 10, 20, 50, 100, 500, 10_000) if (last - first) / n <= 13)
    for year in range(int(-(-first // step) * step), int(last) + 1, step):
        out.append(
            f'<path class="tl-year" d="M{x(year)} 8V{base - 8}"/>'
            f'<text class="mono" x="{x(year)}" y="{base + 12}" text-anchor="middle">{year}</text>'
        )
    for n, (row, marks) in enumerate(zip(rows, dated, strict=True)):
        y = TOP + STEP * n
        left, right = sorted((x(first), x(last)))
        out.append(f'<path class="tl-lane" d="M{left} {y}H{right}"/>')
        out.append(
            f'<text x="{edge}" y="{y + 4}" text-anchor="start">{escape(_short(row["name"]))}<title>{escape(row["name"])}</title></text>'
        )
        for number, (at, mark) in enumerate(marks):
            out += _mark(x(at), y, mark, _room(marks, number, x), -12 if rtl else 12)
    return "".join([*out, "</svg>"])


def _mark(x: float, y: int, mark: dict[str, Any], room: float, beside: int) -> list[str]:
    words = mark["words"] if room > 8 * len(mark["words"]) + 24 else ""
    label = f'<text x="{x + beside}" y="{y - 5}">{escape(words)}</text>' if words else ""
    kind = kind_of({"condition": mark["code"], "outcome": mark["code"] if mark["code"].startswith("not-") else "finding"})
    link = f'<a href="{escape(mark["href"])}"><title>{escape(mark["words"])} {escape(mark["observed"])}</title>'
    drawn = f'<circle class="tl-back" cx="{x}" cy="{y}" r="9"/><use href="#g-{kind}" x="{x - 7}" y="{y - 7}" width="14" height="14"/></a>'
    return [link + drawn, label]


def _room(marks: list[tuple[float, dict[str, Any]]], number: int, x: Callable[[float], float]) -> float:
    """Pixels to the next mark."""
    return abs(x(marks[number + 1][0]) - x(marks[number][0])) if number + 1 < len(marks) else 400.0


def _middle(observed: str) -> float | None:
    halves = str(observed or "").split("/")
    early, late = moment(halves[0]), moment(halves[-1], end=True)
    if early is None or late is None:
        return early if early is not None else late
    return (early + late) / 2


def _short(name: str) -> str:
    return name if len(name) <= 24 else f"{name[:23]}…"
