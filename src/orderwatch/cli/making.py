"""Make the log that the settings name, or say how an administrator makes it."""

from orderwatch.address import is_shared, shown
from orderwatch.errors import UsageError
from orderwatch.fs import files as disk
from orderwatch.settings import Settings
from orderwatch.snapshot import log_of, log_password


def log(chosen: Settings) -> str:
    """Make the log, if there is none; say what there is."""
    url = str(chosen.log.value)
    if is_shared(url):
        from orderwatch.ledger.postgres.making import make

        where, made = shown(url), make(url, log_password(chosen))
    else:
        where, made = _file(url)
    with log_of(chosen) as found:
        head = found.head()
    done = "is made" if made else "is there already"
    return f"The log {where} {done}: {head.size} entries, name {head.origin}\n"


def _file(url: str) -> tuple[str, bool]:
    from orderwatch.ledger.store import open_store, path_of

    path = path_of(url)
    made = not disk.is_there(path)
    with open_store(url, write=True, must_exist=False) as found:
        found.ensure()
    return str(path), made


def sql(chosen: Settings) -> str:
    """Write the SQL by which an administrator makes the log."""
    url = str(chosen.log.value)
    if not is_shared(url):
        raise UsageError(
            "--sql is for a log in PostgreSQL: name one, as in --log postgresql://…"
        )
    from orderwatch.ledger.postgres.making import script

    return script(url)
