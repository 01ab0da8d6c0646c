import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as z from 'zod';
import { withoutHidden } from '../../characters.ts';
import { shownPath } from '../../folder/shown-path.ts';
import { ok, type Result, refuse } from '../../result.ts';
import type { Tool } from '../define-tool.ts';
import { bytesOf, cut, ROOM_BYTES } from '../fit.ts';
import { defineFolderTool, type FolderCall, type FolderService, note } from './define-folder-tool.ts';
import { someOf, wholeNumber } from './input.ts';

const HINTS = { readOnly: true, destructive: false, idempotent: true };

const count = wholeNumber(1_000_000).optional();
const PART = z.strictObject({
  path: z.string(),
  head: count,
  tail: count,
  from: wholeNumber(Number.MAX_SAFE_INTEGER).optional(),
});

export function readTextTool(
  scope: FolderService,
  name: 'read_text_file' | 'read_file' = 'read_text_file',
): Tool {
  return defineFolderTool(scope, {
    name,
    title: name === 'read_file' ? 'Read file (deprecated)' : 'Read text file',
    description:
      name === 'read_file'
        ? 'read_text_file under its former name.'
        : 'Read a text file: all, its first or last lines (head, tail), or on from a byte.',
    hints: HINTS,
    input: PART,
    run: async ({ path, ...wanted }, call) => {
      if (wanted.head !== undefined && wanted.tail !== undefined)
        return refuse('Cannot specify both head and tail parameters simultaneously');
      if (wanted.from !== undefined && (wanted.head ?? wanted.tail) !== undefined)
        return refuse('Cannot specify from together with head or tail');
      const read = await readShown(call, path, wanted, ROOM_BYTES);
      if (!read.ok) return read;
      const { text, next, size, isLossy, hidden } = read.value;
      return ok({
        text,
        ...note(
          next === undefined ? undefined : `This ends at byte ${next} of ${size}. Go on with from ${next}.`,
          isLossy ? 'Bytes that are no UTF-8 are shown as U+FFFD.' : undefined,
          hidden > 0
            ? `${hidden} control, invisible or reordering characters are not shown; a line with one cannot be edited by what is shown.`
            : undefined,
          size === 0 ? 'The file is empty.' : undefined,
        ),
      });
    },
  });
}

interface ShownPart {
  readonly text: string;
  /** Where to go on; undefined: all that was asked for is shown. */
  readonly next: number | undefined;
  readonly size: number;
  readonly isLossy: boolean;
  /** How many characters are left out. */
  readonly hidden: number;
}

/** A part of a file that fits into `room` bytes of an answer, without what hides in it. */
async function readShown(
  { folder, root }: FolderCall,
  path: string,
  wanted: {
    readonly head?: number | undefined;
    readonly tail?: number | undefined;
    readonly from?: number | undefined;
  },
  room: number,
): Promise<Result<ShownPart>> {
  const read = await folder.readText(root, path, wanted, room);
  if (!read.ok) return read;
  // What a byte that is no text is shown as takes up to six bytes of an answer.
  const fitting = read.value.isLossy ? await folder.readText(root, path, wanted, Math.floor(room / 6)) : read;
  if (!fitting.ok) return fitting;
  const { begin, end, size, isAll, isLossy } = fitting.value;
  const raw = isLossy ? { text: fitting.value.text, left: 0 } : cut(fitting.value.text, room);
  const isWhole = raw.left === 0 && isAll;
  const stop = raw.left === 0 ? end : begin + Buffer.byteLength(raw.text);
  const text = withoutHidden(raw.text);
  const hidden = raw.text.replaceAll('\r\n', '\n').length - text.length;
  return ok({ text, next: isWhole ? undefined : stop, size, isLossy, hidden });
}

const MAX_FILES = 100;

export function readMultipleTool(scope: FolderService): Tool {
  return defineFolderTool(scope, {
    name: 'read_multiple_files',
    title: 'Read multiple files',
    description: 'Read several text files; each begins with its path.',
    hints: HINTS,
    input: z.strictObject({ paths: someOf(z.string(), MAX_FILES) }),
    async run({ paths }, call) {
      const room = Math.floor(ROOM_BYTES / paths.length) - PATH_BYTES;
      const parts: string[] = [];
      for (const path of paths) parts.push(await readOne(call, path, Math.max(room, MIN_ROOM_BYTES)));
      const shown = fittingParts(parts);
      const left = paths.length - shown.length;
      return ok({
        text: shown.join('\n---\n'),
        ...note(left > 0 ? `The last ${left} of these files did not fit: read them next.` : undefined),
      });
    },
  });
}

/** Room for the path, and what is said of the file. */
const PATH_BYTES = 100;
const MIN_ROOM_BYTES = 600;

async function readOne(call: FolderCall, path: string, room: number): Promise<string> {
  const shown = shownPath(path);
  try {
    const read = await readShown(call, path, {}, room);
    if (!read.ok) return `${shown}: Error - ${read.refusal}`;
    const { text, next, size } = read.value;
    const more =
      next === undefined ? '' : `\n(ends at byte ${next} of ${size}: read_text_file, from ${next})`;
    return `${shown}:\n${text}\n${more}`;
  } catch (error) {
    const why = call.folder.explainSystemError(error, path);
    if (why === undefined) throw error;
    return `${shown}: Error - ${why}`;
  }
}

function fittingParts(parts: readonly string[]): readonly string[] {
  let used = 0;
  const beyond = parts.findIndex((part, index) => {
    used += bytesOf(part);
    return used > ROOM_BYTES + 4_000 && index > 0;
  });
  return beyond < 0 ? parts : parts.slice(0, beyond);
}

export function readMediaTool(scope: FolderService): Tool {
  return defineFolderTool(scope, {
    name: 'read_media_file',
    title: 'Read media file',
    description: 'Read an image, a sound or any other file as base64.',
    hints: HINTS,
    input: z.strictObject({ path: z.string() }),
    async run({ path }, { folder, root }) {
      const read = await folder.readMedia(root, path);
      if (!read.ok) return read;
      const { kind, mimeType, data } = read.value;
      const base64 = data.toString('base64');
      const block =
        kind === 'other'
          ? {
              type: 'resource' as const,
              resource: { uri: pathToFileURL(resolve(root.real, path)).href, mimeType, blob: base64 },
            }
          : { type: kind, data: base64, mimeType };
      return ok({ text: `${shownPath(path)} (${mimeType}, ${data.length} bytes)`, more: [block] });
    },
  });
}
