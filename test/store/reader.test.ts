import { expectTypeOf, test } from 'vitest';
import type { Database, Reader, Writer } from '../../src/store/database.ts';

test('a reader cannot write: the compiler refuses it', () => {
  expectTypeOf<Reader>().not.toHaveProperty('insertInto');
  expectTypeOf<Reader>().not.toHaveProperty('updateTable');
  expectTypeOf<Reader>().not.toHaveProperty('deleteFrom');
  expectTypeOf<Reader>().not.toHaveProperty('transaction');
  expectTypeOf<Database['read']>().toEqualTypeOf<Reader>();
});

test('a transaction reads too, and a reader is not one', () => {
  expectTypeOf<Writer>().toExtend<Reader>();
  expectTypeOf<Reader>().not.toExtend<Writer>();
});
