"""The YAML of a mapping, read as people mean it: a column may be called No, On, Yes or 007.

YAML 1.1 would make truth values, octal numbers and dates of such words; here only ``true``, ``false``, ``null`` and plain
decimal numbers are anything but text.
"""

from __future__ import annotations

import re
from typing import Any

from tutela.errors import Unusable, problem

LARGEST = 2_000_000  # characters


def load_yaml(text: str, file: str) -> Any:
    """Plain data.  Raises :class:`Unusable` ``mapping-unreadable``, with the line; a key given twice is refused too."""
    import yaml

    if len(text) > LARGEST:
        raise _unreadable(file, "it is far longer than any mapping")
    try:
        for event in yaml.parse(text, Loader=_loader()):
            if isinstance(event, yaml.AliasEvent):
                raise _unreadable(file, f"line {event.start_mark.line + 1}, write the rule out in place of *{event.anchor}")
        return yaml.load(text, Loader=_loader())
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = f"line {mark.line + 1}, {getattr(error, 'problem', '')}" if mark else str(error)[:200]
        raise _unreadable(file, reason) from None
    except (ValueError, RecursionError) as error:
        raise _unreadable(file, str(error)[:200]) from None


def _unreadable(file: str, reason: str) -> Unusable:
    return Unusable(problem("mapping-unreadable", file=file, reason=reason))


_LOADER: list[Any] = []


def _loader() -> Any:
    if _LOADER:
        return _LOADER[0]
    import yaml

    base = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

    class Loader(base):  # type: ignore[misc, valid-type]
        """Text unless it is plainly something else."""

        yaml_implicit_resolvers: dict[str, Any] = {}

        def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
            seen: set[str] = set()
            for key, _ in node.value:
                name = str(key.value)
                if name in seen:
                    raise yaml.constructor.ConstructorError(None, None, f"“{name}” stands twice", key.start_mark)
                seen.add(name)
            return super().construct_mapping(node, deep)

    Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"(?:true|false)$"), list("tf"))
    Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"(?:~|null|)$"), ["~", "n", ""])
    Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"(?:0|-?[1-9]\d{0,14})$"), list("-0123456789"))
    Loader.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(r"-?\d{1,15}\.\d{1,15}$"), list("-0123456789"))
    _LOADER.append(Loader)
    return Loader
