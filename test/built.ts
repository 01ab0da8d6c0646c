/** The program as it is built, and what makes its many starts in the tests cheap. */
import { fileURLToPath } from 'node:url';

/**
 * What a user runs, built before the first test (global-setup.ts). From the source a command takes four times as long to
 * start, and there are hundreds.
 */
export const PROGRAM = fileURLToPath(new URL('../dist/cli.js', import.meta.url));

/**
 * Goes into the environment of a Node that a test starts: there it finds compiled what another has run before, and begins
 * in half the time. Empty where nothing may be kept, as when coverage is measured.
 */
export const COMPILED: Readonly<Record<string, string>> = process.env.NODE_COMPILE_CACHE
  ? { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE }
  : {};
