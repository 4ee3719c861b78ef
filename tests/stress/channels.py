"""Attack the client of release channels: it must refuse each and name the reason.

    python -m tests.stress.channels [--attacks N] [--seed N]

The exit code is 1 if a channel was accepted, refused without its reason, or changed the register
in use or what was seen before.
"""

import argparse
import re
import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.support import channels


def run(count: int, seed: int, folder: Path) -> tuple[Counter[str], list[str]]:
    """Attack; return how often each kind was refused, and what went wrong."""
    refused, wrong = Counter[str](), list[str]()
    homes = {
        seen: channels.home(folder / f"home-{seen}", seen, installed=seen - 1)
        for seen in range(2, channels.COUNT)
    }
    for number, (name, chance, seen) in enumerate(channels.plan(count, seed)):
        installation = homes[seen]
        used, content = installation.in_use(), _content(installation.folder)
        attack = channels.attack(name, folder / "attack", chance, seen)
        reason = channels.attempt(attack, installation)
        changed = {
            path
            for path, data in _content(installation.folder).items()
            if content.get(path) != data
        }
        if reason is None:
            wrong.append(f"{number}: {name}: accepted")
        elif not re.search(attack.reason, reason):
            wrong.append(f"{number}: {name}: not named: {reason}")
        elif "The register in use was not changed." not in reason or installation.in_use() != used:
            wrong.append(f"{number}: {name}: changed the register in use")
        elif {path for path in changed if path.parent.name != "channels"}:
            wrong.append(f"{number}: {name}: changed what is installed")
        elif changed and not attack.is_list_valid:
            wrong.append(f"{number}: {name}: changed what was seen")
        else:
            refused[name] += 1
        if changed:
            homes[seen] = channels.home(folder / f"home-{number}", seen, installed=seen - 1)
    return refused, wrong


def _content(folder: Path) -> dict[Path, bytes]:
    """Return the files of a home, without what was refused."""
    return {
        path: path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".refused"
    }


def main() -> None:
    """Attack, and print how often each kind was refused."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--attacks", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        refused, wrong = run(options.attacks, options.seed, Path(folder))
    for name, times in refused.items():
        print(f"{times:5}  {name}")
    print(f"{sum(refused.values())} of {options.attacks} refused and named", *wrong, sep="\n")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
