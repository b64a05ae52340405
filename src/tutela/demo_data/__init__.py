"""The lists that ship with the project, for the demo, the tutorial and the tests (whose they are: README.md).

Each is the publisher's file byte for byte, compressed; ``LISTS`` holds the digests of the files as unpacked.
"""

from __future__ import annotations

import gzip
import hashlib
from importlib import resources
from pathlib import Path

# list: {file: sha256 of the unpacked file}, in the order in which the demo imports them
LISTS: dict[str, dict[str, str]] = {
    "eamena": {
        "iran_caravanserais.geojson": "29ae87626e93ab46f518440afe55fa2730b30d1977828d9ec594e3717872f49d",
        "caravanserais_2024_release.geojson": "3b9d3a32ae485fbf8339a2bffd03e810aaaedc2e26ef4f45838198a7b084f053",
        "sistan.geojson": "050368bbf96f92b21b5faa66401a74e392003c9b92e4376d8df32ffd3796f981",
        "sistan_second_release.geojson": "c13087ab838b58e0e97117f9a10053c060749e916b01a840d9c2af75141f01e8",
    },
    "syriaca": {
        "places.csv": "4cb8fbca1049985ceeb8624a7cbed57cbb9e4137a80f8bd4a6b74b5c80b4c1d0",
        "names.csv": "2d22f79528a53c5e6c54a5068df84ff308c185bb1e7cbf609892783c8eae0089",
        "idnos.csv": "515c8f78de5fbc63ec4363836459357dd0c092b64d74247cc84573dcedda3306",
        "events.csv": "68b5baaf87fb87d08961d4a955f10fe86b0c20652b9e61bb4c63e16c3f7981eb",
    },
}


def unpack(name: str, folder: Path) -> list[Path]:
    """Write the files of the list ``name`` ("eamena" or "syriaca") into ``folder`` (made if need be); their paths.

    A file that is already there as it should be is left alone.  Raises ``KeyError`` for an unknown list and
    ``ValueError`` if a shipped file is damaged.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return [_unpack(name, file, digest, folder / file) for file, digest in LISTS[name].items()]


def _unpack(name: str, file: str, digest: str, target: Path) -> Path:
    if target.exists() and hashlib.sha256(target.read_bytes()).hexdigest() == digest:
        return target
    content = gzip.decompress(resources.files(__name__).joinpath(name, f"{file}.gz").read_bytes())
    if hashlib.sha256(content).hexdigest() != digest:
        raise ValueError(f"demo_data/{name}/{file}.gz is damaged; install Tutela again")
    target.write_bytes(content)
    return target
