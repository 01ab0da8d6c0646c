/** What was measured of a round besides its checks, fact by fact, in the order in which a person should read it. Pure. */
import { describeDenier } from '../../project/measured.ts';
import { describeUnmeasured } from '../../project/unmeasured-text.ts';
import { describeWarning } from '../../project/warning.ts';
import type { WireEvidence } from '../../wire/schemas/evidence.ts';
import { plural } from '../figures.ts';

/** The texts besides `text` are those of models, programs and repositories. */
export interface TrustFact {
  readonly icon: 'passed' | 'failed' | 'warning' | 'question';
  readonly tone: 'good' | 'bad' | 'warn' | 'quiet';
  readonly text: string;
  /** What `text` is about, such as a call or a path. */
  readonly code?: string;
  /** Paths. */
  readonly names?: readonly string[];
  readonly detail?: string;
  /** What somebody says about it. */
  readonly words?: string;
}

/** Why nothing was measured: it stands before everything else. */
export function causeFact({ cause }: WireEvidence): TrustFact | undefined {
  if (!cause) return undefined;
  const text = `Not measured: ${describeUnmeasured({ ...cause, detail: '' })}`;
  return { icon: 'failed', tone: 'bad', text, detail: cause.detail };
}

/** What stands after the checks. */
export function factsOf(evidence: WireEvidence): TrustFact[] {
  return [
    ...kindFacts(evidence),
    ...evidence.warnings.map(
      ({ kind, paths, detail }): TrustFact => ({
        ...WARNING,
        text: capital(describeWarning(kind)),
        names: paths,
        detail,
      }),
    ),
    ...claimFacts(evidence),
    ...baseFacts(evidence),
    ...reviewFacts(evidence),
    ...evidence.denied.map(
      ({ tool, what, times, by }): TrustFact => ({
        ...WARNING,
        text: `Denied ${times === 1 ? '' : `${times} times `}by ${describeDenier(by)}`,
        code: what === '' ? tool : what,
      }),
    ),
    ...repairFacts(evidence),
  ];
}

const WARNING = { icon: 'warning', tone: 'warn' } as const;
const GOOD = { icon: 'passed', tone: 'good' } as const;
const REMARK = { icon: 'question', tone: 'quiet' } as const;

function kindFacts({ checks_passed, outline }: WireEvidence): TrustFact[] {
  if (outline) return [{ ...REMARK, text: 'This is an outline: nothing is built yet' }];
  if (checks_passed !== null) return [];
  return [{ icon: 'warning', tone: 'quiet', text: 'No checks: the workspace names none' }];
}

function claimFacts({ claims, diff }: WireEvidence): TrustFact[] {
  if (!diff) return [];
  const { missing, undeclared, misfiled, ignored } = claims;
  const differs = missing.length + undeclared.length + misfiled.length > 0;
  const facts: TrustFact[] = [];
  if (!differs && diff.files > 0) facts.push({ ...GOOD, text: 'What it says it changed is what changed' });
  if (undeclared.length > 0)
    facts.push({
      ...WARNING,
      text: `${plural(undeclared.length, 'file')} changed without being declared`,
      names: undeclared,
    });
  if (missing.length > 0)
    facts.push({
      ...WARNING,
      text: `${plural(missing.length, 'file')} declared, but not changed`,
      names: missing,
    });
  if (misfiled.length > 0)
    facts.push({ ...WARNING, text: 'Declared as new, but was there before', names: misfiled });
  if (ignored.length > 0)
    facts.push({ ...REMARK, text: 'Declared, but git ignores it: not measured', names: ignored });
  return facts;
}

function baseFacts({ git }: WireEvidence): TrustFact[] {
  if (!git) return [];
  const branch = git.base_ref?.replace('refs/heads/', '') ?? 'the base';
  if (git.mergeable === 'conflict')
    return [
      {
        icon: 'failed',
        tone: 'bad',
        text: `It conflicts with ${branch} as it is now`,
        names: git.conflicts,
      },
    ];
  if (git.base_state === 'same' || git.base_ref === null) return [];
  const state = git.base_state === 'gone' ? 'is gone' : 'has moved since the work began';
  return [{ ...WARNING, text: `${capital(branch)} ${state}` }];
}

function reviewFacts({ review }: WireEvidence): TrustFact[] {
  if (!review) return [];
  if (review.cause) {
    const why = review.cause.kind.replaceAll('_', ' ');
    return [{ icon: 'warning', tone: 'quiet', text: `Not reviewed by a second model (${why})` }];
  }
  if (review.findings.length === 0) return [{ ...GOOD, text: 'A second model objects to nothing' }];
  return review.findings.map(({ severity, path, text }) => ({
    icon: 'warning',
    tone: severity === 'blocking' ? 'bad' : 'quiet',
    text: `Reviewer, ${severity}${path === undefined ? '' : ', in'}`,
    ...(path !== undefined && { code: path }),
    words: text,
  }));
}

function repairFacts({ repairs }: WireEvidence): TrustFact[] {
  if (repairs.used === 0) return [];
  const times = repairs.used === 1 ? 'once' : `${repairs.used} times`;
  return [{ ...REMARK, text: `Sent back ${times} for failing checks, of ${repairs.max} allowed` }];
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
