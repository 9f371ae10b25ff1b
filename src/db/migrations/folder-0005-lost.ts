/** Which forgotten versions were lost, and of which versions anything was ever held. */
export const sql = `
ALTER TABLE forgotten ADD COLUMN lost INTEGER NOT NULL DEFAULT 0;
CREATE INDEX forgotten_lost ON forgotten (record) WHERE lost > 0;
ALTER TABLE state ADD COLUMN seen INTEGER NOT NULL DEFAULT 0;
UPDATE state SET seen = kept;
CREATE TABLE unheld (record INTEGER PRIMARY KEY);
INSERT INTO unheld SELECT record FROM keeping;
`
