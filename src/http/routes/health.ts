import { currentLease } from '../../bridge/lease.ts';
import { instanceOf } from '../../control/api-address.ts';
import { databaseFile } from '../../state-folder.ts';
import { VERSION } from '../../version.ts';
import { healthSchema } from '../../wire/schemas/http.ts';
import { defineRoute } from '../define-route.ts';

export const health = defineRoute({
  method: 'GET',
  path: '/health',
  access: 'open',
  summary: 'Whether the supervisor works and its store answers.',
  answer: healthSchema,
  problems: ['unavailable'],
  async run(_input, { bridge, caller }) {
    const lease = await currentLease(bridge);
    const known = caller ? { db_path: databaseFile(bridge.stateDir) } : {};
    return {
      body: { status: 'ok', version: VERSION, ...(lease && { instance: instanceOf(lease) }), ...known },
    };
  },
});
