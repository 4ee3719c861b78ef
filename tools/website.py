"""Build the documentation as a site that works from a disk, without a network.

    python tools/website.py                 # writes build/site

It gathers the pages of `docs` and those of the top folder, and has zensical build them;
a warning, such as a link to nowhere, is an error.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
BUILD = ROOT / "build"
ELSEWHERE = {
    "bench/README.md": "benchmarks.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "README.md": "index.md",
}
"""The pages that do not stand in `docs`, and what they are called on the site."""

_LINK = re.compile(r"(!?)\[([^]\n]+)\]\((?!https?:|mailto:|#)([^)#\s]+)(#[^)\s]*)?\)")
_FETCHED = re.compile(
    r"""<(?:script|link|img|iframe)\b[^>]*?\b(?:src|href)=["']?(?:https?:)?//[^"' >]+"""
)


def gather(folder: Path) -> None:
    """Copy every page to where the site has it, its links along with it."""
    shutil.rmtree(folder / "docs", ignore_errors=True)
    shutil.copytree(ROOT / "docs", folder / "docs")
    shutil.copy(ROOT / "zensical.toml", folder)
    for name, place in places().items():
        text = (ROOT / name).read_text(encoding="utf-8")
        (folder / "docs" / place).write_text(moved(text, name), encoding="utf-8")


def places() -> dict[str, str]:
    """Give each page, by its place in the repository, its place on the site."""
    pages = sorted((ROOT / "docs").glob("**/*.md"))
    own = {str(page.relative_to(ROOT)): str(page.relative_to(ROOT / "docs")) for page in pages}
    return own | ELSEWHERE


def moved(text: str, name: str) -> str:
    """Let the links of a page lead where the site has what they lead to."""
    known = places()
    folder = Path(known[name]).parent

    def link(found: re.Match[str]) -> str:
        picture, label, path, place = found.groups()
        target = os.path.normpath(Path(name).parent / path)
        if not (ROOT / target).exists():
            return found[0]  # zensical names it
        if target in known:
            target = known[target]
        elif target.startswith("docs/"):
            target = target.removeprefix("docs/")
        else:
            return label  # a file of the repository that is no page
        new = os.path.relpath(target, folder)
        return f"{picture}[{label}]({new}{place or ''})"

    return _LINK.sub(link, text)


def fetched(site: Path) -> Iterator[str]:
    """Name what a page of the site would fetch from elsewhere."""
    for page in sorted(site.glob("**/*.html")):
        for found in _FETCHED.finditer(page.read_text(encoding="utf-8")):
            yield f"{page.relative_to(site)}: {found[0]}"


def build(folder: Path) -> Path:
    """Build the site below a folder; raise `CalledProcessError` for a faulty page."""
    gather(folder)
    site = folder / "site"
    shutil.rmtree(site, ignore_errors=True)
    subprocess.run(
        [sys.executable, "-m", "zensical", "build", "--strict", "--clean"],
        cwd=folder,
        check=True,
    )
    return site


def main() -> None:
    """Build the site, and say where it is."""
    try:
        site = build(BUILD)
    except subprocess.CalledProcessError as error:
        sys.exit(error.returncode)
    if found := list(fetched(site)):
        sys.exit("\n".join(["would be fetched from elsewhere:", *found]))
    print(site.relative_to(ROOT) / "index.html")


if __name__ == "__main__":
    main()
