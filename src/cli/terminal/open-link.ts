/** Opens a secret link in the person's browser, without showing it to the other users of the machine. */
import { pathToFileURL } from 'node:url';
import { writeAtomically } from '../../machine/atomic-file.ts';
import { openCall, openUrl } from '../../machine/open-url.ts';
import { signInFile } from '../../state-folder.ts';
import type { Cli } from '../context.ts';

/**
 * Opens a file in the state folder that leads to `url`: everybody can read the arguments of a program (`ps`), and whoever
 * spends the code of a link first is signed in. Returns whether a browser was started. Throws the system's error when the
 * file cannot be written.
 */
export async function openLink({ env }: Pick<Cli, 'env'>, stateDir: string, url: string): Promise<boolean> {
  const file = signInFile(stateDir);
  const address = pathToFileURL(file).href;
  if (!openCall(address, env)) return false;
  await writeAtomically(file, pageTo(url), 0o600);
  return openUrl(address, env);
}

function pageTo(url: string): string {
  const target = url.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
  return `<!doctype html>
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0;url=${target}">
<title>bridge-supervisor</title>
<a href="${target}">bridge-supervisor</a>
`;
}
