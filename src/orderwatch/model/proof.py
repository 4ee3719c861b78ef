"""What the signatures of a checkpoint are worth."""

from datetime import datetime

from orderwatch.frozen import Frozen
from orderwatch.model import TreeHead


class Trust(Frozen):
    """A tree head from a file, and which signatures of its checkpoint were verified."""

    head: TreeHead
    keys: int = 0
    """Number of keys that were given, of which one signed."""
    by_policy: bool = False
    """Whether a log of a policy signed."""
    by_recorder: bool = False
    """Whether the key of the recorder of the entry signed, under the name of the log."""
    by_owner: bool = False
    """Whether that key made the log: its name contains the fingerprint."""
    cosignatures: tuple[tuple[str, datetime], ...] = ()
    """Witnesses of a policy that cosigned, and when."""
    unchecked: int = 0
    """Number of signatures by other keys."""
