/** The page as it was built, in memory: only what is listed in its folder is ever served, by its exact name. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, extname } from 'node:path';
import { gzipSync } from 'node:zlib';
import { installedPath } from '../template.ts';

export interface Asset {
  readonly type: string;
  readonly bytes: Uint8Array;
  readonly gzip: Uint8Array;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
};

/** What loads the others. */
export const SHELL = 'index.html';

/** What runs while no page is open. Its address stays: by it a browser finds the worker of a new version. */
export const PUSH_WORKER = 'push-worker.js';

let assets: ReadonlyMap<string, Asset> | undefined;

/**
 * The file of this name; undefined: there is none. Reads all at the first call. Throws when the installation has none.
 */
export function assetNamed(name: string): Asset | undefined {
  assets ??= readAssets(dirname(installedPath(`dist/assets/${SHELL}`)));
  return assets.get(name);
}

function readAssets(folder: string): Map<string, Asset> {
  const read = readdirSync(folder).flatMap((name) => {
    const type = TYPES[extname(name)];
    if (type === undefined) return [];
    const bytes = readFileSync(`${folder}/${name}`);
    return [[name, { type, bytes, gzip: gzipSync(bytes, { level: 9 }) }] as const];
  });
  return new Map(read);
}
