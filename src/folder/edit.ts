/** Changes passages of a file. What the file is encoded in, how its lines end and its mode stay. */
import { createTwoFilesPatch } from 'diff';
import { ok, type Result, refuse } from '../result.ts';
import { type Edit, editText } from './edit-text.ts';
import { locate } from './locate.ts';
import { openPlain } from './open-plain.ts';
import type { SharedFolder } from './shared-folder.ts';
import { shownPath } from './shown-path.ts';
import { changingAlone, put } from './write.ts';

export interface EditedFile {
  /** Unified; undefined where working it out takes too long. */
  readonly diff: string | undefined;
  /** How often the old text of each edit was there. */
  readonly counts: readonly number[];
}

const MAX_BYTES = 5_000_000;
const DIFF_TIMEOUT_MS = 1_000;

/** Makes all of the edits or none; with `dryRun` none. Refuses what is no UTF-8. Throws the system's error. */
export async function editFile(
  root: SharedFolder,
  path: string,
  edits: readonly Edit[],
  dryRun: boolean,
): Promise<Result<EditedFile>> {
  const found = await locate(root, path);
  if (!found.ok) return found;
  await using located = found.value;
  return await changingAlone(root, located, async () => {
    const opened = await openPlain(located, path);
    if (!opened.ok) return opened;
    const { handle, stats } = opened.value;
    await using file = handle;
    if (stats.size > MAX_BYTES)
      return refuse(`${shownPath(path)} is larger than the ${MAX_BYTES} bytes that can be edited`);
    const text = textOf(await file.readFile());
    if (text === undefined) return refuse(`${shownPath(path)} is no UTF-8 text: it is not edited`);
    const edited = editText(text, edits);
    if (!edited.ok) return edited;
    const isSame = edited.value.text === text;
    const written =
      dryRun || isSame ? ok(undefined) : await put(located, path, Buffer.from(edited.value.text), stats);
    if (!written.ok) return written;
    return ok({ diff: diffOf(path, text, edited.value.text), counts: edited.value.counts });
  });
}

function textOf(bytes: Buffer): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function diffOf(path: string, before: string, after: string): string | undefined {
  const [old, fresh] = [before, after].map((text) => text.replaceAll('\r\n', '\n'));
  const name = shownPath(path);
  const options = { timeout: DIFF_TIMEOUT_MS };
  return createTwoFilesPatch(name, name, old ?? '', fresh ?? '', 'original', 'modified', options);
}
