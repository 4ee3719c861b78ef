"""Make a log, or say how an administrator makes it."""

from orderwatch.address import is_shared, strip_secrets
from orderwatch.errors import UsageError
from orderwatch.fs import files
from orderwatch.ledger.store import open_store, path_of


def log(url: str, password: str | None) -> str:
    """Make the log at an address, if there is none; say what there is."""
    if is_shared(url):
        from orderwatch.ledger.postgres.making import make

        where, made = strip_secrets(url), make(url, password)
    else:
        where, made = _file(url)
    with open_store(url, write=False, must_exist=True, password=password) as store:
        head = store.head()
    done = "is made" if made else "is there already"
    return f"The log {where} {done}: {head.size} entries, name {head.origin}\n"


def _file(url: str) -> tuple[str, bool]:
    path = path_of(url)
    made = not files.may_exist(path)
    with open_store(url, write=True, must_exist=False) as store:
        store.ensure()
    return str(path), made


def sql(url: str) -> str:
    """Write the SQL by which an administrator makes the log."""
    if not is_shared(url):
        raise UsageError(
            "--sql is for a log in PostgreSQL: name one, as in --log postgresql://…"
        )
    from orderwatch.ledger.postgres.making import script

    return script(url)
