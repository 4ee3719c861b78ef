"""Draw the picture of a terminal in the README from what the program prints.

python tools/picture.py            # writes docs/images/terminal.svg
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import SVG_EXPORT_THEME
from rich.text import Text

ROOT = Path(__file__).parents[1]
PICTURE = ROOT / "docs" / "images" / "terminal.svg"
COMMAND = ("orderwatch", "status", "--as-of", "2026-11-29")
WIDTH = 100

# rich's own would have a browser fetch a font from elsewhere.
FRAME = """\
<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg" role="img">
<title>{about}</title>
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", \
monospace; font-size: {char_height}px; line-height: {line_height}px; }}
.{unique_id}-title {{ font-size: 18px; font-family: sans-serif; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/>
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" \
clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def picture() -> str:
    """Run the command, and draw what it prints."""
    typed = " ".join(COMMAND)
    shown = Text.assemble(("$ ", "bold"), typed, "\n")
    shown.append_text(Text.from_ansi(_printed()))
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        console = Console(
            color_system="truecolor",
            file=nowhere,
            force_terminal=True,
            legacy_windows=False,
            record=True,
            width=WIDTH,
        )
        console.print(shown, soft_wrap=True)
    return console.export_svg(
        code_format=FRAME.replace("{about}", f"What {typed} prints, as of that day"),
        theme=SVG_EXPORT_THEME,
        title=typed,
        unique_id="terminal",
    )


def _printed() -> str:
    with tempfile.TemporaryDirectory() as home:
        return subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-m", *COMMAND, "--format", "table"],
            capture_output=True,
            check=True,
            encoding="utf-8",
            env={
                "COLUMNS": str(WIDTH),
                "FORCE_COLOR": "1",
                "HOME": home,
                "LANG": "C.UTF-8",
                "PATH": os.environ["PATH"],
                "PYTHONPATH": str(ROOT / "src"),
                "TERM": "xterm-256color",
            },
        ).stdout


def main() -> None:
    """Write the picture."""
    PICTURE.write_text(picture(), encoding="utf-8")


if __name__ == "__main__":
    main()
