#!/usr/bin/env python3
"""verify.py: does this bundle of evidence hold?  Needs Python 3.8 or newer and nothing else; reads only, asks no network.

    python3 verify.py BUNDLE [--key PUBLICKEY]          BUNDLE: the folder, or the .zip as it was handed over;
                                                        none: the folder this script lies in

Without a key from outside it can only be shown that the bundle agrees with itself: whoever alters a file can also make every
digest anew and sign with a key of his own.  So ask the office that handed it over, by another way, for its public key (64
hexadecimal digits, or a PEM file), and take this script from a source you trust.  Ends with 0 if all holds, else with 1.

Checked: BagIt 1.0 (RFC 8493) manifests, no file too many or too few; the Ed25519 signature (RFC 8032) over the tag manifest;
originals and copies by their digests; each item's chain of custody; seals and their openings; that a time stamp's token
(RFC 3161) is about the seal it lies beside (its issuer's signature: `openssl ts -verify`, see README.txt); all cross references.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import struct
import sys
import zipfile
from functools import lru_cache

NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")
HEX = re.compile(r"[0-9a-f]+")
LISTED = re.compile(r"([0-9a-f]{64})  (\S+)")
TAGS = "tagmanifest-sha256.txt"
PAYLOAD = "manifest-sha256.txt"
SIGNATURE = "signature.json"
BAGIT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
PIECE = 1 << 20
MOST_JSON = 1 << 28
#: What broken bytes can make the readers below raise.
BROKEN = (ValueError, KeyError, TypeError, IndexError, AttributeError, OSError, EOFError, RecursionError, OverflowError,
          zipfile.BadZipFile, NotImplementedError, RuntimeError)


def canonical(value):
    """The one way a value is written, as bytes: sorted keys, no white space, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode("utf-8")


def is_hex(value, digits):
    """Whether this is a text of so many small hexadecimal digits."""
    return isinstance(value, str) and len(value) == digits and HEX.fullmatch(value) is not None


# --- Ed25519, from the formulas of RFC 8032 (5.1): points as (X, Y, Z, T), x = X/Z, y = Y/Z, xy = T/Z ---------------------------

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)
NEUTRAL = (0, 1, 1, 0)


def _add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _double(p):
    a, b, c = p[0] * p[0] % P, p[1] * p[1] % P, 2 * p[2] * p[2] % P
    h = a + b
    e, g = h - (p[0] + p[1]) ** 2 % P, a - b
    f = c + g
    return e * f % P, g * h % P, f * g % P, e * h % P


