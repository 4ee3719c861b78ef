"""Verify a log in PostgreSQL: its entries, indexes and definitions."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import lru_cache
from importlib import resources

import psycopg

from orderwatch.log.postgres import schema
from orderwatch.log.postgres.connection import Connection
from orderwatch.log.reader import entry_count, first_authority
from orderwatch.log.sql_log import no_progress
from orderwatch.log.verify import (
    VerificationError,
    Verifier,
    check_origin,
    check_orphans,
    withheld_seqs,
)
from orderwatch.model import TreeHead
from orderwatch.model.entry import VerificationReport
from orderwatch.translation import _

_BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_SETTINGS = "SET LOCAL search_path = orderwatch, pg_temp; SET LOCAL quote_all_identifiers = off"
"""Settings of definitions as PostgreSQL prints them."""
_SELECT_INDEX = (
    "SELECT id, string_agg(CAST((seq << 23) + (day << 1) + CAST(affects_status AS int)"
    " AS text), ',' ORDER BY seq) FROM event_subject WHERE seq <= ? GROUP BY id"
)
_MANIFEST = "manifest.txt"
_OBJECTS = """
WITH space AS (SELECT oid, nspowner FROM pg_namespace WHERE nspname = 'orderwatch'),
rel AS (SELECT c.* FROM pg_class AS c JOIN space ON space.oid = c.relnamespace)
SELECT relname, concat_ws(' ', 'relation', relname, relkind, relpersistence, relreplident,
    array_to_string(reloptions, ','), CASE WHEN relrowsecurity THEN 'row security' END,
    CASE WHEN relforcerowsecurity THEN 'forced' END,
    CASE WHEN relowner <> nspowner THEN 'another owner' END)
  FROM rel JOIN space ON true WHERE relkind <> 'i'
UNION ALL
SELECT relname, concat_ws(' ', 'column', relname, attnum, attname,
    format_type(atttypid, atttypmod), CASE WHEN attnotnull THEN 'NOT NULL' END,
    CASE WHEN attcollation <> typcollation THEN collname END, pg_get_expr(adbin, adrelid),
    nullif(attidentity, ''), nullif(attgenerated, ''), CASE WHEN attinhcount > 0 THEN 'child' END)
  FROM rel JOIN pg_attribute ON attrelid = rel.oid LEFT JOIN pg_type AS t ON t.oid = atttypid
  LEFT JOIN pg_collation AS l ON l.oid = attcollation
  LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
  WHERE attnum > 0 AND relkind NOT IN ('i', 'I')
UNION ALL
SELECT conname, concat_ws(' ', 'constraint', conname, relname, pg_get_constraintdef(k.oid),
    CASE WHEN NOT convalidated THEN 'not valid' END)
  FROM rel JOIN pg_constraint AS k ON rel.oid IN (conrelid, confrelid) WHERE contype <> 'n'
UNION ALL
SELECT c.relname, concat_ws(' ', 'index', c.relname, pg_get_indexdef(indexrelid),
    CASE WHEN NOT (indisvalid AND indisready AND indislive) THEN 'not valid' END)
  FROM rel JOIN pg_index ON indrelid = rel.oid JOIN pg_class AS c ON c.oid = indexrelid
UNION ALL
SELECT tgname, concat_ws(' ', 'trigger', tgname, pg_get_triggerdef(t.oid, true), tgenabled)
  FROM rel JOIN pg_trigger AS t ON tgrelid = rel.oid WHERE NOT tgisinternal
UNION ALL
SELECT proname, concat_ws(' ', 'function', proname, pg_get_function_identity_arguments(p.oid),
    '->', pg_get_function_result(p.oid), lanname, prokind, provolatile, proparallel,
    CASE WHEN prosecdef THEN 'SECURITY DEFINER' END, CASE WHEN proisstrict THEN 'STRICT' END,
    CASE WHEN proleakproof THEN 'LEAKPROOF' END,
    replace(array_to_string(proconfig, ','), '"', ''), nullif(prosupport::text, '-'),
    CASE WHEN proowner <> nspowner THEN 'another owner' END,
    encode(sha256(convert_to(prosrc, 'UTF8')), 'hex'))
  FROM pg_proc AS p JOIN space ON space.oid = pronamespace JOIN pg_language AS l ON l.oid = prolang
UNION ALL
SELECT rulename, concat_ws(' ', 'rule', relname, rulename, ev_enabled)
  FROM rel JOIN pg_rewrite ON ev_class = rel.oid WHERE rulename <> '_RETURN'
UNION ALL
SELECT polname, concat_ws(' ', 'policy', relname, polname)
  FROM rel JOIN pg_policy ON polrelid = rel.oid
UNION ALL
SELECT relname, concat_ws(' ', 'inheritance', inhparent::regclass, inhrelid::regclass)
  FROM rel JOIN pg_inherits ON rel.oid IN (inhparent, inhrelid)
UNION ALL
SELECT pubname, concat_ws(' ', 'publication', pubname, tablename)
  FROM pg_publication_tables WHERE schemaname = 'orderwatch'
UNION ALL
SELECT relname, concat_ws(' ', 'subscription', relname)
  FROM rel JOIN pg_subscription_rel ON srrelid = rel.oid
UNION ALL
SELECT d.name, concat_ws(' ', 'object', d.name) FROM (
    SELECT pg_describe_object(classid, objid, objsubid) FROM pg_depend JOIN space ON true
    WHERE refclassid = 'pg_namespace'::regclass AND refobjid = space.oid
      AND classid NOT IN ('pg_class'::regclass, 'pg_proc'::regclass)
  ) AS d(name)
