"""Who may do what, and see how much: two tables, and nothing else decides it."""

from __future__ import annotations

from dataclasses import dataclass

ROLES = ("public", "contributor", "reviewer", "manager", "administrator")

#: The audience each role reads as, low to high.
AUDIENCES = ("public", "contributor", "reviewer", "manager")
AUDIENCE_OF = {"public": 0, "contributor": 1, "reviewer": 2, "manager": 3, "administrator": 3}

#: What a role may do; each role may also do what the roles before it may.
MAY: dict[str, frozenset[str]] = {}
_steps = {
    "public": {"read", "search", "export"},
    "contributor": {"record-place", "correct-place", "record-assessment", "dry-run", "add-evidence", "cite", "open-original"},
    "reviewer": {"import", "undo", "handle", "shortlist", "answer-question", "review-assessment", "grade", "redact", "seal",
                 "export-evidence"},
    "manager": {"delete", "complete-import", "erase", "sign-shortlist", "read-journal-people", "hand-over", "destroy-evidence",
                "witness", "import-bundle"},
    "administrator": {"add-user", "change-user", "backup", "restore", "repair"},
}
_sum: set[str] = set()
for _role in ROLES:
    _sum |= _steps[_role]
    MAY[_role] = frozenset(_sum)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person's public id, or ``operator`` for whoever sits at the workspace's own command line."""

    id: str
    role: str
    name: str = ""
    language: str = "en"

    @property
    def audience(self) -> int:
        return AUDIENCE_OF[self.role]

    def may(self, what: str) -> bool:
        return what in MAY[self.role]


PUBLIC = Actor("public", "public")
OPERATOR = Actor("operator", "administrator", "local operator")

#: The grid of each precision, in degrees; None: as held.  Order is from finest to coarsest.
GRID: dict[str, float | None] = {"as-held": None, "0.001": 0.001, "0.01": 0.01, "0.1": 0.1, "1": 1.0}
PRECISIONS = (*GRID, "withheld")


@dataclass(frozen=True, slots=True)
class Sight:
    """What an audience sees of a record: not at all, or its position on a grid, with or without the details.

    Details are everything by which a place could be found on the ground all the same: address, lower areas,
    descriptions, identifiers in other registers, measurements, sources' rows, the notes of assessors.
    """

    visible: bool
    precision: str = "as-held"
    details: bool = True


HIDDEN = Sight(False, "withheld", False)
DEFAULT_PRECISION = {"open": "as-held", "restricted": "0.1", "confidential": "withheld"}


def sight(mark: str, precision: str | None, audience: int) -> Sight:
    """The one table: handling mark × audience.  ``precision`` is the mark's own, for those who do not see it as held.

    ============== ================== ================== ================ ========
    mark            public             contributor        reviewer         manager
    ============== ================== ================== ================ ========
    open            precision          as held            as held          as held
    restricted      precision, bare    precision, bare    as held          as held
    confidential    hidden             hidden             precision, bare  as held
    ============== ================== ================== ================ ========
    """
    given = precision or DEFAULT_PRECISION[mark]
    if audience >= 3 or (mark != "confidential" and audience == 2):
        return Sight(True)
    if mark == "open":
        return Sight(True) if audience >= 1 else Sight(True, given)
    if mark == "restricted":
        return Sight(True, given, False)
    return Sight(True, given, False) if audience == 2 else HIDDEN


#: The lowest audience that sees a file taken in as evidence, by its handling mark; where it concerns places, whoever does not
#: see their details does not see it either (``evidence.queries``).  Originals are for signed-in people alone.
EVIDENCE_FROM = {"open": 0, "restricted": 1, "confidential": 2}
