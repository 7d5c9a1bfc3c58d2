"""``python -m tests.architecture.sbom``: write what the application is made of, as CycloneDX.

Made from the lock alone, so that it names what is installed anywhere, and the same each time.
"""

import json
import re
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5


_PROJECT = Path(__file__).resolve().parents[2]
_ENTRY = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)
_DIGEST = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def bill() -> Mapping[str, Any]:
    """Return the bill of materials: every locked package, with its digests."""
    lock = (_PROJECT / "requirements.txt").read_text(encoding="utf-8")
    project = tomllib.loads((_PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    entries = list(_ENTRY.finditer(lock))
    ends = [entry.start() for entry in entries[1:]] + [len(lock)]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid5(NAMESPACE_URL, lock)}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "name": project["name"],
                "version": project["version"],
                "licenses": [{"license": {"id": project["license"]}}],
            }
        },
        "components": [
            _component(entry[1], entry[2], _DIGEST.findall(lock, entry.end(), end))
            for entry, end in zip(entries, ends, strict=True)
        ],
    }


def _component(name: str, version: str, digests: list[str]) -> Mapping[str, Any]:
    address = f"pkg:pypi/{name}@{version}"
    return {
        "type": "library",
        "name": name,
        "version": version,
        "purl": address,
        "bom-ref": address,
        "hashes": [{"alg": "SHA-256", "content": digest} for digest in digests],
    }


def main() -> int:
    """Write ``var/sbom.json`` and say how many packages it holds."""
    path = _PROJECT / "var" / "sbom.json"
    path.parent.mkdir(exist_ok=True)
    written = bill()
    path.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(f"sbom {len(written['components'])} packages: {path}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
