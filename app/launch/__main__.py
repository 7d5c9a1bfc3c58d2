"""``python -m app.launch``: start Bảng Vàng here; what goes wrong is said in one line."""

import sys
from pathlib import Path

from app.launch.errors import LaunchError
from app.launch.start import start


def main() -> int:
    """Run until Ctrl-C; return the exit code."""
    try:
        start(Path(__file__).resolve().parents[2])
    except (LaunchError, OSError) as error:
        sys.stderr.buffer.write(f"Not started: {error}\n".encode())
        return 1
    return 0


sys.exit(main())
