"""`init`: a configuration and an empty log, where there are none."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from orderwatch.cli.options import settings
from orderwatch.cli.terminal import streams
from orderwatch.fs import files as disk
from orderwatch.settings import Setting, Settings

app = typer.Typer(rich_markup_mode=None, add_completion=False)

Recorder = Annotated[
    str | None,
    typer.Option("--recorder", metavar="NAME", help="Who records entries of the log."),
]
Host = Annotated[
    str | None,
    typer.Option("--mail-host", metavar="NAME", help="The server that takes mail."),
]
Security = Annotated[
    str | None,
    typer.Option(
        "--mail-security", metavar="HOW", help="starttls (usual), tls or none."
    ),
]
Sender = Annotated[
    str | None,
    typer.Option("--mail-from", metavar="ADDRESS", help="Who reminders come from."),
]
User = Annotated[
    str | None,
    typer.Option("--mail-user", metavar="NAME", help="The user name at the server."),
]
Password = Annotated[
    str | None,
    typer.Option(
        "--mail-password-command",
        metavar="COMMAND",
        help="What prints the password; it is run without a shell.",
    ),
]
MailTo = Annotated[
    list[str] | None,
    typer.Option("--mail-to", metavar="ADDRESS", help="Who gets reminders."),
]
Yes = Annotated[
    bool, typer.Option("--yes", help="Ask nothing: take the options, else the usual.")
]
Log = Annotated[
    str | None,
    typer.Option("--log", metavar="URL", help="The log to make, as before `init`."),
]
Sql = Annotated[
    bool,
    typer.Option(
        "--sql", help="Print what makes a log in PostgreSQL, for an administrator."
    ),
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
    """Make a configuration and an empty log, where there are none.

    A person at a terminal is asked. What is there already stays as it is. Without a
    terminal, options or --yes, only the log is made.

    For example:
      orderwatch init
      orderwatch init --mail-host smtp.example.org --mail-from desk@example.org
      orderwatch init --log postgresql://db.example/orders --sql > log.sql
    """
    from orderwatch import settings_writer
    from orderwatch.cli import making

    chosen = _with(settings(ctx), log_url)
    if sql:
        streams.emit(making.sql(chosen))
        return
    path = Path(str(chosen.config.value)).expanduser()
    found = settings_writer.Answers(
        recorder=recorder,
        host=host,
        security=security,
        sender=sender,
        user=user,
        password_command=password_command,
        mail_to=tuple(mail_to or ()),
    )
    given = found != settings_writer.Answers()
    exists = disk.is_there(path)
    if given and exists:
        raise settings_writer.there(path)
    asks = streams.conversing() and not yes and not given and not exists
    content = None
    if asks or ((given or yes) and not exists):
        settings_writer.check(found)
        known, log = settings_writer.named(chosen, found), str(chosen.log.value)
        answers = settings_writer.ask(known, log) if asks else known
        content = settings_writer.text(answers, log)
        chosen = _with(chosen, answers.log)
    if asks and content is not None:
        _confirm(path, content)
    said = making.log(chosen)
    if content is not None:
        settings_writer.make(path, content)
        said += f"The configuration {path} is made.\n"
    elif exists:
        said += f"The configuration {path} is there already.\n"
    if asks:
        said += "Next: `orderwatch status`, `orderwatch doctor`.\n"
    streams.report(said, "it is made")


def _confirm(path: Path, content: str) -> None:
    from orderwatch.cli.terminal.prompt import sure
    from orderwatch.render.sanitize import visible_lines

    # As it will be, to the end of each line.
    streams.advise(visible_lines(f"\n{path}:\n\n{content}"))
    if not sure("Write this?", unless=True):
        streams.tell("Nothing was written.")
        raise typer.Exit(130)


def _with(chosen: Settings, log: str | None) -> Settings:
    if log is None:
        return chosen
    return replace(chosen, log=Setting(value=log, source="option --log"))
