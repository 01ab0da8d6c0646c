/** Programs of the bench's own, bundled as ours are, so that only what they do makes the difference. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Stage } from './stage.ts';

/** Bundles `fixtures/NAME.ts` with the settings of scripts/build.mjs. Returns the file to start. */
export async function bundleFixture(stage: Stage, name: string): Promise<string> {
  const outfile = join(stage.root, `${name}.mjs`);
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
    // A native addon, found from here: the stage has no packages.
    alias: { 'better-sqlite3': fileURLToPath(import.meta.resolve('better-sqlite3')) },
    external: [fileURLToPath(import.meta.resolve('better-sqlite3'))],
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    logLevel: 'warning',
  });
  return outfile;
}
