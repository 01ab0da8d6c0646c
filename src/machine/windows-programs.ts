/**
 * Programs of Windows by their full path. Windows would look for a bare name in the current folder first, which may be
 * any workspace, and then on a PATH that need not name their folders.
 */

import { join } from 'node:path';
import type { Environment } from '../environment.ts';

export function systemProgram(env: Environment, ...path: readonly string[]): string {
  return join(env.SystemRoot || env.SYSTEMROOT || 'C:\\Windows', 'System32', ...path);
}

export function powershell(env: Environment): string {
  return systemProgram(env, 'WindowsPowerShell', 'v1.0', 'powershell.exe');
}

/** The arguments with which PowerShell runs a script: UTF-16LE in base64 (`powershell -?`), so nothing is left to quote. */
export function encodedScript(script: string): string[] {
  return [
    ...['-NoProfile', '-NonInteractive', '-EncodedCommand'],
    Buffer.from(script, 'utf16le').toString('base64'),
  ];
}

export const POWERSHELL = powershell(process.env);

export const TASKKILL = systemProgram(process.env, 'taskkill.exe');
