"""Where the files lie that tests read."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
TESTS = ROOT / "tests"
CASES = TESTS / "cases"
CORPUS = TESTS / "corpus"
GOLDEN = TESTS / "golden"
SCHEMAS = ROOT / "src" / "orderwatch" / "schemas"
SMALL = CASES / "register.toml"
"""A small register, with each shape that an order can have."""
