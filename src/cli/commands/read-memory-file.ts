/** The file of another memory server, known by what is in it. */
import { open, stat } from 'node:fs/promises';
import { type MemoryFile, readMemoryFile } from '../../project/memory-file.ts';
import { ok, type Result, refuse } from '../../result.ts';

/** More than the graph holds; less than the memory of the machine. */
const MAX_BYTES = 256_000_000;
const FIRST_BYTES = 512;

/** Undefined: it is another file, or none. Throws the error of the system. */
export async function memoryFileIn(file: string): Promise<Result<MemoryFile> | undefined> {
  const info = await stat(file).catch(() => undefined);
  if (!info?.isFile()) return undefined;
  await using handle = await open(file);
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(FIRST_BYTES), 0, FIRST_BYTES, 0);
  // A database, as most files are that can be imported, is not read whole.
  if (!/^\uFEFF?\s*\{/.test(buffer.toString('utf8', 0, bytesRead))) return undefined;
  if (info.size > MAX_BYTES)
    return refuse(`${file} has ${info.size} bytes, and ${MAX_BYTES} is the most that is imported.`);
  const read = readMemoryFile(await handle.readFile('utf8'));
  return read && ok(read);
}
