/** Programs of the bench's own, bundled as ours are, so that only what they do makes the difference. */
import { existsSync } from 'node:fs';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Stage } from './stage.ts';

const checkoutPackages = fileURLToPath(new URL('../../node_modules', import.meta.url));

/** Bundles `fixtures/NAME.ts` with the settings of scripts/build.mjs. Returns the file to start. */
export async function bundleFixture(stage: Stage, name: string): Promise<string> {
  const outfile = join(stage.root, `${name}.mjs`);
  const packages = join(stage.root, 'node_modules');
  if (!existsSync(packages)) await symlink(checkoutPackages, packages);
  await build({
    entryPoints: [fileURLToPath(new URL(`fixtures/${name}.ts`, import.meta.url))],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node22.14',
    minify: true,
    keepNames: true,
    legalComments: 'none',
    // A native addon.
    external: ['better-sqlite3', 'react-devtools-core'],
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    logLevel: 'warning',
  });
  return outfile;
}
