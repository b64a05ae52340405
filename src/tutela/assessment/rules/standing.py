"""What a finding says of the state of its place, as two numbers, so that a whole register is counted from one index.

It says the same as ``state.state``, which decides.  Of a place's findings up to a day the one with the greatest ``standing``
stands: those that name a condition before those that name none; then by the day observed, by the day recorded, a consensus
last; of two alike in all of this the one recorded here later.  ``says`` tells what follows from it, as bits.

    standing = class (2 bits) | day + OFFSET (28) | recorded + OFFSET (28) | consensus (1)

What these numbers cannot decide alone is marked (:data:`UNDATED`, :data:`CONSENSUS`): places with such findings beside others
are few, and whoever counts asks ``state`` about them.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from tutela.assessment.rules.series import FOUND, UNKNOWN_DAY, counts, day_recorded, observed_span, says_damage

Document = dict[str, Any]

OFFSET = 100_000_000  # days are year*10000+month*100+day, from -99999999
NEVER = 99_999_999
_MOST = (1 << 28) - 1
DAYS = (1 << 57) - 1  # what stands below the class
#: Classes: no finding, though it lists damages; a finding without a condition; one with a condition.
LISTING, FINDING, CONDITION = 0, 1, 2
#: Bits of ``says``: lists damages; its condition, extent or degree says damage; the day observed is unknown; a consensus.
LISTS, SAYS, UNDATED, CONSENSUS = 1, 2, 4, 8


def standing(finding: Document) -> tuple[int | None, int]:
    """(standing, says) of an assessment or a consensus; (None, 0) where it counts for nothing: not reviewed, nothing found."""
    if not counts(finding):
        return None, 0
    lists = LISTS if finding.get("damages") else 0
    if finding.get("outcome", "finding") in FOUND:
        rank = CONDITION if finding.get("condition") else FINDING
        says = lists | (SAYS if says_damage(finding) else 0)
    elif lists:
        rank, says = LISTING, lists
    else:
        return None, 0
    observed, recorded, consensus = observed_span(finding)[1], day_recorded(finding), "of" in finding
    says |= (UNDATED if observed is None else 0) | (CONSENSUS if consensus else 0)
    return _number(rank, observed, recorded) | consensus, says


@lru_cache(16_384)
def _number(rank: int, observed: int | None, recorded: int | None) -> int:
    """The standing of an assessment."""
    day = observed if observed is not None else NEVER if recorded is None else recorded
    return ((rank << 28 | _clamped(day)) << 28 | _clamped(UNKNOWN_DAY if recorded is None else recorded)) << 1


def ends(day: int) -> int:
    """Above ``standing & DAYS`` of all findings of days up to and including ``day``, and of no others."""
    return _clamped(day) + 1 << 29


def _clamped(day: int | None) -> int:
    return min(max(UNKNOWN_DAY if day is None else day, UNKNOWN_DAY) + OFFSET, _MOST - 1)
