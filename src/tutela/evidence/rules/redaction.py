"""What a redaction may be: opaque boxes over faces, plates and places, as fractions of the picture as it is seen."""

from __future__ import annotations

import math
from typing import Any

from tutela.errors import Problem, declare, problem

declare({
    "redaction-empty": ("No box was drawn.", "Draw at least one box over what must not be seen."),
    "redaction-too-many": ("{value} boxes are more than a redaction may have.", "Cover what lies together by one larger box."),
    "redaction-box": ("Box {row} is not possible: {reason}.",
                      "Give x, y, w, h as fractions (0 to 1) of the picture as it is seen, from its upper left corner."),
    "redaction-why": ("“{value}” is no reason for a box.", "Use one of: face, plate, place, other."),
})

REASONS = ("face", "plate", "place", "other")
MOST_BOXES = 500
Box = dict[str, Any]


def check_boxes(boxes: Any) -> list[Problem]:
    """All that is wrong with the boxes; empty if they can be burnt in.  A box may reach over the edge, not lie beyond it."""
    if not isinstance(boxes, list) or not boxes:
        return [problem("redaction-empty")]
    if len(boxes) > MOST_BOXES:
        return [problem("redaction-too-many", value=len(boxes))]
    found = []
    for row, box in enumerate(boxes, 1):
        if reason := _impossible(box):
            found.append(problem("redaction-box", row=row, reason=reason))
        elif box.get("why", "other") not in REASONS:
            found.append(problem("redaction-why", row=row, value=box["why"]))
    return found


def _impossible(box: Any) -> str | None:
    if not isinstance(box, dict) or set(box) - {"x", "y", "w", "h", "why"}:
        return "it has other values than x, y, w, h and why"
    numbers = [box.get(key) for key in "xywh"]
    if any(isinstance(n, bool) or not isinstance(n, (int, float)) or not math.isfinite(n) or abs(n) > 10 for n in numbers):
        return "one of its values is not a number"
    x, y, w, h = numbers
    if w <= 0 or h <= 0:
        return "it has no width or no height"
    if x >= 1 or y >= 1 or x + w <= 0 or y + h <= 0:
        return "it lies outside the picture"
    return None


def tidy_boxes(boxes: list[Box]) -> list[Box]:
    """Cut at the picture's edges, six decimals, every box with its reason, in a fixed order: what is kept as derivation."""
    out = []
    for box in boxes:
        x, y = max(0.0, float(box["x"])), max(0.0, float(box["y"]))
        right, low = min(1.0, float(box["x"]) + float(box["w"])), min(1.0, float(box["y"]) + float(box["h"]))
        out.append({"x": round(x, 6), "y": round(y, 6), "w": round(right - x, 6), "h": round(low - y, 6), "why": box.get("why", "other")})
    return sorted(out, key=lambda b: (b["y"], b["x"], b["w"], b["h"], b["why"]))


def pixels(box: Box, width: int, height: int, margin: int = 1) -> tuple[int, int, int, int]:
    """(left, top, right, bottom) in pixels, right and bottom exclusive, rounded outwards and wider by ``margin``."""
    return (max(0, math.floor(box["x"] * width) - margin), max(0, math.floor(box["y"] * height) - margin),
            min(width, math.ceil((box["x"] + box["w"]) * width) + margin), min(height, math.ceil((box["y"] + box["h"]) * height) + margin))
