"""Tables of a log in PostgreSQL, the grants on them, and migrations.

They are those of SQLite, in a schema of their own: see `log.sqlite.schema`. `search`
is the search index. `redaction` records which role deleted a payload, and when; neither
it nor the outbox is part of what the tree proves.

The writer role can insert and read, and delete from `withheld` what is withheld no longer;
only `redact` deletes a payload, after checking that an entry redacts it. The triggers bind
every role, the owner too.
"""

import re
from collections.abc import Mapping

from orderwatch.errors import UsageError

SCHEMA = "orderwatch"
"""Name of the schema; a database holds one log."""

_VERSION_1 = """
CREATE TABLE version (version integer NOT NULL);
CREATE TABLE log (origin text NOT NULL, owner text);
CREATE TABLE entry (
  seq bigint PRIMARY KEY,
  id bytea NOT NULL UNIQUE,
  recorded text COLLATE "C" NOT NULL,
  header text NOT NULL,
  nodes bytea NOT NULL
);
CREATE INDEX entry_recorded ON entry (recorded);
-- In a text, a backslash stands before each quote.
CREATE INDEX entry_private ON entry (seq) WHERE header LIKE '%,"private":true,%';
CREATE INDEX entry_recorder ON entry (seq) WHERE header LIKE '%,"kind":"recorder",%';
CREATE TABLE payload (
  seq bigint PRIMARY KEY,
  salt bytea NOT NULL,
  day bigint CHECK (day BETWEEN 1 AND 3652059),
  body text NOT NULL
);
CREATE INDEX payload_day ON payload (day);
CREATE TABLE withheld (
  seq bigint PRIMARY KEY
);
CREATE TABLE effect (
  target bigint NOT NULL,
  seq bigint NOT NULL,
  kind text NOT NULL,
  counts boolean NOT NULL,
  PRIMARY KEY (target, seq)
);
CREATE UNIQUE INDEX effect_seq ON effect (seq);
CREATE INDEX effect_void ON effect (seq) WHERE NOT counts;
CREATE TABLE event_subject (
  id text COLLATE "C" NOT NULL,
  seq bigint NOT NULL,
  day bigint NOT NULL CHECK (day BETWEEN 1 AND 3652059),
  affects_status boolean NOT NULL,
  PRIMARY KEY (id, seq)
);
CREATE INDEX event_subject_status ON event_subject (id, seq) WHERE affects_status;
CREATE TABLE search (
  seq bigint PRIMARY KEY,
  words tsvector NOT NULL
);
CREATE INDEX search_words ON search USING gin (words);
CREATE TABLE redaction (
  target bigint PRIMARY KEY,
  role text NOT NULL,
  at timestamptz NOT NULL
);
CREATE TABLE recipient (
  channel text NOT NULL,
  name text NOT NULL,
  since text NOT NULL,
  host text,
  token text,
  expires text,
  PRIMARY KEY (channel, name)
);
CREATE TABLE reminder (
  channel text NOT NULL,
  recipient text NOT NULL,
  obligation text NOT NULL,
  deadline text NOT NULL,
  due text NOT NULL,
  days bigint NOT NULL,
  message text NOT NULL,
  at text NOT NULL,
  PRIMARY KEY (channel, recipient, deadline, due, days)
);
CREATE TABLE pending_message (
  channel text NOT NULL,
  recipient text NOT NULL,
  content bytea NOT NULL,
  reminders text NOT NULL,
  PRIMARY KEY (channel, recipient)
);

CREATE FUNCTION json_extract(document text, path text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT document::json ->> substr(path, 3) $$;
CREATE FUNCTION json_each(list text) RETURNS TABLE (value text)
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT json_array_elements_text(list::json) $$;
CREATE FUNCTION uuid_bytes(uid text) RETURNS bytea
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT decode(replace(uid, '-', ''), 'hex') $$;
-- Few entries have attachments.
CREATE INDEX payload_attachments ON payload (seq) WHERE body LIKE '%{"media_type":%';

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql
SET search_path FROM CURRENT AS $$
BEGIN
  RAISE EXCEPTION 'the log only grows';
END $$;

CREATE FUNCTION check_entry_insert() RETURNS trigger LANGUAGE plpgsql
SET search_path FROM CURRENT AS $$
DECLARE
  lowest bigint; highest bigint; many bigint; before bigint;
BEGIN
  SELECT min(seq), max(seq), count(*) INTO lowest, highest, many FROM inserted;
  SELECT coalesce(max(seq), 0) INTO before FROM entry WHERE seq < lowest;
  IF many > 0 AND (lowest <> before + 1 OR highest <> before + many) THEN
    RAISE EXCEPTION 'an entry takes the next number, once';
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION check_payload_insert() RETURNS trigger LANGUAGE plpgsql
SET search_path FROM CURRENT AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM inserted AS a WHERE NOT EXISTS (SELECT 1 FROM entry WHERE seq = a.seq)
    OR EXISTS (SELECT 1 FROM effect WHERE target = a.seq AND kind = 'redaction' AND counts)
  ) THEN
    RAISE EXCEPTION 'a payload comes with its entry';
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION check_withheld_insert() RETURNS trigger LANGUAGE plpgsql
SET search_path FROM CURRENT AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM inserted AS a WHERE NOT EXISTS (SELECT 1 FROM entry WHERE seq = a.seq)
    OR EXISTS (SELECT 1 FROM payload WHERE seq = a.seq)
  ) THEN
    RAISE EXCEPTION 'only an entry that comes without payload is withheld';
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION check_withheld_deletion() RETURNS trigger LANGUAGE plpgsql
SET search_path FROM CURRENT AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM deleted AS r WHERE NOT EXISTS (SELECT 1 FROM payload WHERE seq = r.seq)
    AND NOT EXISTS (SELECT 1 FROM effect WHERE target = r.seq AND kind = 'redaction' AND counts)
  ) THEN
    RAISE EXCEPTION 'an entry is withheld until its payload comes';
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION check_effect_insert() RETURNS trigger LANGUAGE plpgsql
SET search_path FROM CURRENT AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM inserted AS a WHERE NOT EXISTS (
      SELECT 1 FROM entry AS later JOIN entry AS target ON target.seq = a.target
      WHERE later.seq = a.seq AND later.seq > target.seq
        AND json_extract(later.header, '$.kind') = a.kind
        AND uuid_bytes(json_extract(later.header, '$.target')) = target.id
    )
  ) THEN
    RAISE EXCEPTION 'an effect is what its entry says';
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION check_deletion() RETURNS trigger LANGUAGE plpgsql
SET search_path FROM CURRENT AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM deleted AS r WHERE NOT EXISTS (
      SELECT 1 FROM effect WHERE target = r.seq AND kind = 'redaction' AND counts
    )
  ) THEN
    RAISE EXCEPTION 'only an entry that redacts removes a payload';
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER log_no_change BEFORE DELETE OR UPDATE OR TRUNCATE ON log
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE UNIQUE INDEX log_insert_once ON log ((true));
CREATE UNIQUE INDEX version_insert_once ON version ((true));
CREATE TRIGGER entry_insert AFTER INSERT ON entry
  REFERENCING NEW TABLE AS inserted
  FOR EACH STATEMENT EXECUTE FUNCTION check_entry_insert();
CREATE TRIGGER entry_no_change BEFORE DELETE OR UPDATE OR TRUNCATE ON entry
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER payload_insert AFTER INSERT ON payload
  REFERENCING NEW TABLE AS inserted
  FOR EACH STATEMENT EXECUTE FUNCTION check_payload_insert();
CREATE TRIGGER payload_no_update BEFORE UPDATE OR TRUNCATE ON payload
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER payload_no_delete AFTER DELETE ON payload
  REFERENCING OLD TABLE AS deleted
  FOR EACH STATEMENT EXECUTE FUNCTION check_deletion();
CREATE TRIGGER withheld_insert AFTER INSERT ON withheld
  REFERENCING NEW TABLE AS inserted
  FOR EACH STATEMENT EXECUTE FUNCTION check_withheld_insert();
CREATE TRIGGER withheld_no_update BEFORE UPDATE OR TRUNCATE ON withheld
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER withheld_no_delete AFTER DELETE ON withheld
  REFERENCING OLD TABLE AS deleted
  FOR EACH STATEMENT EXECUTE FUNCTION check_withheld_deletion();
CREATE TRIGGER effect_insert AFTER INSERT ON effect
  REFERENCING NEW TABLE AS inserted
  FOR EACH STATEMENT EXECUTE FUNCTION check_effect_insert();
CREATE TRIGGER effect_no_change BEFORE DELETE OR UPDATE OR TRUNCATE ON effect
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER event_subject_no_update BEFORE UPDATE OR TRUNCATE ON event_subject
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER event_subject_no_delete AFTER DELETE ON event_subject
  REFERENCING OLD TABLE AS deleted
  FOR EACH STATEMENT EXECUTE FUNCTION check_deletion();
CREATE TRIGGER search_no_update BEFORE UPDATE OR TRUNCATE ON search
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER search_no_delete AFTER DELETE ON search
  REFERENCING OLD TABLE AS deleted
  FOR EACH STATEMENT EXECUTE FUNCTION check_deletion();
CREATE TRIGGER redaction_no_change BEFORE DELETE OR UPDATE OR TRUNCATE ON redaction
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Runs with the rights of the owner of the tables, since the writer role cannot delete;
-- deletes only what an entry of the log redacts.
CREATE FUNCTION redact(redacted bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
  ids text[];
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM effect WHERE target = redacted AND kind = 'redaction' AND counts
  ) THEN
    RAISE EXCEPTION 'only an entry that redacts removes a payload';
  END IF;
  SELECT coalesce(array_agg(value) || array_agg(split_part(value, '@', 1)), '{}')
    INTO ids FROM payload, json_each(json_extract(body, '$.about'))
    WHERE seq = redacted;
  INSERT INTO redaction VALUES (redacted, session_user, clock_timestamp())
    ON CONFLICT DO NOTHING;
  DELETE FROM payload WHERE seq = redacted;
  DELETE FROM search WHERE seq = redacted;
  DELETE FROM event_subject WHERE seq = redacted AND id = ANY (ids);
END $$;
REVOKE ALL ON FUNCTION redact(bigint) FROM PUBLIC;
"""

