// Refuses a Node that is too old in one line. Written for any Node that knows modules; import it first, or run it.
import { readFileSync } from 'node:fs';

const { engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const wanted = engines.node.replace('>=', '');
const [major, minor] = wanted.split('.').map(Number);
const [ownMajor, ownMinor] = process.versions.node.split('.').map(Number);

if (ownMajor < major || (ownMajor === major && ownMinor < minor)) {
  console.error(
    `Node ${wanted} or newer is needed, and ${process.execPath} is ${process.version}. ` +
      'Use `npm run` or `npm test` after `npm ci`, which brings one, or put node_modules/.bin first on PATH.',
  );
  process.exit(1);
}
