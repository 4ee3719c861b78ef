"""Tables of a log in PostgreSQL, the grants on them, and migrations.

They are those of SQLite, in a schema of their own: see `log.sqlite.schema`. `search`
is the search index. `redaction` records which role deleted a payload, and when; neither
it nor the outbox is part of what the tree proves.

Nobody but the owner can insert or delete. `append` and `fill` run with the rights of the owner:
they check what comes from a client, and compute the rest. `entry.role` is who was logged in:
a writer redacts what the same role recorded, an editor what others did. The outbox belongs to
the reminder role alone. The triggers bind every role, the owner too.
"""

import re
from collections.abc import Mapping

from orderwatch.errors import UsageError
from orderwatch.translation import _

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
  nodes bytea NOT NULL,
  role text NOT NULL DEFAULT session_user
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
CREATE TABLE attestation (
  size bigint NOT NULL CHECK (size > 0),
  root bytea NOT NULL CHECK (octet_length(root) = 32),
  kind text NOT NULL CHECK (kind IN ('signature', 'cosignature', 'timestamp')),
  identity text,
  value bytea NOT NULL CHECK (octet_length(value) <= 65536)
);
CREATE INDEX attestation_size ON attestation (size);
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
  ran text,
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

CREATE FUNCTION check_attestation_insert() RETURNS trigger LANGUAGE plpgsql
SET search_path FROM CURRENT AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM inserted WHERE size > (SELECT coalesce(max(seq), 0) FROM entry)
  ) THEN
    RAISE EXCEPTION 'an attestation is of a state of the log';
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
CREATE TRIGGER attestation_insert AFTER INSERT ON attestation
  REFERENCING NEW TABLE AS inserted
  FOR EACH STATEMENT EXECUTE FUNCTION check_attestation_insert();
CREATE TRIGGER attestation_no_change BEFORE DELETE OR UPDATE OR TRUNCATE ON attestation
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

-- Delete what an entry of the log redacts.
CREATE FUNCTION redact(redacted bigint) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
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
  DELETE FROM withheld WHERE seq = redacted;
  DELETE FROM payload WHERE seq = redacted;
  DELETE FROM search WHERE seq = redacted;
  DELETE FROM event_subject WHERE seq = redacted AND id = ANY (ids);
END $$;

-- Its lock is the turn of those who append; only `lock_log` and the owner can take it.
CREATE TABLE append_turn ();
-- Who may execute it redacts what others recorded.
CREATE FUNCTION edit() RETURNS void LANGUAGE sql AS $$ SELECT $$;

CREATE FUNCTION lock_log() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT AS $$
BEGIN
  LOCK TABLE append_turn IN EXCLUSIVE MODE;
END $$;

