/** The tables of the block store; docs/format/store.md says what each column means. */
export const sql = `
CREATE TABLE folders (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE);
CREATE TABLE blocks (
  number INTEGER PRIMARY KEY,
  digest BLOB NOT NULL,
  length INTEGER NOT NULL,
  damaged INTEGER NOT NULL,
  folder INTEGER,
  chunk BLOB,
  chunk_length INTEGER,
  bytes BLOB
);
CREATE UNIQUE INDEX blocks_digest ON blocks (digest);
CREATE UNIQUE INDEX blocks_chunk ON blocks (folder, chunk) WHERE chunk IS NOT NULL;
CREATE INDEX blocks_damaged ON blocks (number) WHERE damaged <> 0;
CREATE TABLE totals (one INTEGER PRIMARY KEY CHECK (one = 1), blocks INTEGER NOT NULL, bytes INTEGER NOT NULL);
INSERT INTO totals VALUES (1, 0, 0);
`
