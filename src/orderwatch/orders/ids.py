"""How the parts of an id are written; used by what checks and by what builds."""

import re

LAST_CASE = 999_999
"""The highest number that a case can have."""

ORDER = r"^[1-9][0-9]*/[0-9]{4}-[0-9]{2}-[0-9]{2}$"
"""The pattern of the id of an order."""


def key(point: str, part: int | None) -> str:
    """Turn a point into the last part of an id: `(2)(a)` -> `2a`, with part `2a.1`."""
    plain = re.sub(r"[(). ]", "", point).lower()
    return plain if part is None else f"{plain}.{part}"