def _point(data):
    """The point of 32 bytes, or None."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


_BASE = _point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


@lru_cache(maxsize=4096)
def signed_by(key, message, signature):
    """Whether ``signature`` (64 bytes) over ``message`` was made with the private half of ``key`` (32 bytes)."""
    if len(key) != 32 or len(signature) != 64:
        return False
    public, s = _point(key), int.from_bytes(signature[32:], "little")
    if public is None or s >= ORDER or _is_small(public):
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % ORDER
    minus = (P - public[0], public[1], 1, P - public[3])
    steps, found = {1: _BASE, 2: minus, 3: _add(_BASE, minus)}, NEUTRAL
    for bit in range(max(s.bit_length(), k.bit_length()) - 1, -1, -1):  # found = s × base − k × public, both at once
        found = _double(found)
        step = (s >> bit & 1) + 2 * (k >> bit & 1)
        found = _add(found, steps[step]) if step else found
    inverse = pow(found[2], P - 2, P)
    x, y = found[0] * inverse % P, found[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little") == signature[:32]


def _is_small(point):
    """A point of order 8 or less signs anything."""
    for _ in range(3):
        point = _double(point)
    return point[0] % P == 0 and (point[1] - point[2]) % P == 0


def read_key(text):
    """The 64 digits of a public key given as such, or as the name of a file that holds them or a PEM public key."""
    given = text.strip().lower()
    if not is_hex(given, 64):
        with open(text, encoding="ascii") as stream:
            given = stream.read(4096).strip()
    if "BEGIN PUBLIC KEY" in given:
        der = base64.b64decode("".join(line for line in given.splitlines() if "-----" not in line))
        if len(der) != 44 or der[:12] != bytes.fromhex("302a300506032b6570032100"):
            raise ValueError("this is no Ed25519 public key")
        given = der[12:].hex()
    if not is_hex(given.lower(), 64):
        raise ValueError("this is no public key: 64 hexadecimal digits, or a PEM file, are expected")
    return given.lower()


# --- time stamps: as much of DER as a request and a token need ------------------------------------------------------------------


def _der(data):
    """[(tag, content)] of the values that follow one another in ``data``."""
    out, at = [], 0
    while at < len(data):
        tag, length, at = data[at], data[at + 1], at + 2
        if length > 127:
            n = length & 127
            length, at = int.from_bytes(data[at:at + n], "big"), at + n
        if at + length > len(data):
            raise ValueError("cut short")
        out.append((tag, data[at:at + length]))
        at += length
    return out


def _imprint(value):
    """(object identifier of the algorithm, digest) of a MessageImprint."""
    algorithm, digest = _der(value)
    return _der(algorithm[1])[0][1], digest[1]


def stamp_request(data):
    """(algorithm, digest, nonce) of a TimeStampReq."""
    fields = _der(_der(data)[0][1])
    return (*_imprint(fields[1][1]), next((value for tag, value in fields[2:] if tag == 2), None))


def stamp_token(data):
    """(algorithm, digest, nonce, time as ISO 8601) of the granted TimeStampResp."""
    status, token = _der(_der(data)[0][1])[:2]
    if _der(status[1])[0][1] not in (b"\0", b"\1"):
        raise ValueError("the authority did not grant it")
    signed = _der(_der(token[1])[1][1])[0][1]
    content = _der(_der(signed)[2][1])
    info = _der(_der(_der(content[1][1])[0][1])[0][1])
    at = info[4][1].decode("ascii")
    nonce = next((value for tag, value in info[5:] if tag == 2), None)
    return (*_imprint(info[2][1]), nonce, f"{at[:4]}-{at[4:6]}-{at[6:8]}T{at[8:10]}:{at[10:12]}:{at[12:].rstrip('Z')}+00:00")


SHA256 = bytes.fromhex("608648016503040201")


# --- where a bundle lies: a folder, or a zip of one shape only (stored, one time, no extras), so that every bit of it is known -----


class Folder:
    """A bundle in a folder."""

    def __init__(self, path):
        self.path, self.odd = path, []

    def names(self):
        found = []
        for where, folders, files in os.walk(self.path):
            for name in sorted(folders + files):
                full = os.path.join(where, name)
                told = os.path.relpath(full, self.path).replace(os.sep, "/")
                if os.path.islink(full) or not NAME.fullmatch(told):
                    self.odd.append(told)
                elif name in files:
                    found.append(told)
        return sorted(found)

    def open(self, name):
        return open(os.path.join(self.path, *name.split("/")), "rb")


def zip_local(name, crc, size):
    """The header before a stored file in a zip; its sizes always as 64 bits (APPNOTE 4.3.7, 4.5.3)."""
    raw = name.encode("ascii")
    return struct.pack("<4sHHHHHIIIHH", b"PK\3\4", 45, 0, 0, 0, 33, crc, 0xFFFFFFFF, 0xFFFFFFFF, len(raw), 20) + raw + struct.pack(
        "<HHQQ", 1, 16, size, size)


def zip_end(listed, start):
    """The directory at the end of a zip; ``listed`` [(name, crc, size, offset)], ``start`` where it begins (APPNOTE 4.3.12–16)."""
    out = b""
    for name, crc, size, offset in listed:
        raw = name.encode("ascii")
        out += struct.pack("<4sHHHHHHIIIHHHHHII", b"PK\1\2", 45, 45, 0, 0, 0, 33, crc, 0xFFFFFFFF, 0xFFFFFFFF, len(raw), 28, 0, 0, 0, 0,
                           0xFFFFFFFF) + raw + struct.pack("<HHQQQ", 1, 24, size, size, offset)
    n, at = len(listed), start + len(out)
    return (out + struct.pack("<4sQHHIIQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, n, n, len(out), start)
            + struct.pack("<4sIQI", b"PK\6\7", 0, at, 1)
            + struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0))


class Zip:
    """A bundle in a zip, all of it in one folder."""

    def __init__(self, path):
        self.zip, self.odd = zipfile.ZipFile(path), []
        self.infos = self.zip.infolist()
        self.top = self.infos[0].filename.split("/")[0] + "/" if self.infos else ""
        if not self._is_of_our_shape(path):
            raise ValueError("the zip was altered, or packed by another program; if so, unpack it and name the folder")

    def _is_of_our_shape(self, path):
        with open(path, "rb") as stream:
            listed, at = [], 0
            for info in self.infos:
                expected = zip_local(info.filename, info.CRC, info.file_size)
                stream.seek(at)
                if info.header_offset != at or stream.read(len(expected)) != expected:
                    return False
                listed.append((info.filename, info.CRC, info.file_size, at))
                at += len(expected) + info.file_size
            expected = zip_end(listed, at)
            stream.seek(at)
            return stream.read(len(expected) + 1) == expected

    def names(self):
        found = []
        for info in self.infos:
            name = info.filename[len(self.top):]
            if not info.filename.startswith(self.top) or not NAME.fullmatch(name) or name in found[-1:]:
                self.odd.append(info.filename)
            else:
                found.append(name)
        if len(set(found)) != len(found):
            self.odd.append("a name twice")
        return sorted(set(found))

    def open(self, name):
        return self.zip.open(self.top + name)


def at(path):
    """The bundle at this path, whichever shape it has."""
    return Folder(path) if os.path.isdir(path) else Zip(path)


# --- the checks -----------------------------------------------------------------------------------------------------------------


class Check:
    """All that is wrong with a bundle: ``faults`` [(code, where, sentence)]; ``facts`` what it says of itself."""

    def __init__(self, source, key=None):
        self.source, self.key, self.faults, self.facts = source, key, [], {"stamps": []}
        self.digests, self.sizes, self.json = {}, {}, {}

    def fault(self, code, where, text):
        self.faults.append((code, where, text))

    def run(self):
        for step in (self._files, self._signature, self._contents):
            try:
                step()
            except BROKEN as error:
                self.fault("unreadable", "", f"it cannot be read to the end ({type(error).__name__}: {error})")
        return self

    def bytes(self, name):
        with self.source.open(name) as stream:
            found = stream.read(MOST_JSON + 1)
        if len(found) > MOST_JSON:
            raise ValueError(f"{name} is too large")
        return found

    def read(self, name):
        """A JSON file of the bundle; its bytes must be those whose digest was taken."""
        if name not in self.json:
            content = self.bytes(name)
            if hashlib.sha256(content).hexdigest() != self.digests.get(name):
                raise ValueError(f"{name} changed while it was read")
            self.json[name] = json.loads(content.decode("utf-8"))
        return self.json[name]

    def _files(self):
        """Every file is listed once, is there, and has its digest; nothing else is there."""
        names = self.source.names()
        for name in self.source.odd:
            self.fault("odd-file", name, "it is a link, or has a name that no file of a bundle has")
        listed = {}
        for manifest, payload in ((PAYLOAD, True), (TAGS, False)):
            if manifest not in names:
                self.fault("missing", manifest, "it is missing")
                continue
            for line in self.bytes(manifest).decode("ascii").split("\n")[:-1]:
                match = LISTED.fullmatch(line)
                if not match or match.group(2) in listed or match.group(2).startswith("data/") != payload:
                    self.fault("manifest", manifest, f"a line of it is wrong: {line[:120]}")
                else:
                    listed[match.group(2)] = match.group(1)
        for name in sorted(set(listed) - set(names)):
            self.fault("missing", name, "it is missing")
        for name in names:
            self._file(name, listed)
        for name in (SIGNATURE, "bagit.txt", "bag-info.txt", "data/bundle.json"):
            if name not in names:
                self.fault("missing", name, "it is missing")
        if "bagit.txt" in names and self.bytes("bagit.txt") != BAGIT:
            self.fault("bagit", "bagit.txt", "this is not BagIt 1.0")
        payload = [size for name, size in self.sizes.items() if name.startswith("data/")]
        if "bag-info.txt" in names and f"\nPayload-Oxum: {sum(payload)}.{len(payload)}\n" not in self.bytes("bag-info.txt").decode("utf-8"):
            self.fault("bagit", "bag-info.txt", "the number or size of the files is another")

    def _file(self, name, listed):
        digest, size = hashlib.sha256(), 0
        try:
            with self.source.open(name) as stream:
                for piece in iter(lambda: stream.read(PIECE), b""):
                    digest.update(piece)
                    size += len(piece)
        except BROKEN as error:
            self.fault("altered", name, f"it cannot be read ({error})")
            return
        self.digests[name], self.sizes[name] = digest.hexdigest(), size
        if name in listed:
            if listed[name] != self.digests[name]:
                self.fault("altered", name, "it was altered: its digest is another")
        elif name not in (TAGS, SIGNATURE):
            self.fault("extra", name, "it is listed nowhere: it was added")

    def _signature(self):
        """The statement over the tag manifest, signed; by the key that was given, if one was."""
        content = self.bytes(SIGNATURE)
        held = json.loads(content.decode("utf-8"))
        if canonical(held) + b"\n" != content or not is_hex(held["key"], 64) or not is_hex(held["signature"], 128):
            self.fault("signature", SIGNATURE, "it is not written as a signature is")
            return
        statement = held["statement"]
        self.facts.update(key=held["key"], statement=statement)
        if self.key is not None and held["key"] != self.key:
            self.fault("other-key", SIGNATURE, "it was signed with another key than the one you gave")
        if not signed_by(bytes.fromhex(held["key"]), canonical(statement), bytes.fromhex(held["signature"])):
            self.fault("signature", SIGNATURE, "the signature does not fit the statement")
        if statement["format"] != "tutela-bundle-statement/1" or statement["tagmanifest"] != self.digests.get(TAGS):
            self.fault("signature", TAGS, "it is not the list that was signed")

    def _contents(self):
        """Every record names what is there, and everything there is named."""
        bundle, statement = self.read("data/bundle.json"), self.facts.get("statement", {})
        for name in ("bundle", "made", "head", "workspace"):
            if bundle[name] != statement.get(name):
                self.fault("reference", "data/bundle.json", f"“{name}” is not as it was signed")
        expected = {"data/bundle.json"}
        for number in bundle["records"]:
            expected.add(f"data/records/{number}.json")
        seals = {number: {} for number in bundle["seals"]}
        for number in bundle["items"]:
            expected.add(f"data/items/{number}.json")
            self._part(f"data/items/{number}.json", self._item, bundle, seals, expected)
        for number, opened in seals.items():
            expected.add(f"data/seals/{number}/seal.json")
            self._part(f"data/seals/{number}/seal.json", self._seal, number, opened, expected)
        held = {name for name in self.digests if name.startswith("data/")}
        for name in sorted(expected ^ held):
            self.fault("reference", name, "no record names it" if name in held else "a record names it, but it is not there")
        self.facts.update(items=len(bundle["items"]), records=len(bundle["records"]), seals=len(bundle["seals"]))

    def _part(self, name, step, *given):
        try:
            step(name, self.read(name), *given)
        except BROKEN as error:
            self.fault("reference", name, f"it is not as it should be ({type(error).__name__}: {error})")

    def _item(self, name, held, bundle, seals, expected):
        number, document = held["id"], held["document"]
        if name != f"data/items/{number}.json":
            self.fault("reference", name, "it is about another item")
        files = [(held["original"], document, "originals")] if held["original"] else []
        for each in held["copies"]:
            files.append((each["file"], each["document"], "copies"))
        for file, said, folder in files:
            expected.add(file)
            if not file.startswith(f"data/{folder}/{said['digest']}.") or self.digests.get(file) != said["digest"] \
                    or self.sizes.get(file) != said["size"]:
                self.fault("reference", file, "it is not the file its record describes")
        self._chain(name, number, held["custody"])
        for citation in held["citations"]:
            if citation["document"]["record"] not in bundle["records"] or citation["document"]["item"] != number:
                self.fault("reference", name, "a citation names a record that is not here")
        for seal in held["seals"]:
            seals[seal["seal"]][number] = (name, held, seal)

    def _chain(self, name, number, chain):
        before = hashlib.sha256(b"tutela-custody/1 " + number.encode("ascii")).hexdigest()
        for place, each in enumerate(chain, 1):
            before = hashlib.sha256(bytes.fromhex(before) + canonical(each["event"])).hexdigest()
            if before != each["link"]:
                self.fault("custody", name, f"the chain of custody breaks at its line {place}")
                return

    def _seal(self, name, held, number, opened, expected):
        """Manifest and signature fit; each item's opening is one of its commitments and says what the item is; stamps are about it."""
        folder = f"data/seals/{number}"
        expected.add(f"{folder}/manifest.json")
        content = self.bytes(f"{folder}/manifest.json")
        manifest = json.loads(content.decode("utf-8"))
        signature = bytes.fromhex(held["signature"])
        if manifest["key"] != held["key"] or not signed_by(bytes.fromhex(held["key"]), content, signature):
            self.fault("seal", name, "its signature does not fit")
        for item_file, item, seal in opened.values():
            entry = seal["entry"]
            if hashlib.sha256(bytes.fromhex(seal["salt"]) + canonical(entry)).hexdigest() not in manifest["commitments"]:
                self.fault("seal", item_file, "what is said to be sealed is not in the seal")
            if (entry["digest"], entry["size"]) != (item["document"]["digest"], item["document"]["size"]):
                self.fault("seal", item_file, "the item is not the one that was sealed")
            lines = {entry["line"]: entry["record"], **{each["line"]: each["digest"] for each in entry["acquisitions"]}}
            for proof in seal["proofs"]:
                said = hashlib.sha256(bytes.fromhex(proof["salt"]) + proof["text"].encode("utf-8")).hexdigest()
                if lines.get(proof["line"]) != said:
                    self.fault("seal", item_file, "a record is not as it was when it was sealed")
        for place, stamp in enumerate(held["stamps"]):
            self._stamp(folder, place, stamp, content + signature, expected)

    def _stamp(self, folder, place, stamp, sealed, expected):
        files = {part: f"{folder}/{place}.{ending}" for part, ending in
                 (("request", "tsq"), ("token", "tsr"), ("certificates", "pem")) if stamp.get(part)}
        expected.update(files.values())
        for part, file in files.items():
            if self.digests.get(file) != stamp[part]:
                self.fault("stamp", file, "it is not the file the seal names")
        if stamp.get("over"):
            with_former = [n for n in self.digests if self.digests[n] == stamp["over"]]
            sealed += self.bytes(with_former[0]) if with_former else b""
        said = (SHA256, hashlib.sha256(sealed).digest())
        asked = stamp_request(self.bytes(files["request"]))
        if asked[:2] != said:
            self.fault("stamp", files["request"], "it asks for another content than the seal's")
        if "token" in files:
            algorithm, digest, nonce, when = stamp_token(self.bytes(files["token"]))
            if (algorithm, digest, nonce) != (*said, asked[2]):
                self.fault("stamp", files["token"], "the token is about another content than the seal's")
            self.facts["stamps"].append(when)


