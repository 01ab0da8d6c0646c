import { join } from 'node:path';

/** The files of one run, in `runs/` of the state folder. */
export interface RunFiles {
  /** Claude's raw stream, kept. */
  readonly output: string;
  /** What Claude wrote to stderr, kept. */
  readonly errors: string;
  /** The MCP configuration; removed when the run has ended, since it may hold the owner's secrets. */
  readonly mcpConfig: string;
}

export function runsFolder(home: string): string {
  return join(home, 'runs');
}

export function runFiles(home: string, runId: string): RunFiles {
  const base = join(runsFolder(home), runId);
  return { output: `${base}.jsonl`, errors: `${base}.stderr.log`, mcpConfig: `${base}.mcp.json` };
}
