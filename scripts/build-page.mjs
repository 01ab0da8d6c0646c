// Builds the page into dist/assets/: scripts and styles under names with their hash, and the shell that loads them. A page
// that has grown beyond what a phone loads at once fails the build.

import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

/** Compressed: of what is loaded at once, and of all there is. */
const MAX_FIRST_BYTES = 40_000;
const MAX_SCRIPT_BYTES = 90_000;
const MAX_STYLE_BYTES = 10_000;

const TARGET = ['chrome123', 'firefox120', 'safari17.5'];

/**
 * @param root The folder of the project.
 * @param out Where `assets/` is made.
 * @returns The metafile of esbuild.
 */
export async function buildPage(root, out) {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: { page: 'src/page/main.tsx', style: 'src/page/styles/page.css' },
    outdir: join(out, 'assets'),
    write: false,
    bundle: true,
    // What is imported lazily is a file of its own, and so is what it shares with the first one.
    splitting: true,
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    format: 'esm',
    // Where node's own modules are missing, an import of one fails here.
    platform: 'browser',
    target: TARGET,
    jsx: 'automatic',
    jsxImportSource: 'preact',
    minify: true,
    metafile: true,
    legalComments: 'none',
    logLevel: 'warning',
  });
  // A worker is one script, without imports, under a name that stays.
  const worker = await build({
    absWorkingDir: root,
    entryPoints: { 'push-worker': 'src/page/push-worker.ts' },
    outdir: join(out, 'assets'),
    bundle: true,
    format: 'iife',
    platform: 'browser',
    target: TARGET,
    minify: true,
    metafile: true,
    legalComments: 'none',
    logLevel: 'warning',
  });
  const foreign = Object.keys(metafile.inputs).filter((path) => path.includes('node_modules/zod/'));
  if (foreign.length > 0) throw new Error(`the page loads zod: import types alone from ${foreign[0]}`);
  await mkdir(join(out, 'assets'), { recursive: true });
  await Promise.all(outputFiles.map(({ path, contents }) => writeFile(path, contents)));
  const sizes = new Map(
    outputFiles.map(({ path, contents }) => [basename(path), gzipSync(contents, { level: 9 }).length]),
  );
  const outputs = new Map(Object.entries(metafile.outputs).map(([path, output]) => [basename(path), output]));
  const [script, style] = ['page.js', 'style.css'].map(entryNamed);
  const first = [script, ...importedBy(script)];
  const scripts = [...outputs.keys()].filter((name) => name.endsWith('.js'));
  hold('its first scripts', first, MAX_FIRST_BYTES);
  hold('all its scripts', scripts, MAX_SCRIPT_BYTES);
  hold('its style', [style], MAX_STYLE_BYTES);
  const shell = await readFile(join(root, 'src/page/shell.html'), 'utf8');
  const preloads = first
    .slice(1)
    .map((name) => `<link rel="modulepreload" href="/assets/${name}">\n`)
    .join('');
  const manifest = JSON.stringify(JSON.parse(await readFile(join(root, 'src/page/manifest.json'), 'utf8')));
  const named = `manifest-${createHash('sha256').update(manifest).digest('hex').slice(0, 8)}.webmanifest`;
  await writeFile(join(out, 'assets', named), manifest);
  const filled = shell
    .replace('{{manifest}}', `/assets/${named}`)
    .replace('{{style}}', `/assets/${style}`)
    .replace('<!-- preloads -->\n', preloads)
    .replace('{{script}}', `/assets/${script}`);
  await writeFile(join(out, 'assets', 'index.html'), filled);
  return { inputs: { ...metafile.inputs, ...worker.metafile.inputs } };

  /** The file that was made of an entry: `page.js` as `page-1A2B3C4D.js`. */
  function entryNamed(name) {
    const [before, type] = name.split('.');
    return [...outputs].find(
      ([file, { entryPoint }]) =>
        entryPoint !== undefined && file.startsWith(`${before}-`) && file.endsWith(type),
    )[0];
  }

  /** What is loaded together with it, and with that. */
  function importedBy(name, found = new Set()) {
    for (const { path, kind } of outputs.get(name).imports) {
      const imported = basename(path);
      if (kind !== 'import-statement' || found.has(imported)) continue;
      found.add(imported);
      importedBy(imported, found);
    }
    return found;
  }

  function hold(what, names, maxBytes) {
    const bytes = names.reduce((sum, name) => sum + sizes.get(name), 0);
    if (bytes > maxBytes)
      throw new Error(`the page: ${what} have ${bytes} bytes compressed, and ${maxBytes} at most`);
  }
}
