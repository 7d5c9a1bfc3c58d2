#!/usr/bin/env python3
"""Copies what the pages use of other people's work into app/static/vendor.

The copies are committed, so that no server needs Node and no page loads from outside. After a
change of package.json or icons.txt:

    npm ci && python vendor.py && git add ../app/static/vendor

`python vendor.py --check` says whether the committed copies are what this script would make.
"""

import argparse
import hashlib
import json
import re
import shutil
import sys
import tempfile
from pathlib import Path


HERE = Path(__file__).resolve().parent
MODULES = HERE / "node_modules"
VENDOR = HERE.parent / "app" / "static" / "vendor"
FONT = "@fontsource/be-vietnam-pro"
# The same letters in whole files, which a typesetter wants where browsers take subsets.
PRINTED_FONT = "@expo-google-fonts/be-vietnam-pro"
PRINTED_STYLES = ("400Regular", "600SemiBold")
ICONS = "@tabler/icons"
# Browsers take a letter that two subsets hold from the one named last: with Vietnamese at the end,
# Vietnamese pages never load latin-ext.
SUBSETS = ("latin-ext", "latin", "vietnamese")
WEIGHTS = (400, 600)
FACE = re.compile(
    r"/\* be-vietnam-pro-([a-z-]+)-\d+-normal \*/\s*(@font-face \{.*?\n\})", re.DOTALL
)


def folder_of(package: str) -> str:
    """Name a package's folder after it and its version, so that copies may be cached for ever."""
    version = json.loads((MODULES / package / "package.json").read_text())["version"]
    name = package.removeprefix("@fontsource/").removeprefix("@").replace("/", "-")
    return f"{name.removesuffix('.org')}-{version}"


def copy(package: str, source: str, target: Path) -> None:
    """Copy one file of a package, with the package's licence beside it."""
    folder = target / folder_of(package)
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(MODULES / package / source, folder / Path(source).name)
    shutil.copyfile(MODULES / package / "LICENSE", folder / "LICENSE")


def copy_stylesheet(target: Path) -> None:
    """Copy Bootstrap's rules without the line that sends browsers looking for a source map."""
    copy("bootstrap", "dist/css/bootstrap.min.css", target)
    path = target / folder_of("bootstrap") / "bootstrap.min.css"
    path.write_text(re.sub(r"/\*# sourceMappingURL=.*?\*/", "", path.read_text()).rstrip() + "\n")


def font_faces(weight: int) -> dict[str, str]:
    """Read the package's @font-face rules of one weight, by subset, keeping woff2 only."""
    rules = (MODULES / FONT / f"{weight}.css").read_text()
    return {
        subset: re.sub(r", url\([^)]*\.woff\) format\('woff'\)", "", face).replace("./files/", "")
        for subset, face in FACE.findall(rules)
    }


def copy_fonts(target: Path) -> None:
    """Copy the subsets in use and write the stylesheet that names them."""
    for subset in SUBSETS:
        for weight in WEIGHTS:
            copy(FONT, f"files/be-vietnam-pro-{subset}-{weight}-normal.woff2", target)
    faces = [font_faces(weight)[subset] for weight in WEIGHTS for subset in SUBSETS]
    (target / folder_of(FONT) / "be-vietnam-pro.css").write_text("\n".join(faces) + "\n")


def copy_printed_fonts(target: Path) -> None:
    """Copy the files that papers are set with, and the font's licence beside the package's."""
    for style in PRINTED_STYLES:
        copy(PRINTED_FONT, f"{style}/BeVietnamPro_{style}.ttf", target)
    copy(PRINTED_FONT, "LICENSE_FONT", target)


def symbol(name: str) -> str:
    """Turn one icon into a symbol of the sprite; `-filled` asks for the filled drawing."""
    style = "filled" if name.endswith("-filled") else "outline"
    path = MODULES / ICONS / "icons" / style / f"{name.removesuffix('-filled')}.svg"
    drawing = re.sub(r'<path stroke="none" d="M0 0h24v24H0z" fill="none" />', "", path.read_text())
    shapes = re.sub(r"\s*\n\s*", "", drawing[drawing.index(">") + 1 : drawing.index("</svg>")])
    paint = ' fill="currentColor" stroke="none"' if style == "filled" else ""
    return f'<symbol id="{name}" viewBox="0 0 24 24"{paint}>{shapes}</symbol>'


def copy_icons(target: Path) -> None:
    """Draw the icons named in icons.txt as one sprite."""
    names = (HERE / "icons.txt").read_text().split()
    copy(ICONS, "LICENSE", target)
    sprite = ['<svg xmlns="http://www.w3.org/2000/svg">', *map(symbol, names), "</svg>"]
    (target / folder_of(ICONS) / "icons.svg").write_text("\n".join(sprite) + "\n")


def write_notice(target: Path) -> None:
    """List the packages, their licences and where each licence's text is."""
    lines = ["Third-party files in this folder, copied by assets/vendor.py", ""]
    for package in json.loads((HERE / "package.json").read_text())["dependencies"]:
        facts = json.loads((MODULES / package / "package.json").read_text())
        folder = folder_of(package)
        lines.append(f"{package} {facts['version']}: {facts['license']} ({folder}/LICENSE)")
    (target / "NOTICE").write_text("\n".join(lines) + "\n")


def digests(folder: Path) -> dict[str, str]:
    """Take the sha256 of every file below a folder, but the manifest itself."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != "manifest.json")
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(files)
    }


def build(target: Path) -> None:
    """Make the whole vendor folder, manifest included."""
    copy_stylesheet(target)
    copy("htmx.org", "dist/htmx.min.js", target)
    copy_fonts(target)
    copy_printed_fonts(target)
    copy_icons(target)
    write_notice(target)
    (target / "manifest.json").write_text(json.dumps(digests(target), indent=2) + "\n")


def differences(fresh: Path) -> list[str]:
    """Name the committed files that are missing, changed or no longer wanted."""
    wanted, found = digests(fresh), digests(VENDOR)
    recorded = json.loads((VENDOR / "manifest.json").read_text())
    paths = sorted({*wanted, *found, *recorded})
    return [path for path in paths if not wanted.get(path) == found.get(path) == recorded.get(path)]


def main() -> int:
    """Build the folder anew, or compare it with what would be built."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--check", action="store_true", help="compare only; exit 1 on a difference")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        fresh = Path(name, "vendor")
        build(fresh)
        if arguments.check:
            changed = differences(fresh)
            sys.stdout.writelines(f"differs: {path}\n" for path in changed)
            return 1 if changed else 0
        shutil.rmtree(VENDOR, ignore_errors=True)
        shutil.copytree(fresh, VENDOR)
    return 0


if __name__ == "__main__":
    sys.exit(main())
