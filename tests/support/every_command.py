"""Every command of the program, run in one home, in an order in which each has work to do."""

from collections.abc import Callable
from pathlib import Path

from orderwatch.model import Register
from orderwatch.site import Document
from tests.support.commands import HELPS
from tests.support.court_pages import OTHERS, page, rows_of
from tests.support.log_commands import NOTE, options

Runner = Callable[..., tuple[int, str, str]]
"""Runs a command; returns exit code, standard output and standard error."""


class Round:
    """A run of every command."""

    def __init__(self, run: Runner, folder: Path, channel: Path, register: Register) -> None:
        self._run = run
        self._folder = folder
        self._channel = str(channel)
        self._register = register
        self.names = set[tuple[str, ...]]()
        """Of the commands that were run, as in `HELPS`."""

    def _do(self, *argv: str, codes: tuple[int, ...] = (0,)) -> str:
        code, out, err = self._run(*argv)
        assert code in codes, (argv, code, out[-500:], err)
        words = argv[2:] if argv[:1] == ("--log",) else argv
        self.names.add(max((name for name in HELPS if words[: len(name)] == name), key=len))
        return out

    def _file(self, name: str, text: str = "") -> str:
        path = self._folder / name
        if text:
            path.write_text(text, encoding="utf-8")
        return str(path)

    def write(self) -> None:
        """Run what writes to the log, and what reads it."""
        self._do("init")
        for number in range(3):
            fields = options({**NOTE, "summary": f"Rang the Registry, call {number}."})
            self._do("log", "add", "rafah", *fields)
        self._do("log")
        self._do("log", "list")
        self._do("log", "show", "1")
        hand = ("--from", "Ana", "--to", "Ben", "--on", "2026-11-20", "--what", "a letter")
        self._do("log", "handover", "1", *hand)
        self._do("log", "correct", "1", "--summary", "Rang the Registry twice.")
        self._do("log", "retract", "2", "--why", "a mistake")
        self._do("log", "redact", "3", "--why", "a witness at risk", "--yes")
        self._do("log", "reindex")
        self._do("log", "verify")
        self._do("log", "checkpoint")
        self._do("log", "export", "--output", self._file("log.jsonl"))
        self._do("log", "import", self._file("log.jsonl"))
        key = self._do("log", "keygen", self._file("office.key"))
        public = self._file("office.pub", key)
        proof = self._file(
            "proof", self._do("log", "prove", "1", "--sign", self._file("office.key"))
        )
        self._do("log", "verify-proof", proof, "--key", key.strip())
        request = self._file("request")
        vkey = self._file("vkey", self._do("log", "witness", "--request", "-o", request))
        self._do("witness", codes=(0, 2))
        witness = self._do("witness", "add", vkey).strip()
        line = self._do("witness", "sign", request).strip()
        self._do("log", "witness", "--merge", line, "--key", witness)
        self._do("log", "stamp", "--request", self._file("query"))
        self._do("log", "backup", self._file("backup"))
        self._do("--log", self._file("restored.sqlite"), "log", "restore", self._file("backup"))
        self._do("log", "recorder", "add", public, "--name", "Ben")
        self._do("log", "recorder", "revoke", public)
        self._do("log", "recorder", codes=(2,))
        self._do("log", "recorder", "list")

    def read(self) -> None:
        """Run what reads the register and the log, and what writes files."""
        self._do(codes=(0, 2))
        for name in ("status", "deadlines", "orders", "version", "config", "doctor", "check"):
            self._do(name, codes=(0, 1, 2, 3))
        self._do("status", "rafah", "--format", "json")
        self._do("find", "genocide")
        self._do("countdown", "178")
        self._do("show", "rafah")
        self._do("explain", "rafah/3")
        self._do("orders", "list")
        self._do("cite", "rafah/3")
        self._do("open", "rafah")
        self._do("changes", "--since", "2026-11-01")
        self._do("schema", "status")
        self._do("help", "status")
        for form in Document:
            self._do("export", form.value, "rafah", "--output", self._file(form.value))
        self._do("publish", self._file("site"), "rafah")
        self._do("dossier", "rafah/3", "-o", self._file("rafah.zip"))
        self._do("mcp")
        self._do("remind")
        self._do("remind", "--list")
        self._do("config", "set", "recorder", "Ana")
        self._do("config", "get", "recorder")
        self._do("config", "edit")
        self._do("court", codes=(0, 2))
        saved = self._file("decisions.html", page([*OTHERS, *rows_of(self._register.orders)]))
        self._do("court", "check", saved, codes=(0, 1, 3))

    def update(self) -> None:
        """Run what installs a release, from a folder, and what goes back."""
        self._do("register", codes=(0, 2))
        self._do("register", "check", self._channel, codes=(1,))
        self._do("register", "update", self._channel)
        self._do("register", "status")
        self._do("register", "diff", "shipped", "installed")
        self._do("register", "rollback")
        self._do("register", "validate")
        self._do("register", "new", self._file("new.toml"))

    def __call__(self) -> None:
        """Run every command that `HELPS` lists."""
        self.write()
        self.read()
        self.update()
        assert self.names == set(HELPS), "a command of HELPS is missing here"
