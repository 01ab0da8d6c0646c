/** A program that says when it was started, to be started as if it were claude. */
import { watch } from 'node:fs';
import { chmod, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Stage } from './stage.ts';

export interface Puppet {
  readonly program: string;
  /** What its environment must hold. */
  readonly environment: Readonly<Record<string, string>>;
  /** Resolves with the moment, on `moment`'s clock, at which the next puppet to report was started. */
  started(): Promise<number>;
}

/** Milliseconds on the clock that all processes of this machine share. */
export function moment(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

export async function createPuppet(stage: Stage): Promise<Puppet> {
  const reports = await stage.folder('reports');
  const program = join(stage.root, 'puppet.mjs');
  const source = await readFile(new URL('fixtures/puppet.mjs', import.meta.url), 'utf8');
  // Its interpreter by its full path: not `env`, which would be one more program to load.
  await writeFile(program, `#!${process.execPath}\n${source}`);
  await chmod(program, 0o755);
  return {
    program,
    environment: { PUPPET_REPORTS: reports },
    started: () => nextReport(reports, stage.signal),
  };
}

const TIMEOUT_MS = 30_000;

async function nextReport(folder: string, signal: AbortSignal): Promise<number> {
  const stop = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  aborted.catch(() => undefined);
  const onAbort = () => reject(stop.reason);
  stop.addEventListener('abort', onAbort);
  let look: () => void = () => undefined;
  const watcher = watch(folder, () => look());
  try {
    for (;;) {
      const changed = new Promise<void>((resolve) => {
        look = resolve;
      });
      const name = (await readdir(folder)).find((file) => /^\d+$/.test(file));
      if (name !== undefined) {
        const startedAt = Number(await readFile(join(folder, name), 'utf8'));
        await rm(join(folder, name));
        return startedAt;
      }
      await Promise.race([changed, aborted]);
    }
  } finally {
    stop.removeEventListener('abort', onAbort);
    watcher.close();
  }
}
