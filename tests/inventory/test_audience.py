"""First do no harm: however one asks, nothing finer comes back than the reader's own precision (wall 2)."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import pytest
from inventory.register import PUBLIC, READERS, keep

from tutela.assessment.actions import record_assessment
from tutela.inventory import queries
from tutela.inventory.actions import set_handling
from tutela.people.rules import OPERATOR, Actor

pytestmark = pytest.mark.django_db

X, Y = 38.268431, 34.551907
CELL = {"0.001": (38.2685, 34.5515), "0.01": (38.265, 34.555), "0.1": (38.25, 34.55), "1": (38.5, 34.5)}
FOOTPRINT = {"type": "Polygon", "coordinates": [[[X, Y], [X + 0.004, Y], [X + 0.004, Y + 0.004], [X, Y]]]}

ASKED: dict[str, Callable[[Actor, str], int]] = {
    "list": lambda actor, query: len(queries.search(actor, query).rows),
    "total": lambda actor, query: queries.search(actor, query).total,
    "count": lambda actor, query: queries.count(actor, query).total,
    "facet": lambda actor, query: sum(queries.count(actor, query, ("country",)).facets["country"].values()),
    "areas": lambda actor, query: sum(n for _, _, n in queries.areas(actor, query)),
    "years": lambda actor, query: sum(queries.years(actor, query).values()),
    "map": lambda actor, query: queries.map_features(actor, query, (-180, -90, 180, 90), 3)["total"],
    "window": lambda actor, query: queries.map_features(actor, "", tuple(map(float, query[5:].split(","))), 22)["total"],  # type: ignore[arg-type]
}


def secret(mark: str, precision: str | None = None) -> str:
    """A place about which everything but names, type, dating and country is to be withheld."""
    areas = [{"kind": "province", "name": "Homs"}, {"kind": "village", "name": "Secretville"}]
    uuid = keep("Hidden Monastery", at=(X, Y), country="SY", areas=areas,
                address="Mulberry Lane", identifiers=[{"scheme": "local", "value": "SECRETID 77"}], types=("monastery",),
                descriptions=[{"kind": "general", "text": "behind the waterfall", "lang": "en"}],
                characteristics=[{"kind": "material", "value": "porphyry"}])
    record_assessment(OPERATOR, uuid, {"observed": "2020-05-05", "note": "the guard is called Yusuf", "method": "field",
                                       "condition": {"code": "good", "scale": "eamena-condition", "original": "Good"}})
    set_handling(OPERATOR, uuid, mark, precision, "looters live near the quarry")
    return uuid


def bisect(found: Callable[[str], int]) -> tuple[float, float]:
    """Where thirty halvings of the world in each direction end."""
    w, s, e, n = -180.0, -90.0, 180.0, 90.0
    for _ in range(30):
        middle = (w + e) / 2
        w, e = (w, middle) if found(f"bbox:{w!r},{s!r},{middle!r},{n!r}") else (middle, e)
        middle = (s + n) / 2
        s, n = (s, middle) if found(f"bbox:{w!r},{s!r},{e!r},{middle!r}") else (middle, n)
    return (w + e) / 2, (s + n) / 2


@pytest.mark.parametrize(("precision", "asked"), [*((precision, "count") for precision in CELL), *(("0.1", asked) for asked in ASKED)])
def test_halving_the_world_ends_at_the_centre_of_the_cell(db: None, precision: str, asked: str) -> None:
    secret("restricted", precision)
    assert bisect(lambda query: ASKED[asked](PUBLIC, query)) == pytest.approx(CELL[precision], abs=1e-6)
    assert bisect(lambda query: ASKED[asked](READERS["manager"], query)) == pytest.approx((X, Y), abs=1e-6)


def test_a_footprint_gives_no_more_than_its_cell(db: None) -> None:
    uuid = keep("Walled Garden", geometries=[{"geojson": FOOTPRINT, "role": "footprint"}])
    set_handling(OPERATOR, uuid, "restricted", "0.1", "at risk")
    for query in (f"bbox:{X},{Y},{X + 0.004},{Y + 0.004}", "bbox:38.2,34.5,38.2499,34.6", "bbox:38.2501,34.5,38.3,34.6"):
        assert [ask(PUBLIC, query) for name, ask in ASKED.items() if name not in ("facet", "areas", "years")] == [0] * 5
    assert queries.count(PUBLIC, "bbox:38.25,34.55,38.25,34.55").total == 1


def test_a_place_open_to_all_but_at_a_coarser_precision_is_coarse_for_the_public_alone(db: None) -> None:
    secret("open", "0.1")
    assert bisect(lambda query: queries.count(PUBLIC, query).total) == pytest.approx(CELL["0.1"], abs=1e-6)
    assert bisect(lambda query: queries.count(READERS["contributor"], query).total) == pytest.approx((X, Y), abs=1e-6)


def test_several_places_of_one_cell_stand_at_one_point_on_the_map(db: None) -> None:
    for n in range(3):
        set_handling(OPERATOR, keep(f"Hermitage {n}", at=(X + n / 1000, Y)), "restricted", "0.1", "at risk")
    shown = queries.map_features(PUBLIC, "", (38, 34, 39, 35), 18)
    assert shown["features"] == []
    assert [(g["x"], g["y"], g["count"]) for g in shown["groups"]] == [(*CELL["0.1"], 3)]
    assert len(queries.map_features(READERS["reviewer"], "", (38, 34, 39, 35), 18)["features"]) == 3


def test_the_map_says_at_which_precision_it_shows(db: None) -> None:
    secret("restricted", "0.1")
    one = queries.map_features(PUBLIC, "", (38, 34, 39, 35), 10)["features"][0]
    assert (one["x"], one["y"], one["p"]) == (*CELL["0.1"], "0.1")
    assert queries.map_features(READERS["manager"], "", (38, 34, 39, 35), 10)["features"][0]["p"] == "as-held"


WITHHELD = ["in:mulberry", "mulberry", "in:secretville", "secretville", "area:secretville", "id:secretid", "secretid", '"secretid 77"',
            "text:waterfall", "text:porphyry", "text:guard", "text:yusuf", "text:quarry", "quarry", "name:waterfall"]


@pytest.mark.parametrize("typed", WITHHELD)
@pytest.mark.parametrize("role", ["public", "contributor"])
def test_withheld_words_find_nothing(db: None, role: str, typed: str) -> None:
    secret("restricted")
    assert queries.count(READERS[role], typed).total == 0
    assert queries.search(READERS[role], typed).rows == []
    assert queries.count(READERS[role], f"-{typed}" if ":" in typed else "").total == 1, "and leaving them out leaves the place in"


@pytest.mark.parametrize("typed", [t for t in WITHHELD if t not in ("text:quarry", "quarry", "name:waterfall", "area:secretville")])
def test_the_test_above_can_fail(db: None, typed: str) -> None:
    secret("restricted")
    assert queries.count(READERS["reviewer"], typed).total == 1


@pytest.mark.parametrize("role", ["public", "contributor"])
def test_a_confidential_place_is_in_nothing_that_is_answered(db: None, role: str) -> None:
    keep("Palmyra", at=(38.0, 34.0), country="IQ", condition="poor")
    actor, uuid = READERS[role], secret("confidential")
    facets = ("type", "country", "condition", "handling", "located", "missing", "method", "namekind")
    before = queries.count(actor, "", facets)
    assert before.total == 1
    assert "SY" not in before.facets["country"] and "confidential" not in before.facets["handling"]
    assert "monastery" not in before.facets["type"] and "good" not in before.facets["condition"]
    assert queries.areas(actor, "") == [] and queries.years(actor, "") == {}
    assert queries.suggest(actor, "hidden") == []
    shown = queries.map_features(actor, "", (-180, -90, 180, 90), 3)
    assert (shown["total"], shown["outside"], shown["without"]) == (1, 0, 0)
    for query in ("hidden", "monastery", "type:monastery", "area:homs", "country:sy", f"bbox:{X - 1},{Y - 0.1},{X + 1},{Y + 1}",
                  "handling:confidential", "observed:2020", "import:3", "import:4", "import:5"):
        found = queries.search(actor, query)
        assert (found.total, found.rows, found.read_as) == (0, [], {}), query
    with pytest.raises(Exception, match=uuid):
        queries.place(actor, uuid)


@pytest.mark.parametrize("typed", ["hiden", "hidde", "iddenn", "monastry", "idden", "onaster", "hi"])
def test_a_hidden_name_is_never_offered_for_a_mistyped_word(db: None, typed: str) -> None:
    secret("confidential")
    keep("Palmyra")
    assert queries.search(PUBLIC, typed).read_as == {}
    assert queries.suggest(PUBLIC, typed) == []
    manager = queries.search(READERS["manager"], typed)
    assert manager.total == 1


def test_a_hidden_word_does_not_stand_between_a_reader_and_a_visible_one(db: None) -> None:
    """"hidden" lies nearer to what is typed than "hidding" does: a reader who may not see the first is told of the second."""
    secret("confidential")
    keep("Hidding")
    assert queries.search(PUBLIC, "hiddin").read_as == {}  # a beginning of the visible one
    assert queries.search(PUBLIC, "hidxen").read_as == {}
    assert queries.search(PUBLIC, "hidxing").read_as == {"hidxing": ["hidding"]}
    assert queries.search(READERS["manager"], "hidxen").read_as == {"hidxen": ["hidden"]}


def test_what_is_kept_of_one_readers_counts_is_not_given_to_another(db: None) -> None:
    secret("confidential")
    for query, role in product(("", "hidden", "country:sy"), ("manager", "public", "reviewer", "contributor", "manager", "public")):
        assert queries.count(READERS[role], query).total == (1 if role in ("manager", "reviewer") else 0), (query, role)


def test_counts_follow_a_change_of_handling_at_once(db: None) -> None:
    uuid = keep("Hidden Monastery", at=(X, Y))
    assert queries.count(PUBLIC, "hidden").total == 1
    set_handling(OPERATOR, uuid, "confidential", reason="at risk")
    assert queries.count(PUBLIC, "hidden").total == 0
    assert queries.search(PUBLIC, "hidden").rows == []


def test_the_order_of_a_list_says_nothing_of_what_is_withheld(db: None) -> None:
    """A reference number is withheld with the details: the place is then sorted as if it had none."""
    for number, name in (("1", "B"), ("2", "A")):
        uuid = keep("x", names=[{"text": f"REF-{number}", "kind": "reference"}, {"text": name}])
        set_handling(OPERATOR, uuid, "restricted", reason="at risk")
    assert [row.name["text"] for row in queries.search(PUBLIC, "").rows] == ["A", "B"]
    assert queries.count(PUBLIC, "ref").total == 0
