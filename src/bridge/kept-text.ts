/** A long text that lies in a file, of which parts are read: a page of it is short, and the whole may be 50 MB. */
import { type FileHandle, open } from 'node:fs/promises';

export interface KeptText extends AsyncDisposable {
  /** How long it is. */
  readonly bytes: number;
  /** Shorter at the end of it. Throws the system's error. */
  read(from: number, length: number): Promise<Buffer>;
}

/** A whole file. */
export interface KeptFile extends KeptText {
  /** Another for another content: which file it is, and when it was last changed. */
  readonly version: string;
  /** A part of it, which closes the file when it is disposed of. */
  part(start: number, end: number): KeptText;
}

/** Opens a file; undefined: it is not kept. Throws the system's error where it cannot be told how long it is. */
export async function openKept(path: string): Promise<KeptFile | undefined> {
  const file = await open(path, 'r').catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await file.stat({ bigint: true });
    const part = (start: number, end: number): KeptText => partOf(file, start, end);
    return {
      ...partOf(file, 0, Number(size)),
      version: [dev, ino, size, mtimeNs, ctimeNs].join(' '),
      part,
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

function partOf(file: FileHandle, start: number, end: number): KeptText {
  const bytes = end - start;
  return {
    bytes,
    async read(from, length) {
      const wanted = Math.max(0, Math.min(length, bytes - from));
      const { bytesRead, buffer } = await file.read(Buffer.alloc(wanted), 0, wanted, start + from);
      return buffer.subarray(0, bytesRead);
    },
    [Symbol.asyncDispose]: () => file.close(),
  };
}
