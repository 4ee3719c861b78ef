"""`remind` as a whole: what is printed and mailed, to whom, and what is remembered."""

from collections.abc import Iterator
from datetime import date
from email.message import EmailMessage
from pathlib import Path

import pytest
import trustme

from tests.conftest import Golden, Run
from tests.support.mail_settings import DAY, ID, configure
from tests.support.smtp_servers import PASSWORD, USER, Office, free_port, office, rogue
from tests.support.tls import served

pytestmark = pytest.mark.usefixtures("store")

DESK, PARTNER, ARCHIVE = (
    "desk@example.org",
    "partner@example.org",
    "archive@example.org",
)


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """Make the authority one of the system's roots."""
    roots = tmp_path / "roots.pem"
    authority.cert_pem.write_to_path(str(roots))
    monkeypatch.setenv("SSL_CERT_FILE", str(roots))
    return authority


@pytest.fixture
def post(sealed: Path) -> Iterator[Office]:
    """Run a plain server, and configure it."""
    with office() as held:
        configure(sealed, held.port)
        yield held


def mail(run: Run, *to: str, day: str = DAY) -> tuple[int, str, str]:
    options = [part for one in to for part in ("--mail-to", one)]
    return run("remind", ID, "--as-of", day, *options)


# Standard output


def test_it_prints_once_and_then_is_silent(run: Run, golden: Golden) -> None:
    code, out, err = run("remind", ID, "--as-of", DAY)
    assert (code, err) == (0, "")
    golden("remind/printed.txt", out)
    assert run("remind", ID, "--as-of", DAY) == (0, "", "")
    assert run("remind", ID, "--as-of", "2024-06-21")[1].startswith(
        "Israel's report to the ICJ is due on 24 June 2024, in 3 days ("
    )


def test_nothing_to_say_is_silence(run: Run) -> None:
    assert run("remind", ID, "--as-of", "2026-01-01") == (0, "", "")


def test_a_dry_run_says_what_it_would_and_writes_nothing(run: Run, sealed: Path) -> None:
    code, out, _ = run("remind", ID, "--as-of", DAY, "--dry-run")
    assert code == 0
    assert "Would be sent to stdout: -" in out
    assert "Due in 4 days" in out
    assert not list(sealed.rglob("*.sqlite"))
    assert run("remind", ID, "--as-of", DAY)[1] != ""


def test_the_list_says_what_was_said(run: Run, golden: Golden) -> None:
    assert run("remind", "--list")[1] == "reminders sent: none\n"
    run("remind", ID, "--as-of", DAY)
    golden("remind/list.txt", run("remind", "--list")[1])
    golden("remind/list.json", run("remind", "--list", "--format", "json")[1])
    assert run("remind", "--list", "178")[1] == "reminders sent: none\n"


