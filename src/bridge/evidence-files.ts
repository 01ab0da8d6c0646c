/** The long texts of evidence, which lie in files: the patch, and what the checks printed. All of it is text of others. */

import { readFile } from 'node:fs/promises';
import type { Change } from '../project/evidence.ts';
import type { RecordedEvidence } from '../project/review.ts';
import { ok, type Result, refuse } from '../result.ts';
import { evidenceFiles } from '../state-folder.ts';
import type { Bridge } from './bridge.ts';

/** The patch of a round, whole or of one file; what is not UTF-8 in it is replaced. */
export async function readPatch(
  { stateDir }: Bridge,
  { runId, evidence }: RecordedEvidence,
  path?: string,
): Promise<Result<string>> {
  const { diff } = evidence;
  if (diff === null) return refuse('nothing was measured, so there is no patch.');
  const change = path === undefined ? undefined : diff.changes.find((one) => isNamed(one, path));
  if (path !== undefined && !change) return refuse(`'${path}' is none of the files that changed.`);
  const patch = runId === null ? undefined : await textIn(evidenceFiles(stateDir, runId).patch);
  if (patch === undefined) return refuse('the patch is no longer kept.');
  return ok(change ? sectionOf(patch, change) : patch);
}

export interface CheckOutput {
  readonly name: string;
  /** As much as was kept; undefined: nothing is. */
  readonly text: string | undefined;
}

/** What each check of a round printed, or the one of this name. */
export async function readCheckOutputs(
  { stateDir }: Bridge,
  { runId, evidence }: RecordedEvidence,
  name?: string,
): Promise<Result<readonly CheckOutput[]>> {
  const { checks } = evidence;
  const names = checks.map((check) => check.name);
  if (name !== undefined && !names.includes(name))
    return refuse(`'${name}' is no check of this round (${names.join(', ') || 'it has none'}).`);
  const outputs = checks.map(async (check, index): Promise<CheckOutput> => {
    const file = runId === null ? undefined : evidenceFiles(stateDir, runId).check(index + 1);
    return { name: check.name, text: file === undefined ? undefined : await textIn(file) };
  });
  const all = await Promise.all(outputs);
  return ok(all.filter((output) => name === undefined || output.name === name));
}

async function textIn(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(() => undefined);
}

function isNamed({ path, oldPath }: Change, name: string): boolean {
  return path === name || oldPath === name;
}

/** A file that became another type has two sections, which follow each other. */
function sectionOf(patch: string, change: Change): string {
  const { path, pathBase64, oldPath = path, oldPathBase64 } = change;
  const old = headName('a', oldPath, change.oldPath === undefined ? pathBase64 : oldPathBase64);
  const head = `diff --git ${old} ${headName('b', path, pathBase64)}\n`;
  // Every other line of a patch begins with a space, a sign, a mark or another word.
  const sections = patch.split(/^(?=diff --git )/m);
  return sections.filter((section) => section.startsWith(head)).join('');
}

/** As git writes a name there: with the escapes of C where it has other bytes than printable ASCII (git-config(1), `core.quotePath`). */
function headName(prefix: 'a' | 'b', path: string, base64: string | undefined): string {
  const bytes = base64 === undefined ? Buffer.from(path) : Buffer.from(base64, 'base64');
  const escaped = Array.from(bytes, escapedByte).join('');
  const name = `${prefix}/${escaped}`;
  return escaped === bytes.toString('latin1') ? name : `"${name}"`;
}

const ESCAPES: Readonly<Record<number, string>> = {
  7: '\\a',
  8: '\\b',
  9: '\\t',
  10: '\\n',
  11: '\\v',
  12: '\\f',
  13: '\\r',
  34: '\\"',
  92: '\\\\',
};

function escapedByte(byte: number): string {
  const isPlain = byte >= 32 && byte < 127;
  return ESCAPES[byte] ?? (isPlain ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, '0')}`);
}
