/** The terminal in which the tests look at the program. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { inTerminal, openTerminal } from './terminal.ts';

/** The processes that name this folder on their command line. */
async function processesOf(folder: string): Promise<string[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const commands = await Promise.all(
    ids.map((id) => readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')),
  );
  return commands.filter((command) => command.includes(folder));
}

inTerminal('a terminal whose first prompt never comes leaves no process and no folder', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'terminals-'));
  vi.stubEnv('TMPDIR', folder);
  try {
    await expect(openTerminal({ program: '/bin/cat', timeoutMs: 200 })).rejects.toThrow();
    await expect(openTerminal({ program: '/no/such/shell', timeoutMs: 200 })).rejects.toThrow();
    expect(await processesOf(folder)).toEqual([]);
    expect(await readdir(folder)).toEqual([]);
    await using terminal = await openTerminal();
    expect(await processesOf(folder)).not.toEqual([]);
    await terminal.run('echo it works');
    await terminal.shows(/^it works$/m);
  } finally {
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true, force: true });
  }
});