VERSIONS: tuple[str, ...] = (_VERSION_1,)
"""Scripts from each version to the next; append-only."""
TABLES, FUNCTIONS = (
    re.findall(rf"^CREATE {kind} (\w+)", "\n".join(VERSIONS), re.MULTILINE)
    for kind in ("TABLE", "FUNCTION")
)
"""Names that statements have the schema before."""
_NAME_MAX = 63
"""Bytes of a name; PostgreSQL cuts off the rest."""

_GRANTS = """
GRANT USAGE ON SCHEMA {schema} TO {reader}, {writer};
GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {reader}, {writer};
GRANT INSERT ON entry, payload, withheld, effect, event_subject, search TO {writer};
GRANT DELETE ON withheld TO {writer};
GRANT INSERT, UPDATE ON recipient TO {writer};
GRANT INSERT ON reminder TO {writer};
GRANT INSERT, UPDATE, DELETE ON pending_message TO {writer};
GRANT EXECUTE ON FUNCTION redact(bigint) TO {writer};
"""
_INIT = """
INSERT INTO version VALUES ({version});
INSERT INTO log ({names}) VALUES ({values});
"""
_SET_VERSION = """
UPDATE version SET version = {version};
"""
_CREATE_ROLE = """
DO $$ BEGIN
  CREATE ROLE {role} NOLOGIN;
EXCEPTION WHEN duplicate_object THEN
  NULL;
END $$;
"""


