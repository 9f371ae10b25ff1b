/** The tables of a folder's index; docs/format/index.md says what each column means. */
export const sql = `
CREATE TABLE state (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  folder TEXT NOT NULL,
  device TEXT NOT NULL,
  folds INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  hlc INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  stamp INTEGER NOT NULL,
  paths INTEGER NOT NULL,
  entries INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  need_entries INTEGER NOT NULL,
  need_bytes INTEGER NOT NULL,
  conflicts INTEGER NOT NULL,
  problems INTEGER NOT NULL,
  local_edits INTEGER NOT NULL
);

CREATE TABLE paths (key TEXT PRIMARY KEY, id INTEGER NOT NULL, live INTEGER NOT NULL, gone INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE folds (folded TEXT NOT NULL, id INTEGER NOT NULL, PRIMARY KEY (folded, id)) WITHOUT ROWID;

CREATE TABLE chains (
  id INTEGER PRIMARY KEY,
  author TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  own INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  hash BLOB NOT NULL,
  UNIQUE (author, epoch)
);
CREATE TABLE batches (
  number INTEGER PRIMARY KEY,
  chain INTEGER NOT NULL,
  first INTEGER NOT NULL,
  count INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  prev BLOB NOT NULL,
  signature BLOB NOT NULL
);
CREATE UNIQUE INDEX batches_chain ON batches (chain, first);
CREATE TABLE records (number INTEGER PRIMARY KEY, path INTEGER NOT NULL, body BLOB NOT NULL);
CREATE INDEX records_path ON records (path);
CREATE TABLE heads (path INTEGER NOT NULL, record INTEGER NOT NULL, PRIMARY KEY (path, record)) WITHOUT ROWID;

CREATE TABLE shown (
  path INTEGER PRIMARY KEY,
  record INTEGER,
  source INTEGER,
  name TEXT,
  kind INTEGER NOT NULL,
  size INTEGER NOT NULL,
  mtime REAL NOT NULL,
  ctime REAL NOT NULL,
  ino REAL NOT NULL,
  mode INTEGER NOT NULL,
  local INTEGER NOT NULL,
  content BLOB
);
CREATE INDEX shown_ino ON shown (ino) WHERE kind = 1;
CREATE INDEX shown_source ON shown (source) WHERE source IS NOT NULL;
CREATE INDEX shown_local ON shown (local) WHERE local <> 0;

CREATE TABLE chunks (
  prefix INTEGER NOT NULL,
  path INTEGER NOT NULL,
  offset INTEGER NOT NULL,
  length INTEGER NOT NULL,
  PRIMARY KEY (prefix, path, offset)
) WITHOUT ROWID;
CREATE TABLE pieces (id BLOB PRIMARY KEY, bytes BLOB NOT NULL);

CREATE TABLE todo (
  path INTEGER PRIMARY KEY,
  key TEXT NOT NULL,
  phase INTEGER NOT NULL,
  until INTEGER NOT NULL,
  position INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  code TEXT,
  message TEXT
);
CREATE INDEX todo_order ON todo (phase, until, position);
CREATE INDEX todo_until ON todo (until) WHERE until > 0;
CREATE INDEX todo_problems ON todo (path) WHERE code IS NOT NULL;

CREATE TABLE archive (
  number INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  path TEXT NOT NULL,
  time INTEGER NOT NULL,
  size INTEGER NOT NULL,
  version TEXT,
  chunks BLOB NOT NULL
);
CREATE INDEX archive_time ON archive (time);
`