def test_what_could_not_be_printed_is_said_again(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from orderwatch.cli.terminal import streams

    def closed(_text: str) -> None:
        raise SystemExit(141)

    with monkeypatch.context() as patch:
        patch.setattr(streams, "write_result", closed)
        assert run("remind", ID, "--as-of", DAY)[0] == 141
    assert "Due in 4 days" in run("remind", ID, "--as-of", DAY)[1]


@pytest.mark.parametrize(
    ("option", "value"), [("--before", "x"), ("--after", "-1"), ("--before", "1,,2")]
)
def test_days_that_are_none_are_refused(run: Run, option: str, value: str) -> None:
    code, _, err = run("remind", option, value)
    assert code == 2
    assert "is not a list of days" in err


def test_the_options_choose_the_days(run: Run) -> None:
    argv = ("remind", ID, "--before", "4", "--after", "")
    assert run(*argv, "--as-of", "2024-06-19") == (0, "", "")
    assert "Due in 4 days" in run(*argv, "--as-of", DAY)[1]
    assert run(*argv, "--as-of", "2024-06-25") == (0, "", "")


def test_a_submission_logged_meanwhile_is_the_last_that_is_said(run: Run) -> None:
    run("init")
    run("remind", ID, "--as-of", DAY)
    argv = (
        *("log", "add", ID, "--kind", "submission", "--on", "2024-06-21"),
        *("--speaker", "Israel", "--role", "party", "--summary", "Has reported."),
        *("--source", "https://example.org/report"),
    )
    code, _, err = run(*argv)
    assert code == 0, err
    out = run("remind", ID, "--as-of", "2024-06-22")[1]
    assert "A submission is on record" in out
    assert "https://example.org/report" in out
    assert run("remind", ID, "--as-of", "2024-06-24") == (0, "", "")
    assert run("log", "verify")[0] == 0


# Mail


def test_each_recipient_gets_one_message(run: Run, post: Office) -> None:
    argv = ("remind", "--as-of", DAY, "--mail-to", f"{DESK}, {PARTNER}")
    assert run(*argv, "--mail-to", DESK) == (0, "", "")
    assert post.recipients() == [DESK, PARTNER]
    for _, message in post.arrived:
        assert "2 deadlines" in str(message["Subject"])
    assert run(*argv) == (0, "", "")
    assert len(post.arrived) == 2


def test_the_message_holds_what_a_mail_program_needs(
    run: Run, post: Office, golden: Golden
) -> None:
    mail(run, DESK)
    [(_, message)] = post.arrived
    assert message["From"] == "Orders Desk <orders@example.org>"
    assert message["To"] == DESK
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Unsubscribe"] == "<mailto:orders@example.org?subject=unsubscribe>"
    assert message["Message-ID"].endswith("@example.org>")
    assert message["Date"].datetime.date() == date(2026, 11, 23)
    body, page = message.get_body(("plain",)), message.get_body(("html",))
    assert body
    assert page
    golden("remind/message.txt", body.get_content())
    golden("remind/message.html", page.get_content())
    assert max(map(len, body.get_content().splitlines())) <= 72
    [dates] = message.iter_attachments()
    assert dates.get_content_type() == "text/calendar"
    assert dates.get_filename() == "deadlines.ics"


def test_the_calendar_is_read_by_another_program(run: Run, post: Office) -> None:
    from icalendar import Calendar

    mail(run, DESK)
    [dates] = post.arrived[0][1].iter_attachments()
    calendar = Calendar.from_ical(dates.get_content())
    [event] = calendar.walk("VEVENT")
    assert event["UID"] == f"{ID}@2024-06-24@orderwatch"
    assert event.decoded("DTSTART") == date(2024, 6, 24)
    assert event.decoded("DTEND") == date(2024, 6, 25)
    assert str(event["SUMMARY"]) == "Israel's report to the ICJ is due"
    exported = Calendar.from_ical(run("export", "ics", ID, "--as-of", DAY)[1])
    [same] = exported.walk("VEVENT")
    assert same.to_ical() == event.to_ical()


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_server_with_tls_and_a_password(
    run: Run, sealed: Path, trusted: trustme.CA, security: str
) -> None:
    context = served(trusted)
    how = {security: context}
    with office(starttls=how.get("starttls"), tls=how.get("tls"), auth=True) as post:
        (sealed / "word").write_text(f"{PASSWORD}\nuser: desk\n", encoding="utf-8")
        command = f'password_command = ["cat", "{sealed / "word"}"]'
        configure(sealed, post.port, f'user = "{USER}"', command, security=security)
        assert mail(run, DESK) == (0, "", "")
        assert post.recipients() == [DESK]


def test_a_wrong_password_is_told_and_not_shown(
    run: Run, sealed: Path, trusted: trustme.CA
) -> None:
    with office(starttls=served(trusted), auth=True) as post:
        command = "password_command = 'printf wr0ng'"
        lines = (f'user = "{USER}"', command)
        configure(sealed, post.port, *lines, security="starttls")
        code, out, err = mail(run, DESK)
    assert (code, out) == (5, "")
    assert "refuses the user or the password" in err
    assert "wr0ng" not in err + run("config")[1]


@pytest.mark.parametrize("command", ["'false'", "'/no/such'", "'true'"])
def test_a_password_command_that_fails_is_told(
    run: Run, sealed: Path, trusted: trustme.CA, command: str
) -> None:
    with office(starttls=served(trusted), auth=True) as held:
        lines = (f'user = "{USER}"', f"password_command = {command}")
        configure(sealed, held.port, *lines, security="starttls")
        code, _, err = mail(run, DESK)
    assert code == 5
    assert "mail.password_command gave no password" in err


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize("name", ["localhost", "elsewhere.example"])
def test_a_certificate_that_is_not_trusted_gets_nothing(
    run: Run,
    sealed: Path,
    trusted: trustme.CA,
    security: str,
    name: str,
) -> None:
    issuer = trusted if name != "localhost" else trustme.CA()
    how = {security: served(issuer, name)}
    with office(starttls=how.get("starttls"), tls=how.get("tls")) as post:
        configure(sealed, post.port, security=security)
        code, _, err = mail(run, DESK, PARTNER)
        assert post.arrived == []
    assert code == 5
    assert err.count("is not trusted") == 2


def test_without_starttls_nothing_is_sent_in_the_clear(run: Run, sealed: Path) -> None:
    with office() as post:
        configure(sealed, post.port, security="starttls")
        code, _, err = mail(run, DESK)
        assert post.arrived == []
    assert code == 5
    assert "does not offer STARTTLS" in err


@pytest.mark.parametrize("answer", ["550 no such user", "450 try again later"])
def test_a_refused_recipient_is_told_and_the_others_get_theirs(
    run: Run, post: Office, answer: str
) -> None:
    post.refuse[PARTNER] = answer
    code, out, err = mail(run, DESK, PARTNER, ARCHIVE)
    assert (code, out) == (5, "")
    assert f"{PARTNER}: localhost refuses the recipient: {answer}" in err
    assert post.recipients() == [ARCHIVE, DESK]
    assert mail(run, DESK, PARTNER, ARCHIVE)[0] == 5
    post.refuse.clear()
    assert mail(run, DESK, PARTNER, ARCHIVE) == (0, "", "")
    assert post.recipients() == [ARCHIVE, DESK, PARTNER]


@pytest.mark.parametrize("answer", ["554 no", "451 later"])
def test_a_refused_message_is_tried_again(run: Run, post: Office, answer: str) -> None:
    post.data = answer
    code, _, err = mail(run, DESK, PARTNER)
    assert code == 5
    assert err.count(f"localhost refuses the message: {answer}") == 2
    post.data = None
    assert mail(run, DESK, PARTNER)[0] == 0
    assert post.recipients() == [DESK, PARTNER]


def test_a_server_that_is_down_is_tried_again(run: Run, sealed: Path) -> None:
    configure(sealed, free_port())
    code, _, err = mail(run, DESK, PARTNER, ARCHIVE)
    assert code == 5
    assert err.count("Connection refused") == 3
    with office() as post:
        configure(sealed, post.port)
        assert mail(run, DESK, PARTNER, ARCHIVE)[0] == 0
        assert len(post.arrived) == 3


@pytest.mark.file
@pytest.mark.parametrize("step", ["connect", "ehlo", "mail", "rcpt", "data", "body", "taken"])
@pytest.mark.parametrize("answer", ["HANG UP", "421 closing", "550 no", "nonsense"])
def test_whatever_a_server_does_the_next_run_delivers(
    run: Run, sealed: Path, step: str, answer: str
) -> None:
    broken = {"now": True}

    def at(name: str) -> str | None:
        return answer if broken["now"] and name == step else None

    with rogue(at) as held:
        configure(sealed, held.port)
        code, out, _ = mail(run, DESK, PARTNER)
        # A body is not answered for: what is said in its midst is taken for the end.
        if not (step == "body" and answer != "HANG UP"):
            assert (code, out) == (5, "")
        broken["now"] = False
        assert mail(run, DESK, PARTNER)[0] == 0
        assert {to for to, _ in held.arrived} == {DESK, PARTNER}
        _doubles_are_the_same(held.arrived)
        assert mail(run, DESK, PARTNER) == (0, "", "")


def _doubles_are_the_same(arrived: list[tuple[str, EmailMessage]]) -> None:
    for name in {to for to, _ in arrived}:
        assert len({m["Message-ID"] for to, m in arrived if to == name}) == 1


def test_a_slow_server_is_given_up_and_the_lease_outlasts_it(
    monkeypatch: pytest.MonkeyPatch, run: Run, sealed: Path
) -> None:
    from orderwatch.log.outbox import LEASE
    from orderwatch.reminders import smtp

    slowest = smtp.TIMEOUT * 8 + 2 * smtp.MESSAGE_TIMEOUT
    assert slowest < LEASE.total_seconds()
    monkeypatch.setattr(smtp.SmtpClient.__init__, "__kwdefaults__", {"timeout": 0.3, "limit": 9})
    import time

    def at(name: str) -> str | None:
        if name == "mail":
            time.sleep(1)
        return None

    with rogue(at) as held:
        configure(sealed, held.port)
        code, _, err = mail(run, DESK)
    assert code == 5
    assert "no answer in time" in err


def test_a_server_that_never_ends_its_answer_is_hung_up_on(
    monkeypatch: pytest.MonkeyPatch, run: Run, sealed: Path
) -> None:
    from orderwatch.reminders import smtp

    monkeypatch.setattr(smtp.SmtpClient.__init__, "__kwdefaults__", {"timeout": 5, "limit": 1})

    def at(name: str) -> str | None:
        return "\r\n".join(["250-go on"] * 3) if name == "mail" else None

    with rogue(at) as held:
        configure(sealed, held.port)
        code, _, err = mail(run, DESK)
    assert code == 5
    assert "closed the connection" in err


def test_no_mail_without_a_server(run: Run) -> None:
    code, _, err = mail(run, DESK)
    assert code == 2
    assert "mail.host is not set" in err


@pytest.mark.parametrize(
    "wrong",
    [
        "desk",
        "desk@",
        "@example.org",
        "a b@example.org",
        "a@example.org\nBcc: x@y.z",
        "a@b.org>, <c@d.org",
        "<a@b.org",
        "a,b@c.org",
        "\u202ea@b.org",
        "a@..org",
    ],
)
def test_what_is_no_address_is_refused(wrong: str) -> None:
    from orderwatch.errors import UsageError
    from orderwatch.settings import parse_address

    with pytest.raises(UsageError):
        parse_address(wrong)


def test_names_of_every_script_arrive_as_meant(run: Run, sealed: Path) -> None:
    with office() as post:
        configure(sealed, post.port)
        assert mail(run, "Zoë Müller 東京 <zoe@bücher.example>")[0] == 0
        [(to, message)] = post.arrived
    assert to == "zoe@xn--bcher-kva.example"
    [address] = message["To"].addresses
    assert address.display_name == "Zoë Müller 東京"


@pytest.mark.parametrize("known", [True, False])
def test_letters_before_the_at_need_a_server_that_knows_them(
    run: Run, sealed: Path, *, known: bool
) -> None:
    with office(utf8=known) as post:
        configure(sealed, post.port)
        code, _, err = mail(run, "Zoë <zoë@example.org>", DESK)
        took = post.recipients()
    if known:
        assert (code, took) == (0, [DESK, "zoë@example.org"])
        [address] = dict(post.arrived)["zoë@example.org"]["To"].addresses
        # As UTF-8 on the wire; the parser takes bytes for ASCII.
        wire = address.addr_spec.encode("utf-8", "surrogateescape")
        assert wire.decode() == "zoë@example.org"
    else:
        assert (code, took) == (5, [DESK])
        assert "zoë@example.org: localhost: SMTPUTF8 not supported" in err


def test_the_configuration_names_recipients_and_templates(run: Run, sealed: Path) -> None:
    own = sealed / "own"
    own.mkdir()
    (own / "message.txt").write_text("{% for item in items %}{{ item.id }}\n{% endfor %}")
    with office() as post:
        remind = f'mail_to = ["{DESK}"]\nbefore = [4]\ntemplates = "{own}"'
        configure(sealed, post.port, remind=remind)
        assert run("remind", ID, "--as-of", "2024-06-19") == (0, "", "")
        assert run("remind", ID, "--as-of", DAY) == (0, "", "")
        [(_, message)] = post.arrived
    body = message.get_body(("plain",))
    assert body
    assert body.get_content() == f"{ID}@2024-06-24\n"
    assert "remind.mail_to: desk@example.org" in run("config")[1]


@pytest.mark.parametrize(
    "template",
    ["{% for", "{{ nothing }}", "{{ items.__class__.__mro__ }}", "{{ 1 // 0 }}"],
)
def test_a_template_that_cannot_be_used_is_told(run: Run, sealed: Path, template: str) -> None:
    own = sealed / "own"
    own.mkdir()
    (own / "message.txt").write_text(template)
    configure(sealed, 1, remind=f'templates = "{own}"')
    code, out, err = run("remind", ID, "--as-of", DAY)
    assert (code, out) == (2, "")
    assert "message.txt" in err
    (own / "message.txt").unlink()
    assert "Due in 4 days" in run("remind", ID, "--as-of", DAY)[1]


def test_on_a_terminal_it_is_a_dry_run_unless_it_is_to_mark(run: Run, post: Office) -> None:
    argv = ("remind", ID, "--as-of", DAY, "--mail-to", DESK)
    code, out, err = run(*argv, tty=True)
    assert (code, post.arrived) == (0, [])
    assert "Would be sent to mail" in out
    assert "this is a dry run" in err
    assert run(*argv, "--mark", tty=True)[0] == 0
    assert len(post.arrived) == 1
    assert run(*argv, "--mark", "--dry-run")[0] == 2


def test_again_repeats_the_last_and_marks_nothing_more(run: Run, post: Office) -> None:
    argv = ("remind", ID, "--mail-to", DESK)
    code, out, err = run(*argv, "--as-of", DAY, "--again")
    assert (code, out, post.arrived) == (0, "", [])
    assert "No reminder was sent yet" in err
    assert run(*argv, "--as-of", DAY)[0] == 0
    listed = run("remind", "--list")[1]
    for _ in range(2):
        assert run(*argv, "--as-of", "2024-06-21", "--again") == (0, "", "")
    assert run("remind", "--list")[1] == listed
    first, *repeated = [message["Message-ID"] for _, message in post.arrived]
    assert first not in repeated, "a mailbox drops a message with an id that it has"
    assert "in 3 days" in post.arrived[-1][1]["Subject"]
    # What was repeated changes nothing for the next run.
    assert run(*argv, "--as-of", "2024-06-21")[0] == 0
    assert len(post.arrived) == 4


def test_again_on_a_terminal_is_a_dry_run_too(run: Run, post: Office) -> None:
    argv = ("remind", ID, "--as-of", DAY, "--mail-to", DESK)
    run(*argv)
    code, out, err = run(*argv, "--again", tty=True)
    assert (code, len(post.arrived)) == (0, 1)
    assert f"Would be sent to mail: {DESK}" in out
    assert "this is a dry run" in err
    assert run(*argv, "--again", "--mark", tty=True)[0] == 0
    assert len(post.arrived) == 2


def test_again_repeats_what_was_printed(run: Run) -> None:
    out = run("remind", ID, "--as-of", DAY)[1]
    assert run("remind", "--as-of", DAY, "--again") == (0, out, "")
    assert run("remind", "178", "--as-of", DAY, "--again")[:2] == (0, "")


def test_again_that_fails_can_be_tried_once_more(run: Run, post: Office) -> None:
    argv = ("remind", ID, "--as-of", DAY, "--mail-to", DESK)
    run(*argv)
    post.data = "451 try again later"
    code, _, err = run(*argv, "--again")
    assert code == 5
    assert "run --again once more to repeat it" in err
    assert run(*argv) == (0, "", "")


@pytest.mark.parametrize("options", [("--list", "--again"), ("--again", "--test", "a@b.example")])
def test_one_of_list_test_and_again(run: Run, options: tuple[str, ...]) -> None:
    code, _, err = run("remind", *options)
    assert code == 2
    assert "use only one of" in err


def test_a_sample_goes_to_one_address_and_marks_nothing(run: Run, post: Office) -> None:
    code, out, err = run("remind", "--test", PARTNER, "--as-of", DAY)
    assert (code, out) == (0, "")
    assert f"A sample was sent to {PARTNER}" in err
    assert post.recipients() == [PARTNER]
    assert run("remind", "--list")[1].count(PARTNER) == 0
    assert run("remind", ID, "--as-of", DAY, "--mail-to", PARTNER)[0] == 0
    assert len(post.arrived) == 2
