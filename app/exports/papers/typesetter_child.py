"""The process that typesets a paper, and may die of it.

Run as a script, isolated (``python -I``), with the template and the folder of fonts: it imports
nothing of the application and gets no environment, so no secret is near. What the paper says and
when it was made come as JSON on standard input, and the PDF goes to standard output::

    {"made_at": 1795226400, "paper": {...}}

The template may read files of its own folder alone, and can reach no package: the folder where
packages would be is not one. The operating system holds the limits.
"""

import json
import os
import resource
import sys
from pathlib import Path
from typing import Any


MEMORY = 2 << 30
CPU_SECONDS = 30
NO_FOLDER = Path(os.devnull)


def limit_itself() -> None:
    """Ask the operating system to end this process before it harms its neighbours."""
    for kind, amount in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (amount, amount))


def typeset(template: Path, fonts: Path, asked: dict[str, Any]) -> bytes:
    """Return the PDF; one for readers of every kind (PDF/UA) wherever its letters allow."""
    # Imported when the limits stand: from here on everything may be the text's doing.
    from typst import Compiler, Fonts, TypstError  # noqa: PLC0415

    compiler = Compiler(
        template,
        root=template.parent,
        font_paths=Fonts(include_system_fonts=False, font_paths=[fonts]),
        sys_inputs={"paper": json.dumps(asked["paper"])},
        package_path=NO_FOLDER,
        package_cache_path=NO_FOLDER,
    )
    try:
        made = compiler.compile(format="pdf", pdf_standards="ua-1", timestamp=asked["made_at"])
    except TypstError:
        # PDF/UA refuses a sign that no font of ours has; the paper shows a box for it.
        made = compiler.compile(format="pdf", timestamp=asked["made_at"])
    if not isinstance(made, bytes):
        raise TypeError(f"expected one PDF, found {type(made).__name__}")
    return made


if __name__ == "__main__":
    limit_itself()
    sys.stdout.buffer.write(typeset(Path(sys.argv[1]), Path(sys.argv[2]), json.load(sys.stdin)))
