"""Condition over time, as a drawing (SVG).  Pure: plain values in, text out; mirrored where script runs right to left.

A marker stands on the day *observed*; a dotted leg runs to the day *read*.  The thick line is solid for twelve months
after a finding and dotted from then on, because nobody has looked since.  A ring means field, a dashed ring remote.
A gate is a consensus; what is not reviewed yet (``waits``) is drawn pale.  Below, on the same axis, the events that damages
name: two edges where both days are known, a fading one where not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from html import escape
from typing import Any

WIDTH, GUTTER, MARGIN = 1248, 120, 24
LANES = ("good", "fair", "poor", "vbad", "gone", "none")
WORDS = ("Good", "Fair", "Poor", "Very bad", "Destroyed", "No finding")
KINDS = {"very-bad": "vbad", "destroyed": "gone", "not-visible": "notvisible", "not-visited": "notvisited",
         "not-assessable": "notassess"}
TOP, STEP, EVENT = 42, 36, 24  # pixels: first lane, lane to lane, event to event
STANDS = 1.0  # years that a finding is drawn as standing (a setting of the drawing, not a judgement)
MOST_EVENTS = 12
MOST_BEFORE = 25.0  # years that events may stretch the axis before the first observation
_EDTF = re.compile(r"[\d.][\d./?~%-]*\d{4}[\d./?~%-]*|\d{4}[\d./?~%-]*")
_DAY = re.compile(r"^(-?\d{4,})(?:-(\d\d))?(?:-(\d\d))?")


def moment(text: object, *, end: bool = False) -> float | None:
    """A day, month or year (ISO text, ``date``) as decimal years; its last day with ``end``.  None if it is no date."""
    if isinstance(text, date):
        return text.year + (text.timetuple().tm_yday - 1) / 365.25
    found = _DAY.match(str(text or "").strip())
    if not found:
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    if month is None or not 1 <= month <= 12:
        return year + (364.0 / 365.25 if end else 0.0)
    days = day if day and 1 <= day <= 31 else (28 if end else 1)
    return year + ((month - 1) * 30.4375 + days - 1) / 365.25


def kind_of(item: Mapping[str, Any]) -> str:
    """The mark: the condition's, or that of the reason why there is none."""
    outcome = item.get("outcome") or "finding"
    code = item.get("condition") if outcome == "finding" else outcome
    return KINDS.get(str(code), str(code) if code in LANES[:5] else "unknown")


class _Drawing:
    """Collects elements; ``x`` mirrors; keeps the boxes already taken, so that texts do not cover one another."""

    def __init__(self, rtl: bool) -> None:
        self.rtl, self.parts, self.taken = rtl, [], []

    def x(self, value: float) -> float:
        return round(WIDTH - value if self.rtl else value, 1)

    def add(self, *markup: str) -> None:
        self.parts.extend(markup)

    def line(self, kind: str, x1: float, y1: float, x2: float, y2: float) -> None:
        self.add(f'<path class="{kind}" d="M{self.x(x1)} {y1}L{self.x(x2)} {y2}"/>')

    def text(self, x: float, y: float, words: str, kind: str = "", anchor: str = "start") -> None:
        if self.rtl:  # a date keeps its order: isolated, left to right
            words = _EDTF.sub(lambda found: f"\u2066{found[0]}\u2069", words)
        self.add(f'<text x="{self.x(x)}" y="{y}" text-anchor="{anchor}"{_class(kind)}>{escape(words)}</text>')

    def glyph(self, kind: str, x: float, y: float, size: float = 16) -> None:
        left = self.x(x) - size / 2
        self.add(f'<use href="#g-{kind}" x="{left:.1f}" y="{y - size / 2:.1f}" width="{size}" height="{size}"/>')

    def room(self, box: tuple[float, float, float, float]) -> bool:
        """True, and taken, if the box (left, top, right, bottom) covers nothing."""
        left, top, right, bottom = box
        if left < GUTTER - 4 or right > WIDTH - 2:
            return False
        if any(left < r and right > le and top < b and bottom > t for le, t, r, b in self.taken):
            return False
        self.taken.append(box)
        return True


def _class(kind: str) -> str:
    return f' class="{kind}"' if kind else ""


def wide(words: str, bold: bool = False) -> float:
    """About how wide a text is at 12 px."""
    return len(words) * (6.7 if bold else 6.2) + 4


