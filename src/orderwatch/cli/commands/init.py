"""`init`: create a config file and an empty log."""

from pathlib import Path
from typing import Annotated, Any

import typer

from orderwatch import fs as disk
from orderwatch.cli.options import settings
from orderwatch.cli.terminal import streams
from orderwatch.cli.terminal.streams import confirm, prompt, prompt_until_valid
from orderwatch.event_input import parse_text
from orderwatch.frozen import replace
from orderwatch.settings import Setting, Settings, writer
from orderwatch.settings.writer import SECURITY_MODES, Answers
from orderwatch.snapshot import HomeKey, log_password
from orderwatch.translation import _, mark

app = typer.Typer(rich_markup_mode=None, add_completion=False)

Recorder = Annotated[
    str | None,
    typer.Option(
        "--recorder", metavar="NAME", help=mark("Name that entries of the log are recorded under.")
    ),
]
Host = Annotated[
    str | None,
    typer.Option("--mail-host", metavar="NAME", help=mark("Mail server.")),
]
Security = Annotated[
    str | None,
    typer.Option("--mail-security", metavar="HOW", help=mark("starttls (default), tls or none.")),
]
Sender = Annotated[
    str | None,
    typer.Option("--mail-from", metavar="ADDRESS", help=mark("Sender of reminders.")),
]
User = Annotated[
    str | None,
    typer.Option("--mail-user", metavar="NAME", help=mark("User name at the mail server.")),
]
Password = Annotated[
    str | None,
    typer.Option(
        "--mail-password-command",
        metavar="COMMAND",
        help=mark("Command that prints the password; run without a shell."),
    ),
]
MailTo = Annotated[
    list[str] | None,
    typer.Option("--mail-to", metavar="ADDRESS", help=mark("Recipient of reminders; repeatable.")),
]
Yes = Annotated[
    bool, typer.Option("--yes", help=mark("Do not ask; use the options and the defaults."))
]
Log = Annotated[
    str | None,
    typer.Option("--log", metavar="URL", help=mark("The log to create: a path or a URL.")),
]
Sql = Annotated[
    bool,
    typer.Option("--sql", help=mark("Print the SQL that creates a log in PostgreSQL.")),
]


@app.command()
def init(
    ctx: typer.Context,
    recorder: Recorder = None,
    host: Host = None,
    security: Security = None,
    sender: Sender = None,
    user: User = None,
    password_command: Password = None,
    mail_to: MailTo = None,
    yes: Yes = False,
    log_url: Log = None,
    sql: Sql = False,
) -> None:
    """Create a config file and an empty log.

    On a terminal it asks for what no option sets. Existing files are not changed.
    Without a terminal, options or --yes, only the log is created.

    For example:
      orderwatch init
      orderwatch init --mail-host smtp.example.org --mail-from desk@example.org
      orderwatch init --log postgresql://db.example/orders --sql > log.sql
    """
    from orderwatch.log import create_log, create_script

    effective = _override_log(settings(ctx), log_url)
    home_key = HomeKey(effective)
    if sql:
        streams.write_result(create_script(str(effective.log.value), home_key.owner))
        streams.print_message(home_key.note)
        return
    path = Path(str(effective.config.value)).expanduser()
    option_answers = Answers(
        recorder=recorder,
        host=host,
        security=security,
        sender=sender,
        user=user,
        password_command=password_command,
        mail_to=tuple(mail_to or ()),
    )
    has_options = option_answers != Answers()
    exists = disk.may_exist(path)
    if has_options and exists:
        raise writer.exists_error(path)
    interactive = streams.is_interactive() and not yes and not has_options and not exists
    content = None
    if interactive or ((has_options or yes) and not exists):
        writer.validate(option_answers)
        defaults = writer.merge_settings(effective, option_answers)
        log = str(effective.log.value)
        answers = prompt_answers(defaults, log) if interactive else defaults
        content = writer.render(answers, log)
        effective = _override_log(effective, answers.log)
    if interactive and content is not None:
        _confirm_write(path, content)
    message = create_log(str(effective.log.value), log_password(effective), home_key.owner)
    if content is not None:
        writer.create(path, content)
        message += _("Created {path}.").format(path=path) + "\n"
    elif exists:
        message += _("{path} exists and was not changed.").format(path=path) + "\n"
    if interactive:
        message += _("Next: `orderwatch status`, `orderwatch doctor`.") + "\n"
    streams.write_outcome(message, _("it was created"))
    streams.print_message(home_key.note)


def _confirm_write(path: Path, content: str) -> None:
    from orderwatch.render.sanitize import sanitize_lines

    # Print the lines unwrapped, exactly as they will be written.
    streams.print_hint(sanitize_lines(f"\n{path}:\n\n{content}"))
    if not confirm(_("Write this file?"), default=True):
        streams.print_message(_("Nothing was written."))
        raise typer.Exit(130)


def _override_log(settings: Settings, log: str | None) -> Settings:
    if log is None:
        return settings
    return replace(settings, log=Setting(value=log, source="option --log"))


def prompt_answers(defaults: Answers, log: str) -> Answers:
    """Prompt for the values; an empty reply selects the default."""
    streams.print_message(_("Enter accepts the value in brackets. Ctrl-C cancels."))
    recorder = prompt_until_valid(
        _("Your name, for entries of the log"), parse_text, defaults.recorder
    )
    location = prompt_until_valid(_("Path or URL of the log"), parse_text, defaults.log or log)
    answers = replace(
        defaults,
        recorder=recorder,
        log=defaults.log if location == log else writer.absolute(location),
    )
    if not confirm(_("Send reminders by mail?")):
        return answers
    return replace(
        answers,
        host=prompt_until_valid(_("Mail server, such as smtp.example.org"), parse_text),
        security=prompt_until_valid(
            _("Encryption ({modes})").format(modes=", ".join(SECURITY_MODES)),
            writer.validate_security,
            SECURITY_MODES[0],
        ),
        sender=prompt_until_valid(_("Sender address"), writer.validate_address),
        **_prompt_login(),
        mail_to=writer.parse_addresses(
            prompt_until_valid(_("Recipients, separated by commas"), writer.parse_addresses)
        ),
    )


def _prompt_login() -> dict[str, Any]:
    user = prompt(_("User name at the mail server (Enter for none)"))
    if not user:
        return {}
    question = _("Command that prints the password (Enter to use ORDERWATCH_MAIL_PASSWORD)")
    return {"user": user, "password_command": prompt(question) or None}
