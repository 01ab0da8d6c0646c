/** What was measured of a round, not what is claimed: checks, warnings, claims against what changed, what was denied. */
import { describeDenier, treeOf } from '../../project/measured.ts';
import { describeUnmeasured } from '../../project/unmeasured-text.ts';
import { describeWarning } from '../../project/warning.ts';
import type { WireEvidence } from '../../wire/schemas/evidence.ts';
import { plural } from '../figures.ts';
import { At, Long, Visible } from '../parts/text.tsx';
import { CheckRow } from './check-row.tsx';
import { Fact, Names } from './fact.tsx';
import { isPassed } from './verdict.ts';

export function TrustBox({ evidence }: { readonly evidence: WireEvidence }) {
  const { checks, warnings, cause, made_at, git, snapshot, denied, repairs, outline, checks_passed } =
    evidence;
  const tree = treeOf({ git, snapshot });
  return (
    <section class="trust" aria-labelledby="trust">
      <div class="card-head">
        <h2 id="trust">Measured, not claimed</h2>
        <p class="facts">
          <span>
            <At time={made_at} />
          </span>
          {tree !== null && (
            <span>
              <code>{tree.slice(0, 8)}</code>
            </span>
          )}
        </p>
      </div>
      <ul class="trust-list">
        {cause && (
          <Fact icon="failed" tone="bad">
            Not measured: {describeUnmeasured({ ...cause, detail: '' })}
            {cause.detail !== '' && (
              <>
                {' '}
                (<Long text={cause.detail} max={300} />)
              </>
            )}
          </Fact>
        )}
        {[...checks]
          .sort((a, b) => Number(isPassed(a)) - Number(isPassed(b)))
          .map((check) => (
            <CheckRow key={check.name} check={check} evidence={evidence} />
          ))}
        {checks_passed === null && !outline && (
          <Fact icon="warning" tone="quiet">
            No checks: the workspace names none
          </Fact>
        )}
        {outline && (
          <Fact icon="question" tone="quiet">
            This is an outline: nothing is built yet
          </Fact>
        )}
        {warnings.map(({ kind, paths, detail }, at) => (
          <Fact key={`${at}`} icon="warning" tone="warn">
            {capital(describeWarning(kind))}
            <Names names={paths} />
            {detail !== '' && (
              <p class="quiet">
                <Long text={detail} max={300} />
              </p>
            )}
          </Fact>
        ))}
        <Claims evidence={evidence} />
        <Base evidence={evidence} />
        <Review evidence={evidence} />
        {denied.map(({ tool, what, times, by }, at) => (
          <Fact key={`d${at}`} icon="warning" tone="warn">
            Denied {times === 1 ? '' : `${times} times `}by {describeDenier(by)}:{' '}
            <code>
              <Long text={what === '' ? tool : what} max={200} />
            </code>
          </Fact>
        ))}
        {repairs.used > 0 && (
          <Fact icon="question" tone="quiet">
            Sent back {repairs.used === 1 ? 'once' : `${repairs.used} times`} for failing checks, of{' '}
            {repairs.max} allowed
          </Fact>
        )}
      </ul>
    </section>
  );
}

function Claims({ evidence: { claims, diff } }: { readonly evidence: WireEvidence }) {
  if (!diff) return null;
  const { missing, undeclared, misfiled, ignored } = claims;
  const differs = missing.length + undeclared.length + misfiled.length > 0;
  return (
    <>
      {!differs && diff.files > 0 && (
        <Fact icon="passed" tone="good">
          What it says it changed is what changed
        </Fact>
      )}
      {undeclared.length > 0 && (
        <Fact icon="warning" tone="warn">
          {plural(undeclared.length, 'file')} changed without being declared
          <Names names={undeclared} />
        </Fact>
      )}
      {missing.length > 0 && (
        <Fact icon="warning" tone="warn">
          {plural(missing.length, 'file')} declared, but not changed
          <Names names={missing} />
        </Fact>
      )}
      {misfiled.length > 0 && (
        <Fact icon="warning" tone="warn">
          Declared as new, but was there before
          <Names names={misfiled} />
        </Fact>
      )}
      {ignored.length > 0 && (
        <Fact icon="question" tone="quiet">
          Declared, but git ignores it: not measured
          <Names names={ignored} />
        </Fact>
      )}
    </>
  );
}

function Base({ evidence: { git } }: { readonly evidence: WireEvidence }) {
  if (!git) return null;
  const branch = git.base_ref?.replace('refs/heads/', '') ?? 'the base';
  if (git.mergeable === 'conflict')
    return (
      <Fact icon="failed" tone="bad">
        It conflicts with {branch} as it is now
        <Names names={git.conflicts} />
      </Fact>
    );
  if (git.base_state === 'same' || git.base_ref === null) return null;
  return (
    <Fact icon="warning" tone="warn">
      {capital(branch)} {git.base_state === 'gone' ? 'is gone' : 'has moved since the work began'}
    </Fact>
  );
}

function Review({ evidence: { review } }: { readonly evidence: WireEvidence }) {
  if (!review) return null;
  if (review.cause)
    return (
      <Fact icon="warning" tone="quiet">
        Not reviewed by a second model ({review.cause.kind.replaceAll('_', ' ')})
      </Fact>
    );
  if (review.findings.length === 0)
    return (
      <Fact icon="passed" tone="good">
        A second model objects to nothing
      </Fact>
    );
  return (
    <>
      {review.findings.map(({ severity, path, text }, at) => (
        <Fact key={`${at}`} icon="warning" tone={severity === 'blocking' ? 'bad' : 'quiet'}>
          Reviewer, {severity}
          {path !== undefined && (
            <>
              , in{' '}
              <code>
                <Visible text={path} />
              </code>
            </>
          )}
          <blockquote class="words">
            <Long text={text} max={600} />
          </blockquote>
        </Fact>
      ))}
    </>
  );
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
