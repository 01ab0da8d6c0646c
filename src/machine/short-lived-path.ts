/**
 * Paths of programs that do not last: version and package managers keep each version in its own folder and remove it
 * later. All such paths are in the table here; `stable-path.ts` finds the stable name where there is one.
 */
import { tmpdir } from 'node:os';
import { basename, resolve, sep } from 'node:path';

export interface ShortLivedPath {
  readonly path: string;
  /** What becomes of it, as words that follow the path. */
  readonly fate: string;
  /** It works only during this call, or only in its project: writing it down makes no sense. */
  readonly isUseless: boolean;
  /** What to do, with the command that wrote the path down. */
  advice(command: string): string;
}

interface Kind {
  readonly pattern: RegExp;
  readonly fate: string;
  readonly advice?: (command: string) => string;
}

const UPGRADED = 'goes when this program is upgraded';
const afterUpgrade = (command: string) => `After each upgrade run: ${command}`;
const afterChange = (command: string) => `After changing to another version run: ${command}`;

/** Useless after this call: the cache of npx, `pnpm dlx`, `yarn dlx` and bunx; an AppImage; Yarn's archives. */
const USELESS: readonly Kind[] = [
  {
    pattern: /[\\/](_npx|dlx|dlx-[^\\/]+|bunx-[^\\/]+|\.bun[\\/]install[\\/]cache)[\\/]/,
    fate: 'is in the cache of a package runner',
  },
  { pattern: /[\\/]\.mount_[^\\/]+[\\/]/, fate: 'is inside an AppImage, which is there only while it runs' },
  {
    pattern:
      /[\\/]\.yarn[\\/](berry[\\/])?(cache|unplugged|__virtual__)[\\/]|[\\/](__virtual__|\$\$virtual)[\\/]|\.zip[\\/]/,
    fate: "works only inside its Yarn project (Plug'n'Play)",
  },
];

/** The first that fits counts. */
const SHORT_LIVED: readonly Kind[] = [
  {
    pattern: /^\/(nix|gnu)\/store\//,
    fate: 'goes when the store is next cleaned up',
    advice: (command) => `Install it into a profile, call it from there, and run: ${command}`,
  },
  { pattern: /[\\/]store[\\/]v\d+[\\/]links[\\/]/, fate: UPGRADED, advice: afterUpgrade },
  { pattern: /[\\/]node_modules[\\/]\.pnpm[\\/][^\\/]+[\\/]/, fate: UPGRADED, advice: afterUpgrade },
  { pattern: /[\\/]fnm_multishells[\\/]/, fate: 'goes with the shell that made it', advice: afterChange },
  {
    // VS Code, Cursor and others install this on remote machines.
    pattern: /[\\/]\.[\w-]+-server[\\/](bin|cli)[\\/]/,
    fate: 'goes when that editor is upgraded',
    advice: afterUpgrade,
  },
  { pattern: /\/Cellar\/[^/]+\/[^/]+\//, fate: 'goes when Homebrew upgrades it', advice: afterUpgrade },
  { pattern: /^\/snap\/[^/]+\/x?\d+\//, fate: 'goes when snap refreshes it', advice: afterUpgrade },
  {
    // Claude's own installer keeps each version as a file.
    pattern: /[\\/]claude[\\/]versions[\\/]\d+\.\d+\.\d+[^\\/]*$/,
    fate: 'goes when Claude Code updates itself',
    advice: (command) => `Name its link, ~/.local/bin/claude, and run: ${command}`,
  },
  // Our own version folder, as mise, asdf and proto keep npm packages.
  {
    pattern: /[\\/][^\\/]*bridge-supervisor[\\/]v?\d+\.\d+\.\d+([-+_][^\\/]*)?[\\/]/,
    fate: UPGRADED,
    advice: afterUpgrade,
  },
  // nvm, fnm, volta, asdf, mise, n, nodenv, proto, nodebrew, scoop: a folder for each version.
  {
    pattern: /[\\/](node-)?v?\d+\.\d+\.\d+([-+_][^\\/]*)?[\\/]/,
    fate: 'goes when that version of Node is removed',
    advice: afterChange,
  },
  { pattern: /[\\/](\.cache|Library[\\/]Caches)[\\/]/, fate: 'is in a cache, which may be emptied' },
];

/**
 * Undefined for a path that lasts. Where the home folder is temporary itself, as in a test, temporary folders count as
 * lasting.
 */
export function shortLivedPath(path: string, homeDir: string): ShortLivedPath | undefined {
  const useless = USELESS.find(({ pattern }) => pattern.test(path));
  if (useless)
    return {
      path,
      fate: useless.fate,
      isUseless: true,
      advice: (command) => `Install it, and use that one: ${installWords(path)}, then ${command}`,
    };
  const kind = SHORT_LIVED.find(({ pattern }) => pattern.test(path));
  if (kind) return { path, fate: kind.fate, isUseless: false, advice: kind.advice ?? afterUpgrade };
  if (!isTemporary(path) || isTemporary(homeDir)) return undefined;
  return {
    path,
    fate: 'is in a folder for temporary files, which the system empties',
    isUseless: false,
    advice: (command) => `Install it where it stays (${installWords(path)}), then run: ${command}`,
  };
}

function installWords(path: string): string {
  const name = basename(path);
  if (/^node(\.exe)?$/.test(name)) return 'Node from https://nodejs.org';
  if (/^claude(\.exe|\.cmd)?$/.test(name)) return 'npm install -g @anthropic-ai/claude-code';
  return 'npm install -g bridge-supervisor';
}

/** Whether a version or package manager owns this path and removes it later. */
export function isOfAVersion(path: string): boolean {
  return [...USELESS, ...SHORT_LIVED].some(({ pattern }) => pattern.test(path));
}

/** The system empties these at a restart or by age (tmpfiles.d(5); macOS on its own). */
const TEMPORARY = ['/tmp', '/var/tmp', '/private/tmp', '/private/var/tmp', '/dev/shm', '/run/user'];
const OF_MACOS_OR_WINDOWS = /^(\/private)?\/var\/folders\/|[\\/]AppData[\\/]Local[\\/]Temp[\\/]/i;

/** Whether the path lies in a folder that the system empties. */
export function isTemporary(path: string): boolean {
  const folders = [...TEMPORARY, tmpdir()].map((folder) => resolve(folder) + sep);
  return folders.some((folder) => path.startsWith(folder)) || OF_MACOS_OR_WINDOWS.test(path);
}
