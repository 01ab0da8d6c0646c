/** The one place that chooses what keeps the store: SQLite, in the state folder. */
export { openSqliteDatabase as openDatabase } from './sqlite/database.ts';
