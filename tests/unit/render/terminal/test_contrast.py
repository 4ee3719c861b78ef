"""Contrast of what is drawn: 4.5 to 1 at least, as WCAG 2.2 asks of text (1.4.3)."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from xml.etree import ElementTree as ET

import pytest

from orderwatch.render.terminal import Screen
from tests.support.paths import ROOT
from tests.support.render_examples import example
from tests.support.render_outputs import COMMANDS, drawn

EXAMPLE = example()
CODES = re.compile(r"\x1b\[([0-9;]*)m")
MINIMUM = 4.5
BOLD, UNDERLINE, REVERSE, DIM = "1", "4", "7", "2"
PICTURE = ROOT / "docs" / "images" / "terminal.svg"

THEMES: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "xterm": (
            "#000000",
            "#000000 #cd0000 #00cd00 #cdcd00 #0000ee #cd00cd #00cdcd #e5e5e5",
            "#7f7f7f #ff0000 #00ff00 #ffff00 #5c5cff #ff00ff #00ffff #ffffff",
        ),
        "xterm, white": (
            "#ffffff",
            "#000000 #cd0000 #00cd00 #cdcd00 #0000ee #cd00cd #00cdcd #e5e5e5",
            "#7f7f7f #ff0000 #00ff00 #ffff00 #5c5cff #ff00ff #00ffff #ffffff",
        ),
        "GNOME dark": (
            "#1e1e1e",
            "#171421 #c01c28 #26a269 #a2734c #12488b #a347ba #2aa1b3 #d0cfcc",
            "#5e5c64 #f66151 #33d17a #e9ad0c #2a7bde #c061cb #33c7de #ffffff",
        ),
        "GNOME light": (
            "#ffffff",
            "#171421 #c01c28 #26a269 #a2734c #12488b #a347ba #2aa1b3 #d0cfcc",
            "#5e5c64 #f66151 #33d17a #e9ad0c #2a7bde #c061cb #33c7de #ffffff",
        ),
        "macOS Basic": (
            "#ffffff",
            "#000000 #990000 #00a600 #999900 #0000b2 #b200b2 #00a6b2 #bfbfbf",
            "#666666 #e50000 #00d900 #e5e500 #0000ff #e500e5 #00e5e5 #e5e5e5",
        ),
        "macOS Pro": (
            "#000000",
            "#000000 #990000 #00a600 #999900 #0000b2 #b200b2 #00a6b2 #bfbfbf",
            "#666666 #e50000 #00d900 #e5e500 #0000ff #e500e5 #00e5e5 #e5e5e5",
        ),
        "Windows Campbell": (
            "#0c0c0c",
            "#0c0c0c #c50f1f #13a10e #c19c00 #0037da #881798 #3a96dd #cccccc",
            "#767676 #e74856 #16c60c #f9f1a5 #3b78ff #b4009e #61d6d6 #f2f2f2",
        ),
        "Solarized dark": (
            "#002b36",
            "#073642 #dc322f #859900 #b58900 #268bd2 #d33682 #2aa198 #eee8d5",
            "#002b36 #cb4b16 #586e75 #657b83 #839496 #6c71c4 #93a1a1 #fdf6e3",
        ),
        "Solarized light": (
            "#fdf6e3",
            "#073642 #dc322f #859900 #b58900 #268bd2 #d33682 #2aa198 #eee8d5",
            "#002b36 #cb4b16 #586e75 #657b83 #839496 #6c71c4 #93a1a1 #fdf6e3",
        ),
    }
)
"""Of each theme: the background, and the eight colours of 30 to 37 and of 90 to 97."""


def luminance(colour: str) -> float:
    """Compute the relative luminance of a colour, as WCAG defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    """Compute the contrast ratio of two colours, as WCAG defines it."""
    dark, light = sorted((luminance(first), luminance(second)))
    return (light + 0.05) / (dark + 0.05)


def unreadable(code: str) -> list[str]:
    """List the themes on which the colour of a code is too near to the background."""
    themes = []
    for name, (background, normal, bright) in THEMES.items():
        for start, colours in ((30, normal.split()), (90, bright.split())):
            index = int(code) - start
            if 0 <= index < len(colours) and contrast(colours[index], background) < MINIMUM:
                themes.append(name)
    return themes


def used_codes() -> set[str]:
    """Return the style codes of all screens."""
    screen = Screen(width=100, colour=True)
    shown = [drawn(screen, command, EXAMPLE) for command in COMMANDS]
    rows = [("log", "problem", "damaged", "Run x."), ("cron", "note", "old", None)]
    shown.append(screen.doctor([*rows, ("key", "ok", "fine", None)]))
    return {code for text in shown for found in CODES.findall(text) for code in found.split(";")}


def test_the_ratio_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_every_style_is_readable_on_every_theme() -> None:
    used = used_codes() - {"0"}
    assert used, "no style is used at all"
    assert DIM not in used
    assert {code: unreadable(code) for code in used if unreadable(code)} == {}
    # What has no colour of its own has the contrast that the user chose.
    assert used <= {BOLD, UNDERLINE, REVERSE}


@pytest.mark.parametrize("code", [str(code) for code in (*range(30, 38), *range(90, 98))])
def test_no_colour_is_readable_everywhere(code: str) -> None:
    """Why the screens have none: each is too faint on a light or on a dark background."""
    assert unreadable(code)


def test_the_picture_of_the_readme_is_readable() -> None:
    picture = ET.fromstring(PICTURE.read_text(encoding="utf-8"))  # noqa: S314 - our own
    style = "".join(element.text or "" for element in picture.iter() if "style" in element.tag)
    fills = set(re.findall(r"fill: *(#[0-9a-fA-F]{6})", style))
    backgrounds = {
        element.get("fill", "") for element in picture.iter() if element.tag.endswith("rect")
    }
    [background] = {fill for fill in backgrounds if re.fullmatch(r"#[0-9a-fA-F]{6}", fill)}
    texts = {element.get("fill", "") for element in picture.iter() if element.tag.endswith("text")}
    fills |= {fill for fill in texts if fill.startswith("#")}
    assert fills
    assert {
        fill: contrast(fill, background) for fill in fills if contrast(fill, background) < 4.5
    } == {}
