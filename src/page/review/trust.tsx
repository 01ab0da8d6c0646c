/** What was measured of a round, not what is claimed: checks, warnings, claims against what changed, what was denied. */
import { treeOf } from '../../project/measured.ts';
import type { WireEvidence } from '../../wire/schemas/evidence.ts';
import { At, Long } from '../parts/text.tsx';
import { CheckRow } from './check-row.tsx';
import { Fact, Names } from './fact.tsx';
import { causeFact, factsOf, type TrustFact } from './facts.ts';
import { isPassed } from './verdict.ts';

export function TrustBox({ evidence }: { readonly evidence: WireEvidence }) {
  const { checks, made_at } = evidence;
  const tree = treeOf(evidence);
  const cause = causeFact(evidence);
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
        {cause && <Told fact={cause} />}
        {[...checks]
          .sort((a, b) => Number(isPassed(a)) - Number(isPassed(b)))
          .map((check) => (
            <CheckRow key={check.name} check={check} evidence={evidence} />
          ))}
        {factsOf(evidence).map((fact, at) => (
          <Told key={`${at}`} fact={fact} />
        ))}
      </ul>
    </section>
  );
}

function Told({ fact }: { readonly fact: TrustFact }) {
  const { icon, tone, text, code, names = [], detail = '', words = '' } = fact;
  return (
    <Fact icon={icon} tone={tone}>
      {text}
      {code !== undefined && (
        <>
          {' '}
          <code>
            <Long text={code} max={200} />
          </code>
        </>
      )}
      <Names names={names} />
      {detail !== '' && (
        <p class="quiet">
          <Long text={detail} max={300} />
        </p>
      )}
      {words !== '' && (
        <blockquote class="words">
          <Long text={words} max={600} />
        </blockquote>
      )}
    </Fact>
  );
}