def timeline(assessments: Sequence[Mapping[str, Any]], events: Sequence[Mapping[str, Any]] = (), *, today: str,
             rtl: bool = False, say: Callable[[str], str] = str) -> str:
    """The drawing, or an empty text where no assessment has a day.

    ``assessments``: ``observed`` (EDTF text) with ``earliest`` and ``latest`` (ISO days; else read from ``observed``),
    ``recorded``, ``method``, ``condition``, ``outcome``, ``label`` (bold), ``note`` (second line), ``href``.
    ``events``: ``start``, ``end`` (ISO days; either may be absent), ``label``, ``href``.
    ``say`` translates our few words.  Dates stay as they are written: ISO, Gregorian, Latin digits, in every language.
    """
    dated = sorted(filter(None, map(_placed, assessments)), key=lambda item: item["at"])
    now = moment(today)
    if not dated or now is None:
        return ""
    shown = [event for event in map(_event, events) if event][:MOST_EVENTS]
    first, last = _range(dated, shown, now)
    drawing = _Drawing(rtl)

    def at(value: float) -> float:
        return GUTTER + (min(max(value, first), last) - first) / (last - first) * (WIDTH - GUTTER - MARGIN)

    base = TOP + STEP * len(LANES) + (EVENT * len(shown) + 18 if shown else 0)
    _frame(drawing, at, first, last, base, bool(shown), say)
    for item in dated:
        x, y = at(item["at"]), _lane(item)
        drawing.taken.append((x - 11, y - 11, x + 11, y + 11))
    _states(drawing, at, dated, now, say)
    for item in dated:
        _finding(drawing, at, item, say)
    for number, event in enumerate(shown):
        _draw_event(drawing, at, event, TOP + STEP * len(LANES) + 12 + EVENT * number, first)
    drawing.line("tl-today", at(now), 14, at(now), base)
    drawing.text(at(now), 10, today, "mono today", "middle")
    title, more = escape(say("Condition over time")), escape(say("The list below holds the same."))
    return (f'<svg class="t-tl" viewBox="0 0 {WIDTH} {base + 24}" role="group" aria-label="{title}. {more}">'
            + "".join(drawing.parts) + "</svg>")


def _placed(item: Mapping[str, Any]) -> dict[str, Any] | None:
    early, late = _days(item, "earliest", "latest", item.get("observed"))
    if early is None or late is None:
        return None
    return {**item, "early": early, "late": late, "at": (early + late) / 2, "kind": kind_of(item)}


def _event(item: Mapping[str, Any]) -> dict[str, Any] | None:
    early, late = moment(item.get("start")), moment(item.get("end"), end=True)
    return None if early is None and late is None else {**item, "early": early, "late": late}


def _days(item: Mapping[str, Any], first: str, last: str, text: object) -> tuple[float | None, float | None]:
    halves = str(text or "").split("/")
    early = moment(item.get(first) or halves[0])
    late = moment(item.get(last) or halves[-1], end=True)
    return (early if early is not None else late), (late if late is not None else early)


def _range(dated: list[dict[str, Any]], events: list[dict[str, Any]], now: float) -> tuple[float, float]:
    start, end = min(item["early"] for item in dated), max(now, *(item["late"] for item in dated))
    edges = [edge for event in events for edge in (event["early"], event["late"]) if edge is not None]
    start = min([start, *(edge for edge in edges if edge > start - MOST_BEFORE)])
    spare = max(0.35, (end - start) * 0.06)
    return start - spare, end + spare / 2


def _lane(item: Mapping[str, Any]) -> int:
    kind = item["kind"]
    return TOP + STEP * (LANES.index(kind) if kind in LANES else len(LANES) - 1)


