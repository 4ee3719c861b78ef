"""An error says what to do next."""

import shlex
import sys
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.support.commands import NAMES
from tests.support.log_commands import NOTE, add, default_log, done, refused
from tests.support.smtp_servers import free_port

ROWS = [
    # command line | what it offers
    ("stauts", "Did you mean status?"),
    ("status raffah", "Did you mean South Africa v. Israel (rafah)?"),
    ("show zzzzzz", 'Run "orderwatch orders" for a list.'),
    ("status --formt json", 'Run "orderwatch status --help" for help.'),
    ("log verfy", "Did you mean log verify?"),
    ("log show 9", "the log has 3"),
    ("log show zzzz", "`orderwatch log list` shows all"),
    ("log add", "`orderwatch log add --help` lists the fields of an event"),
    ("log correct 2 --on 2024-01-01", "see `orderwatch log show 2`"),
    ("log redact 1 --why x --yes", "`orderwatch log show 1` names the redaction"),
    ("log keygen taken", "never overwritten"),
    ("explain rafah/3@2024-06-25", "nearest: 192/2024-05-24/3@2024-06-24"),
    ("status --party Isreal", "Did you mean Israel?"),
    ("schema statsu", "nearest: status"),
    ("log 2", 'Did you mean "orderwatch log show 2"?'),
    ("--as-of 2024-06-20 status", 'Run "orderwatch status --help" for a list.'),
    ("export", "FORMAT is missing: ics, atom, json, csv, markdown, svg, datapackage or sqlite"),
    ("--log none.db status", "`orderwatch init --log none.db` creates a new log there"),
    ("--config none.toml status", "--config or ORDERWATCH_CONFIG names it"),
    ("remind --mail-to a@example.org", "`orderwatch config` shows its path"),
    ("init --recorder x", "change it with `orderwatch config set`"),
]


@pytest.fixture
def place(run: Run, sealed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work where an entry was redacted, and where a key and a configuration are."""
    monkeypatch.chdir(tmp_path)
    Path("taken").touch()
    add(run, base=NOTE)
    done(run, "log", "redact", "1", "--why", "x", "--yes")
    add(run, base=NOTE)
    done(run, "init", "--yes")
    return default_log(sealed)


@pytest.mark.parametrize(("line", "offer"), ROWS)
def test_an_error_offers_the_next_step(run: Run, place: Path, line: str, offer: str) -> None:
    assert place.exists()
    code = 4 if "none.db" in line else 2
    said = " ".join(refused(run, *line.split(), code=code).split())
    assert offer in said
    for quoted in said.split("`")[1::2]:
        words = shlex.split(quoted)[1:]
        names = {" ".join(words[:2]), *words[:1], ""}
        assert names & set(NAMES.values()), quoted


@pytest.mark.parametrize(
    "line",
    [
        *("status", "log", "log verify", "log checkpoint", "remind", "init", "doctor"),
        *("init --sql", "log add rafah --kind note --on 2024-06-01 --speaker x "),
    ],
)
def test_a_log_on_a_server_names_the_package_that_it_needs(
    run: Run, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    for name in list(sys.modules):
        if name.startswith(("psycopg", "orderwatch.log.postgres")):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "psycopg", None)
    url = "postgresql://anna:secret@db.example.org/orders"
    code, out, err = run("--log", url, *line.split())
    assert code in {2, 4}
    assert "pip install 'psycopg[binary]>=3.2'" in out + err
    assert "secret" not in out + err


def test_a_log_that_does_not_verify_says_what_to_do(run: Run, place: Path) -> None:
    spoilt = Path("spoilt.jsonl")
    lines = done(run, "log", "export").replace("Rang", "Sang")
    spoilt.write_text(lines)
    assert place.exists()
    said = refused(run, "log", "verify", str(spoilt), code=4)
    assert "Do not change it; compare it with a backup" in said


def test_a_message_that_did_not_leave_says_what_to_do(run: Run, sealed: Path) -> None:
    folder = sealed / "config" / "orderwatch"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text(
        f'[mail]\nhost = "127.0.0.1"\nport = {free_port()}\nsecurity = "none"\n'
        'from = "o@example.org"\n'
    )
    argv = ("--as-of", "2024-06-20", "--mail-to", "d@example.org")
    said = refused(run, "remind", "rafah", *argv, code=5)
    assert "are sent again at the next run; `orderwatch doctor` tests the mail server" in said