def roles(database: str) -> tuple[str, str]:
    """Return the names of the reader role and the writer role of a database.

    Raises `UsageError` if PostgreSQL would cut them off, and make them one.
    """
    reader, writer = f"{database}_reader", f"{database}_writer"
    if len(reader.encode()) > _NAME_MAX:
        raise UsageError(
            f"the name of the database is too long: with _reader it has {len(reader.encode())}"
            f" bytes, and PostgreSQL cuts off a role's name after {_NAME_MAX}"
        )
    return reader, writer


def create_script(database: str, row: Mapping[str, str | None], version: int = 0) -> str:
    """Return the SQL that creates a log in a database, or migrates one.

    `row` is that of the log itself.
    """
    reader, writer = map(_quote_identifier, roles(database))
    parts = [
        f"CREATE SCHEMA {SCHEMA};" if version == 0 else "",
        f"SET LOCAL search_path TO {SCHEMA}, pg_temp;",
        *VERSIONS[version:],
        (_INIT if version == 0 else _SET_VERSION).format(
            version=len(VERSIONS),
            names=", ".join(map(_quote_identifier, row)),
            values=", ".join(map(_quote_literal, row.values())),
        ),
        *(_CREATE_ROLE.format(role=role) for role in (reader, writer)),
        _GRANTS.format(schema=SCHEMA, reader=reader, writer=writer),
    ]
    return "\n".join(part.strip("\n") for part in parts if part) + "\n"


def latest_version() -> int:
    """Return the version that this program writes."""
    return len(VERSIONS)


def _quote_identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _quote_literal(text: str | None) -> str:
    return "NULL" if text is None else "'" + text.replace("'", "''") + "'"
