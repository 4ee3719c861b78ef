"""Memory of the Court's list: how many decisions it had last time."""

import json
from datetime import date
from pathlib import Path

from orderwatch import fs
from orderwatch.errors import RegisterError
from orderwatch.frozen import Frozen
from orderwatch.translation import _

_SCHEMA = "orderwatch/court-list/1"
_SIZE_MAX = 10_000


class Seen(Frozen):
    """The list as it was last time."""

    rows: int
    day: date


def read(path: Path) -> Seen | None:
    """Read the memory; `None` without a file. Raises `RegisterError` if it is damaged."""
    try:
        document = json.loads(fs.read(path, _SIZE_MAX))
        return Seen(rows=int(document["rows"]), day=date.fromisoformat(document["day"]))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        text = _(
            "{path} is damaged. It holds how many decisions the list had: remove it to go on"
            " without it"
        )
        raise RegisterError(text.format(path=path)) from error


def write(path: Path, seen: Seen) -> None:
    """Write the memory; raise `OSError` if that fails."""
    fs.create_folder(path.parent)
    document = {"schema": _SCHEMA, "rows": seen.rows, "day": str(seen.day)}
    fs.write(path, [json.dumps(document).encode() + b"\n"])
