/** Builds dist/ once: the end-to-end tests run the program a user runs. Unpacks the browser that looks at the page. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { unpackChromium } from './page/unpack-chromium.ts';

export default function setup(): void {
  const script = fileURLToPath(new URL('../scripts/build.mjs', import.meta.url));
  execFileSync(process.execPath, [script], { stdio: 'inherit' });
  unpackChromium();
}
