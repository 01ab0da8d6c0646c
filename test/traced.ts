/** What a script asks of the kernel, in order: the only witness that something was on disk before it got its name. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** strace is there and may look at a process of ours. */
export const canTrace = spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0;

/**
 * Runs `script`, the text of a module, and returns its calls that sync a file or give one a name, such as
 * `fsync /x/a.tmp` and `rename /x/a.tmp /x/a`, as far as they are about files in `folder`.
 */
export function traced(script: string, folder: string): string[] {
  const place = mkdtempSync(join(tmpdir(), 'traced-'));
  try {
    const log = join(place, 'log');
    // With -y a descriptor is followed by its path; with -f the threads that do a process's I/O are seen too.
    const calls = 'fsync,fdatasync,rename,renameat,renameat2,link,linkat';
    const node = [process.execPath, '--experimental-strip-types', '--disable-warning=ExperimentalWarning'];
    execFileSync(
      'strace',
      [
        '-f',
        '-y',
        '-s',
        '4096',
        '-e',
        `trace=${calls}`,
        '-o',
        log,
        ...node,
        '--input-type=module',
        '-e',
        script,
      ],
      { stdio: 'pipe' },
    );
    return readFileSync(log, 'utf8')
      .split('\n')
      .flatMap(readCall)
      .filter((call) => call.includes(folder));
  } finally {
    rmSync(place, { recursive: true });
  }
}

/** `123 fsync(20</x/a>) = 0`, `123 rename("/x/a", "/x/b") = 0`; one that another thread interrupts is seen at its start. */
function readCall(line: string): string[] {
  const [, name, rest = ''] = /^\d+ +(\w+)\((.*)$/.exec(line) ?? [];
  if (name === undefined) return [];
  const paths = name.endsWith('sync')
    ? [...rest.matchAll(/^\d+<([^>]*)>/g)]
    : [...rest.matchAll(/"([^"]*)"/g)];
  return [[name.replace(/at2?$/, ''), ...paths.map(([, path]) => path)].join(' ')];
}
