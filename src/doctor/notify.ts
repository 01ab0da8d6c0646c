/** Who is notified: whether each can be reached from here, and how it went. Nothing is sent: `notify test` does that. */
import { type ReceiverSettings, type SecretPlace, secretPlaces } from '../config-notify.ts';
import type { Environment } from '../environment.ts';
import { findExecutable } from '../machine/executable.ts';
import { notifyProgram, whyNoNotifications } from '../machine/notify/os.ts';
import { isOpenToOthers } from '../machine/service/environment-file.ts';
import { readSecret } from '../notify/secret.ts';
import { plural } from '../project/text.ts';
import { type ReceiverReport, receiverReports } from '../store/outbox.ts';
import { pushDevicesAt } from '../store/push.ts';
import { type CheckGroup, type FindingFacts, ok, problem, warning } from './check.ts';
import type { DoctorContext } from './context.ts';

export function notifyGroup(context: DoctorContext): CheckGroup {
  return {
    name: 'notify',
    title: 'Notifications',
    checks: [
      { name: 'ways', subject: 'receivers', run: () => ways(context) },
      { name: 'delivery', subject: 'delivery', run: () => delivery(context) },
    ],
  };
}

async function ways(context: DoctorContext): Promise<FindingFacts[]> {
  const { notify, http } = await context.config();
  const { env, where } = await context.supervisorEnv();
  if (notify.length === 0)
    return [
      ok('notify', 'Nobody is notified: `status` and Desktop show what waits for you'),
      ...(whyNoNotifications(env, context.platform) === undefined
        ? [ok('os', 'This desktop could show it: "notify": [{"via": "os"}] in config.json')]
        : []),
    ];
  const found = await Promise.all(notify.map((receiver) => wayOf(context, receiver, env, where)));
  const noAddress = notify.some(({ via }) => via !== 'os') && http.public_url === undefined;
  return [
    ...found.flat(),
    ...(noAddress ? [ok('public_url', 'Notifications hold no link: http.public_url is not set')] : []),
  ];
}

async function wayOf(
  context: DoctorContext,
  receiver: ReceiverSettings,
  env: Environment,
  where: string,
): Promise<FindingFacts[]> {
  const { name, via } = receiver;
  const secrets = secretPlaces(receiver);
  const wrong = (await Promise.all(secrets.map((place) => wrongWith(name, place, env, where)))).flat();
  if (wrong.length > 0) return wrong;
  if (via === 'os') return [desktop(context, name, env)];
  if (via === 'push') return [await devices(context, name)];
  if (via === 'command') {
    const [command] = receiver.command;
    return findExecutable(command, env.PATH ?? env.Path)
      ? [ok(name, `${name}: the command ${command} is there`)]
      : [
          problem(name, `${name}: there is no command ${command}.`, {
            hint: `Correct 'command' of ${name} in config.json.`,
          }),
        ];
  }
  const isSigned = via !== 'webhook' || receiver.secret !== undefined;
  return [ok(name, `${name}: by ${via}${isSigned ? '' : ', without a signature'}`)];
}

async function wrongWith(
  name: string,
  place: SecretPlace,
  env: Environment,
  where: string,
): Promise<FindingFacts[]> {
  const read = await readSecret(place, env);
  const subject = 'env' in place ? place.env : place.file;
  if (!read.ok)
    return [
      problem(subject, `${name} cannot be notified: ${read.refusal}${'env' in place ? ` ${where}` : ''}.`, {
        hint: 'env' in place ? `Set ${place.env} there.` : `Write the secret into ${place.file}.`,
      }),
    ];
  if ('file' in place && (await isOpenToOthers(place.file)))
    return [
      warning(subject, `${place.file} holds a secret, and other users can read it.`, {
        hint: `chmod 600 ${place.file}`,
      }),
    ];
  return [];
}

/** Only a browser can ask for it. */
async function devices(context: DoctorContext, name: string): Promise<FindingFacts> {
  const store = await context.openStore();
  const told = store ? await pushDevicesAt(store.read, context.clock.now().toISOString()) : [];
  if (told.length > 0)
    return ok(
      name,
      `${name}: on ${plural(told.length, 'device')}: ${told.map((one) => one.name).join(', ')}`,
    );
  return warning(name, `${name}: no browser has asked to be notified.`, {
    hint: "bridge-supervisor dashboard, then 'Tell me on this device' under Settings.",
  });
}

/** What a service of the system, or a supervisor on a machine without a desktop, cannot reach. */
function desktop({ platform, service }: DoctorContext, name: string, env: Environment): FindingFacts {
  const found = whyNoNotifications(env, platform);
  switch (found?.why) {
    case undefined:
      return ok(name, `${name}: ${notifyProgram(platform, env)} shows notifications on this desktop`);
    case 'no-way':
      return warning(name, `${name}: no way to show a notification is known on this system.`, {
        hint: 'Use another way, such as ntfy.',
      });
    case 'not-installed':
      return problem(name, `${name}: ${found?.program} is not installed.`, {
        hint: platform === 'linux' ? 'Install libnotify (libnotify-bin).' : 'Use another way, such as ntfy.',
      });
    case 'no-session-bus':
      return warning(
        name,
        `${name}: the supervisor has no session bus, so nothing can be shown on this desktop${service ? ' by a service of the system' : ''}.`,
        { hint: 'Run it as a user service (bridge-supervisor install), or use another way, such as ntfy.' },
      );
  }
}

async function delivery(context: DoctorContext): Promise<FindingFacts[]> {
  const { notify } = await context.config();
  if (notify.length === 0) return [];
  const store = await context.openStore();
  if (!store) return [];
  const known = await receiverReports(store.read);
  return known
    .filter(({ name, device }) => notify.some((one) => one.name === receiverOf(name, device)))
    .map(deliveryTo);
}

/** The receiver of the configuration that one of the store belongs to. */
function receiverOf(name: string, device: string | null): string {
  return device === null ? name : name.slice(0, -`:${device}`.length);
}

function deliveryTo(receiver: ReceiverReport): FindingFacts {
  const { name, offReason, problem: why, problemSince, lastSentAt, failed } = receiver;
  const again = { hint: `bridge-supervisor notify test ${name}` };
  if (offReason !== null)
    return problem(name, `${name} is off, and nothing is sent to it: ${offReason}.`, again);
  if (why !== null)
    return problem(
      name,
      `${name} has not been reached since ${problemSince}: ${why}.${failed > 0 ? ` ${plural(failed, 'notification')} will not be tried again.` : ''}`,
      again,
    );
  return ok(
    name,
    lastSentAt === null ? `${name} was not told anything yet` : `${name} was last told at ${lastSentAt}`,
  );
}
