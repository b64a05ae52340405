"""Draw the pictures of the demonstration's invented place: ``python tools/practice_drawings.py [FOLDER]``.

Elevations of one building that never stood, on four days.  Drawn here, so that they may ship with the project and take no side.
"""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

ROOT = Path(__file__).resolve().parent.parent
SIZE, FINER = (1200, 800), 3
PAPER, INK, STONE, SHADE, SKY, WARM = "#f6f4ef", "#2b2f33", "#e4dccd", "#cfc4b0", "#e9eef2", "#b98f62"
DAYS = (("2019-05-14", "intact"), ("2021-04-02", "hit"), ("2021-09-20", "rain"), ("2023-06-08", "covered"))


class Sheet:
    """One drawing; lengths in pixels of the finished picture."""

    def __init__(self) -> None:
        self.image = Image.new("RGB", (SIZE[0] * FINER, SIZE[1] * FINER), PAPER)
        self.draw = ImageDraw.Draw(self.image)

    def _at(self, points: list[tuple[float, float]]) -> list[tuple[float, float]]:
        return [(x * FINER, y * FINER) for x, y in points]

    def area(self, points: list[tuple[float, float]], fill: str, edge: str | None = INK, width: float = 2) -> None:
        at = self._at(points)
        self.draw.polygon(at, fill=fill)
        if edge:
            self.draw.line([*at, at[0]], fill=edge, width=round(width * FINER), joint="curve")

    def line(self, points: list[tuple[float, float]], width: float = 2, ink: str = INK) -> None:
        self.draw.line(self._at(points), fill=ink, width=round(width * FINER), joint="curve")

    def text(self, x: float, y: float, words: str, size: float = 17, ink: str = INK) -> None:
        self.draw.text((x * FINER, y * FINER), words, fill=ink, font=ImageFont.load_default(size * FINER))

    def save(self, path: Path) -> None:
        self.image.resize(SIZE, Image.Resampling.LANCZOS).save(path, "PNG", optimize=True)


def arc(cx: float, cy: float, rx: float, ry: float, start: float = 180, end: float = 360, steps: int = 60) -> list[tuple[float, float]]:
    """Points of an arc, degrees clockwise from the right."""
    from math import cos, radians, sin

    return [(cx + rx * cos(radians(start + (end - start) * n / steps)), cy + ry * sin(radians(start + (end - start) * n / steps)))
            for n in range(steps + 1)]


def opening(sheet: Sheet, x: float, foot: float, width: float, height: float, fill: str = "#6d7278") -> None:
    """An arched opening that stands on ``foot``."""
    r = width / 2
    sheet.area([(x - r, foot), (x - r, foot - height + r), *arc(x, foot - height + r, r, r), (x + r, foot)], fill, width=1.6)


def building(sheet: Sheet, state: str) -> None:
    """The elevation, in one of its states."""
    sheet.area([(0, 0), (1200, 0), (1200, 640), (0, 640)], SKY, None)
    sheet.area([(0, 640), (1200, 640), (1200, 800), (0, 800)], "#ece6da", None)
    sheet.line([(0, 640), (1200, 640)], 2)
    sheet.area([(180, 640), (180, 420), (1020, 420), (1020, 640)], STONE)
    sheet.area([(180, 420), (180, 404), (1020, 404), (1020, 420)], SHADE)
    sheet.area([(440, 404), (440, 350), (760, 350), (760, 404)], STONE)
    for n in range(7):
        opening(sheet, 250 + n * 116.7, 640, 62, 150)
    for n in range(5):
        opening(sheet, 480 + n * 60, 398, 22, 38)
    for course in (470, 520):
        sheet.line([(180, course), (1020, course)], 0.7, "#a79c88")
    dome(sheet, state)


def dome(sheet: Sheet, state: str) -> None:
    whole = arc(600, 350, 150, 170)
    if state == "intact":
        sheet.area(whole, STONE)
        for share in (0.33, 0.66):
            sheet.line(arc(600, 350, 150 * share, 170), 0.8, "#a79c88")
        sheet.line([(600, 180), (600, 150)], 2.4)
        return
    broken = [p for p in whole if p[0] < 585]
    edge = [(592, 196), (578, 236), (612, 262), (596, 300), (640, 322), (662, 350)]
    sheet.area([*broken, *edge, (450, 350)], STONE)
    sheet.line(arc(600, 350, 99, 170, 180, 262), 0.8, "#a79c88")
    sheet.line([(520, 350), (540, 404), (528, 470), (556, 540)], 1.8)
    sheet.line([(700, 404), (716, 452), (704, 500)], 1.8)
    sheet.area([(760, 404), (720, 404), (731, 420), (716, 438), (760, 452), (775, 430), (772, 412)], SKY, INK, 1.6)
    rubble(sheet, 640, 640, 0)
    if state in ("rain", "covered"):
        rubble(sheet, 860, 640, 1)
        for n, x in enumerate((500, 560, 690)):
            sheet.area([(x, 420), (x + 16, 420), (x + 12, 560 + 20 * n), (x + 3, 545 + 20 * n)], "#b9ad97", None)
    if state == "covered":
        sheet.area([(560, 196), (770, 346), (770, 404), (540, 404), (560, 300)], WARM, INK, 1.6)
        for n in range(5):
            sheet.line([(585 + n * 38, 216 + n * 27), (575 + n * 40, 404)], 0.8, "#7d5c38")
        for x in (430, 790):
            sheet.line([(x, 640), (x, 180)], 2.2, "#7d5c38")
        for y in (250, 330, 410, 490, 570):
            sheet.line([(430, y), (790, y)], 1.0, "#7d5c38")


def rubble(sheet: Sheet, x: float, foot: float, seed: int) -> None:
    for n in range(9):
        w, at = 14 + (n * 7 + seed * 5) % 18, x + (n - 4) * 21
        h = 10 + (n * 11 + seed * 3) % 20
        sheet.area([(at, foot), (at + w * 0.2, foot - h), (at + w, foot - h * 0.7), (at + w * 1.3, foot)], SHADE, INK, 1.2)


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for day, state in DAYS:
        sheet = Sheet()
        building(sheet, state)
        sheet.text(40, 690, f"North side, {day}", 20)
        sheet.text(40, 724, "Drawn for the demonstration of Tutela. This building never stood anywhere.", 15, "#5c6166")
        sheet.line([(940, 716), (1140, 716)], 3)
        for n in range(3):
            sheet.line([(940 + n * 100, 709), (940 + n * 100, 723)], 2)
        sheet.text(940, 730, "0        5       10 m", 15, "#5c6166")
        sheet.save(folder / f"north-{day}.png")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "src/tutela/demo_data/practice")
