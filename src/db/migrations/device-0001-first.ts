/** The tables of device.db; docs/format/index.md says what each column means. */
export const sql = `
CREATE TABLE folders (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  path TEXT,
  secret BLOB,
  paused_until INTEGER NOT NULL,
  marker TEXT,
  ino REAL,
  dev REAL,
  compared INTEGER NOT NULL
);
CREATE TABLE group_log (number INTEGER PRIMARY KEY, operation BLOB NOT NULL);
CREATE TABLE addresses (device TEXT PRIMARY KEY, addresses TEXT NOT NULL, last_seen INTEGER NOT NULL);
CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE activity (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  time INTEGER NOT NULL,
  event TEXT NOT NULL,
  folder TEXT,
  path TEXT,
  device TEXT,
  detail TEXT NOT NULL
);
`