CREATE FUNCTION refuse(problem text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%', problem USING ERRCODE = 'check_violation';
END $$;

-- Parse entries. `header_valid` and `payload_valid` say whether every reader can decode them, in
-- their canonical form; `committed`, whether the payload is that of the header.
CREATE FUNCTION parse_entries(headers text[], salts bytea[], bodies text[])
RETURNS TABLE (
  place bigint, id text, kind text, key text, recorded text, target text,
  subjects text, day bigint, affects_status boolean,
  header_valid boolean, payload_valid boolean, committed boolean
) LANGUAGE sql SET search_path FROM CURRENT AS $$
SELECT b.n, h.id, h.kind, h.key, h.recorded, h.target,
  array_to_string(e.about, ' '),
  CASE WHEN e."on" ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' THEN (
    make_date(substr(e."on", 1, 4)::int, substr(e."on", 6, 2)::int, substr(e."on", 9, 2)::int)
    - make_date(1, 1, 1) + 1)::bigint END,
  e.kind IN ('submission', 'assessment') OR e.ends IS NOT NULL OR e.extends_to IS NOT NULL
    OR e.trigger IS NOT NULL,
  b.header = concat(
      '{"id":"', h.id, '",', '"key":"' || h.key || '",', '"kind":"', h.kind,
      '","payload":"', h.payload, '",', CASE WHEN h.private THEN '"private":true,' END,
      '"recorded":"', h.recorded, '","recorder":', to_json(h.recorder),
      ',"schema":"orderwatch/entry/1"', ',"signature":"' || h.signature || '"',
      ',"target":"' || h.target || '"', '}')
    AND h.id ~ '^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$'
    AND h.kind IN ('event', 'correction', 'retraction', 'redaction', 'recorder', 'handover')
    AND length(h.payload) = 64 AND h.payload ~ '^[0-9a-f]*$'
    AND length(h.recorder) BETWEEN 1 AND 200
    AND CASE WHEN h.recorded ~ concat('^[0-9]{4}-[0-9]{2}-[0-9]{2}T',
        '([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9][.][0-9]{3}Z$') THEN make_date(
        substr(h.recorded, 1, 4)::int, substr(h.recorded, 6, 2)::int,
        substr(h.recorded, 9, 2)::int) IS NOT NULL END
    AND (h.key IS NULL) = (h.signature IS NULL)
    AND (h.key IS NULL OR (length(h.key) = 64 AND length(h.signature) = 128
      AND h.key || h.signature ~ '^[0-9a-f]*$'))
    AND (h.target IS NULL OR h.target ~
      '^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$')
    AND (h.target IS NULL) = (h.kind IN ('event', 'recorder'))
    AND (h.private IS NULL OR h.kind <> 'recorder'),
  CASE
    WHEN b.body IS NULL THEN b.salt IS NULL AND h.kind <> 'recorder'
    WHEN octet_length(b.body) > 262144 THEN false
    WHEN h.kind IN ('retraction', 'redaction') THEN
      b.body = concat('{"why":', to_json(e.why), '}') AND length(e.why) BETWEEN 1 AND 20000
    WHEN h.kind = 'handover' THEN
      b.body = concat(
        '{"date":"', e."date", '",', '"file":"' || e.file || '",', '"giver":',
        to_json(e.giver), ',"receiver":', to_json(e.receiver), ',"what":', to_json(e.what), '}')
      AND CASE WHEN e."date" ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' THEN make_date(
        substr(e."date", 1, 4)::int, substr(e."date", 6, 2)::int,
        substr(e."date", 9, 2)::int) IS NOT NULL END
      AND (e.file IS NULL OR (length(e.file) = 64 AND e.file ~ '^[0-9a-f]*$'))
      AND length(e.giver) BETWEEN 1 AND 20000 AND length(e.receiver) BETWEEN 1 AND 20000
      AND length(e.what) BETWEEN 1 AND 20000
    WHEN h.kind = 'recorder' THEN
      b.body = concat(
        '{"key":"', e.key, '","log":', to_json(e.log), ',', '"name":' || to_json(e.name) || ',',
        '"rank":"', e.rank, '"}')
      AND length(e.key) = 64 AND e.key ~ '^[0-9a-f]*$' AND length(e.log) BETWEEN 1 AND 200
      AND e.rank IN ('owner', 'editor', 'revoked')
      AND (e.name IS NULL OR length(e.name) BETWEEN 1 AND 200)
    ELSE
      b.body = concat(
        '{', '"about":' || array_to_json(e.about) || ',', '"access":"' || e.access || '",',
        '"archive":' || to_json(e.archive) || ',',
        CASE WHEN e.attachments IS NOT NULL THEN concat('"attachments":[', (
          SELECT string_agg(concat(
              '{"media_type":', to_json(f.media_type), ',"name":', to_json(f.name),
              ',"role":"' || f.role || '"', ',"sha256":"', f.sha256, '","size":', f.size,
              ',"time":"' || f."time" || '"', ',"url":' || to_json(f.url), '}'), ',' ORDER BY a.n)
            FROM json_array_elements(e.attachments) WITH ORDINALITY AS a(file, n),
              json_to_record(a.file) AS f(
                media_type text, name text, "role" text, sha256 text, size bigint, "time" text,
                url text)
            WHERE length(f.media_type) BETWEEN 1 AND 20000 AND length(f.name) BETWEEN 1 AND 20000
              AND length(f.sha256) = 64 AND f.sha256 ~ '^[0-9a-f]*$'
              AND f.size BETWEEN 0 AND 9007199254740991
              AND CASE WHEN f.role IS NULL THEN f."time" IS NULL AND f.url IS NULL
                ELSE f.role IN ('html', 'screen', 'wacz', 'pdf')
                  AND (f.url IS NULL OR length(f.url) BETWEEN 1 AND 20000) END
              AND CASE WHEN f."time" IS NULL THEN true
                WHEN f."time" ~ concat('^[0-9]{4}-[0-9]{2}-[0-9]{2}T',
                  '([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z$') THEN make_date(
                  substr(f."time", 1, 4)::int, substr(f."time", 6, 2)::int,
                  substr(f."time", 9, 2)::int) IS NOT NULL END
            HAVING count(*) BETWEEN 1 AND 100), '],') END,
        '"by":' || array_to_json(e."by") || ',', CASE WHEN e.ends THEN '"ends":true,' END,
        '"extends_to":"' || e.extends_to || '",', '"finding":' || to_json(e.finding) || ',',
        '"further":' || array_to_json(e.further) || ',', '"grade":"' || e.grade || '",',
        CASE WHEN e.inferred THEN '"inferred":true,' END,
        '"kind":"', e.kind, '","on":"', e."on", '","role":"', e.role, '",',
        '"scale":' || to_json(e.scale) || ',', '"source":' || to_json(e.source) || ',',
        '"speaker":', to_json(e.speaker), ',"summary":', to_json(e.summary),
        ',"trigger":' || to_json(e.trigger), '}')
      AND e.kind IN (
        'submission', 'court-decision', 'assessment', 'statement', 'step',
        'development', 'note')
      AND e.role IN ('court', 'party', 'other-state', 'un-body', 'ngo', 'media', 'other')
      AND (e.access IS NULL OR e.access IN ('public', 'confidential'))
      AND (e.grade IS NULL OR e.grade IN ('court', 'copy', 'secondary', 'computed'))
      AND e."on" ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'
      AND CASE WHEN e.extends_to IS NULL THEN true
        WHEN e.extends_to ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' THEN make_date(
          substr(e.extends_to, 1, 4)::int, substr(e.extends_to, 6, 2)::int,
          substr(e.extends_to, 9, 2)::int) IS NOT NULL END
      AND e.speaker IS NOT NULL AND e.summary IS NOT NULL
      AND least(length(e.archive), length(e.finding), length(e.scale), length(e.source),
        length(e.speaker), length(e.summary), length(e.trigger)) >= 1
      AND greatest(length(e.archive), length(e.finding), length(e.scale), length(e.source),
        length(e.speaker), length(e.summary), length(e.trigger)) <= 20000
      AND CASE
        WHEN e.about IS NULL THEN true
        WHEN array_ndims(e.about) <> 1 THEN false
        WHEN cardinality(e.about) = 1 THEN length(e.about[1]) BETWEEN 1 AND 200
          AND e.about[1] ~ '^[!-~]+$' AND e.about[1] = lower(e.about[1])
        ELSE (
          SELECT count(*) = count(DISTINCT item) AND count(*) BETWEEN 1 AND 1000
            AND bool_and((length(item) BETWEEN 1 AND 200 AND item ~ '^[!-~]+$'
              AND item = lower(item)) IS TRUE)
          FROM unnest(e.about) AS item) END
      AND CASE
        WHEN e."by" IS NULL AND e.further IS NULL THEN true
        WHEN array_ndims(e."by") <> 1 OR array_ndims(e.further) <> 1 THEN false
        ELSE cardinality(e."by") BETWEEN 1 AND 1000 IS NOT FALSE
          AND cardinality(e.further) BETWEEN 1 AND 1000 IS NOT FALSE AND (
            SELECT bool_and((length(item) BETWEEN 1 AND 20000) IS TRUE)
            FROM unnest(e."by" || e.further) AS item) END
  END,
  b.body IS NULL OR (octet_length(b.salt) = 32 AND h.payload = encode(sha256(
    convert_to('orderwatch/payload/1', 'UTF8') || decode('00', 'hex') || b.salt
    || convert_to(b.body, 'UTF8')), 'hex'))
