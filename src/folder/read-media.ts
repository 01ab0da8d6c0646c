/** Reads an image, a sound or any other file whole. */
import { extname } from 'node:path';
import { ok, type Result, refuse } from '../result.ts';
import { readPlain } from './open-plain.ts';
import type { SharedFolder } from './shared-folder.ts';
import { shownPath } from './shown-path.ts';

export interface Media {
  readonly kind: 'image' | 'audio' | 'other';
  readonly mimeType: string;
  readonly data: Buffer;
}

/** As base64 it is a million bytes: an answer of more is of no use to any client. */
const MAX_MEDIA_BYTES = 750_000;

/** Refuses what is too large. Throws the system's error. */
export async function readMedia(root: SharedFolder, path: string): Promise<Result<Media>> {
  return readPlain(root, path, async (file, size) => {
    if (size > MAX_MEDIA_BYTES)
      return refuse(`${shownPath(path)} has ${size} bytes; at most ${MAX_MEDIA_BYTES} are handed out`);
    const mimeType = TYPES[extname(path).toLowerCase()] ?? 'application/octet-stream';
    const [kind] = mimeType.split('/');
    return ok({
      kind: kind === 'image' || kind === 'audio' ? kind : 'other',
      mimeType,
      data: await file.readFile(),
    });
  });
}

/** Images that models see (https://docs.claude.com/en/docs/build-with-claude/vision), and sounds. */
const TYPES: Readonly<Record<string, string>> = {
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
  '.mp3': 'audio/mpeg',
  '.wav': 'audio/wav',
  '.ogg': 'audio/ogg',
  '.flac': 'audio/flac',
};
