"""Secrets under a passphrase, in the age format (https://age-encryption.org/v1: scrypt, then ChaCha20-Poly1305), by pyrage.

pyrage chooses scrypt's work so that one try takes about a second on the machine that sealed.  Any program that reads age
opens what is written here: nothing depends on Tutela.  No Django.
"""

from __future__ import annotations

import unicodedata

from tutela.errors import EXIT_USAGE, TutelaError, declare, problem

declare({
    "passphrase-wrong": ("This passphrase does not open it.", "Check the keyboard's language and capitals, then try again."),
    "passphrase-short": ("This passphrase is too short: whoever takes the files can try millions of them.",
                         "Use at least {least} characters; six or more words chosen by dice are easy to keep in mind."),
    "passphrase-work": ("This machine is too slow to try the passphrase as it was sealed.", "Open it on a faster machine."),
})

LEAST = 12


def check(passphrase: str) -> None:
    """Refuse (``passphrase-short``) what could be found by trying."""
    if len(_same(passphrase)) < LEAST or len(set(passphrase)) < 5:
        raise TutelaError(problem("passphrase-short", least=LEAST), EXIT_USAGE)


def _same(passphrase: str) -> str:
    """One spelling (NFC), whatever keyboard it was typed on."""
    return unicodedata.normalize("NFC", passphrase)


def seal(secret: bytes, passphrase: str) -> bytes:
    """The secret under the passphrase, as the bytes of an age file.  Takes about a second."""
    from pyrage import passphrase as age

    return age.encrypt(secret, _same(passphrase))


def unseal(sealed: bytes, passphrase: str) -> bytes:
    """The secret again.  Raises ``passphrase-wrong`` (also where the file was altered), ``passphrase-work``."""
    import pyrage

    try:
        return pyrage.passphrase.decrypt(sealed, _same(passphrase))
    except pyrage.DecryptError as error:
        raise TutelaError(problem("passphrase-work" if "work" in str(error).lower() else "passphrase-wrong")) from None
    except (OSError, ValueError):
        raise TutelaError(problem("passphrase-wrong")) from None
