-- Every table keeps its rowid and has its id as a UNIQUE column: WITHOUT ROWID costs SQLCipher
-- several times the time and twice the file.

-- Proof that this is the store that keys.json belongs to, and no fresh, empty one.
CREATE TABLE sentinel (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    magic TEXT NOT NULL CHECK (magic = 'homeward'),
    store TEXT NOT NULL
) STRICT;

-- Who and where (Identity), the pull's cursor, the hybrid clock, the last sequence given.
CREATE TABLE meta (
    key TEXT NOT NULL UNIQUE,
    value TEXT NOT NULL
) STRICT;

CREATE TABLE form (
    id TEXT NOT NULL,
    version TEXT NOT NULL,
    hash TEXT NOT NULL,
    xml TEXT NOT NULL,
    titles TEXT NOT NULL,
    merge_rules TEXT NOT NULL,
    UNIQUE (id, version)
) STRICT;

-- What the server has of a record, as it was pulled: one row, whatever the form's length.
-- `stamp`, `effective` (NULL: the stamp itself) and `author` hold for every path but those in
-- `stamps`, `effectives`, `authors`; `rivals` tells the heads of a path that has several.
-- A record begun here has '{}' until the server has shown it.  `changed` is the latest claim of
-- any path; `on_server_ms` is this device's time.
CREATE TABLE record (
    id TEXT NOT NULL UNIQUE,
    case_id TEXT NOT NULL,
    form TEXT NOT NULL,
    form_version TEXT NOT NULL,
    author TEXT NOT NULL,
    stamp TEXT NOT NULL DEFAULT '',
    effective TEXT,
    field_values TEXT NOT NULL DEFAULT '{}',
    stamps TEXT NOT NULL DEFAULT '{}',
    effectives TEXT NOT NULL DEFAULT '{}',
    authors TEXT NOT NULL DEFAULT '{}',
    rivals TEXT NOT NULL DEFAULT '{}',
    changed TEXT NOT NULL DEFAULT '',
    on_server_ms INTEGER
) STRICT;
CREATE INDEX record_of_case ON record (case_id);
CREATE INDEX record_of_form ON record (form, case_id);

-- A form being filled in.  `seen`: the fields as the author had them before her on opening it.
CREATE TABLE draft (
    record TEXT NOT NULL UNIQUE,
    seen TEXT NOT NULL,
    opened_ms INTEGER NOT NULL,
    saved_ms INTEGER
) STRICT;

-- One saved answer of a draft.  `parents`: the changes of that path that its author had seen;
-- `was`: the value that she had seen.  `wall_ms`, `boot`, `uptime`: what the clocks said when it
-- was saved; the last two are NULL where the system does not tell.
CREATE TABLE answer (
    record TEXT NOT NULL,
    path TEXT NOT NULL,
    value TEXT NOT NULL,
    stamp TEXT NOT NULL,
    parents TEXT NOT NULL,
    was TEXT NOT NULL,
    wall_ms INTEGER NOT NULL,
    boot TEXT,
    uptime INTEGER,
    UNIQUE (record, path)
) STRICT;

-- Finished work that the server has not taken, or that no page has brought back yet ('sent'), in
-- the order of `place`.  `sequence` is the number by which the server knows it; a refused one has none.
-- `superseded`: paths of a refused change set that a later one, which was taken, has replaced.
CREATE TABLE outbox (
    place INTEGER PRIMARY KEY AUTOINCREMENT,
    sequence INTEGER UNIQUE,
    id TEXT NOT NULL UNIQUE,
    record TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'refused')),
    code TEXT,
    params TEXT NOT NULL DEFAULT '{}',
    superseded TEXT NOT NULL DEFAULT '[]',
    change_set TEXT NOT NULL,
    made_ms INTEGER NOT NULL,
    CHECK ((sequence IS NULL) = (state = 'refused'))
) STRICT;
CREATE INDEX outbox_of_record ON outbox (record);
CREATE INDEX outbox_by_state ON outbox (state, place);

-- Answers of this worker that another one replaced, told by the server.
-- `settled_here`: settled on this device, the server does not know it yet.
CREATE TABLE conflict (
    id TEXT NOT NULL UNIQUE,
    record TEXT NOT NULL,
    form TEXT NOT NULL,
    path TEXT NOT NULL,
    rule TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'restored', 'accepted')),
    settled_here INTEGER NOT NULL DEFAULT 0,
    kept TEXT NOT NULL,
    kept_author TEXT NOT NULL,
    kept_stamp TEXT NOT NULL,
    kept_effective TEXT NOT NULL,
    lost TEXT NOT NULL,
    lost_author TEXT NOT NULL,
    lost_stamp TEXT NOT NULL,
    lost_effective TEXT NOT NULL
) STRICT;
CREATE INDEX conflict_of_record ON conflict (record);

-- Derived from the visible answers of the case_file records; can be made anew at any time.
CREATE TABLE case_index (
    id TEXT NOT NULL UNIQUE,
    record TEXT NOT NULL,
    code TEXT NOT NULL,
    country TEXT NOT NULL,
    office TEXT NOT NULL,
    stage TEXT NOT NULL,
    risk TEXT NOT NULL,
    language TEXT NOT NULL,
    given_name TEXT NOT NULL,
    family_name TEXT NOT NULL,
    other_names TEXT NOT NULL,
    expected_arrival TEXT,
    arrived_on TEXT,
    carer TEXT NOT NULL,
    facts TEXT NOT NULL
) STRICT;
CREATE INDEX case_by_code ON case_index (code);
CREATE INDEX case_by_stage ON case_index (stage, code);

CREATE VIRTUAL TABLE case_search USING fts5 (code, names, tokenize = 'unicode61 remove_diacritics 0');
INSERT INTO case_search (case_search, rank) VALUES ('secure-delete', 1);

-- Sealed files by the hash of their ciphertext: `here` on this device, `on_server` for sure.
CREATE TABLE attachment (
    hash TEXT NOT NULL UNIQUE,
    record TEXT NOT NULL,
    bytes INTEGER NOT NULL DEFAULT 0,
    here INTEGER NOT NULL,
    on_server INTEGER NOT NULL
) STRICT;
CREATE INDEX attachment_of_record ON attachment (record);
