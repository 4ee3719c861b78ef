"""What orderwatch prints: the commands to time, and the data for the others."""

import json
import shutil
import sys
import sysconfig
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from formats import Record
from processes import Output, ProcessError, Program, environment, timed

_COLUMNS = {
    "Due": ("due", "days"),
    "Asked of": ("addressees",),
    "What": ("summary",),
    "Case": ("case", "id", "alias"),
    "On record": ("on record", "events on record", "votes", "time limit"),
}
"""The columns of the table to compare with, and the fields of ours that fill them."""


def orderwatch(
    home: Path,
    *arguments: str,
    proof: str = "",
    codes: Collection[int] = (0,),
    variables: Mapping[str, str] | None = None,
) -> Program:
    """Give a command of the orderwatch that is installed beside this Python."""
    script = Path(sysconfig.get_path("scripts")) / "orderwatch"
    if not script.exists():
        raise ProcessError(f"{script}: orderwatch is not installed with this Python")
    return Program(
        name=" ".join(("orderwatch", *arguments)),
        argv=[str(script), *arguments],
        environment={**environment(home), **(variables or {})},
        proof=proof,
        codes=codes,
    )


def bare_python(home: Path, code: str = "pass") -> Program:
    """Return a program of one line, by default the least that this Python can do."""
    return Program(
        name=f"python -c {code!r}",
        argv=[sys.executable, "-c", code],
        environment=environment(home),
    )


def records(home: Path) -> tuple[date, tuple[Record, ...]]:
    """Take today's date and every dated deadline of the register from `status`."""
    asked = orderwatch(home, "status", "--all", "--format", "json")
    found: dict[str, Any] = json.loads(timed(asked, Output.PIPE)[1])
    return date.fromisoformat(found["as_of"]), tuple(
        Record(
            name=deadline["id"],
            made=date.fromisoformat(duty["order"]["date"]),
            due=date.fromisoformat(deadline["due"]),
            case=duty["case"]["short"],
            addressees=", ".join(duty["addressees"]),
            summary=duty["summary"],
        )
        for duty in found["obligations"]
        for deadline in duty["deadlines"]
    )


def typer_program(home: Path, name: str, shown: Program) -> Program:
    """Install the program to compare with, and give it the text that ours prints.

    As pip would: a short script that imports a module with its bytecode beside it.
    """
    home.mkdir(parents=True, exist_ok=True)
    title, rows = _table(shown)
    data = home / f"{name}.json"
    content = {"title": title, "headings": list(_COLUMNS), "rows": rows}
    data.write_text(json.dumps(content), encoding="utf-8")
    shutil.copy(Path(__file__).with_name("baseline.py"), home)
    script = home / "table"
    script.write_text(
        f"#!{sys.executable}\nimport sys\nfrom baseline import app\n"
        'if __name__ == "__main__":\n    sys.exit(app())\n',
        encoding="utf-8",
    )
    script.chmod(0o755)
    return Program(
        name=f"typer and a rich table, {len(rows)} rows",
        argv=[str(script), str(data)],
        environment=environment(home / "home"),
        proof=rows[-1][3].split()[-1],
    )


def _table(shown: Program) -> tuple[str, list[list[str]]]:
    """Give a title and one row for each record that a command prints."""
    head, *blocks = timed(shown, Output.PIPE)[1].strip().split("\n\n")
    rows = [row for block in blocks for row in _rows(block.splitlines())]
    if not rows:
        raise ProcessError(f"{shown.name}: no record in what it prints")
    return head.splitlines()[0].partition(": ")[2], rows


def _rows(block: list[str]) -> Iterator[list[str]]:
    """Yield a row for an obligation, and one for each line about an order."""
    pairs = [line.partition(": ")[::2] for line in block]
    if any(name == "id" for name, _ in pairs):
        yield [
            "; ".join(text for name, text in pairs if name in fields)
            for fields in _COLUMNS.values()
        ]
    for name, text in pairs:
        if name == "order":
            order, _, rest = text.partition(": ")
            case, _, measures = rest.partition(", ")
            yield ["", "", measures, f"{case}; {order}", ""]
