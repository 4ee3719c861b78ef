"""Commands that write to the log, for tests that run them whole."""

from pathlib import Path
from typing import Any

from tests.conftest import Run
from tests.support.commands import documented

REPORT = "192/2024-05-24/3"
"""The duty `rafah/3`: Israel reports by 24 June 2024."""
MYANMAR = "178/2020-01-23/4"
"""Every six months from 23 May 2020."""
TRENCH = "150/2013-11-22/2b.2"
"""Within one week of the completion of the filling of the trench."""
BOTH = "150/2013-11-22/3"
"""Every three months, by Costa Rica and by Nicaragua."""

SUBMITTED: dict[str, Any] = {
    "kind": "submission",
    "on": "2024-06-26",
    "speaker": "Reuters",
    "role": "media",
    "source": "https://news.example/1",
    "summary": "Israel is said to have handed in its report.",
}
NOTE: dict[str, Any] = {
    "kind": "note",
    "on": "2024-06-01",
    "speaker": "Ana",
    "role": "ngo",
    "summary": "Rang the Registry.",
}
ASSESSED: dict[str, Any] = {
    "kind": "assessment",
    "on": "2024-07-01",
    "speaker": "Human Rights Watch",
    "role": "ngo",
    "source": "https://ngo.example/1",
    "summary": "Says what it found.",
    "finding": "not complied with",
    "scale": "its own words",
}


def options(fields: dict[str, Any]) -> list[str]:
    """Write fields of an event as options; what is `None` is left out."""
    argv: list[str] = []
    for key, value in fields.items():
        name = f"--{key.replace('_', '-')}"
        if value is True:
            argv.append(name)
        elif value is not None:
            for one in value if isinstance(value, list) else [value]:
                argv += [name, str(one)]
    return argv


def adding(*about: str, **fields: object) -> list[str]:
    """Write the command that adds a reported submission, or something else."""
    base = fields.pop("base", SUBMITTED)
    assert isinstance(base, dict)
    return ["log", "add", *(about or (REPORT,)), *options({**base, **fields})]


def add(run: Run, *about: str, **fields: object) -> dict[str, Any]:
    """Add an event; give what the command printed."""
    return printed(run, *adding(*about, **fields))


def printed(run: Run, *argv: str, stdin: str = "") -> dict[str, Any]:
    """Run a command that prints JSON; hold it against its schema."""
    return documented(done(run, *argv, "--format", "json", stdin=stdin))


def done(run: Run, *argv: str, stdin: str = "") -> str:
    """Run a command that succeeds; give what it printed."""
    code, out, err = run(*argv, stdin=stdin)
    assert (code, err) == (0, ""), err
    return out


def refused(run: Run, *argv: str, code: int = 2, stdin: str = "", tty: bool = False) -> str:
    """Run a command that has to fail and print no result; give what it says."""
    found, out, err = run(*argv, stdin=stdin, tty=tty)
    assert (found, out) == (code, ""), err
    assert err.startswith("orderwatch: ")
    return err


def status(run: Run, duty: str = REPORT, *argv: str) -> dict[str, Any]:
    """Ask for the status of one duty."""
    (found,) = printed(run, "status", duty, *argv)["obligations"]
    assert isinstance(found, dict)
    return found


def default_log(home: Path) -> Path:
    """Name the log that nobody named."""
    return home / "data" / "orderwatch" / "log.sqlite"


def evidence(home: Path) -> dict[str, bytes]:
    """Read what is kept as evidence: each file by its name."""
    folders = default_log(home).parent.glob("*.evidence")
    files = (path for folder in folders for path in folder.rglob("*"))
    return {path.name: path.read_bytes() for path in files if path.is_file()}
