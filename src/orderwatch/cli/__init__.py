"""Command line; what needs neither Typer nor the register is done without importing them."""

import atexit
import gc
import os
import sys
from collections.abc import Mapping

from orderwatch import __version__

COMPLETE = "_ORDERWATCH_COMPLETE"
"""The variable in which a shell asks for completions."""
_HOMES = {
    "linux": (".config", ".local/share"),
    "darwin": ("Library/Application Support", "Library/Application Support"),
}


def main(argv: list[str] | None = None) -> None:
    """Run a command, and exit with its code."""
    # A command is short-lived and a register has many objects: searching them for
    # cycles takes longer than not freeing the few cycles, also when Python exits.
    gc.set_threshold(200_000, 20, 20)
    atexit.register(gc.freeze)
    arguments = sys.argv[1:] if argv is None else list(argv)
    if COMPLETE in os.environ:
        _complete()
    elif arguments in (["--version"], ["-V"]):
        raise SystemExit(_print_version())
    from orderwatch.cli.app import run

    run(arguments)


def _complete() -> None:
    """Print completions and exit; return if Typer has to."""
    from orderwatch.cli import completion

    if sys.stdout is not None and (result := completion.answer(dict(os.environ))):
        text, code = result
        try:
            if code == 0:
                sys.stdout.write(f"{text}\n")
                sys.stdout.flush()
        except OSError:
            return
        raise SystemExit(code)


def folder(environ: Mapping[str, str], kind: int) -> str | None:
    """Return the folder of the configuration, 0, or of the data, 1; `None` if not decided here."""
    folders = _HOMES.get(sys.platform)
    home = environ.get("HOME", "")
    if folders is None or not home.startswith("/"):
        return None
    base = environ.get(("XDG_CONFIG_HOME", "XDG_DATA_HOME")[kind], "")
    base = base if base.startswith("/") else f"{home}/{folders[kind]}"
    return os.path.join(base, "orderwatch")  # noqa: PTH118 - pathlib takes longer


def _print_version() -> int:
    from orderwatch.cli.terminal import streams
    from orderwatch.errors import DeliveryError

    streams.reopen_closed_streams()
    try:
        streams.write_result(f"orderwatch {__version__}\n")
    except DeliveryError as error:
        streams.print_error(str(error))
        return error.exit_code
    return 0
