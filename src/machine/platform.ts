/** The kinds of operating system we tell apart. Everything that depends on it is in this room. */
export type Platform = 'linux' | 'macos' | 'windows' | 'other-unix';

const KNOWN: Partial<Record<NodeJS.Platform, Platform>> = {
  linux: 'linux',
  darwin: 'macos',
  win32: 'windows',
};

export const platform: Platform = KNOWN[process.platform] ?? 'other-unix';

export const isWindows = platform === 'windows';