FROM unnest(headers, salts, bodies) WITH ORDINALITY AS b(header, salt, body, n)
CROSS JOIN LATERAL json_to_record(b.header::json) AS h(
  id text, key text, kind text, payload text, private boolean, recorded text, recorder text,
  signature text, target text)
LEFT JOIN LATERAL json_to_record(b.body::json) AS e(
  "about" text[], "access" text, "archive" text, "attachments" json, "by" text[],
  "ends" boolean, "extends_to" text, "finding" text, "further" text[], "grade" text,
  "inferred" boolean, "kind" text, "on" text, "role" text, "scale" text, "source" text,
  "speaker" text, "summary" text, "trigger" text,
  "why" text, "key" text, "log" text, "name" text, "rank" text,
  "date" text, "file" text, "giver" text, "receiver" text, "what" text) ON true
ORDER BY b.n
$$;

CREATE FUNCTION refuse_invalid(x record) RETURNS void LANGUAGE plpgsql
SET search_path FROM CURRENT AS $$
BEGIN
  IF x.header_valid IS NOT TRUE THEN
    PERFORM refuse('an entry is not in its canonical form');
  ELSIF x.payload_valid IS NOT TRUE THEN
    PERFORM refuse('a payload is not in its canonical form');
  ELSIF x.committed IS NOT TRUE THEN
    PERFORM refuse('a payload is not the one that its entry commits to');
  END IF;
