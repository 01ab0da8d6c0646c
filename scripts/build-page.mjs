// Builds the page into dist/assets/: scripts and styles under names with their hash, and the shell that loads them. A page
// that has grown beyond what a phone loads at once fails the build.

import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const MAX_SCRIPT_BYTES = 60_000;
const MAX_STYLE_BYTES = 10_000;

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
    format: 'esm',
    // Where node's own modules are missing, an import of one fails here.
    platform: 'browser',
    target: ['chrome123', 'firefox120', 'safari17.5'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    minify: true,
    metafile: true,
    legalComments: 'none',
    logLevel: 'warning',
  });
  const foreign = Object.keys(metafile.inputs).filter((path) => path.includes('node_modules/zod/'));
  if (foreign.length > 0) throw new Error(`the page loads zod: import types alone from ${foreign[0]}`);
  await mkdir(join(out, 'assets'), { recursive: true });
  const script = await place('page', 'js', MAX_SCRIPT_BYTES);
  const style = await place('style', 'css', MAX_STYLE_BYTES);
  const shell = await readFile(join(root, 'src/page/shell.html'), 'utf8');
  const filled = shell.replace('{{script}}', script).replace('{{style}}', style);
  await writeFile(join(out, 'assets', 'index.html'), filled);
  return metafile;

  /** Writes it, and returns its address. */
  async function place(name, type, maxBytes) {
    const file = outputFiles.find(({ path }) => path.endsWith(`${name}.${type}`));
    const bytes = gzipSync(file.contents, { level: 9 }).length;
    if (bytes > maxBytes)
      throw new Error(`the page's ${name}.${type} has ${bytes} bytes compressed, and ${maxBytes} at most`);
    const hash = createHash('sha256').update(file.contents).digest('hex').slice(0, 12);
    const hashed = `${name}-${hash}.${type}`;
    await writeFile(join(out, 'assets', hashed), file.contents);
    return `/assets/${hashed}`;
  }
}
