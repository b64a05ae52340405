"""Who there is."""

from __future__ import annotations

from tutela.people.models import User


def accounts() -> list[dict[str, object]]:
    """All accounts by name: username, name, role, active, made."""
    return [{"username": u.username, "name": u.name, "role": u.role, "active": u.is_active, "made": u.made.date().isoformat()}
            for u in User.objects.order_by("username")]


def names(public_ids: set[str]) -> dict[str, str]:
    """public id → the name to show, for those still known."""
    found = {u.public_id: u.name or u.username for u in User.objects.filter(public_id__in=public_ids)}
    return {"operator": "local operator", "system": "Tutela", **found}
