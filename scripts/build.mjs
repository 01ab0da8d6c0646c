// Builds dist/: one bundle, split where the code imports lazily, so that a stdio MCP server starts without
// loading the supervisor, the logger or SQLite. Only better-sqlite3 stays outside: it is a native addon.

import './check-node.mjs';
import { existsSync, rmSync } from 'node:fs';
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { buildPage } from './build-page.mjs';
import { keepOwnSources } from './source-maps.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const out = join(root, 'dist');
// A second build at the same moment (npm test beside npm run demo) must not see half a dist/.
const fresh = join(root, `.dist-${process.pid}`);
// A build that fails, for a page that is too large, leaves nothing.
process.once('exit', () => rmSync(fresh, { recursive: true, force: true }));
const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));

// The bundle holds CommonJS packages (ajv under the MCP SDK, winston) that call require() for Node's own modules.
const requireBanner =
  "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);";

// The servers of both SDKs check what a person fills into a form of ours. We show none, and what checks it is a third of what
// a stdio server loads.
const NO_VALIDATOR = `class AjvJsonSchemaValidator {
  getValidator() { throw new Error('forms are not validated in this build'); }
}`;
const withoutFormValidator = {
  name: 'without-form-validator',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]sdk[\\/]dist[\\/]esm[\\/]validation[\\/]ajv-provider\.js$/ }, () => ({
      contents: `export ${NO_VALIDATOR}`,
    }));
    onLoad({ filter: /[\\/]server[\\/]dist[\\/]shimsNode\.mjs$/ }, () => ({
      contents: `import process from 'node:process';
        export ${NO_VALIDATOR}
        export { process, AjvJsonSchemaValidator as DefaultJsonSchemaValidator };`,
    }));
  },
};

// Where DEV is set, Ink would connect to a debugger, by a package that is not there.
const withoutDebugger = {
  name: 'without-debugger',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]ink[\\/]build[\\/]devtools\.js$/ }, () => ({ contents: '' }));
  },
};

// esbuild makes a chunk of each set of modules that the same entries share, and whatever is imported lazily is an entry: a
// command would load 70 files, half a millisecond each. Entries that import the same things share large chunks instead:
// the ground, which all load; the command line, which every command has loaded already; and what `status` loads, which
// most of them need.
const GROUND = 'ground';
const COMMAND_LINE = 'src/cli/main.ts';
const STATUS = 'src/cli/commands/status.ts';
const ON_COMMAND_LINE =
  /^(cli\/commands\/(mcp|demo)|cli\/demo\/run-demo|machine\/service\/(systemd|launchd|task-scheduler))\.ts$/;
const ON_STATUS = /^(cli\/commands\/[^/]+|supervisor\/supervisor|doctor\/doctor|control\/start-limit)\.ts$/;
const ON_GROUND =
  /^(cli\/(launch|main)|mcp\/(desktop|code|channels|relay|memory|graph|scripts|folder|http-server|local-verbs)|project\/heading|store\/sqlite\/inspect|store\/store-error|log|selftest\/whole-loop|supervisor\/upkeep\/loop-watchdog-thread)\.ts$/;
/** What nearly every part of the program stands on. */
const GROUND_FILES = [
  'cli/launch',
  'characters',
  'hidden-characters',
  'clock',
  'duration',
  'error-message',
  'make-folder',
  'redaction',
  'snake-case',
  'machine/platform',
  'store/store-error',
].map((name) => join(root, 'src', `${name}.ts`));

const withFewChunks = {
  name: 'with-few-chunks',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^ground$/ }, () => ({ path: GROUND, namespace: GROUND }));
    onLoad({ filter: /.*/, namespace: GROUND }, () => ({
      contents: GROUND_FILES.map((file) => `import ${JSON.stringify(file)};`).join(''),
      resolveDir: root,
    }));
    onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, async ({ path }) => {
      const name = relative(join(root, 'src'), path).replaceAll(sep, '/');
      const shared = sharedBy(name);
      if (shared.length === 0) return undefined;
      const imports = shared.map(
        (file) => `import ${JSON.stringify(file === GROUND ? file : join(root, file))};`,
      );
      // On the first line, so that the others keep their numbers.
      return { loader: 'ts', contents: imports.join('') + (await readFile(path, 'utf8')) };
    });
  },
};

function sharedBy(name) {
  if (ON_COMMAND_LINE.test(name)) return [GROUND, COMMAND_LINE];
  if (ON_STATUS.test(name)) return [GROUND, COMMAND_LINE, STATUS];
  return ON_GROUND.test(name) ? [GROUND] : [];
}

const result = await build({
  absWorkingDir: root,
  entryPoints: {
    cli: 'src/cli.ts',
    // A thread is started from a file of its own, which is looked for beside the chunk that starts it.
    'chunks/loop-watchdog-thread': 'src/supervisor/upkeep/loop-watchdog-thread.ts',
  },
  outdir: fresh,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22.14',
  minify: true,
  keepNames: true,
  // So that a stack names our source files and lines; Node reads the maps when BRIDGE_DEBUG is set (src/cli.ts).
  sourcemap: 'linked',
  sourcesContent: false,
  metafile: true,
  legalComments: 'none',
  external: ['better-sqlite3'],
  // Its main file hands `require` on as a value, which no bundler can follow.
  alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
  plugins: [withoutFormValidator, withoutDebugger, withFewChunks],
  chunkNames: 'chunks/[name]-[hash]',
  banner: { js: requireBanner },
  define: {
    __BRIDGE_VERSION__: JSON.stringify(version),
    // React has twice as much for those who develop with it.
    'process.env.NODE_ENV': '"production"',
  },
  logLevel: 'warning',
});

await keepOwnSources(fresh);
const page = await buildPage(root, fresh);
await writeFile(join(fresh, 'THIRD-PARTY-LICENSES.txt'), await licenses([result.metafile, page]));
await chmod(join(fresh, 'cli.js'), 0o755);
await mkdir(out, { recursive: true });
await rm(out, { recursive: true, force: true, maxRetries: 10 });
await withRetry(() => rename(fresh, out));

/** On Windows whoever looks through new files, such as a virus scanner, holds them for a moment. */
async function withRetry(work) {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (!['EPERM', 'EACCES', 'EBUSY'].includes(error.code) || tries === 10) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100 * tries));
    }
  }
}

/** The licence texts of every package whose code is inside the bundle. */
async function licenses(metafiles) {
  const packages = new Set();
  for (const input of metafiles.flatMap(({ inputs }) => Object.keys(inputs))) {
    const at = input.lastIndexOf(`node_modules${sep === '\\' ? '/' : sep}`);
    if (at < 0) continue;
    const [scope, name] = input.slice(at + 'node_modules/'.length).split('/');
    const folder = scope.startsWith('@') ? `${scope}/${name}` : scope;
    packages.add(`${input.slice(0, at)}node_modules/${folder}`);
  }
  const parts = [];
  for (const folder of [...packages].sort()) {
    const { name, version, license } = JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8'));
    const file = ['LICENSE', 'LICENSE.md', 'license', 'license.md', 'LICENSE.txt', 'LICENCE']
      .map((candidate) => join(root, folder, candidate))
      .find(existsSync);
    parts.push(`${name} ${version} (${license})\n\n${file ? (await readFile(file, 'utf8')).trim() : ''}\n`);
  }
  return parts.join('\n----------------------------------------\n\n');
}
