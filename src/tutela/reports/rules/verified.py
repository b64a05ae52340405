"""When damage is *verified*, and not only *documented*: the one rule.

Documented: an assessment that counts (reviewed or published, as ``assessment.rules.series`` decides) says damage.
Verified: an assessment that counts, says damage **and rests on evidence**: at least one citation leads from it to an item

* that is held (not destroyed by a rule), and that the audience asking may see: nobody is told of evidence by a figure;
* and the citation is for the assessment as a whole, or for a part of it that says damage, not for a threat or a note.

The two are counted apart and never added: each verified place is also a documented one.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tutela.assessment.rules.standing import LISTS, SAYS, standing
from tutela.evidence.rules.citations import head

Document = dict[str, Any]

#: The parts of an assessment ("damages/d1") by which damage is said.
SAYING = ("damages", "condition", "extent", "degree", "misuses")


def says_damage(assessment: Document) -> bool:
    """Whether this one assessment or consensus counts and says damage by itself; a consensus on a part says nothing of the whole."""
    return "element" not in assessment and bool(standing(assessment)[1] & (SAYS | LISTS))


def for_damage(citation: Document) -> bool:
    """Whether a citation stands behind the damage: for the whole record, or for a part that says damage."""
    part = head(citation)
    return not part or part in SAYING


def held(item: Document) -> bool:
    return item.get("state", "held") == "held"


def verifies(assessment: Document, resting: Iterable[tuple[Document, Document]]) -> bool:
    """Whether an assessment verifies damage, by its (citation, item) pairs, the item being one the audience may see."""
    return says_damage(assessment) and any(for_damage(citation) and held(item) for citation, item in resting)