END $$;

-- Append entries. Numbers, ids, hashes and indexes are computed here; only the words to search
-- come from the client. The role that is logged in is recorded.
CREATE FUNCTION append(headers text[], salts bytea[], bodies text[], words text[])
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
  zero CONSTANT bytea := decode('00', 'hex');
  first CONSTANT bytea := decode('01', 'hex');
  many CONSTANT integer := cardinality(headers);
  is_editor CONSTANT boolean := has_function_privilege(session_user, 'edit()', 'EXECUTE');
  before bigint; place bigint; rest bigint;
  peaks bytea[] := '{}'; top integer := 0; node bytea; joined bytea;
  i integer; x record; target record; rank record;
  log_origin text; owner text; editors text[] := '{}';
  allowed boolean; other integer;
  ids text[] := '{}'; kinds text[] := '{}'; keys text[] := '{}'; counts boolean[] := '{}';
  recorded text[] := '{}'; nodes bytea[] := '{}'; subjects text[] := '{}';
  days bigint[] := '{}'; affects boolean[] := '{}';
  targets bigint[] := '{}'; redacted bigint[] := '{}';
BEGIN
  PERFORM lock_log();
  IF (array_ndims(headers) = 1 AND cardinality(salts) = many AND cardinality(bodies) = many
      AND cardinality(words) = many) IS NOT TRUE
  THEN
    PERFORM refuse('an entry has one header, salt, payload and text');
  END IF;
  SELECT coalesce(max(seq), 0) INTO before FROM entry;
  place := 0;
  FOR level IN REVERSE 62..0 LOOP
    IF (before >> level) & 1 = 1 THEN
      place := place + (1::bigint << level);
      SELECT substr(e.nodes, level * 32 + 1, 32) INTO STRICT node FROM entry AS e
        WHERE e.seq = place;
      top := top + 1;
      peaks[top] := node;
    END IF;
  END LOOP;
  SELECT l.origin, l.owner INTO log_origin, owner FROM log AS l;
  FOR rank IN
    SELECT e.header::json ->> 'key' AS signer, p.body::json AS body FROM entry AS e
      JOIN payload AS p ON p.seq = e.seq
      WHERE e.header LIKE '%,"kind":"recorder",%' ORDER BY e.seq
  LOOP
    SELECT a.owner, a.editors INTO owner, editors
      FROM appoint(log_origin, owner, editors, rank.signer, rank.body) AS a;
  END LOOP;
  FOR x IN SELECT * FROM parse_entries(headers, salts, bodies) LOOP
    i := x.place;
    IF (x.header_valid AND x.payload_valid AND x.committed) IS NOT TRUE THEN
      PERFORM refuse_invalid(x);
    END IF;
    ids[i] := x.id;
    kinds[i] := x.kind;
    keys[i] := x.key;
    recorded[i] := x.recorded;
    subjects[i] := x.subjects;
    days[i] := x.day;
    affects[i] := x.affects_status;
    counts[i] := NULL;
    targets[i] := NULL;
    IF x.kind = 'recorder' THEN
      SELECT a.owner, a.editors INTO owner, editors
        FROM appoint(log_origin, owner, editors, x.key, bodies[i]::json) AS a;
    ELSIF x.target IS NOT NULL THEN
      other := array_position(ids[1:i - 1], x.target);
      IF other IS NOT NULL THEN
        SELECT before + other AS seq, kinds[other] AS kind, keys[other] AS key,
          coalesce(counts[other], true) AS counts, session_user::text AS role INTO target;
      ELSE
        SELECT e.seq, e.header::json ->> 'kind' AS kind, e.header::json ->> 'key' AS key,
          coalesce(f.counts, true) AS counts, e.role INTO target
          FROM entry AS e LEFT JOIN effect AS f ON f.seq = e.seq
          WHERE e.id = uuid_bytes(x.target);
        IF NOT FOUND THEN
          PERFORM refuse('an entry names one that is not there');
        END IF;
      END IF;
      IF target.kind NOT IN ('event', 'correction')
        AND (x.kind <> 'redaction' OR target.kind = 'recorder')
      THEN
        PERFORM refuse('an entry cannot name one of that kind');
      END IF;
      allowed := CASE
        WHEN NOT target.counts AND x.kind <> 'redaction' THEN false
        WHEN owner IS NULL AND target.key IS NULL THEN true
        ELSE coalesce(x.key = target.key, false) OR coalesce(x.key = owner, false)
          OR coalesce(x.key = ANY (editors), false)
        END;
      targets[i] := target.seq;
      counts[i] := allowed;
      IF allowed AND x.kind = 'redaction' THEN
        IF target.role <> session_user AND NOT is_editor THEN
          RAISE EXCEPTION 'entry % was recorded by the role %', target.seq, target.role
            USING ERRCODE = 'insufficient_privilege';
        END IF;
        redacted := redacted || target.seq;
      END IF;
    END IF;
    node := sha256(zero || convert_to(headers[i], 'UTF8'));
    joined := node;
    rest := before + i - 1;
    WHILE rest & 1 = 1 LOOP
      node := sha256(first || peaks[top] || node);
      joined := joined || node;
      top := top - 1;
      rest := rest >> 1;
    END LOOP;
    top := top + 1;
    peaks[top] := node;
    nodes[i] := joined;
  END LOOP;
  INSERT INTO entry (seq, id, recorded, header, nodes, role)
    SELECT before + n, uuid_bytes(e.id), e.recorded, e.header, e.nodes, session_user
    FROM unnest(ids, recorded, headers, nodes) WITH ORDINALITY
      AS e(id, recorded, header, nodes, n);
  INSERT INTO effect (target, seq, kind, counts)
    SELECT e.target, before + n, e.kind, e.counts
    FROM unnest(targets, kinds, counts) WITH ORDINALITY AS e(target, kind, counts, n)
    WHERE e.target IS NOT NULL;
  INSERT INTO payload (seq, salt, day, body)
    SELECT before + n, e.salt, e.day, e.body
    FROM unnest(salts, days, bodies) WITH ORDINALITY AS e(salt, day, body, n)
    WHERE e.body IS NOT NULL AND before + n <> ALL (redacted);
  INSERT INTO withheld (seq)
    SELECT before + n FROM unnest(bodies) WITH ORDINALITY AS e(body, n)
    WHERE e.body IS NULL AND before + n <> ALL (redacted);
  INSERT INTO event_subject (id, seq, day, affects_status)
    SELECT DISTINCT u.id, before + n, e.day, e.affects
    FROM unnest(subjects, days, affects) WITH ORDINALITY AS e(ids, day, affects, n),
      subject_ids(e.ids) AS u(id)
    WHERE e.ids <> '' AND before + n <> ALL (redacted);
  INSERT INTO search (seq, words)
    SELECT before + n, e.words::tsvector
    FROM unnest(words, bodies) WITH ORDINALITY AS e(words, body, n)
    WHERE e.words IS NOT NULL AND e.body IS NOT NULL AND before + n <> ALL (redacted);
  FOREACH place IN ARRAY redacted LOOP
    PERFORM redact(place);
  END LOOP;
