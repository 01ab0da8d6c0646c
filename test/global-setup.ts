/**
 * Builds dist/ once: the end-to-end tests run the program a user runs. Unpacks the browser that looks at the page. Makes the
 * folder where every Node of this run, vitest's workers too, keeps what it has compiled (built.ts).
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unpackChromium } from './page/unpack-chromium.ts';

export default function setup(): () => void {
  const script = fileURLToPath(new URL('../scripts/build.mjs', import.meta.url));
  execFileSync(process.execPath, [script], { stdio: 'inherit' });
  unpackChromium();
  const compiled = mkdtempSync(join(tmpdir(), 'bridge-compiled-'));
  process.env.NODE_COMPILE_CACHE = compiled;
  return () => rmSync(compiled, { recursive: true, force: true, maxRetries: 5 });
}
