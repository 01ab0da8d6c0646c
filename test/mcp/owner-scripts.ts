/** A folder with scripts of an owner, and the configuration that lists them. */
import { chmodSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stateFolder } from './rig.ts';

export interface OwnersFolder {
  /** The state folder. */
  readonly home: string;
  /** The scripts folder. */
  readonly folder: string;
  /** Writes a script, which can be executed. */
  write(name: string, text: string, mode?: number): string;
  /** Lists these scripts; more settings beside them. */
  allow(names: readonly string[], scripts?: object, config?: object): void;
}

export function ownersFolder(): OwnersFolder {
  const home = stateFolder();
  const folder = join(realpathSync(home), 'owner');
  mkdirSync(folder, { mode: 0o755 });
  return {
    home,
    folder,
    write(name, text, mode = 0o755) {
      const file = join(folder, name);
      mkdirSync(dirname(file), { recursive: true, mode: 0o755 });
      writeFileSync(file, text);
      chmodSync(file, mode);
      return file;
    },
    allow(names, scripts = {}, config = {}) {
      const settings = { scripts: { folder, allow: names, ...scripts }, ...config };
      writeFileSync(join(home, 'config.json'), JSON.stringify(settings));
    },
  };
}

/** Prints each of its arguments in a line of its own, between marks. */
export const ECHO = '#!/bin/sh\n# Print the arguments.\nfor one in "$@"; do printf "<%s>\\n" "$one"; done\n';
