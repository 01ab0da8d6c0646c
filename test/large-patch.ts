/** A patch as large as one likes, and what was measured of it. */
import type { Evidence } from '../src/project/evidence.ts';

/** @param files How many files of the same size it changes, each by added lines of 80 bytes. */
export function largePatch(
  files: number,
  bytes: number,
): { readonly patch: string; readonly diff: NonNullable<Evidence['diff']> } {
  const lines = Math.ceil(bytes / files / LINE_BYTES);
  const path = (file: number) => `src/part-${String(file).padStart(4, '0')}.ts`;
  const patch = Array.from({ length: files }, (_, at) => fileOf(path(at + 1), at + 1, lines)).join('');
  const changes = Array.from({ length: files }, (_, at) => ({
    path: path(at + 1),
    status: 'A' as const,
    insertions: lines,
    deletions: 0,
    binary: false,
    size: lines * LINE_BYTES,
  }));
  const insertions = files * lines;
  return {
    patch,
    diff: { files, insertions, deletions: 0, binary: 0, patchBytes: patch.length, truncated: false, changes },
  };
}

const LINE_BYTES = 81;

function fileOf(path: string, file: number, lines: number): string {
  const added = Array.from({ length: lines }, (_, at) =>
    `+// line ${at + 1} of file ${file} `.padEnd(LINE_BYTES - 1, 'x'),
  );
  const head = `diff --git a/${path} b/${path}\nnew file mode 100644\nindex 0000000..1111111\n--- /dev/null\n+++ b/${path}\n`;
  return `${head}@@ -0,0 +1,${lines} @@\n${added.join('\n')}\n`;
}
