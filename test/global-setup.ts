/**
 * Builds dist/ once: the end-to-end tests run the program a user runs. Unpacks the browser that looks at the page. Makes
 * the store that tests are given copies of (new-store.ts). Empties the folder where every Node of this run, vitest's workers
 * too, keeps what it has compiled (built.ts).
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeTemplate } from './new-store.ts';
import { unpackChromium } from './page/unpack-chromium.ts';

export default async function setup(): Promise<() => void> {
  const script = fileURLToPath(new URL('../scripts/build.mjs', import.meta.url));
  execFileSync(process.execPath, [script], { stdio: 'inherit' });
  unpackChromium();
  process.env.NODE_COMPILE_CACHE = emptied(
    fileURLToPath(new URL('../node_modules/.cache/compiled', import.meta.url)),
  );
  const template = mkdtempSync(join(tmpdir(), 'bridge-template-'));
  await makeTemplate(template);
  return () => rmSync(template, { recursive: true, maxRetries: 5 });
}

/** Not removed after the run, when workers still write to it; and it would grow with each build. */
function emptied(folder: string): string {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  } catch {
    // Another run beside this one writes to it: the next one empties it.
  }
  return folder;
}
