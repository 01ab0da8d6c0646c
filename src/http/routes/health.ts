import type { SupervisorTrouble } from '../../bridge/health.ts';
import { databaseFile } from '../../state-folder.ts';
import { VERSION } from '../../version.ts';
import { healthSchema } from '../../wire/schemas/http.ts';
import { defineRoute } from '../define-route.ts';
import { problem } from '../problem.ts';

export const health = defineRoute({
  method: 'GET',
  path: '/health',
  access: 'open',
  summary:
    'Whether the supervisor works: it holds its lease, and has written to its store and its log. Otherwise 503, with the `reason`: `store_unavailable`, `lease_lost`, `lease_not_renewed` (nothing could be written to the store for 15 seconds) or `degraded`. What it says is a second old at most.',
  answer: healthSchema,
  problems: ['not-working'],
  example: { answer: { status: 'ok', version: '…', instance: '…' } },
  async run(_input, { bridge, caller, instance, trouble }) {
    const reason = await trouble();
    if (reason !== null) return { problem: notWorking(reason, instance) };
    const known = caller ? { db_path: databaseFile(bridge.stateDir) } : {};
    return { body: { status: 'ok', version: VERSION, instance, ...known } };
  },
});

function notWorking(reason: SupervisorTrouble, instance: string) {
  const facts = { reason, version: VERSION, instance };
  return problem('not-working', `${SENTENCES[reason]}; see: bridge-supervisor status`, { facts });
}

const SENTENCES: Readonly<Record<SupervisorTrouble, string>> = {
  store_unavailable: 'the store cannot be read',
  lease_lost: 'another supervisor has taken over, or this one is ending',
  lease_not_renewed: 'the supervisor could not write to its store for 15 seconds',
  degraded: 'the supervisor cannot do all of its work',
};
