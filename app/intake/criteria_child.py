"""The process that reads an uploaded TOML file, and may die of it.

Run as a script, isolated (``python -I``), with the path of the file: a file that nests without end
takes down no web worker. It writes the values as one line of JSON.
"""

import json
import resource
import sys
import tomllib
from datetime import date
from pathlib import Path


MEMORY = 1 << 29
CPU_SECONDS = 5
OUTPUT_BYTES = 8 << 20


def main(path: Path) -> None:
    """Tell what a TOML file says."""
    for kind, amount in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, OUTPUT_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (amount, amount))
    values = tomllib.loads(path.read_text(encoding="utf-8"))
    sys.stdout.write(json.dumps(values, default=date.isoformat))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
