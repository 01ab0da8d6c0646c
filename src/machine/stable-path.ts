/**
 * The stable name of a program's file. A version manager keeps each version in its own folder and often links to the
 * current one. Both names lead to the same file now; after an upgrade only the link does.
 */
import { readdirSync, realpathSync } from 'node:fs';
import { basename, join } from 'node:path';
import { isOfAVersion, isTemporary } from './short-lived-path.ts';

export interface StablePathOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The person's home folder. */
  readonly homeDir: string;
  /** The name this program was called by; it counts only if it leads to the same file. */
  readonly called?: string | undefined;
}

/** The stable name for the same file; `path` itself when it is stable, or when there is no such name. */
export function stablePath(path: string, surroundings: StablePathOptions): string {
  const { called } = surroundings;
  if (!isOfAVersion(path)) return path;
  const real = realOf(path);
  const candidates = [...linksFor(path, surroundings), ...(called === undefined ? [] : [called])];
  const lasts = (candidate: string) =>
    !isOfAVersion(candidate) && (!isTemporary(candidate) || isTemporary(path)) && realOf(candidate) === real;
  return (real !== undefined && candidates.find(lasts)) || path;
}

function linksFor(path: string, surroundings: StablePathOptions): string[] {
  return [
    ...ofProfiles(path, surroundings),
    ...ofPnpm(path, surroundings),
    ...ofHomebrew(path),
    ...ofSnap(path),
    ...ofVersions(path),
    ...ofNodeManagers(path),
  ];
}

/** Profiles of Nix (https://nix.dev/manual/nix/stable/command-ref/files/profiles) and Guix. */
function ofProfiles(path: string, { env, homeDir }: StablePathOptions): string[] {
  const [, inside] = /^\/(?:nix|gnu)\/store\/[^/]+\/(.+)$/.exec(path) ?? [];
  if (inside === undefined) return [];
  const profiles = [
    join(homeDir, '.nix-profile'),
    join(env.XDG_STATE_HOME || join(homeDir, '.local', 'state'), 'nix', 'profile'),
    ...(env.USER ? [`/etc/profiles/per-user/${env.USER}`] : []),
    '/run/current-system/sw',
    '/nix/var/nix/profiles/default',
    join(homeDir, '.guix-profile'),
    '/run/current-system/profile',
  ];
  return profiles.map((profile) => join(profile, inside));
}

/**
 * pnpm up to 10 links a package beside the `.pnpm` of its version. Later versions keep packages in a shared store, and
 * link global packages by a constant name, a hash (seen in 12.21: `global/v11/<hash>/node_modules`).
 */
function ofPnpm(path: string, { env, homeDir }: StablePathOptions): string[] {
  const [, beside, rest] =
    /^(.*[\\/]node_modules)[\\/]\.pnpm[\\/][^\\/]+[\\/]node_modules[\\/](.+)$/.exec(path) ?? [];
  if (beside !== undefined && rest !== undefined) return [join(beside, rest)];
  const [, base, inside] =
    /^(.*)[\\/]store[\\/]v\d+[\\/]links[\\/].*?[\\/]node_modules[\\/](.+)$/.exec(path) ?? [];
  if (base === undefined || inside === undefined) return [];
  const homes = [
    base,
    env.PNPM_HOME,
    join(homeDir, '.local', 'share', 'pnpm'),
    join(homeDir, 'Library', 'pnpm'),
    join(homeDir, 'AppData', 'Local', 'pnpm'),
  ];
  return homes
    .filter((folder) => folder !== undefined)
    .map((folder) => join(folder, 'global'))
    .flatMap((all) => namesIn(all).map((layout) => join(all, layout)))
    .flatMap((layout) => [
      join(layout, 'node_modules', inside),
      ...namesIn(layout)
        .filter((name) => /^[\da-f]{32,}$/.test(name))
        .map((name) => join(layout, name, 'node_modules', inside)),
    ]);
}

/** `opt` leads to the current version (https://docs.brew.sh/Formula-Cookbook#homebrew-terminology). */
function ofHomebrew(path: string): string[] {
  const [, prefix = '', formula = '', rest] = /^(.*)\/Cellar\/([^/]+)\/[^/]+\/(.+)$/.exec(path) ?? [];
  return rest === undefined ? [] : [`${prefix}/opt/${formula}/${rest}`];
}

/** https://snapcraft.io/docs/how-snaps-work */
function ofSnap(path: string): string[] {
  const [, snap = '', rest] = /^(\/snap\/[^/]+)\/x?\d+\/(.+)$/.exec(path) ?? [];
  return rest === undefined ? [] : [`${snap}/current/${rest}`];
}

/** mise links `24` and `latest` to a version beside it, others `v24`; scoop, and people by hand, link `current`. */
function ofVersions(path: string): string[] {
  const found = /^(.*[\\/])v?((\d+)\.\d+)\.\d+(?:[-+_][^\\/]*)?([\\/].+)$/.exec(path);
  if (!found) return [];
  const [, before = '', minor = '', major = '', rest = ''] = found;
  return [major, `v${major}`, 'current', 'latest', 'lts', minor, `v${minor}`].map(
    (name) => before + name + rest,
  );
}

/**
 * The default Node of fnm and proto. For Node alone: a package that npm installed beside one version is missing beside
 * another.
 */
function ofNodeManagers(path: string): string[] {
  const [, fnm] =
    /^(.*)[\\/]node-versions[\\/][^\\/]+[\\/]installation[\\/](?:bin[\\/])?node(?:\.exe)?$/.exec(path) ?? [];
  const [, proto] =
    /^(.*[\\/]\.proto)[\\/]tools[\\/]node[\\/][^\\/]+[\\/](?:bin[\\/])?node(?:\.exe)?$/.exec(path) ?? [];
  const inside = path.replace(/^.*[\\/]installation[\\/]/, '');
  return [
    ...(fnm === undefined ? [] : [join(fnm, 'aliases', 'default', inside)]),
    ...(proto === undefined ? [] : [join(proto, 'bin', basename(path))]),
  ];
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function realOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
