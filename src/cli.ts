#!/usr/bin/env node
/**
 * The program. An old Node must be able to run this file, so that it gets a clear refusal: nothing of ours is loaded
 * before the check. Only this file ends the process.
 */
import { fileURLToPath } from 'node:url';

// SQLite's driver needs it; Node has it since 22.14 and 23.6 (https://nodejs.org/api/n-api.html#node-api-version-matrix).
// An older Node crashes when it loads the driver.
const NODE_API = 10;

if (Number(process.versions.napi) >= NODE_API) {
  // First, because only modules loaded afterwards are mapped. On request, because the maps take time and memory.
  if (process.env.BRIDGE_DEBUG === '1') process.setSourceMapsEnabled(true);
  import('./cli/launch.ts')
    .then(({ launch }) => launch(process.argv.slice(2), process.env, fileURLToPath(import.meta.url)))
    .then((exitCode) => {
      if (exitCode === undefined) return;
      // Writes to a pipe may still be pending (https://nodejs.org/api/process.html#process-io).
      process.stdout.write('', () => process.stderr.write('', () => process.exit(exitCode)));
    })
    .catch((error) => {
      console.error(`bridge-supervisor: failed to load: ${error}`);
      process.exitCode = 1;
    });
} else {
  console.error(
    `bridge-supervisor: Node 22.14 or newer is needed, and ${process.execPath} is ${process.version}. Install a newer Node (https://nodejs.org), or put one first on PATH.`,
  );
  process.exitCode = 1;
}
