/**
 * What the system under the tests can do. A test that is left out somewhere says in its title what it needs: whoever
 * reads the list of skipped tests then knows why.
 */

/** It has no signals but the end, no file modes, no scripts that start with `#!`, and nobody removes an open file. */
export const onWindows = process.platform === 'win32';

export const onLinux = process.platform === 'linux';

export const onMacos = process.platform === 'darwin';

/** Whom file modes do not bind. */
export const isRoot = process.getuid?.() === 0;
