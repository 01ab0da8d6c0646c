import type { Database, Reader, Writer } from '../../../src/store/database.ts';

export interface TestStore extends AsyncDisposable {
  readonly database: Database;
  /** The same store through another connection; closed with the first. */
  connect(): Promise<Database>;
}

/** The store of the test that runs. */
export interface StoreUnderTest {
  database(): Database;
  connect(): Promise<Database>;
  write<T>(work: (trx: Writer) => Promise<T>): Promise<T>;
  read(): Reader;
}
