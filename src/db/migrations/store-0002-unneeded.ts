/** Since when a block is not needed. A table of its own: a column would lie behind the bytes of each block. */
export const sql = 'CREATE TABLE unneeded (block INTEGER PRIMARY KEY, since INTEGER NOT NULL)'
