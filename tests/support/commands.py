"""Run commands whole, and read what they print."""

import json
from typing import Any

from jsonschema import Draft202012Validator

from tests.conftest import Run
from tests.support.paths import SCHEMAS


def documented(text: str) -> dict[str, Any]:
    """Read a JSON document, and hold it against the schema that it names."""
    found: dict[str, Any] = json.loads(text)
    name = found["schema"].split("/")[1]
    schema = json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))
    checker = Draft202012Validator.FORMAT_CHECKER
    Draft202012Validator(schema, format_checker=checker).validate(found)
    return found


def result(run: Run, *argv: str) -> str:
    """Run a command that has to succeed, and say nothing on standard error."""
    code, out, err = run(*argv)
    assert (code, err) == (0, "")
    return out


HELPS = [
    (),
    *((name,) for name in ("status", "find", "countdown", "deadlines", "show", "explain", "log")),
    *((name,) for name in ("orders", "remind", "check", "court", "init", "config", "schema")),
    *((name,) for name in ("export", "publish", "dossier", "mcp", "doctor")),
    *(
        ("log", name)
        for name in ("add", "handover", "correct", "retract", "redact", "reindex", "import")
    ),
    *(("log", name) for name in ("export", "verify", "checkpoint", "prove")),
    *(("log", name) for name in ("backup", "restore", "verify-proof", "keygen", "list", "show")),
    *(("log", "recorder", *rest) for rest in ((), ("add",), ("revoke",), ("list",))),
    *((name,) for name in ("cite", "open", "changes", "version", "help")),
    *(("config", name) for name in ("get", "set", "edit")),
    ("log", "witness"),
    ("log", "stamp"),
    *(("witness", *rest) for rest in ((), ("add",), ("sign",))),
    ("orders", "list"),
    ("court", "check"),
    *(("register", *rest) for rest in ((), ("new",), ("validate",))),
    *(("register", name) for name in ("status", "check", "update", "diff", "rollback")),
]


def said(*answers: str) -> str:
    return "".join(f"{answer}\n" for answer in answers)


NAMES = {"-".join(("orderwatch", *words)): " ".join(words) for words in HELPS}
