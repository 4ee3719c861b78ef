"""Shell completion of ids."""

import typer

from orderwatch import lookup
from orderwatch.errors import OrderwatchError
from orderwatch.settings.types import Settings


def complete_ids(ctx: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """Return ids and aliases that complete a prefix, one level at a time."""
    from textwrap import shorten

    from orderwatch.render.sanitize import sanitize
    from orderwatch.snapshot import Snapshot

    try:
        summaries = lookup.descriptions(Snapshot(_load_settings(ctx)).register)
    except OrderwatchError:
        return []
    prefix = incomplete.casefold()
    depth_max = prefix.count("/") + 1 if prefix else 0
    # Typer wraps long descriptions, and fish takes each line for a name. A completion
    # must begin with what was typed, in the same case.
    return [
        (
            incomplete + name[len(prefix) :],
            shorten(sanitize(summary), 60, placeholder="…"),
        )
        for name, summary in summaries.items()
        if name.startswith(prefix) and name.count("/") <= depth_max
    ]


def _load_settings(ctx: typer.Context) -> Settings:
    """Load the settings for completion, when no command has run."""
    import os

    from orderwatch.settings.load import load

    return load(global_options(ctx), os.environ)


def global_options(ctx: typer.Context) -> dict[str, str | None]:
    """Return the values of the global options, to load the settings with."""
    params = ctx.find_root().params
    return {
        "orders": params.get("orders_file"),
        "log": params.get("log_url"),
        "config": params.get("config_file"),
    }