def check(path, key=None):
    """All checks of the bundle at ``path``; ``key`` the public key from outside, 64 hexadecimal digits."""
    try:
        return Check(at(path), key).run()
    except BROKEN as error:
        failed = Check(None, key)
        failed.fault("unreadable", "", f"this is no bundle that can be read ({type(error).__name__}: {error})")
        return failed


def told(found):
    """The result as lines for a person."""
    facts = found.facts
    lines = [f"WRONG  {where + ': ' if where else ''}{text} [{code}]" for code, where, text in found.faults]
    if "statement" in facts:
        said = facts["statement"]
        lines += [f"bundle   {said.get('bundle')} of “{said.get('workspace')}”, {said.get('made')}", f"key      {facts['key']}"]
    if found.faults:
        return [*lines, f"IT DOES NOT HOLD: {len(found.faults)} fault{'s' if len(found.faults) > 1 else ''}."]
    lines.append(f"items {facts['items']}, citing records {facts['records']}, seals {facts['seals']}, time stamps {len(facts['stamps'])}")
    if found.key is None:
        return [*lines, "IT AGREES WITH ITSELF, and no more: no key was given. Somebody who altered it could also have signed it anew.",
                "Get the public key from whoever handed it over, by another way, then: verify.py BUNDLE --key PUBLICKEY"]
    return [*lines, "IT HOLDS: nothing was altered, added or taken away since it was signed with the key you gave."]


def main(arguments):
    key = None
    if "--key" in arguments[:-1]:
        place = arguments.index("--key")
        try:
            key = read_key(arguments[place + 1])
        except (OSError, ValueError) as error:
            print(f"the key cannot be read: {error}", file=sys.stderr)
            return 2
        arguments = arguments[:place] + arguments[place + 2:]
    as_json = "--json" in arguments
    arguments = [each for each in arguments if each != "--json"]
    own = os.path.dirname(os.path.abspath(__file__))
    if not arguments and os.path.isfile(os.path.join(own, "bagit.txt")):
        arguments = [own]
    if len(arguments) != 1 or arguments[0].startswith("-"):
        print(__doc__, file=sys.stderr)
        return 2
    found = check(arguments[0], key)
    if as_json:
        print(json.dumps({"holds": not found.faults, "key_given": key is not None, **found.facts,
                          "faults": [{"code": code, "where": where, "text": text} for code, where, text in found.faults]}, indent=2))
    else:
        print("\n".join(told(found)))
    return 1 if found.faults else 0


if __name__ == "__main__":
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")
    sys.exit(main(sys.argv[1:]))