END $$;

-- Append an attestation of the first entries; the root is computed here.
CREATE FUNCTION attest(entries bigint, sort text, identifier text, content bytea)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
  first CONSTANT bytea := decode('01', 'hex');
  place bigint := 0; peaks bytea[] := '{}'; top integer := 0; node bytea;
BEGIN
  PERFORM lock_log();
  IF (entries BETWEEN 1 AND (SELECT max(seq) FROM entry)) IS NOT TRUE THEN
    PERFORM refuse('an attestation is of a state of the log');
  END IF;
  FOR level IN REVERSE 62..0 LOOP
    IF (entries >> level) & 1 = 1 THEN
      place := place + (1::bigint << level);
      SELECT substr(e.nodes, level * 32 + 1, 32) INTO STRICT node FROM entry AS e
        WHERE e.seq = place;
      top := top + 1;
      peaks[top] := node;
    END IF;
  END LOOP;
  node := peaks[top];
  FOR i IN REVERSE top - 1..1 LOOP
    node := sha256(first || peaks[i] || node);
  END LOOP;
  INSERT INTO attestation (size, root, kind, identity, value)
    SELECT entries, node, sort, identifier, content WHERE NOT EXISTS (
      SELECT 1 FROM attestation AS a
      WHERE a.size = entries AND a.kind = sort AND a.value = content
    );
