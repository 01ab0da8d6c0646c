/**
 * What a person should know of a round before they decide, the weightiest part first. The titles and texts are ours; what
 * programs, models and repositories named or said stands apart, to be shown as theirs.
 */
import ms from 'ms';
import { dollars } from './costs.ts';
import type { Change, CheckResult, Evidence } from './evidence.ts';
import { describeUnreviewed, figuresOf, sizeOf } from './evidence-text.ts';
import { blockingFindings, describeDenier, hasPassed } from './measured.ts';
import { plural } from './text.ts';
import { describeUnmeasured } from './unmeasured-text.ts';
import { describeWarning } from './warning.ts';
import { branchName } from './worktree.ts';

export interface EvidencePart {
  readonly title: string;
  /** `bad`: something failed; `care`: a closer look is due. */
  readonly tone: 'bad' | 'care' | 'good' | 'plain';
  readonly entries: readonly EvidenceEntry[];
}

export interface EvidenceEntry {
  /** Without a full stop. */
  readonly text: string;
  /** Paths and other names. */
  readonly names?: readonly string[];
  /** What a program said; its end says most. */
  readonly words?: string;
  /** What a model says, for which the entry is there; its beginning says most. */
  readonly finding?: string;
}

/** All parts that have something to say. */
export function partsOf(evidence: Evidence): EvidencePart[] {
  const parts = [
    notMeasured(evidence),
    refusedPart(evidence),
    checksPart(evidence),
    warningsPart(evidence),
    claimsPart(evidence),
    basePart(evidence),
    reviewPart(evidence),
    askedPart(evidence),
    changesPart(evidence),
    runsPart(evidence),
  ];
  return parts.filter(({ entries }) => entries.length > 0);
}

function notMeasured({ cause }: Evidence): EvidencePart {
  const entries = cause ? [{ text: describeUnmeasured({ ...cause, detail: '' }), words: cause.detail }] : [];
  return { title: 'Not measured', tone: 'bad', entries };
}

function checksPart(evidence: Evidence): EvidencePart {
  const { checks, checksPassed, repairs, outline } = evidence;
  const after = repairs.used === 0 ? '' : ` after ${plural(repairs.used, 'repair')}`;
  const red = checks.filter((check) => !hasPassed(check));
  const entries = [...red, ...checks.filter(hasPassed)].map(checkEntry);
  if (checksPassed === null) {
    const text = outline ? 'none: an outline is not checked' : 'none: the workspace names no checks';
    return { title: 'Checks', tone: 'plain', entries: [{ text }] };
  }
  return checksPassed
    ? { title: `Checks passed${after}`, tone: 'good', entries }
    : { title: `Checks failed${after}`, tone: 'bad', entries };
}

function checkEntry(check: CheckResult): EvidenceEntry {
  const { name, durationMs, outputTail, leftovers } = check;
  const left = leftovers.length === 0 ? '' : `; it left ${plural(leftovers.length, 'process')} behind`;
  const text = `${name} ${endOfCheck(check)} after ${ms(durationMs)}${left}`;
  return hasPassed(check) ? { text } : { text, words: outputTail };
}

/** `failed with exit code 1`. */
export function endOfCheck(check: CheckResult): string {
  const { exitCode, signal, timedOut, failure } = check;
  if (failure !== null) return `could not be started (${failure})`;
  if (timedOut) return 'ran out of time';
  if (hasPassed(check)) return 'passed';
  return signal === null ? `failed with exit code ${exitCode}` : `was ended by ${signal}`;
}

function warningsPart({ warnings }: Evidence): EvidencePart {
  const entries = warnings.map(({ kind, paths, detail }) => ({
    text: describeWarning(kind),
    names: detail === '' ? paths : [...paths, detail],
  }));
  return { title: 'Warnings', tone: 'care', entries };
}

function claimsPart({ claims }: Evidence): EvidencePart {
  const entries = [
    { text: 'Claude says it changed these, and they are as before', names: claims.missing },
    { text: 'Changed, and Claude does not say so', names: claims.undeclared },
    { text: 'Claude says these are new, and they were there before', names: claims.misfiled },
    {
      text: 'Claude says it changed these, and git ignores them, so that nothing measured them',
      names: claims.ignored,
    },
  ];
  return {
    title: 'What Claude says, and is not so',
    tone: 'care',
    entries: entries.filter(({ names }) => names.length > 0),
  };
}

