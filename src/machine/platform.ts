/** The kinds of operating system we tell apart. Everything that depends on it is in this room. */
type Platform = 'linux' | 'windows' | 'other-unix';

export const platform: Platform =
  process.platform === 'linux' ? 'linux' : process.platform === 'win32' ? 'windows' : 'other-unix';

export const isWindows = platform === 'windows';
