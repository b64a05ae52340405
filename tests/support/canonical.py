"""What a register holds, so that two states can be compared.  Run in a process that has the workspace open."""

from __future__ import annotations

from typing import Any


def canonical() -> dict[str, Any]:
    """Every live record with its public id, and the accounts: equal before and after means that nothing changed."""
    from tutela.people.models import User
    from tutela.store.write import live_rows

    return {
        "records": {uuid: [kind, text] for _, uuid, kind, text in live_rows()},
        "accounts": sorted(User.objects.values_list("username", "role", "is_active")),
    }


def state(since: str = "0") -> dict[str, Any]:
    """``canonical``, where the journal stands (and its chain at line ``since``), what ``verify`` finds, the imports."""
    from tutela.exchange.models import Import
    from tutela.store import journal
    from tutela.store.verify import verify

    seq, head = journal.head()
    imports = [{"import": i.id, "state": i.state, "change": i.change, "report": i.report} for i in Import.objects.order_by("id")]
    return {
        **canonical(),
        "lines": seq,
        "head": head,
        "was": _chain(int(since)),
        "findings": verify(),
        "imports": imports,
        "undone": _undone(),
    }


def _chain(seq: int) -> str | None:
    from tutela.store.models import Line

    found = Line.objects.filter(pk=seq).values_list("chain", flat=True).first()
    return bytes(found).hex() if found is not None else None


def _undone() -> list[int]:
    from tutela.store.models import Change

    return sorted(Change.objects.exclude(undone_by=None).values_list("id", flat=True))


def content(held: dict[str, Any]) -> list[list[Any]]:
    """The records of a ``canonical`` without their ids: a record is called by its numbers and names, so that two
    registers that were filled alike are equal."""
    import json

    documents = {uuid: (kind, json.loads(text)) for uuid, (kind, text) in held["records"].items()}
    called = {
        uuid: json.dumps([d.get("identifiers"), d.get("names")], ensure_ascii=False, sort_keys=True) for uuid, (_, d) in documents.items()
    }

    def renamed(value: Any) -> Any:
        if isinstance(value, dict):
            return {k: renamed(v) for k, v in value.items()}
        if isinstance(value, list):
            return [renamed(v) for v in value]
        return called.get(value, value) if isinstance(value, str) else value

    return sorted(([kind, json.dumps(renamed(d), ensure_ascii=False, sort_keys=True)] for kind, d in documents.values()))
