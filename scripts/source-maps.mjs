// Source maps of what we wrote alone: those of the bundled packages are most of all maps, and nobody looks there.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decode, encode } from '@jridgewell/sourcemap-codec';

/** Rewrites every map below `folder`. */
export async function keepOwnSources(folder) {
  for (const file of await readdir(folder, { recursive: true })) {
    if (!file.endsWith('.map')) continue;
    const path = join(folder, file);
    await writeFile(path, JSON.stringify(ownSourcesOf(JSON.parse(await readFile(path, 'utf8')))));
  }
}

/** The map with our own sources, and without names: the bundle keeps those of functions itself. */
function ownSourcesOf({ version, sources, mappings }) {
  const own = sources.filter((source) => !source.includes('node_modules/'));
  const places = new Map(own.map((source, place) => [sources.indexOf(source), place]));
  const lines = decode(mappings).map((segments) =>
    segments
      .map(([column, source, line, from]) =>
        // A segment without a source ends the one before it.
        places.has(source) ? [column, places.get(source), line, from] : [column],
      )
      .filter((segment, at, all) => segment.length > 1 || all[at - 1]?.length !== 1),
  );
  return { version, sources: own, names: [], mappings: encode(lines) };
}
