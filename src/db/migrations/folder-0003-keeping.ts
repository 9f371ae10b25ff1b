/** Which versions' content has been looked after: all up to `kept` but those in `keeping`. */
export const sql = `
ALTER TABLE state ADD COLUMN kept INTEGER NOT NULL DEFAULT 0;
CREATE TABLE keeping (record INTEGER PRIMARY KEY, until INTEGER NOT NULL);
CREATE INDEX keeping_until ON keeping (until);
`
