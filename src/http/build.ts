import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * Names what runs, finer than a version: a page that was loaded before an update sees that it is not what it belongs to.
 * The built program's files name each other by their content, so that one stands for all that it imports.
 */
export const BUILD = createHash('sha256')
  .update(readFileSync(fileURLToPath(import.meta.url)))
  .digest('hex')
  .slice(0, 12);
