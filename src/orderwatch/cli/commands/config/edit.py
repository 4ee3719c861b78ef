"""`config edit`: the configuration file in an editor."""

import os
import shlex
import subprocess
from pathlib import Path

import typer

from orderwatch import fs
from orderwatch.cli.commands.config.set import config_path, warn_of_unknown
from orderwatch.cli.terminal import streams
from orderwatch.errors import UsageError
from orderwatch.settings import editor, load, writer
from orderwatch.translation import _


def edit(ctx: typer.Context) -> None:
    """Open the configuration file in $VISUAL or $EDITOR.

    What is saved is validated; the file stays as it was if it is invalid.

    For example:
      orderwatch config edit
      orderwatch --config office.toml config edit
    """
    path = config_path(ctx)
    before = editor.read(path)
    content = before or _template()
    fs.create_folder(path.resolve().parent)
    with fs.temporary_file(path.resolve(), suffix=".toml") as draft:
        draft.write_bytes(content.encode())
        while True:
            _run_editor(draft)
            edited = editor.read(draft)
            if edited == content:
                streams.write_result(f"{_('{path}: not changed').format(path=path)}\n")
                return
            try:
                editor.save(path, edited, before)
                break
            except UsageError as error:
                if not streams.is_interactive():
                    raise
                streams.print_error(str(error))
                if not streams.confirm(_("Edit again?"), default=True):
                    raise typer.Exit(UsageError.exit_code) from error
    streams.write_result(f"{_('{path}: changed').format(path=path)}\n")
    warn_of_unknown(ctx)


def _template() -> str:
    """Return the text of a new configuration: comments that name what can be set."""
    default = load({"config": os.devnull}, {}).log.value
    return writer.render(writer.Answers(), str(default))


def _run_editor(path: Path) -> None:
    """Run the editor of the user on a file; raise `UsageError` if it fails."""
    command = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    try:
        argv = [*shlex.split(command), str(path)]
        code = subprocess.run(argv, check=False).returncode  # noqa: S603 - the user's own editor
    except (OSError, ValueError) as error:
        text = _("the editor {command!r} cannot be run: {reason}; $EDITOR names another")
        reason = getattr(error, "strerror", None) or error
        raise UsageError(text.format(command=command, reason=reason)) from error
    if code:
        text = _("the editor {command!r} ended with {code}; nothing was changed")
        raise UsageError(text.format(command=command, code=code))
