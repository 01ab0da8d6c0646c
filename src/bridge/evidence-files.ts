/** The long texts of evidence, which lie in files: the patch, and what the checks printed. All of it is text of others. */

import { readFile } from 'node:fs/promises';
import type { Change } from '../project/evidence.ts';
import type { RecordedEvidence } from '../project/review.ts';
import { ok, type Result, refuse } from '../result.ts';
import { evidenceFiles } from '../state-folder.ts';
import type { Bridge } from './bridge.ts';
import { type KeptFile, type KeptText, openKept } from './kept-text.ts';
import { findSection, type Section } from './patch-sections.ts';

/** The patch of a round, whole or of one file; what is not UTF-8 in it is replaced. */
export async function readPatch(
  bridge: Bridge,
  measured: RecordedEvidence,
  path?: string,
): Promise<Result<string>> {
  const changes = measured.evidence.diff?.changes ?? [];
  const change = path === undefined ? undefined : changes.find((one) => isNamed(one, path));
  if (path !== undefined && measured.evidence.diff && !change)
    return refuse(`'${path}' is none of the files that changed.`);
  const opened = await openPatch(bridge, measured, change);
  if (!opened.ok) return opened;
  await using patch = opened.value;
  return ok((await patch.read(0, patch.bytes)).toString('utf8'));
}

/** The patch of a round as it lies in its file, whole or what is about one of its changes. */
export async function openPatch(
  { stateDir }: Bridge,
  { runId, evidence }: RecordedEvidence,
  change?: Change,
): Promise<Result<KeptText>> {
  if (evidence.diff === null) return refuse('nothing was measured, so there is no patch.');
  const patch = runId === null ? undefined : await openKept(evidenceFiles(stateDir, runId).patch);
  if (patch === undefined) return refuse('the patch is no longer kept.');
  if (!change) return ok(patch);
  const section = await sectionIn(patch, change);
  if (section) return ok(patch.part(section.start, section.end));
  await patch[Symbol.asyncDispose]();
  return refuse(`'${change.path}' is not in the patch, which was cut before it: it is too long.`);
}

async function sectionIn(patch: KeptFile, change: Change): Promise<Section | undefined> {
  try {
    return await findSection(patch, change);
  } catch (error) {
    await patch[Symbol.asyncDispose]();
    throw error;
  }
}

export interface CheckOutput {
  readonly name: string;
  /** As much as was kept; undefined: nothing is. */
  readonly text: string | undefined;
}

/** What each check of a round printed, or the one of this name; what is not UTF-8 in it is replaced. */
export async function readCheckOutputs(
  bridge: Bridge,
  measured: RecordedEvidence,
  name?: string,
): Promise<Result<readonly CheckOutput[]>> {
  const { checks } = measured.evidence;
  if (name !== undefined && !checks.some((check) => check.name === name))
    return refuse(`'${name}' is no check of this round (${namesOf(measured) || 'it has none'}).`);
  const outputs = checks.map(async (check, index): Promise<CheckOutput> => {
    const bytes = await outputOf(bridge, measured, index);
    return { name: check.name, text: bytes?.toString('utf8') };
  });
  const all = await Promise.all(outputs);
  return ok(all.filter((output) => name === undefined || output.name === name));
}

/** What the check of this name printed, as much as was kept. */
export async function openCheckOutput(
  { stateDir }: Bridge,
  measured: RecordedEvidence,
  name: string,
): Promise<Result<KeptText>> {
  const index = measured.evidence.checks.findIndex((check) => check.name === name);
  if (index < 0)
    return refuse(`'${name}' is no check of this round (${namesOf(measured) || 'it has none'}).`);
  const { runId } = measured;
  const output = runId === null ? undefined : await openKept(evidenceFiles(stateDir, runId).check(index + 1));
  return output ? ok(output) : refuse('what this check printed is no longer kept.');
}

async function outputOf(
  { stateDir }: Bridge,
  { runId }: RecordedEvidence,
  index: number,
): Promise<Buffer | undefined> {
  return runId === null ? undefined : bytesIn(evidenceFiles(stateDir, runId).check(index + 1));
}

function namesOf({ evidence }: RecordedEvidence): string {
  return evidence.checks.map((check) => check.name).join(', ');
}

async function bytesIn(file: string): Promise<Buffer | undefined> {
  return readFile(file).catch(() => undefined);
}

function isNamed({ path, oldPath }: Change, name: string): boolean {
  return path === name || oldPath === name;
}