UNION ALL
SELECT split_part(s.item, '=', 1), concat_ws(' ', 'setting', s.item)
  FROM pg_db_role_setting JOIN space ON true
    JOIN pg_database ON datname = current_database(), unnest(setconfig) AS s(item)
  WHERE (setdatabase = pg_database.oid OR (setdatabase = 0 AND setrole <> 0
      AND has_schema_privilege(setrole, space.oid, 'USAGE')))
    AND s.item ~* '^(session_replication_role=|synchronous_commit=(off|local|0|false|no)$)'
UNION ALL
SELECT name, concat_ws(' ', 'setting', name, setting) FROM pg_settings
  WHERE name = 'session_replication_role' AND setting <> 'origin'
"""
"""Objects of a log, each with all that can be altered of it: name, and a line."""
_RIGHTS = """
WITH space AS (SELECT * FROM pg_namespace WHERE nspname = 'orderwatch'),
acl (item, owner, list) AS (
  SELECT 'schema', nspowner, coalesce(nspacl, acldefault('n', nspowner)) FROM space
  UNION ALL
  SELECT relname, relowner, coalesce(relacl, acldefault('r', relowner)) FROM pg_class
    JOIN space ON space.oid = relnamespace WHERE relkind NOT IN ('i', 'I', 'c')
  UNION ALL
  SELECT concat(relname, '.', attname), relowner, attacl FROM pg_class
    JOIN space ON space.oid = relnamespace JOIN pg_attribute ON attrelid = pg_class.oid
    WHERE attacl IS NOT NULL
  UNION ALL
  SELECT concat(proname, '()'), proowner, coalesce(proacl, acldefault('f', proowner)) FROM pg_proc
    JOIN space ON space.oid = pronamespace
)
SELECT coalesce(rolname, 'PUBLIC'),
  concat_ws(' ', x.privilege_type, item, CASE WHEN x.is_grantable THEN 'grantable' END)
  FROM acl, aclexplode(list) AS x LEFT JOIN pg_roles AS r ON r.oid = x.grantee
  WHERE x.grantee <> owner
"""
"""Rights of everybody but the owner: role, and a line."""


def verify(
    con: Connection, checkpoints: Sequence[TreeHead], progress: Callable[[int], None]
) -> VerificationReport:
    """Verify a snapshot of a log; later entries are not verified."""
    con.execute(_BEGIN)
    try:
        return verify_now(con, checkpoints, progress)
    finally:
        with suppress(psycopg.Error):
            con.execute("ROLLBACK")


def verify_now(
    con: Connection,
    checkpoints: Sequence[TreeHead] = (),
    progress: Callable[[int], None] = no_progress,
) -> VerificationReport:
    """Verify a log in the open transaction."""
    con.execute(_SETTINGS)
    verifier = Verifier(checkpoints, first_authority(con))
    try:
        until = entry_count(con)
        _check_definitions(con)
        check_origin(con)
        verifier.verify_entries(con, until, progress)
        verifier.finish(withheld=withheld_seqs(con))
        verifier.compare_effects(con)
        check_orphans(con)
        # No concurrent redaction is visible in this transaction.
        verifier.compare_index(con.stream(_SELECT_INDEX, (until,)), set())
    except VerificationError as problem:
        return verifier.report(problem)
    return verifier.report()


def _check_definitions(con: Connection) -> None:
    """Compare the database with the manifest of a log: every object, right and setting."""
    expected = expected_manifest()
    stored = {line: name for name, line in read_objects(con)}
    wrong = [name for line, name in stored.items() if line not in expected]
    missing = [
        line.split()[1] for line in expected.difference(stored) if not line.startswith("right ")
    ]
    for name in [*sorted(wrong), *sorted(missing)]:
        raise VerificationError(
            _("the log was altered: {name} differs from its definition").format(name=name)
        )
    profiles = [
        {line.split(maxsplit=2)[2] for line in expected if line.startswith(f"right {role} ")}
        for role in schema.ROLES
    ]
    rights = read_rights(con)
    for role, lines in sorted(rights.items()):
        if lines not in profiles:
            raise VerificationError(
                _(
                    "the log was altered: the rights of {role} are not those of a role: {roles}"
                ).format(role=role, roles=", ".join(schema.ROLES))
            )
    for role, profile in zip(schema.ROLES, profiles, strict=True):
        if profile not in rights.values():
            raise VerificationError(
                _("the log was altered: no role has the rights of a {role}").format(role=role)
            )


@lru_cache
def expected_manifest() -> frozenset[str]:
    """Read the manifest: a line for each object, and for each right of a role."""
    text = resources.files(__package__).joinpath(_MANIFEST).read_text(encoding="utf-8")
    return frozenset(text.splitlines())


def read_objects(con: Connection) -> list[tuple[str, str]]:
    """Read the objects of a log, each with a name and a line of the manifest."""
    return [(name.decode(), line.decode()) for name, line in con.fetch(_OBJECTS)]


def read_rights(con: Connection) -> dict[str, set[str]]:
    """Read the rights of all roles but the owner."""
    rights: dict[str, set[str]] = {}
    for role, line in con.fetch(_RIGHTS):
        rights.setdefault(role.decode(), set()).add(line.decode())
    return rights
