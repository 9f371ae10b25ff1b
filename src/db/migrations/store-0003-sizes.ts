/** What the blocks of each folder take. A sum would read all of the table; the triggers count whoever adds or removes a row. */
export const sql = `
ALTER TABLE folders ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
UPDATE folders SET bytes = sums.bytes
  FROM (SELECT folder, sum(length) AS bytes FROM blocks WHERE folder IS NOT NULL GROUP BY folder) AS sums
  WHERE sums.folder = folders.number;
CREATE TRIGGER blocks_added AFTER INSERT ON blocks WHEN new.folder IS NOT NULL
  BEGIN UPDATE folders SET bytes = bytes + new.length WHERE number = new.folder; END;
CREATE TRIGGER blocks_removed AFTER DELETE ON blocks WHEN old.folder IS NOT NULL
  BEGIN UPDATE folders SET bytes = bytes - old.length WHERE number = old.folder; END;
`
