"""Lists to import, made on the spot: a first release, a second one, one with rows that must be refused."""

from __future__ import annotations

import csv
from pathlib import Path

HEADERS = ("id", "name", "latitude", "longitude", "type", "country", "condition", "observed", "description")
CONDITIONS = ("Good", "Fair", "Poor", "Very Bad", "Destroyed")
NAMES = ("حَلَب", "ܐܘܿܪܗܵܝ", "Łódź", "Şuşa", "Ur", "Tell Brak", "قلعة")


def row(number: int, **other: object) -> dict[str, object]:
    """One row; each number gives another place."""
    made = {
        "id": f"S-{number:05}",
        "name": f"{NAMES[number % len(NAMES)]} {number}",
        "latitude": round(33 + number % 300 / 97, 5),
        "longitude": round(40 + number % 300 / 83, 5),
        "type": "settlement",
        "country": "IQ" if number % 2 else "SY",
        "condition": CONDITIONS[number % 5],
        "observed": f"2020-{1 + number % 12:02}-{1 + number % 28:02}",
        "description": f"Described in survey {number}.",
    }
    return {**made, **other}


def written(path: Path, rows: list[dict[str, object]], headers: tuple[str, ...] = HEADERS) -> Path:
    """The rows as a CSV file."""
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, headers)
        writer.writeheader()
        writer.writerows(rows)
    return path


def first(folder: Path, count: int = 300) -> Path:
    return written(folder / "release-1.csv", [row(n) for n in range(count)])


def second(folder: Path, count: int = 300) -> Path:
    """Twenty places less, forty changed, ten new."""
    rows = [row(n, **({"description": f"Surveyed again {n}."} if n < 60 else {})) for n in range(20, count + 10)]
    return written(folder / "release-2.csv", rows)


def mixed(folder: Path, count: int = 300) -> Path:
    """Every thirtieth row has a latitude that is none."""
    return written(folder / "mixed.csv", [row(n, **({"latitude": "95.5"} if n % 30 == 7 else {})) for n in range(count)])
