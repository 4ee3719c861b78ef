"""Try to get logs cosigned that were rewritten, cut or forked: a witness must refuse each.

    python -m tests.stress.witness [--tries N] [--seed N]

The exit code is 1 if one was cosigned, or changed the memory of the witness.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.support.witnessed_logs import attempts


def main() -> int:
    """Run as a program."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tries", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=21)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        try:
            refused = attempts(Path(folder) / "witness", options.tries, options.seed)
        except AssertionError as error:
            print(error)
            return 1
    print(f"{sum(refused.values())} of {options.tries} refused:", refused)
    return 0


if __name__ == "__main__":
    sys.exit(main())
