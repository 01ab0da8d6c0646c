/** The yardstick of our servers: one of the SDK alone, bundled as ours are. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Stage } from './stage.ts';

/**
 * Bundles it with the settings of scripts/build.mjs, so that only what a server does makes the difference. Returns the
 * file to start; its arguments are the names of its tools.
 */
export async function bundleBareServer(stage: Stage): Promise<string> {
  const outfile = join(stage.root, 'bare-server.mjs');
  await build({
    entryPoints: [fileURLToPath(new URL('fixtures/bare-server.ts', import.meta.url))],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node22.14',
    minify: true,
    keepNames: true,
    legalComments: 'none',
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    logLevel: 'warning',
  });
  return outfile;
}
