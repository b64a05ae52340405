"""Accounts: added and changed here, and journalled without personal data."""

from __future__ import annotations

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from tutela.errors import NotAllowed, TutelaError, declare, problem
from tutela.people.models import User
from tutela.people.rules import MAY, ROLES, Actor
from tutela.store import journal

declare({
    "not-allowed": ("{value} may not do this ({what}).", "Sign in as somebody who may, or ask a manager of this register."),
    "user-exists": ("There is an account {value} already.", "Choose another name, or change that account."),
    "user-unknown": ("There is no account {value}.", "Check the spelling; `tutela user list` shows the accounts."),
    "user-role": ("{value} is not a role.", "Use one of: public, contributor, reviewer, manager, administrator."),
    "user-password": ("This password cannot be used: {reason}", "Choose a longer or a less common one."),
    "user-last-administrator": ("{value} is the last administrator.", "Make somebody else an administrator first."),
})


def require(actor: Actor, what: str) -> None:
    """Raise :class:`NotAllowed` unless the actor may do ``what`` (a word of ``people.rules.MAY``)."""
    if what not in MAY[actor.role]:
        raise NotAllowed(problem("not-allowed", value=actor.name or actor.role, what=what))


def add_user(actor: Actor, username: str, password: str, role: str = "contributor", name: str = "", language: str = "") -> User:
    """Make an account.  Raises ``user-exists``, ``user-role``, ``user-password``."""
    require(actor, "add-user")
    _check_role(role)
    if User.objects.filter(username__iexact=username).exists():
        raise TutelaError(problem("user-exists", value=username))
    user = User(username=username, role=role, name=name, language=language)
    _set_password(user, password)
    with transaction.atomic():
        user.save()
        journal.note(actor.id, "people.add", "", person=user.public_id, role=role)
    return user


def change_user(actor: Actor, username: str, *, role: str | None = None, active: bool | None = None,
                password: str | None = None) -> User:
    """Change an account's role, whether it may sign in, or its password."""
    require(actor, "change-user")
    user = find(username)
    loses = user.role == "administrator" and user.is_active and (active is False or (role or "administrator") != "administrator")
    if loses and User.objects.filter(role="administrator", is_active=True).count() == 1:
        raise TutelaError(problem("user-last-administrator", value=username))
    if role:
        _check_role(role)
        user.role = role
    if active is not None:
        user.is_active = active
    if password is not None:
        _set_password(user, password)
    with transaction.atomic():
        user.save()
        journal.note(actor.id, "people.change", "", person=user.public_id, role=user.role, active=user.is_active,
                     password=password is not None)
    return user


def find(username: str) -> User:
    """The account of this name.  Raises ``user-unknown``."""
    user = User.objects.filter(username__iexact=username).first()
    if user is None:
        raise TutelaError(problem("user-unknown", value=username))
    return user


def actor_of(user: User) -> Actor:
    """The acting person of an account."""
    return Actor(user.public_id, user.role if user.role in ROLES else "public", user.name or user.username, user.language or "en")


def _check_role(role: str) -> None:
    if role not in ROLES:
        raise TutelaError(problem("user-role", value=role))


def _set_password(user: User, password: str) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise TutelaError(problem("user-password", reason=" ".join(error.messages))) from None
    user.set_password(password)


def own_password(actor: Actor, user: User, password: str) -> None:
    """A person's own new password."""
    _set_password(user, password)
    with transaction.atomic():
        user.save()
        journal.note(actor.id, "people.password", "", person=user.public_id)
