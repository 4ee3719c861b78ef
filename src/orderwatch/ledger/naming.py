"""The name of a log: what its checkpoints begin with. It tells when it was damaged.

No entry holds it, and so no hash of the tree: its last digits are those of the others.
"""

import re
from hashlib import sha256

_CHECKED = re.compile(r"(orderwatch/[0-9a-f]{16})([0-9a-f]{4})")


def named(digits: str) -> str:
    """Make a name of 16 random digits."""
    name = f"orderwatch/{digits}"
    return name + _check(name)


def is_whole(name: str) -> bool:
    """Tell whether a name can be one that was made."""
    found = _CHECKED.fullmatch(name)
    return found is not None and _check(found[1]) == found[2]


def _check(name: str) -> str:
    return sha256(name.encode()).hexdigest()[:4]