function basePart({ git }: Evidence): EvidencePart {
  const none: EvidencePart = { title: 'Base branch', tone: 'plain', entries: [] };
  if (git === null || git.baseRef === null) return none;
  const names = [branchName(git.baseRef)];
  if (git.baseState === 'gone') return { ...none, tone: 'care', entries: [{ text: BASES.gone, names }] };
  const moved = BASES[git.baseState];
  if (git.mergeable === 'conflict')
    return {
      ...none,
      tone: 'care',
      entries: [
        { text: moved, names },
        { text: 'the work conflicts with it', names: git.conflicts },
      ],
    };
  return git.baseState === 'same'
    ? none
    : { ...none, entries: [{ text: `${moved}; the work merges into it without a conflict`, names }] };
}

const BASES: Readonly<Record<NonNullable<Evidence['git']>['baseState'], string>> = {
  same: 'is where it was',
  ahead: 'has moved on since the work began',
  diverged: 'was rewritten since the work began, which brings nothing back that it has lost',
  gone: 'is gone since the work began',
};

/** A model that may be wrong, and that may have been talked to by what it read. */
function reviewPart(evidence: Evidence): EvidencePart {
  const { review } = evidence;
  if (review === null) return { title: REVIEWER_SAYS, tone: 'plain', entries: [] };
  const { cause, findings, model } = review;
  if (cause !== null)
    return { title: 'Not reviewed', tone: 'care', entries: [{ text: describeUnreviewed(cause) }] };
  const blocking = blockingFindings(evidence);
  const ordered = [...blocking, ...findings.filter((one) => !blocking.includes(one))];
  const entries = ordered.map(({ severity, path, text }) => ({
    text: severity,
    ...(path !== undefined && { names: [path] }),
    finding: text,
  }));
  const by = { text: 'the reviewer is a model', names: model === null ? [] : [model] };
  return {
    title: REVIEWER_SAYS,
    tone: blocking.length > 0 ? 'care' : 'plain',
    entries: [...(entries.length === 0 ? [{ text: 'it found nothing' }] : entries), by],
  };
}

const REVIEWER_SAYS = 'What a reviewer says of the changes, in its own words; it decides nothing';

function changesPart(evidence: Evidence): EvidencePart {
  const { diff } = evidence;
  const entries = (diff?.changes ?? []).map((change) => ({
    text: describeChange(change),
    names: [nameOf(change)],
  }));
  const rest = diff ? diff.files - diff.changes.length : 0;
  const more = rest > 0 ? [{ text: `and ${plural(rest, 'more file')}, which are not listed` }] : [];
  return {
    title: diff === null ? 'Changes' : `Changes: ${sizeOf(figuresOf(evidence))}`,
    tone: 'plain',
    entries: diff?.files === 0 ? [{ text: 'the folder is as it was before' }] : [...entries, ...more],
  };
}

function nameOf({ path, oldPath }: Change): string {
  return oldPath === undefined ? path : `${oldPath} → ${path}`;
}

const STATUSES: Readonly<Record<Change['status'], string>> = {
  A: 'added',
  M: 'modified',
  D: 'deleted',
  R: 'renamed',
  T: 'made another type of file',
};

function describeChange({ status, insertions, deletions, binary }: Change): string {
  return `${STATUSES[status]}, ${binary ? 'binary' : `+${insertions} −${deletions}`}`;
}

function refusedPart({ denied }: Evidence): EvidencePart {
  const entries = denied.map(({ tool, what, by, times }) => ({
    text: `${tool}, ${plural(times, 'time')}, by ${describeDenier(by)}`,
    names: [what],
  }));
  return { title: 'Refused to Claude', tone: 'care', entries };
}

function askedPart({ requests }: Evidence): EvidencePart {
  const entries = requests.map(({ id, kind, state }) => ({ text: `${kind} ${id}: ${state}` }));
  return { title: 'Asked of a person', tone: 'plain', entries };
}

function runsPart({ cost, sessions }: Evidence): EvidencePart {
  const { usd, turns, runs, seconds } = cost;
  const facts = [plural(runs, 'run'), plural(turns, 'turn'), ms(seconds * 1_000)];
  const price = usd === null ? 'cost unknown' : dollars(usd);
  const ran = { text: [...facts, price].join(', ') };
  // One is what everybody expects.
  const names = sessions.length > 1 ? [{ text: 'sessions of the project so far', names: sessions }] : [];
  return { title: 'Ran', tone: 'plain', entries: [ran, ...names] };
}
