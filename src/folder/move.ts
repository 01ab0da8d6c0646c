/** Gives a file or folder another name, and never takes the place of another. */
import { ok, type Result, refuse } from '../result.ts';
import { locate } from './locate.ts';
import type { SharedFolder } from './shared-folder.ts';
import { shownPath } from './shown-path.ts';
import { takeName, takeNameForFile } from './take-name.ts';

/** A link is moved as it is. Throws the system's error. */
export async function moveEntry(
  root: SharedFolder,
  source: string,
  destination: string,
): Promise<Result<undefined>> {
  const from = await locate(root, source, { followsLast: false });
  if (!from.ok) return from;
  await using one = from.value;
  if (one.stats === undefined) return refuse(`ENOENT: no such file or directory: ${shownPath(source)}`);
  if (one.name === '.') return refuse('Access denied - the shared folder itself is not moved');
  const to = await locate(root, destination, { followsLast: false });
  if (!to.ok) return to;
  await using other = to.value;
  if (other.stats !== undefined) return refuse(thereAlready(destination));
  if (one.way.every((part, index) => other.way[index] === part))
    return refuse(`EINVAL: ${shownPath(source)} cannot be moved into itself`);
  const isMoved = await (one.stats.isFile() ? takeNameForFile : takeName)(one, other);
  return isMoved ? ok(undefined) : refuse(thereAlready(destination));
}

function thereAlready(destination: string): string {
  return `Destination already exists: ${shownPath(destination)}`;
}