END $$;

-- Return the owner and the editors after an entry of kind `recorder`.
CREATE FUNCTION appoint(
  origin text, INOUT owner text, INOUT editors text[], signer text, appointment json
) LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  key text := appointment ->> 'key';
BEGIN
  IF (signer = owner AND appointment ->> 'log' = origin) IS NOT TRUE THEN
    RETURN;
  END IF;
  editors := array_remove(editors, key);
  CASE appointment ->> 'rank'
    WHEN 'owner' THEN owner := key;
    WHEN 'editor' THEN editors := editors || key;
    ELSE NULL;
  END CASE;
END $$;

-- Return ids, and the obligation of each deadline.
CREATE FUNCTION subject_ids(ids text) RETURNS TABLE (id text)
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path FROM CURRENT AS $$
  SELECT item FROM unnest(string_to_array(ids, ' ')) AS item
  UNION SELECT split_part(item, '@', 1) FROM unnest(string_to_array(ids, ' ')) AS item
$$;

-- Fill in payloads that were withheld.
CREATE FUNCTION fill(seqs bigint[], salts bytea[], bodies text[], words text[])
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
  headers text[]; many CONSTANT integer := cardinality(seqs);
  x record; seq bigint;
BEGIN
  PERFORM lock_log();
  SELECT array_agg(e.header ORDER BY s.n) INTO headers
    FROM unnest(seqs) WITH ORDINALITY AS s(seq, n)
    JOIN entry AS e ON e.seq = s.seq JOIN withheld AS w ON w.seq = s.seq;
  IF (cardinality(headers) = many AND cardinality(salts) = many AND cardinality(bodies) = many
      AND cardinality(words) = many AND array_position(bodies, NULL) IS NULL) IS NOT TRUE
  THEN
    PERFORM refuse('a payload is not withheld');
  END IF;
  FOR x IN SELECT * FROM parse_entries(headers, salts, bodies) LOOP
    PERFORM refuse_invalid(x);
    seq := seqs[x.place];
    INSERT INTO payload VALUES (seq, salts[x.place], x.day, bodies[x.place]);
    DELETE FROM withheld AS w WHERE w.seq = seqs[x.place];
    INSERT INTO event_subject SELECT u.id, seq, x.day, x.affects_status
      FROM subject_ids(x.subjects) AS u(id);
    INSERT INTO search VALUES (seq, words[x.place]::tsvector);
  END LOOP;
