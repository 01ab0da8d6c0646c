import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readToNow } from '../../src/machine/read-to-now.ts';
import { onWindows } from '../platform.ts';

/**
 * Starts a script, and gives the event loop no turn before the script has come to its end. What it does `afterwards` may
 * fill the pipe, which nobody reads until then.
 */
function written(script: string, afterwards = '') {
  const folder = mkdtempSync(join(tmpdir(), 'read-to-now-'));
  const end = join(folder, 'end');
  const child = spawn('/bin/sh', ['-c', `${script}; touch '${end}'; ${afterwards}`], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const output = { stream: child.stdout, said: '' };
  child.stdout.on('data', (chunk) => {
    output.said += chunk;
  });
  while (!existsSync(end));
  rmSync(folder, { recursive: true });
  return output;
}

test.skipIf(onWindows)('output that was written before is waited for (needs sh)', async () => {
  const output = written('echo said');
  expect(output.said).toBe('');
  await readToNow([output.stream]);
  expect(output.said).toBe('said\n');
});

test.skipIf(onWindows)('output that never ends is not waited for (needs sh)', async () => {
  const output = written('echo $$', 'exec yes');
  await expect.poll(() => output.said, { interval: 1 }).toContain('y\ny\n');
  await readToNow([output.stream]);
  output.stream.destroy();
  process.kill(Number.parseInt(output.said, 10), 'SIGKILL');
});
