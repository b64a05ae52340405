"""The suite on SQLite and, at the same time, on PostgreSQL: two passes, two cores (``make test``).

What the second says is shown when the first has ended.  The exit status is that of the first pass that failed.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile

NOTHING_CHOSEN = 5  # pytest's status where -k or a path leaves no test of the pass

def main(arguments: list[str]) -> int:
    pytest = [sys.executable, "-m", "pytest", *arguments]
    with tempfile.TemporaryFile() as said:
        second = subprocess.Popen([*pytest, "--postgres", "-p", "no:cacheprovider"], stdout=said, stderr=subprocess.STDOUT)
        try:
            first = subprocess.call(pytest)
            status = second.wait()
        except BaseException:
            second.terminate()
            second.wait()
            raise
        said.seek(0)
        sys.stdout.flush()
        sys.stdout.buffer.write(said.read())
        sys.stdout.flush()
    return first or (0 if status == NOTHING_CHOSEN else status)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
