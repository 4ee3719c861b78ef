"""The pages of the documentation, and the shell that runs what they show."""

import os
import pty
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.support.keys import HOME_KEY
from tests.support.paths import ROOT

PAGES = sorted(
    page for page in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")) if page.name != "CHANGELOG.md"
)
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]

FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ELSEWHERE = (
    ("python3 -m venv ", "installs; the gate runs the test command of the README"),
    (".venv/bin/orderwatch ", "the shell of the tests has the program on its path"),
    (". .venv/bin/activate", "the shell of the tests has the program on its path"),
    ("pip install ", "installs from the network"),
    ("pipx ", "installs from the network"),
    ("uvx ", "installs from the network"),
    ("podman ", "needs an engine for containers"),
    ("coverage ", "runs these very tests"),
    ("just ", "runs these very tests, tools and benchmarks"),
    ("pre-commit ", "writes into .git"),
    (".ci/run", "the gate itself"),
)
"""How the commands begin that are shown and not run here, and why not."""

_USUAL = ("/usr/bin", "/bin")
_MARK, _END = "\x1e", "\x1f"
_BEFORE, _AFTER = (
    "printf '\\036'; (exit $code)\n",
    "\ncode=$?; printf '\\037%d' $code\n",
)
"""What tells one output from the next, and leaves `$?` as it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One command as it ran."""

    text: str
    """All its lines, as typed."""
    output: str
    code: int


def commands(block: str) -> list[str]:
    """List the commands of a `console` block: `$ ` begins one, `> ` goes on with it."""
    found: list[str] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append(line.removeprefix("$ "))
        elif line.startswith("> ") and found and _goes_on(found[-1]):
            found[-1] += "\n" + line.removeprefix("> ")
    return found


def lines(block: str) -> list[str]:
    """List the commands of an `sh` block that run here, one a line or continued by a backslash."""
    joined = re.sub(r"\\\n *", "", block)
    code = (line for line in joined.splitlines() if line and not line.startswith("#"))
    return [line for line in code if not elsewhere(line)]


def elsewhere(line: str) -> bool:
    """Tell whether a command is shown and not run here."""
    return line.startswith(tuple(begin for begin, _ in ELSEWHERE))


def _goes_on(command: str) -> bool:
    """Tell whether a shell would ask for more: after a backslash, or in a text."""
    if command.endswith("\\"):
        return True
    try:
        shlex.split(command)
    except ValueError:
        return True
    opened = re.search(r"<<-? ?'?(\w+)'?", command)
    return bool(opened and command.splitlines()[-1] != opened[1])


class Shell:
    """A terminal of 100 columns in an empty home, on which commands run in order.

    `more` are folders of programs, and `environment` is what else is set.
    """

    def __init__(self, home: Path, *more: str, **environment: str) -> None:
        self._home = home
        programs = home / ".bin"
        programs.mkdir()
        program = programs / "orderwatch"
        path = f"{ROOT / 'src'}:{ROOT}"
        program.write_text(
            f"#!/bin/sh\nexport PYTHONPATH='{path}'\n"
            f'exec "{sys.executable}" -m tests.support.fixed_day "$@"\n'
        )
        program.chmod(0o700)
        key = home / ".key"
        key.write_text(HOME_KEY)
        self._environment = {
            "COLUMNS": "100",
            "HOME": str(home),
            "LANG": "C.UTF-8",
            "NO_COLOR": "1",
            "ORDERWATCH_KEY": str(key),
            "PATH": ":".join((str(programs), *more, str(Path(sys.executable).parent), *_USUAL)),
            "PYTHONPATH": path,
            "TERM": "dumb",
            "TZ": "UTC",
            "USER": "anna",
            **environment,
        }

    def run(self, typed: Sequence[str]) -> list[Shown]:
        """Run commands one after another in one folder; give what each printed."""
        work = self._home / "work"
        work.mkdir(exist_ok=True)
        script = "".join(_BEFORE + command + _AFTER for command in typed)
        ours, theirs = pty.openpty()
        process = subprocess.Popen(  # noqa: S603 - the documentation's own commands
            ["/bin/bash", "-c", f"code=0\n{script}"],
            cwd=work,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=theirs,
            stderr=theirs,
        )
        os.close(theirs)
        told = b"".join(_read(ours)).decode().replace("\r\n", "\n")
        told = told.replace(str(self._home), "/home/anna")
        os.close(ours)
        process.wait()
        parts = told.split(_MARK)[1:]
        assert len(parts) == len(typed), told
        return [
            Shown(text=command, output=output, code=int(code))
            for command, part in zip(typed, parts, strict=True)
            for output, _, code in [part.partition(_END)]
        ]


RUN = {"console": commands, "sh": lines}
"""How the commands of a block are found: the output of `console` is compared."""


def printed(text: str, shell: Shell) -> str:
    """Run all commands of a page in order; return the page with what they print."""
    blocks = [(found[1], found[2]) for found in FENCED.finditer(text)]
    typed = [x for kind, block in blocks if kind in RUN for x in RUN[kind](block)]
    shown = iter(shell.run(typed))
    return FENCED.sub(lambda block: _printed(block[1], block[2], shown), text)


def _printed(kind: str, block: str, shown: Iterator[Shown]) -> str:
    """Replace what a block shows below each command by what it prints."""
    ran = [next(shown) for _ in RUN[kind](block)] if kind in RUN else []
    texts = [command.text for command in ran]
    for at, command in enumerate(ran):
        expected = texts[at + 1 : at + 2] == ["echo $?"]
        assert command.code == 0 or expected, (
            f"`{command.text}` ends with {command.code}:\n{command.output}"
        )
    if kind != "console":
        return f"```{kind}\n{block}```"
    return "```console\n" + "\n".join(map(_as_shown, ran)) + "```"


def _as_shown(command: Shown) -> str:
    typed = "\n> ".join(command.text.split("\n"))
    clean = "\n".join(row.rstrip() for row in command.output.splitlines())
    output = clean.strip("\n")
    return f"$ {typed}\n{output}\n" if output else f"$ {typed}\n"


def _read(terminal: int) -> Iterator[bytes]:
    while True:
        try:
            data = os.read(terminal, 65536)
        except OSError:  # what Linux says when nobody writes to it any more
            return
        if not data:
            return
        yield data
