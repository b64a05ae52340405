"""Make the compiled forms anew after a list was edited: ``python -m tutela.vocabulary.build``."""

from __future__ import annotations

from pathlib import Path

from tutela.vocabulary import boxes, scales, sources, terms


def all_sources() -> list[tuple[Path, sources.Prepare]]:
    """Every YAML file of the room with what makes it ready."""
    lists: list[tuple[Path, sources.Prepare]] = [(path, terms.prepare) for path in sorted(sources.LISTS.glob("*.yaml"))]
    return [*lists, (scales.CROSSWALKS, scales.prepare), (boxes.BOXES, boxes.prepare)]


def build() -> list[str]:
    """Write the compiled forms and take away those whose list is gone.  Gives the names written."""
    sources.COMPILED.mkdir(exist_ok=True)
    wanted = {path.stem: sources.compiled(path, prepare) for path, prepare in all_sources()}
    for stale in set(sources.COMPILED.glob("*.json")):
        if stale.stem not in wanted:
            stale.unlink()
    for name, text in wanted.items():
        (sources.COMPILED / f"{name}.json").write_text(text, encoding="utf-8", newline="\n")
    return sorted(wanted)


if __name__ == "__main__":
    print(f"{len(build())} files compiled")
