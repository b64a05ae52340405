"""What was observed in an area over time, as bars (SVG): all findings, and darker those that say damage.  Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import Any

WIDTH, HEIGHT, GUTTER, TOP, BASE = 1248, 240, 46, 14, 204


def bars(rows: Sequence[dict[str, Any]], *, rtl: bool = False, say: Callable[[str], str] = str, number: Callable[[int], str] = str) -> str:
    """``rows`` [{label, count, damaged, href, title}], in order, gaps already filled; nothing where there is nothing to draw."""
    most = max((row["count"] for row in rows), default=0)
    if not most:
        return ""
    step = (WIDTH - GUTTER - 8) / len(rows)
    width = min(max(step - 2, 1.5), 44)

    def x(value: float) -> float:
        return round(WIDTH - value if rtl else value, 1)

    def y(count: float) -> float:
        return round(BASE - (BASE - TOP) * count / most, 1)

    out = [f'<svg class="t-tl c-bars" viewBox="0 0 {WIDTH} {HEIGHT}" role="group" aria-label="{escape(say("Findings over time"))}">']
    for mark in sorted({most, *(range(0, most, max(1, most // 4)) if most >= 4 else ())}):
        left, right = sorted((x(GUTTER), x(WIDTH - 4)))
        out.append(f'<path class="tl-lane" d="M{left} {y(mark)}H{right}"/>')
        out.append(f'<text class="mono" x="{x(GUTTER - 6)}" y="{y(mark) + 4}" text-anchor="end">{escape(number(mark))}</text>')
    every = -(-len(rows) // 24)
    for n, row in enumerate(rows):
        middle = GUTTER + step * (n + 0.5)
        edge = min(x(middle - width / 2), x(middle + width / 2))
        if row["count"]:
            title = escape(row["title"])
            out.append(f'<a href="{escape(row["href"])}" aria-label="{title}"><title>{title}</title>')
            for kind, count in (("c-bar", row["count"]), ("c-bar c-bar--damaged", row["damaged"])):
                out.append(f'<rect class="{kind}" x="{edge:.1f}" y="{y(count)}" width="{width:.1f}" height="{BASE - y(count):.1f}"/>')
            out.append("</a>")
        if n % every == 0:
            out.append(f'<text class="mono" x="{x(middle)}" y="{BASE + 18}" text-anchor="middle">{escape(row["label"])}</text>')
    left, right = sorted((x(GUTTER), x(WIDTH - 4)))
    return "".join([*out, f'<path class="tl-base" d="M{left} {BASE}H{right}"/></svg>'])