END $$;
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
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA {schema} FROM PUBLIC;
GRANT USAGE ON SCHEMA {schema} TO {reader}, {writer}, {editor}, {reminder};
GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {reader}, {writer}, {editor}, {reminder};
GRANT EXECUTE ON FUNCTION json_extract(text, text), json_each(text), uuid_bytes(text)
  TO {reader}, {writer}, {editor}, {reminder};
GRANT EXECUTE ON FUNCTION lock_log(), append(text[], bytea[], text[], text[]),
  fill(bigint[], bytea[], text[], text[]), attest(bigint, text, text, bytea)
  TO {writer}, {editor};
GRANT EXECUTE ON FUNCTION edit() TO {editor};
GRANT INSERT, UPDATE ON recipient TO {reminder};
GRANT INSERT ON reminder TO {reminder};
GRANT INSERT, UPDATE, DELETE ON pending_message TO {reminder};
"""
ROLES = ("reader", "writer", "editor", "reminder")
"""Ends of the names of the roles of a log."""
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


def roles(database: str) -> dict[str, str]:
    """Return the names of the roles of a database.

    Raises `UsageError` if PostgreSQL would cut them off, and make them one.
    """
    names = {role: f"{database}_{role}" for role in ROLES}
    longest = max(len(name.encode()) for name in names.values())
    if longest > _NAME_MAX:
        raise UsageError(
            _(
                "the name of the database is too long: with _reminder it has {n} bytes, and"
                " PostgreSQL truncates the name of a role after {limit}"
            ).format(n=longest, limit=_NAME_MAX)
        )
    return names


def create_script(database: str, row: Mapping[str, str | None], version: int = 0) -> str:
    """Return the SQL that creates a log in a database, or migrates one.

    `row` is that of the log itself.
    """
    names = {role: _quote_identifier(name) for role, name in roles(database).items()}
    parts = [
        f"CREATE SCHEMA {SCHEMA};" if version == 0 else "",
        f"SET LOCAL search_path TO {SCHEMA}, pg_temp;",
        *VERSIONS[version:],
        (_INIT if version == 0 else _SET_VERSION).format(
            version=len(VERSIONS),
            names=", ".join(map(_quote_identifier, row)),
            values=", ".join(map(_quote_literal, row.values())),
        ),
        *(_CREATE_ROLE.format(role=role) for role in names.values()),
        _GRANTS.format(schema=SCHEMA, **names),
    ]
    return "\n".join(part.strip("\n") for part in parts if part) + "\n"


def latest_version() -> int:
    """Return the version that this program writes."""
    return len(VERSIONS)


def _quote_identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _quote_literal(text: str | None) -> str:
    return "NULL" if text is None else "'" + text.replace("'", "''") + "'"