def _frame(drawing: _Drawing, at: Callable[[float], float], first: float, last: float, base: int, events: bool,
           say: Callable[[str], str]) -> None:
    step = next(n for n in (1, 2, 5, 10, 20, 50, 100, 500, 10_000) if (last - first) / n <= 13)
    for year in range(int(-(-first // step) * step), int(last) + 1, step):
        drawing.line("tl-year", at(year), 20, at(year), base)
        drawing.text(at(year), base + 16, str(year), "mono", "middle")
    for number, (lane, word) in enumerate(zip(LANES, WORDS, strict=True)):
        y = TOP + STEP * number
        drawing.line("tl-lane", GUTTER, y, WIDTH - MARGIN, y)
        if lane != "none":
            drawing.glyph(lane, 12, y, 14)
        drawing.text(26 if lane != "none" else 4, y + 4, say(word))
    if events:
        y = TOP + STEP * len(LANES) - 12
        drawing.line("tl-base", 0, y, WIDTH - MARGIN, y)
        drawing.text(4, y + 26, say("Damage, when"))
    drawing.line("tl-base", GUTTER, base, WIDTH - MARGIN, base)


def _states(drawing: _Drawing, at: Callable[[float], float], dated: list[dict[str, Any]], now: float,
            say: Callable[[str], str]) -> None:
    """The thick line: from each finding to the next, solid while it stands, dotted where nobody has looked."""
    found = [item for item in dated if item["kind"] in LANES[:5] and item.get("standing", True)]
    for number, item in enumerate(found):
        following = found[number + 1] if number + 1 < len(found) else None
        end, y = (following["at"] if following else now), _lane(item)
        stands = min(item["at"] + STANDS, end)
        if end <= item["at"]:
            continue
        drawing.line("tl-state", at(item["at"]), y, at(stands), y)
        if stands < end:
            drawing.line("tl-state tl-state--gap", at(stands), y, at(end), y)
        if following and _lane(following) != y:
            drawing.line("tl-brace", at(end), y, at(end), _lane(following))
        words, middle = say("no later finding"), (at(stands) + at(end)) / 2
        if not following and at(end) - at(stands) > wide(words) + 20:
            half = wide(words) / 2
            if drawing.room((middle - half, y + 6, middle + half, y + 22)):
                drawing.text(middle, y + 18, words, "q", "middle")


def _finding(drawing: _Drawing, at: Callable[[float], float], item: dict[str, Any],
             say: Callable[[str], str]) -> None:
    x, y, method = at(item["at"]), _lane(item), item.get("method")
    if at(item["late"]) - at(item["early"]) > 3:
        drawing.line("tl-brace", at(item["early"]), y, at(item["late"]), y)
    _read_leg(drawing, at, item, x, y, say)
    dim = ' class="tl-wait"' if item.get("waits") else ""
    drawing.add(f'<a href="{escape(str(item["href"]))}"{dim}>' if item.get("href") else f"<g{dim}>")
    drawing.add(f"<title>{escape(' '.join(str(item.get(part) or '') for part in ('label', 'note')).strip())}</title>")
    if method in ("field", "remote"):
        dash = " tl-ring--dash" if method == "remote" else ""
        drawing.add(f'<circle class="tl-back" cx="{drawing.x(x)}" cy="{y}" r="11"/>',
                    f'<circle class="tl-ring{dash}" cx="{drawing.x(x)}" cy="{y}" r="11"/>')
    if method == "consensus":
        left = drawing.x(x) - 7
        drawing.add(f'<rect class="tl-con" x="{left}" y="{y - 11}" width="14" height="22"/>',
                    f'<path class="tl-brace" d="M{left + 3.5} {y - 4}h7M{left + 3.5} {y + 3}h7"/>')
    else:
        drawing.glyph(item["kind"], x, y, 14)
    drawing.add("</a>" if item.get("href") else "</g>")
    _label(drawing, x, y, str(item.get("label") or ""), str(item.get("note") or ""))


def _read_leg(drawing: _Drawing, at: Callable[[float], float], item: dict[str, Any], x: float, y: float,
              say: Callable[[str], str]) -> None:
    read = moment(item.get("recorded"))
    if read is None or at(read) - x < 14:
        return
    end, day = at(read), str(item["recorded"])
    words = f"{say('read')} {day}"
    if not drawing.room((end, y + 5, end + wide(words), y + 20)):
        words = ""
    drawing.line("tl-read", x, y + 8, x, y + 13)
    drawing.line("tl-read", x, y + 13, end, y + 13)
    if words:
        drawing.text(end + 4, y + 17, words, "q mono")


def _label(drawing: _Drawing, x: float, y: float, bold: str, note: str) -> None:
    """Two lines beside the marker, at the first free one of four corners; none where crowded (the list has all)."""
    length = max(wide(bold, True), wide(note))
    for side, top in ((1, -30), (-1, -30), (1, 6), (-1, 6)):
        near, far = x + side * 15, x + side * (15 + length)
        if drawing.room((min(near, far), y + top, max(near, far), y + top + 26)):
            anchor = "start" if side > 0 else "end"
            drawing.text(near, y + top + 11, bold, "b", anchor)
            drawing.text(near, y + top + 24, note, "", anchor)
            return


def _draw_event(drawing: _Drawing, at: Callable[[float], float], event: dict[str, Any], y: int,
                first: float) -> None:
    early, late = event["early"], event["late"]
    open_start, open_end = early is None or early < first, late is None
    left = at(first) if open_start else at(early)
    right = at(late) if late is not None else left + 56
    if open_start and right - left < 20:
        left = right - 48
    right = max(right, left + 3)
    kind = "tl-ev--open" if open_start else "tl-ev--since" if open_end else "tl-ev"
    edge = min(drawing.x(left), drawing.x(right))
    drawing.add(f'<rect class="{kind}" x="{edge}" y="{y - 4}" width="{right - left:.1f}" height="8"/>')
    for x in ([] if open_start else [left]) + ([] if open_end else [right]):
        drawing.line("tl-img", x, y - 7, x, y + 7)
    words = str(event.get("label") or "")
    inside = right + 8 + wide(words) > WIDTH
    drawing.text(left - 8 if inside else right + 8, y + 4, words, "", "end" if inside else "start")
