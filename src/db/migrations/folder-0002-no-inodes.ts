/** Nothing is looked up by inode any more: a moved file comes with its old path. */
export const sql = 'DROP INDEX shown_ino'
