"""Why something is derived as it is: a code with values, which a page translates, and its sentence in English."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

#: code → sentence over the values (codes of the vocabulary, days as EDTF texts, numbers, public ids).
SENTENCES = {
    # the state of a place
    "nothing": "Nothing has been recorded of it.",
    "nothing-by-then": "Nothing that counts had been observed by {as_of}.",
    "unseen": "Nobody has found out yet: {outcome}, {observed}.",
    "found": "Found {condition}, {observed}.",
    "no-damage-found": "Looked at {observed}, and no damage was found; the condition was not stated.",
    "agreed-by-rule": "Agreed by {voices} voices ({rule}) on what was observed {observed}.",
    "agreed-alike": "{voices} assessments of that time say the same: {condition}, {observed}.",
    "disputed": "Assessments of that time differ: {condition} ({observed}), and {others}.",
    # trends and comparisons
    "trend-none": "There is no finding with a condition.",
    "trend-single": "There is only one finding with a condition ({observed}).",
    "trend-disputed": "The last findings disagree with one another ({observed}).",
    "trend-condition": "From {before} ({before_observed}) to {after} ({after_observed}).",
    "trend-extent": "The condition is the same, the extent went from {before} ({before_observed}) to {after} ({after_observed}).",
    "trend-same": "{condition} both times ({before_observed}, {after_observed}).",
    "trend-uncompared": "At one of the two times no condition is known.",
    # newly damaged
    "not-damaged": "No damage is documented.",
    "event-since": "A damage is dated after {since}: {event}.",
    "undamaged-before": "Found without damage {before_observed}, with damage {after_observed}.",
    "damaged-before": "Damage was documented by {since} already.",
    "event-before": "The damage is dated up to {since}: {event}.",
    "not-known-before": "Damage was first documented {after_observed}; how it was by {since} is not known.",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """A code of :data:`SENTENCES` and its values."""

    code: str
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """In English, with the codes as they are."""
        return SENTENCES[self.code].format_map({k: "on an unknown day" if v is None else v for k, v in self.values.items()})

    def as_dict(self) -> dict[str, Any]:
        return {"code": self.code, "values": self.values, "text": self.text}
