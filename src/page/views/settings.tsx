/** Who this browser is, and who else may call. */

import { useSignal } from '@preact/signals';
import type { WireListedCredential } from '../../wire/schemas/credential.ts';
import { announce } from '../announce.ts';
import { call, type Problem } from '../api.ts';
import { ofCredentials } from '../live/concerns.ts';
import { useResource } from '../live/resource.ts';
import { Command } from '../parts/command.tsx';
import { Device } from '../parts/device.tsx';
import { openHelp } from '../parts/keys.tsx';
import { ProblemNote } from '../parts/problem.tsx';
import { Ago, At } from '../parts/text.tsx';
import { may, session, signOut } from '../session.ts';
import { plainLine } from '../visible-text.ts';

export function Settings() {
  const own = session.value;
  return (
    <section class="page">
      <h1>Settings</h1>
      {own && (
        <section class="part">
          <h2>This browser</h2>
          <p>
            It is called <strong>{plainLine(own.name)}</strong> and may {ROLES[own.role]}. What is decided
            here is recorded under that name.
            {own.expires_at !== null && (
              <>
                {' '}
                It is signed in until <At time={own.expires_at} />.
              </>
            )}
          </p>
          <div class="choices">
            <button type="button" onClick={openHelp}>
              Keys
            </button>
            <button type="button" onClick={() => void signOut()}>
              Sign out
            </button>
          </div>
        </section>
      )}
      {own?.kind === 'browser' && <Device />}
      {may('admin') && <Callers />}
    </section>
  );
}

const ROLES = { read: 'read', decide: 'read and decide', admin: 'do everything' } as const;

function Callers() {
  const all = useResource<readonly WireListedCredential[]>('/tokens', ofCredentials);
  const problem = useSignal<Problem | undefined>(undefined);
  const revoke = async (name: string) => {
    const done = await call(`DELETE /tokens/${encodeURIComponent(name)}`);
    problem.value = done.ok ? undefined : done.problem;
    if (done.ok) announce('Revoked.');
    all.refresh();
  };
  return (
    <section class="part">
      <h2>Devices and tokens</h2>
      <ProblemNote problem={problem.value ?? all.problem} />
      <ul class="rows">
        {(all.value ?? []).map((one) => (
          <Caller key={one.name} caller={one} onRevoke={() => void revoke(one.name)} />
        ))}
      </ul>
      <p class="quiet">
        On the machine, <Command line="bridge-supervisor dashboard" /> signs another browser in, and{' '}
        <Command line="bridge-supervisor token add" /> makes a token for a program.
      </p>
    </section>
  );
}

interface CallerProps {
  readonly caller: WireListedCredential;
  readonly onRevoke: () => void;
}

/** Asks once more before it takes something away. */
function Caller({ caller: { name, kind, role, last_used_at: used }, onRevoke }: CallerProps) {
  const isAsked = useSignal(false);
  const press = () => {
    if (isAsked.peek()) onRevoke();
    isAsked.value = !isAsked.peek();
  };
  return (
    <li class="row">
      <span>
        <span class="row-title">{plainLine(name)}</span>
        <span class="facts">
          <span>{kind === 'browser' ? 'browser' : 'token'}</span>
          <span>{role}</span>
          <span>{used === null ? 'not used yet' : <Ago time={used} />}</span>
        </span>
      </span>
      {name !== session.value?.name && (
        <button type="button" class="danger" onClick={press}>
          {isAsked.value ? 'Really revoke' : 'Revoke'}
        </button>
      )}
    </li>
  );
}
