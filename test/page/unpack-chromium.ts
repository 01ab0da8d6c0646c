/** Chromium from its npm package, unpacked once: two who unpack into one place at once would start half a program. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('../../node_modules/.cache/chromium', import.meta.url));

/** Where it lies; there is none where it cannot be unpacked. */
export const CHROMIUM = join(FOLDER, 'chromium');

/** Unpacks it, some five seconds, unless that was done. */
export function unpackChromium(): void {
  if (existsSync(CHROMIUM) || process.platform !== 'linux') return;
  mkdirSync(dirname(FOLDER), { recursive: true });
  const fresh = mkdtempSync(`${FOLDER}-`);
  try {
    const script = "import('@sparticuz/chromium').then(({ default: it }) => it.executablePath())";
    execFileSync(process.execPath, ['-e', script], { env: { ...process.env, TMPDIR: fresh }, stdio: 'pipe' });
    renameSync(fresh, FOLDER);
  } catch {
    // No room, no right to it, or another was first: the tests that need it say so.
    rmSync(fresh, { recursive: true, force: true });
  }
}
