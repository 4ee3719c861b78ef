"""A log as each version of the program wrote it, kept for good.

Run it after a step was added to `orderwatch.ledger.schema`, and before another:

    python -m tests.old_logs

It writes `tests/cases/logs/N.zip` by whole commands, unless version N is kept already.
"""

import os
import sys
import tempfile
import zipfile
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from unittest.mock import patch

from tests.paths import CASES

KEPT = CASES / "logs"
BEGIN = datetime(2024, 7, 1, 12, tzinfo=UTC)
"""When the first of its commands ran."""
NOTE = "What was said on the telephone.\n"
COMMANDS = (
    "init",
    (
        "log|add|rafah/3|--kind|submission|--on|2024-06-24|--speaker|Reuters|--role|media"
        "|--source|https://news.example/1"
        "|--summary|Israel is said to have handed in its report."
    ),
    (
        "log|add|rafah/2a|--kind|statement|--on|2024-06-02|--speaker|Ben|--role|ngo"
        "|--source|https://ngo.example/2|--summary|Says that the crossing is closed."
    ),
    (
        "log|add|rafah/2b|--kind|note|--on|2024-06-03|--speaker|Ana|--role|ngo"
        "|--summary|The lamp was lit.|--private"
    ),
    (
        "log|add|178/2020-01-23/4|--kind|note|--on|2024-06-04|--speaker|Ana|--role|ngo"
        "|--summary|Rang the Registry.|--attach|note.txt"
    ),
    "log|correct|1|--on|2024-06-25",
    "log|retract|2|--why|It was another crossing.",
    "log|redact|3|--why|A person is at risk.|--yes",
    "remind|rafah|--as-of|2024-05-25",
    "remind|rafah|--as-of|2024-06-21",
)


def unpacked(name: str, folder: Path) -> Path:
    """Write what is kept under a name into a folder; give the path of the log."""
    with zipfile.ZipFile(KEPT / f"{name}.zip") as kept:
        kept.extractall(folder)
    return folder / "log.sqlite"


def pack(folder: Path, file: Path) -> None:
    """Keep a log and its evidence, and nothing else."""
    with zipfile.ZipFile(file, "x", zipfile.ZIP_DEFLATED) as kept:
        for path in sorted(folder.rglob("log.sqlite*")):
            for one in sorted([path, *path.rglob("*")]):
                if one.is_file():
                    kept.write(one, one.relative_to(folder))


def main() -> None:
    """Make a log by whole commands, in a home of its own."""
    from orderwatch import clock
    from orderwatch.cli import app as cli
    from orderwatch.ledger import schema

    file = KEPT / f"{schema.latest()}.zip"
    seconds = count()

    def now() -> datetime:
        return BEGIN + timedelta(seconds=next(seconds))

    with tempfile.TemporaryDirectory() as folder, patch.object(clock, "now", now):
        os.chdir(folder)
        os.environ |= {"HOME": folder, "ORDERWATCH_RECORDER": "Ana"}
        Path("note.txt").write_text(NOTE, encoding="utf-8")
        for command in COMMANDS:
            try:
                cli.main(["--log", "log.sqlite", *command.split("|")])
            except SystemExit as end:
                if end.code:
                    sys.exit(f"{command}: {end.code}")
        pack(Path(folder), file)


if __name__ == "__main__":
    main()
