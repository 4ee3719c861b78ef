# The tasks of this project: "just" lists them. Some take options of pytest, such as "just test -k outbox".
set positional-arguments

export PATH := justfile_directory() / ".venv" / "bin:" + env("PATH")

_default:
    @just --list --unsorted

# Format, and correct what ruff can correct.
format:
    ruff format
    ruff check --fix

# Check format, lint, types and the import contract.
lint:
    ruff format --check
    ruff check
    mypy
    lint-imports

# Run the unit, property and command tests (two minutes on two cores).
test *OPTIONS:
    pytest --numprocesses=auto tests/unit tests/property tests/cli "$@"

# Run every check and every test, the slow ones too.
all *OPTIONS: lint
    pytest --numprocesses=auto -m "not machine" "$@"

# Accept the present output as golden files and in the pages; review the diff.
golden:
    pytest --numprocesses=auto --update-golden tests/unit tests/cli tests/docs
    git diff --stat

# Update the schemas, the reference and the picture, build the site in build/site, test the pages.
docs:
    python tools/schemas.py
    python tools/reference.py
    python tools/picture.py
    python tools/website.py
    pytest --numprocesses=auto tests/docs

# Torture the log and fuzz every reader at full length (hours).
stress:
    python -m tests.stress.torture
    python -m tests.stress.fuzz --inputs 1000000
    pytest --numprocesses=auto --hypothesis-profile=stress tests/property

# Run benchmarks, by name or all but the mutants (half an hour, idle machine).
bench *NAMES="speed pages log shared publish":
    for name in {{ NAMES }}; do python "bench/$name.py" || exit; done

# Build a release twice, compare, check and install it; write its SBOM.
release:
    python tools/audit.py
    python tools/release.py
