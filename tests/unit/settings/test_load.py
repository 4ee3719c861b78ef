"""The tables `[mail]` and `[remind]` of the configuration."""

from pathlib import Path

import pytest

from orderwatch.errors import UsageError
from orderwatch.settings import Mail, Remind, Settings, load, parse_address
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
        ("[mail]\nhost = 'mx.example.org.'", 'write host = "mx.example.org"'),
        ("[mail]\nhost = 'mx.example.org:25'", 'host = "mx.example.org" and port = 25'),
        ("[mail]\nhost = 'smtp://mx.example.org'", 'write host = "mx.example.org"'),
        (
            "[mail]\nhost = 'smtps://mx.example.org:465/'",
            'host = "mx.example.org", port = 465 and security = "tls"',
        ),
        ("[mail]\nhost = '[::1]:25'", 'host = "::1" and port = 25'),
        ("[mail]\nhost = 'ana@mx.example.org'", 'host = "mx.example.org" and user = "ana"'),
        ("[mail]\nhost = 'mx example.org'", "mail.host: should be a name, like"),
        ("[mail]\nhost = 'mx..example.org'", "mail.host: should be a name, like"),
        ("[mail]\nhost = '-mx.example.org'", "mail.host: should be a name, like"),
        ("[mail]\nhost = '☃.example.org'", "mail.host: should be a name, like"),
        ("[mail]\nhost = '1::2::3'", "mail.host: should be a name, like"),
        (
            "[mail]\nfrom = 'desk@example.org.'",
            "mail.from: desk@example.org. is not a mail address",
        ),
        ("[remind]\nmail_to = ['mailto:a@b.org']", "write a@b.org"),
        ("[remind]\nmail_to = ['Desk <a@b.org:25>']", "write Desk <a@b.org>"),
        ("mail = 'x'", "mail should be a table: [mail]"),
        ("[mial]", "mial: is not a setting; did you mean mail?"),
    ],
)
def test_what_cannot_be_meant_is_told(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UsageError) as error:
        loaded(tmp_path, text)
    assert said in str(error.value)


@pytest.mark.parametrize(
    "host", ["mx.example.org", "127.0.0.1", "::1", "fe80::1%eth0", "localhost", "my_mx.example.org"]
)
def test_a_name_or_number_of_a_server_is_taken(tmp_path: Path, host: str) -> None:
    assert loaded(tmp_path, f"[mail]\nhost = '{host}'").mail.host == host


def test_a_server_keeps_its_domain_and_a_password_is_not_printed(tmp_path: Path) -> None:
    # Sockets encode a name by IDNA 2003, and would ask strasse.example.
    assert loaded(tmp_path, "[mail]\nhost = 'mx.straße.example'").mail.host == (
        "mx.xn--strae-oqa.example"
    )
    with pytest.raises(UsageError) as error:
        loaded(tmp_path, "[mail]\nhost = 'smtps://ana:S3cr@t@mx.example.org:465/'")
    assert "S3cr" not in str(error.value)
    assert 'host = "mx.example.org", port = 465, security = "tls" and user = "ana"' in str(
        error.value
    )


@pytest.mark.parametrize(
    ("typed", "domain"),
    [
        ("desk@straße.example", "xn--strae-oqa.example"),
        ("desk@κλαρας.example", "xn--mxaaze5ah.example"),
        ("desk@FAẞ.example", "xn--fa-hia.example"),
        ("desk@bu\u0308cher.example", "xn--bcher-kva.example"),
        ("desk@\uff45xample.org", "example.org"),
        ("desk@Example.ORG", "example.org"),
        ("desk@my_host.example.org", "my_host.example.org"),
        ("desk@xn--strae-oqa.example", "xn--strae-oqa.example"),
        ("desk@\u0646\u0627\u0645\u0647\u200c\u0627\u06cc.example", "xn--mgba3gch31f060k.example"),
    ],
)
def test_a_domain_stays_the_domain_that_it_is(typed: str, domain: str) -> None:
    assert parse_address(typed).domain == domain


ASCII = ["a@b@example.org", "a@-b.example", "a@b-.example", "a@b!.example", "a\u200cb@c.example"]


@pytest.mark.parametrize(
    "typed",
    ["a@☃.example", "a@a\u200cb.example", "a@-ß.example", "a@ß..example", "a@a.ß。", *ASCII],
)
def test_a_domain_that_idna_2008_lacks_is_refused(typed: str) -> None:
    with pytest.raises(UsageError, match="is not a mail address"):
        parse_address(typed)
