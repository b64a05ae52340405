"""What the tests of the pages share: accounts that are signed in, lists to be given, the wizard step by step."""

from __future__ import annotations

import re
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tutela.people.actions import add_user
from tutela.people.rules import OPERATOR

PASSWORD = "correct horse battery"
PLAIN = (
    b"id,name,latitude,longitude,type\r\nA1,Old Bridge,41.5,44.8,bridge\r\n"
    b"A2,Upper Church,41.6,44.9,church\r\nA3,Fort,41.7,45.0,fortress\r\n"
)


#: For tests: the real ones take a second a password, by intent.
HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def signed_in(role: str, username: str = "") -> Client:
    """A browser in which somebody of this role has signed in."""
    name = username or role
    user = add_user(OPERATOR, name, PASSWORD, role, f"{name.title()} Example")
    client = Client()
    client.force_login(user)
    return client


def give(client: Client, *files: tuple[str, bytes], **more: Any) -> Any:
    """Give files on the first page of the wizard; the answer, not followed."""
    data = {"files": [SimpleUploadedFile(name, content) for name, content in files], "use": "auto", **more}
    return client.post("/imports/new/", data)


def draft_of(answer: Any) -> str:
    """The address of the draft that an answer leads to."""
    found = re.match(r"(/imports/draft/[\w-]+/)", answer.headers["Location"])
    assert found, answer.headers
    return found[1]


def tried(client: Client, *files: tuple[str, bytes], **more: Any) -> tuple[str, Any]:
    """Give files and try them: (the draft's address, the page of the dry run)."""
    draft = draft_of(give(client, *files, **more))
    page = client.get(draft + "mapping/")
    return draft, client.post(draft + "mapping/", {"act": "try", **fields(page)}, follow=True)


def fields(page: Any) -> dict[str, str]:
    """What the mapping's page holds, as a browser would send it back."""
    text = page.context["text"]
    return {"text": text, "shown": text, "use": page.context["use"]}


def imported(client: Client, *files: tuple[str, bytes], how: str = "all", **more: Any) -> Any:
    """Give files, try them, import them: the page that follows."""
    draft, _ = tried(client, *files, **more)
    return client.post(draft + "report/", {"act": "commit", "how": how}, follow=True)
