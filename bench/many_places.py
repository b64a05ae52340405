"""A large list of places for the benchmarks: the 20,000 of the benchmark file again and again, each time with new ids,
positions and names, the names in six scripts and as unequally frequent as words in real lists are (Zipf).

``python -m bench.many_places 1000000 OUT.csv`` makes the same file every time.
"""

from __future__ import annotations

import csv
import gzip
import random
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).parent / "data" / "benchmark_places_20k.csv.gz"
DISTINCT_WORDS = 40_000

#: Per script: words for kinds of places, and the syllables that made-up names are built from.
SCRIPTS: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("Mosque", "Church", "Tell", "Bridge", "House", "Khan", "Tower", "Archive"),
     ("ba", "dur", "mar", "Łó", "zi", "şa", "kan", "el", "tor", "ve", "nu", "shi", "Qa", "ra", "gö", "lis")),
    (("مسجد", "كنيسة", "تل", "جسر", "بيت", "خان", "برج", "قلعة"),
     ("با", "دو", "مار", "حَ", "لَب", "سا", "كا", "ري", "تو", "في", "نو", "شي", "قا", "را", "جو", "لي")),
    (("Мечеть", "Церква", "Могила", "Міст", "Будинок", "Двір", "Вежа", "Музей"),
     ("ба", "дур", "мар", "ло", "зи", "ша", "кан", "ел", "тор", "ве", "ну", "щи", "ка", "ра", "го", "лис")),
    (("ܒܝܬ", "ܥܕܬܐ", "ܬܠܐ", "ܓܫܪܐ"), ("ܐܘܿܪ", "ܗܵܝ", "ܡܪ", "ܕܘ", "ܒܐ", "ܢܘ", "ܫܝ", "ܩܐ", "ܪܐ", "ܠܝ")),
    (("Եկեղեցի", "Կամուրջ", "Բերդ", "Վանք"), ("բա", "դուր", "մար", "լո", "զի", "շա", "կան", "տոր", "նու", "րա")),
    (("ეკლესია", "ხიდი", "ციხე", "მონასტერი"), ("ბა", "დურ", "მარ", "ლო", "ზი", "შა", "კან", "ტორ", "ნუ", "რა")),
)
SHARE = (40, 25, 20, 5, 5, 5)  # of each script, in a hundred


def rows(number: int, seed: int = 1) -> Iterator[list[str]]:
    """The header, then ``number`` places."""
    chance = random.Random(seed)
    words = [_words(chance, syllables, DISTINCT_WORDS * share // 100)
             for (_, syllables), share in zip(SCRIPTS, SHARE, strict=True)]
    with gzip.open(SOURCE, "rt", encoding="utf-8", newline="") as file:
        header, *given = list(csv.reader(file))
    yield header
    for n in range(number):
        row = list(given[n % len(given)])
        script = chance.choices(range(len(SCRIPTS)), SHARE)[0]
        kinds, known = SCRIPTS[script][0], words[script]
        stem = known[int(len(known) ** chance.random()) - 1]
        row[0] = str(uuid.UUID(int=chance.getrandbits(128), version=4))
        row[1] = f"{kinds[int(len(kinds) ** chance.random()) - 1]} {stem}" + (f" {n}" if n % 3 == 0 else "")
        row[4] = f"POINT ({20 + chance.random() * 25:.5f} {28 + chance.random() * 22:.5f})"
        row[8] = f"20{chance.randint(10, 25)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
        row[9] = row[9].rpartition("Record")[0] + f"Record {n}."
        yield row


def _words(chance: random.Random, syllables: tuple[str, ...], number: int) -> list[str]:
    """Distinct made-up words."""
    found: dict[str, None] = {}
    while len(found) < number:
        found["".join(chance.choices(syllables, k=chance.choice((2, 3, 3, 4)))).capitalize()] = None
    return list(found)


def write(number: int, path: Path) -> None:
    """Write ``number`` places as UTF-8 CSV."""
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows(number))


if __name__ == "__main__":
    write(int(sys.argv[1]), Path(sys.argv[2]))
