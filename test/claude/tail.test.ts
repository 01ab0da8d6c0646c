import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Tail, tailFile } from '../../src/claude/tail.ts';
import { systemClock } from '../../src/clock.ts';
import { eventually } from '../eventually.ts';
import { onLinux, onWindows } from '../platform.ts';
import { TestClock } from '../rig.ts';
import { handlesOn } from './handles.ts';
import { temporaryFolder } from './rig.ts';

const MAX_LINE = 16 * 1024 * 1024;
const script = fileURLToPath(new URL('fixtures/writer.mjs', import.meta.url));

interface Writer {
  /** Resolves when the piece is in the file. */
  write(piece: string | Uint8Array): Promise<void>;
  deleteFile(): Promise<void>;
  exit(): Promise<void>;
}

/** A process of its own that has the file open. */
async function startWriter(file: string): Promise<Writer> {
  const child: ChildProcess = spawn(process.execPath, [script, file], { stdio: ['pipe', 'pipe', 'inherit'] });
  const { stdin, stdout } = child;
  if (!stdin || !stdout) throw new Error('the writer has no pipes');
  onTestFinished(async () => {
    if (child.exitCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
    throw new Error('the writer outlived its test');
  });
  const replies = createInterface({ input: stdout })[Symbol.asyncIterator]();
  await replies.next();
  const ask = async (line: string) => {
    stdin.write(`${line}\n`);
    await replies.next();
  };
  return {
    write: (piece) => ask(Buffer.from(piece).toString('base64')),
    deleteFile: () => ask('delete'),
    async exit() {
      const exited = once(child, 'exit');
      stdin.end();
      await exited;
    },
  };
}

/** Reads on in the background. */
function collect(tail: Tail): { readonly lines: string[]; readonly done: Promise<void> } {
  const lines: string[] = [];
  const done = (async () => {
    for await (const line of tail.lines()) lines.push(line);
  })();
  return { lines, done };
}

async function readWhole(file: string): Promise<{ lines: string[]; tail: Tail }> {
  const tail = tailFile(file, systemClock);
  tail.end();
  const { lines, done } = collect(tail);
  await done;
  return { lines, tail };
}

async function file(content: string | Uint8Array = ''): Promise<string> {
  const path = join(await temporaryFolder(), 'out.jsonl');
  await writeFile(path, content);
  return path;
}

describe('following a growing file', () => {
  test('a growing file is read line by line', async () => {
    const path = await file();
    const writer = await startWriter(path);
    const tail = tailFile(path, systemClock);
    const { lines, done } = collect(tail);
    for (const count of [1, 2, 3]) {
      await writer.write(`line ${count}\n`);
      await eventually(() => expect(lines).toHaveLength(count));
    }
    await writer.exit();
    tail.end();
    await done;
    expect(lines).toEqual(['line 1', 'line 2', 'line 3']);
    expect(tail.cut()).toBe(false);
  });

  test('a growing file gives whole characters and whole lines, wherever the pieces end', async () => {
    const path = await file();
    const writer = await startWriter(path);
    const tail = tailFile(path, systemClock);
    const { lines, done } = collect(tail);
    const bytes = Buffer.from('{"a":"é€💡"}\n{"b":"日本"}\n\n');
    for (let at = 0; at < bytes.length; at++) await writer.write(bytes.subarray(at, at + 1));
    await eventually(() => expect(lines).toEqual(['{"a":"é€💡"}', '{"b":"日本"}', '']));
    await writer.exit();
    tail.end();
    await done;
    expect(lines).toHaveLength(3);
  });

  test('a growing file is read to the end when the writer has gone, with what came after the last look', async () => {
    const path = await file('before\n');
    const clock = new TestClock();
    const tail = tailFile(path, clock);
    const { lines, done } = collect(tail);
    await eventually(() => expect(lines).toEqual(['before']));
    await appendFile(path, 'after\nlast\n');
    tail.end();
    await done;
    expect(lines).toEqual(['before', 'after', 'last']);
  });

  test.skipIf(onWindows)(
    'a growing file is read on when its name was removed (open files can be removed)',
    async () => {
      const path = await file();
      const writer = await startWriter(path);
      const tail = tailFile(path, systemClock);
      const { lines, done } = collect(tail);
      await writer.write('one\n');
      await eventually(() => expect(lines).toEqual(['one']));
      await writer.deleteFile();
      await writer.write('two\n');
      await writer.exit();
      tail.end();
      await done;
      expect(lines).toEqual(['one', 'two']);
    },
  );
});

describe('reading a finished file', () => {
  test('a finished file is read whole', async () => {
    const { lines, tail } = await readWhole(await file('one\n\n three \r\n'));
    expect(lines).toEqual(['one', '', ' three \r']);
    expect(tail.cut()).toBe(false);
    expect(tail.skipped()).toBe(0);
  });

  test('an empty file has no line', async () => {
    const { lines, tail } = await readWhole(await file());
    expect(lines).toEqual([]);
    expect(tail.cut()).toBe(false);
  });

  test('a finished file with half a last line is cut, and the half line is left out', async () => {
    const { lines, tail } = await readWhole(await file('{"a":1}\n{"b":'));
    expect(lines).toEqual(['{"a":1}']);
    expect(tail.cut()).toBe(true);
  });

  test('a finished file of 100 000 lines is read in order', async () => {
    const count = 100_000;
    const path = await file(Array.from({ length: count }, (_, index) => `{"line":${index}}\n`).join(''));
    const { lines } = await readWhole(path);
    expect(lines).toHaveLength(count);
    expect(lines.every((line, index) => line === `{"line":${index}}`)).toBe(true);
  });

  test('a file that is not text is read all the same', async () => {
    const { lines } = await readWhole(await file(Buffer.from([0xff, 0xfe, 0x00, 0x0a, 0xc3, 0x0a])));
    expect(lines).toEqual(['\ufffd\ufffd\u0000', '\ufffd']);
  });
});

describe('overlong lines', () => {
  test('an overlong line is skipped and counted; those around it are read', async () => {
    const path = await file('before\n');
    await appendFile(path, `${'x'.repeat(MAX_LINE)}\n${'y'.repeat(MAX_LINE + 1)}\nafter\n`);
    const { lines, tail } = await readWhole(path);
    expect(lines.map((line) => line.length)).toEqual([6, MAX_LINE, 5]);
    expect(tail.skipped()).toBe(1);
    expect(tail.cut()).toBe(false);
  });

  test('an overlong line takes no more memory than the longest that is kept', async () => {
    const path = await file('before\n');
    // A hole: bytes that are there to be read and take no room on the disk.
    await truncate(path, 200_000_000);
    await appendFile(path, '\nafter\n');
    const tail = tailFile(path, systemClock);
    tail.end();
    const before = process.memoryUsage().arrayBuffers;
    const most: number[] = [];
    const watching = setInterval(() => most.push(process.memoryUsage().arrayBuffers - before), 5);
    const { lines, done } = collect(tail);
    await done;
    clearInterval(watching);
    expect(lines).toEqual(['before', 'after']);
    expect(tail.skipped()).toBe(1);
    expect(Math.max(...most)).toBeLessThan(4 * MAX_LINE);
  });

  test('a line that never ends is a cut one', async () => {
    const path = await file();
    await truncate(path, MAX_LINE + 5);
    const { lines, tail } = await readWhole(path);
    expect(lines).toEqual([]);
    expect(tail.cut()).toBe(true);
  });
});

describe('missing output files', () => {
  test('a missing file has no lines, and its reading ends with its writer', async () => {
    const path = await file();
    await rm(path);
    const tail = tailFile(path, new TestClock());
    const { lines, done } = collect(tail);
    tail.end();
    await done;
    expect(lines).toEqual([]);
    expect(tail.cut()).toBe(false);
  });

  test('a missing file of a finished run has no lines', async () => {
    const path = await file();
    await rm(path);
    expect((await readWhole(path)).lines).toEqual([]);
  });

  test('a folder in place of a file is an error', async () => {
    await expect(readWhole(await temporaryFolder())).rejects.toThrow('EISDIR');
  });
});

describe('open descriptors of a tail', () => {
  test('a tail leaves nothing open after the end', async () => {
    const path = await file('one\n');
    await readWhole(path);
    expect(await handlesOn(join(path, '..'))).toEqual([]);
  });

  test('a tail leaves nothing open after a reader that stops early, or never starts', async () => {
    const path = await file('one\ntwo\n');
    const tail = tailFile(path, systemClock);
    for await (const line of tail.lines()) {
      expect(line).toBe('one');
      break;
    }
    tailFile(path, systemClock).lines();
    expect(await handlesOn(join(path, '..'))).toEqual([]);
  });

  test('a tail that is being read has an open descriptor', async () => {
    const path = await file('one\n');
    const tail = tailFile(path, new TestClock());
    const { lines, done } = collect(tail);
    await eventually(() => expect(lines).toEqual(['one']));
    if (onLinux) expect(await handlesOn(join(path, '..'))).toHaveLength(2);
    tail.end();
    await done;
  });
});
