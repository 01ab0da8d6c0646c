/**
 * Paths of programs that will not mean the same later: managers of versions and packages keep each version in a folder
 * of its own, and take it away. One table; what has a lasting name as well is in `stable-path.ts`.
 */
import { tmpdir } from 'node:os';
import { basename, resolve, sep } from 'node:path';

export interface ShortLivedPath {
  readonly path: string;
  /** What becomes of it, in words that follow the path. */
  readonly fate: string;
  /** It works for this call alone, or only where it was called: writing it down makes no sense. */
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

/** What is useless once this call is over: the cache of npx, `pnpm dlx`, `yarn dlx`, bunx; an AppImage; Yarn's zips. */
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
    // What VS Code, Cursor and others of the kind install where they work from afar.
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
  // A version of ours, as mise, asdf and proto keep packages of npm.
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

/** Undefined for a path that stays. A home folder that is temporary itself, as on a stage, makes nothing else so. */
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

/** Whether a manager of versions or packages keeps this path, and takes it away. */
export function isOfAVersion(path: string): boolean {
  return [...USELESS, ...SHORT_LIVED].some(({ pattern }) => pattern.test(path));
}

/** Emptied at a restart, or by age (tmpfiles.d(5), and macOS by itself). */
const TEMPORARY = ['/tmp', '/var/tmp', '/private/tmp', '/private/var/tmp', '/dev/shm', '/run/user'];
const OF_MACOS_OR_WINDOWS = /^(\/private)?\/var\/folders\/|[\\/]AppData[\\/]Local[\\/]Temp[\\/]/i;

/** Whether the system empties a folder above it. */
export function isTemporary(path: string): boolean {
  const folders = [...TEMPORARY, tmpdir()].map((folder) => resolve(folder) + sep);
  return folders.some((folder) => path.startsWith(folder)) || OF_MACOS_OR_WINDOWS.test(path);
}
