/**
 * Sealed index segments. A table of its own: what is said of blocks, that they are needed or damaged, is not theirs. The second index has
 * all that a sum, or a look at what one covers, needs: a row has up to 2 MiB.
 */
export const sql = `
CREATE TABLE segments (
  number INTEGER PRIMARY KEY,
  folder INTEGER NOT NULL,
  chunk BLOB NOT NULL,
  author TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  first INTEGER NOT NULL,
  last INTEGER NOT NULL,
  length INTEGER NOT NULL,
  head BLOB NOT NULL,
  bytes BLOB NOT NULL
);
CREATE UNIQUE INDEX segments_chunk ON segments (folder, chunk);
CREATE INDEX segments_place ON segments (folder, author, epoch, last, first, length);
`
