"""Somebody reads and signs in, ten times a second, until stopped; says after each time how long it took.  Run in a workspace."""

from __future__ import annotations

import json
import time
from statistics import median


def main() -> None:
    import django

    django.setup()
    from django.contrib.sessions.backends.db import SessionStore

    from tutela.inventory import queries
    from tutela.people.rules import PUBLIC

    reads: list[float] = []
    sign_ins: list[float] = []
    while True:
        begun = time.perf_counter()
        queries.search(PUBLIC, "mosque")
        reads.append((time.perf_counter() - begun) * 1000)
        begun = time.perf_counter()
        SessionStore().create()
        sign_ins.append((time.perf_counter() - begun) * 1000)
        print(json.dumps({"times": len(reads), "read_p50": round(median(reads), 1), "read_worst": round(max(reads), 1),
                          "sign_in_p50": round(median(sign_ins), 1), "sign_in_worst": round(max(sign_ins), 1)}), flush=True)
        time.sleep(0.1)


if __name__ == "__main__":
    main()
