"""Shell completion of ids."""

import typer

from orderwatch import lookup
from orderwatch.errors import OrderwatchError
from orderwatch.settings import Settings


def complete_ids(ctx: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """Offer ids and aliases, each level after the one before it."""
    from textwrap import shorten

    from orderwatch.render.sanitize import visible
    from orderwatch.snapshot import register

    try:
        known = lookup.names(register(_settings_of(ctx)))
    except OrderwatchError:
        return []
    typed = incomplete.casefold()
    deepest = typed.count("/") + 1 if typed else 0
    # Typer breaks long texts into lines, which fish takes for more names; what was
    # typed in capitals it would not find again.
    return [
        (incomplete + name[len(typed) :], shorten(visible(about), 60, placeholder="…"))
        for name, about in known.items()
        if name.startswith(typed) and name.count("/") <= deepest
    ]


def _settings_of(ctx: typer.Context) -> Settings:
    """Settle the settings while completing, when no command has run."""
    import os

    from orderwatch.settings import load

    return load(given(ctx), os.environ)


def given(ctx: typer.Context) -> dict[str, str | None]:
    """Give the global options, as the settings are loaded with them."""
    found = ctx.find_root().params
    return {
        "orders": found.get("orders_file"),
        "log": found.get("log_url"),
        "config": found.get("config_file"),
    }
