"""After an import: is every column of the benchmark file filterable, and singly correctable?  Run in the workspace.

For each of the eleven columns one place is found by its value, that value is corrected by itself, and the place is found
by the new value and no longer by the old one.  ``python -m bench.columns``; fails where one of these does not hold.
"""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Callable
from typing import Any

from bench.many_places import SOURCE

Ask = Callable[[str], bool]
NUMBER = 12345  # the row that is looked at: any will do


def main() -> None:
    import django

    django.setup()
    with gzip.open(SOURCE, "rt", encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        row = next(row for number, row in enumerate(reader) if number == NUMBER)
    print(json.dumps(check(row), ensure_ascii=False))


def check(row: dict[str, str]) -> list[str]:
    """The names of the columns for which it held; AssertionError for the first for which it did not."""
    from tutela.assessment import queries as assessed
    from tutela.inventory import queries
    from tutela.people.rules import OPERATOR

    place = queries.place(OPERATOR, row["resourceid"])
    (assessment,) = assessed.series(OPERATOR, place.id)
    done = []
    for column, before, after, correct in _corrections(row, place, assessment):
        near = _near(column, row)

        def found(query: str, near: str = near) -> bool:
            return any(each.id == place.id for each in queries.search(OPERATOR, f"{query} {near}", limit=500).rows)

        assert found(before), f"{column}: not found by {before}"
        assert not found(after), f"{column}: found by {after} before it was corrected"
        correct()
        assert found(after) and not found(before), f"{column}: not corrected"
        done.append(column)
    return done


def _near(column: str, row: dict[str, str]) -> str:
    """A second condition, so that the place is on the first page: its name, where that is not in question."""
    return "" if column in ("resourceid", "hp_geom", "hp_name_value") else f'name:"{row["hp_name_value"]}"'


def _corrections(row: dict[str, str], place: Any, assessment: dict[str, Any]) -> list[tuple[str, str, str, Callable[[], None]]]:
    """(column, query before, query after, the correction)."""
    from tutela.assessment.actions import correct_assessment
    from tutela.inventory.actions import correct_field
    from tutela.inventory.queries import place as read
    from tutela.people.rules import OPERATOR

    def item(field: str, key: str, value: Any) -> Callable[[], None]:
        def correct() -> None:
            items = [dict(one) for one in read(OPERATOR, place.id).document[field]]
            items[0][key] = value
            correct_field(OPERATOR, place.id, field, items, "benchmark")
        return correct

    def field(name: str, value: Any) -> Callable[[], None]:
        return lambda: correct_field(OPERATOR, place.id, name, value, "benchmark")

    def finding(name: str, value: Any) -> Callable[[], None]:
        return lambda: correct_assessment(OPERATOR, assessment["id"], name, value, "benchmark")

    x, y = place.x, place.y
    document, day = place.document, row["hp_cond_date"].replace("-", "")
    kind, code = document["names"][0]["kind"], document["types"][0]["code"]
    condition, country = assessment["condition"]["code"], document["country"]
    state = "good" if condition != "good" else "poor"
    percent = int(row["hp_cond_extent"])
    return [
        ("hp_geom", f"bbox:{x - .01},{y - .01},{x + .01},{y + .01}", "bbox:9.9,49.9,10.1,50.1",
         field("geometries", [{"geojson": {"type": "Point", "coordinates": [10.0, 50.0]}, "role": "centre"}])),
        ("hp_name_type", f"namekind:{kind}", "namekind:historic", item("names", "kind", "historic")),
        ("hp_type", f"type:{code}", "type:caravanserai", item("types", "code", "caravanserai")),
        ("hp_admin", f'area:"{row["hp_admin"]}"', 'area:"Another district"', item("areas", "name", "Another district")),
        ("hp_country", f"country:{country}", "country:SY", field("country", "SY")),
        ("hp_cond_state", f"condition:{condition}", f"condition:{state}", finding("condition", {"code": state, "original": state})),
        ("hp_cond_date", f"observed:{day}..{day}", "observed:2001..2001", finding("observed", "2001-02-03")),
        ("hp_cond_extent", f"extent:{percent}..{percent}", f"extent:{100.5 - percent}..{100.5 - percent}",
         finding("extent", {"code": assessment["extent"]["code"], "value": 100.5 - percent, "original": "corrected"})),
        ("hp_cond_note", f'text:"{row["hp_cond_note"].rpartition(". ")[2]}"', "text:colonnade", finding("note", "The colonnade stands")),
        ("resourceid", f"id:{row['resourceid']}", "id:another-number", item("identifiers", "value", "another-number")),
        ("hp_name_value", f'name:"{row["hp_name_value"]}"', 'name:"Corrected name"', item("names", "text", "Corrected name")),
    ]


if __name__ == "__main__":
    main()
