"""Have Lighthouse judge five pages of a published folder, on a phone and on a desk.

    python -m tests.stress.lighthouse [--least 0.98]

Lighthouse is installed with npm below `build`. The exit code is 1 if a figure is too low.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.support import npm
from tests.support.browsers import CHROMIUM, FLAGS
from tests.support.site_server import served

PAGES = {
    "front": "",
    "State": "states/israel/",
    "case": "cases/192/",
    "order": "orders/192-2024-05-24/",
    "obligation": "orders/192-2024-05-24/p-2b/",
}
CATEGORIES = ("accessibility", "best-practices", "seo")
FORMS = {"phone": (), "desk": ("--preset=desktop",)}


def judge(lighthouse: Path, url: str, *options: str) -> dict[str, float]:
    """Return the score of each category, and of each audit that is not full."""
    done = subprocess.run(  # noqa: S603 - the judge of this script
        [
            *("node", str(lighthouse / "cli" / "index.js"), url, "--quiet", "--output=json"),
            f"--chrome-flags={' '.join(FLAGS)}",
            f"--only-categories={','.join(CATEGORIES)}",
            *options,
        ],
        env={**os.environ, "CHROME_PATH": str(CHROMIUM)},
        check=True,
        stdout=subprocess.PIPE,
    )
    report = json.loads(done.stdout)
    scores = {name: float(report["categories"][name]["score"] or 0) for name in CATEGORIES}
    audits = report["audits"].items()
    low = {id_: item["score"] for id_, item in audits if item["score"] not in {None, 1}}
    return scores | low


def main() -> None:
    """Publish, judge each page, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--least", type=float, default=0.98)
    least = parser.parse_args().least
    lighthouse = npm.install("lighthouse", "12.8.2")
    is_low = False
    with tempfile.TemporaryDirectory() as name, served(Path(name)) as address:
        subprocess.run(  # noqa: S603 - our own program
            [
                *(sys.executable, "-m", "orderwatch", "publish", name, "--force", "--no-log"),
                *("--base-url", address),
            ],
            check=True,
        )
        for page, path in PAGES.items():
            for form, options in FORMS.items():
                scores = judge(lighthouse, f"{address}{path}", *options)
                print(f"{page}, {form}: {', '.join(f'{k} {v}' for k, v in scores.items())}")
                is_low |= any(scores[name] < least for name in CATEGORIES)
    sys.exit(is_low)


if __name__ == "__main__":
    main()
