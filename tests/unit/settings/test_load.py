"""The tables `[mail]` and `[remind]` of the configuration."""

from pathlib import Path

import pytest

from orderwatch.errors import UsageError
from orderwatch.settings import Mail, Remind, Settings, load
from tests.conftest import Run

WORD = "s3cret"
WHOLE = """
log = "office.log"
[mail]
host = "smtp.example.org"
port = 2525
security = "tls"
user = "desk"
password_command = "pass show 'office mail'"
from = "Desk <desk@example.org>"
[remind]
before = [7, 1, 7]
after = []
mail_to = ["a@example.org", "b@example.org"]
notify = ["tgram://123456:TOKEN/42"]
templates = "own"
"""


def loaded(folder: Path, text: str, **environment: str) -> Settings:
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return load({"config": str(path)}, environment)


def test_both_tables_are_read(tmp_path: Path) -> None:
    found = loaded(tmp_path, WHOLE, ORDERWATCH_MAIL_PASSWORD=WORD)
    assert found.mail == Mail(
        host="smtp.example.org",
        port=2525,
        security="tls",
        user="desk",
        password=WORD,
        password_command=("pass", "show", "office mail"),
        sender="Desk <desk@example.org>",
    )
    assert found.remind == Remind(
        before=(1, 7),
        after=(),
        mail_to=("a@example.org", "b@example.org"),
        notify=("tgram://123456:TOKEN/42",),
        templates=tmp_path / "own",
    )
    assert found.log.value == str(tmp_path / "office.log")


def test_no_secret_is_shown(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded(tmp_path, WHOLE)
    monkeypatch.setenv("ORDERWATCH_MAIL_PASSWORD", WORD)
    for style in ("plain", "json"):
        argv = ("--config", str(tmp_path / "config.toml"), "config")
        code, out, _ = run(*argv, "--format", style)
        assert code == 0
        assert "smtp.example.org" in out
        assert "mail.password_command" in out
        assert not [word for word in (WORD, "TOKEN", "pass show") if word in out]
    shown = repr(loaded(tmp_path, WHOLE, ORDERWATCH_MAIL_PASSWORD=WORD))
    assert WORD not in shown
    assert "TOKEN" not in shown


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[mail]\nhots = 'x'", "mail.hots: is not a setting; did you mean host?"),
        ("[mail]\npassword = 'x'", "mail.password: is not a setting"),
        ("[mail]\nhost = ''", "mail.host: should be a name"),
        ("[mail]\nport = true", "mail.port: should be a number"),
        ("[mail]\nport = 0", "mail.port: should be a number"),
        ("[mail]\nport = '25'", "mail.port: should be a number"),
        ("[mail]\nsecurity = 'ssl'", "mail.security: should be"),
        ("[mail]\npassword_command = []", "mail.password_command: should be"),
        ('[mail]\npassword_command = "it\'s"', "mail.password_command: should be"),
        ("[mail]\npassword_command = [1]", "mail.password_command: should be"),
        ("[remind]\nbefore = [-1]", "remind.before: should be a list of days"),
        ("[remind]\nbefore = [1.5]", "remind.before: should be a list of days"),
        ("[remind]\nafter = [true]", "remind.after: should be a list of days"),
        ("[remind]\nafter = 7", "remind.after: should be a list of days"),
        ("[remind]\nbefore = [99999999]", "remind.before: should be"),
        ("[remind]\nmail_to = 'a@b.org'", "remind.mail_to: should be a list"),
        ("mail = 'x'", "mail: should be a table, begun by [mail]"),
        ("[mial]", "mial: is not a setting; did you mean mail?"),
    ],
)
def test_what_cannot_be_meant_is_told(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UsageError) as error:
        loaded(tmp_path, text)
    assert said in str(error.value)
