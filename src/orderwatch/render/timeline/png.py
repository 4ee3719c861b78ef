"""Convert a picture to PNG, with a font that the extra `png` brings.

The system's own fonts are used for letters that this font lacks alone, so that a picture
in a European script is the same on every machine.
"""

from functools import cache
from importlib.util import find_spec
from pathlib import Path

_WIDTH = 1200
"""In pixels: what sites that show a preview of a link ask for."""
_LAST_LETTER = "\u058f"
"""The font has the letters up to here: Latin, Greek, Cyrillic."""
_PUNCTUATION = range(0x2000, 0x2070)


def is_available() -> bool:
    """Return whether the extra `png` is installed."""
    return all(find_spec(name) for name in ("resvg_py", "fontpkg_noto_sans"))


def rasterize(svg: str) -> bytes:
    """Render SVG as PNG; the same input gives the same bytes."""
    import resvg_py

    is_european = all(letter <= _LAST_LETTER or ord(letter) in _PUNCTUATION for letter in svg)
    family, files = _font()
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg,
            width=_WIDTH,
            font_files=files,
            font_family=family,
            sans_serif_family=family,
            skip_system_fonts=is_european,
        )
    )


@cache
def _font() -> tuple[str, list[str]]:
    """Return the family and the files of the font."""
    import fontpkg_noto_sans as font  # type: ignore[import-untyped]

    files = Path(font.ROOT, "files").glob("*.ttf")
    return font.FAMILY, [str(path) for path in files if "Italic" not in path.name]
