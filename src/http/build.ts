import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * Names what runs, finer than a version: a page that was loaded before an update sees that it is not what it belongs to.
 * The built program's files name each other by their content, so that one stands for all that it imports.
 */
export const BUILD = hash('sha256', readFileSync(fileURLToPath(import.meta.url))).slice(0, 12);
