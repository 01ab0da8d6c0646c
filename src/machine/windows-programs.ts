/**
 * Programs that Windows brings along, by their whole path: a bare name would first be looked for in the current
 * folder, which may be anybody's workspace, and then on a PATH that need not name their folders.
 */
import { join } from 'node:path';

const SYSTEM = join(process.env.SystemRoot ?? 'C:\\Windows', 'System32');

export const POWERSHELL = join(SYSTEM, 'WindowsPowerShell', 'v1.0', 'powershell.exe');

export const TASKKILL = join(SYSTEM, 'taskkill.exe');
