/** A snapshot that differs says how to accept the new text: vitest names no command outside its watch mode. */
import { relative } from 'node:path';
import { afterEach } from 'vitest';

afterEach(({ task }) => {
  for (const error of task.result?.errors ?? []) {
    if (!/^Snapshot .* mismatched$/.test(error.message)) continue;
    const file = relative('.', task.file.filepath);
    error.message += `. If this is meant, write it with: npx vitest run ${file} -u`;
  }
});
