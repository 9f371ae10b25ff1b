/** The versions that this device has forgotten. */
export const sql = 'CREATE TABLE forgotten (record INTEGER PRIMARY KEY)'
