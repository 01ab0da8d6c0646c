/** The operating systems that we distinguish. Everything that depends on the platform is in this folder. */
export type Platform = 'linux' | 'macos' | 'windows' | 'other-unix';

const KNOWN: Partial<Record<NodeJS.Platform, Platform>> = {
  linux: 'linux',
  darwin: 'macos',
  win32: 'windows',
};

export const platform: Platform = KNOWN[process.platform] ?? 'other-unix';

export const isWindows = platform === 'windows';
