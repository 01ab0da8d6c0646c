#!/usr/bin/env node
/**
 * The program. An old Node must be able to read this file, to be refused in words: nothing of ours is loaded before
 * the check. Nobody else ends the process.
 */
import { fileURLToPath } from 'node:url';

// What SQLite's driver is made for: from 22.14 and 23.6 on (https://nodejs.org/api/n-api.html#node-api-version-matrix).
// An older Node does not refuse to load it, it crashes.
const NODE_API = 10;

if (Number(process.versions.napi) >= NODE_API) {
  // Only what is loaded afterwards is mapped to its source, and reading the maps takes time and memory.
  if (process.env.BRIDGE_DEBUG === '1') process.setSourceMapsEnabled(true);
  import('./cli/launch.ts')
    .then(({ launch }) => launch(process.argv.slice(2), process.env, fileURLToPath(import.meta.url)))
    .then((exitCode) => {
      if (exitCode === undefined) return;
      // What was written to a pipe may still be on its way (https://nodejs.org/api/process.html#process-io).
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
