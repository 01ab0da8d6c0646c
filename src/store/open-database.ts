/** The one place that chooses the engine of the store: SQLite, in the state folder. */
export { openSqliteDatabase as openDatabase } from './sqlite/database.ts';
