/**
 * A session bus of the tests' own, and on it what a desktop is to notify-send: the service org.freedesktop.Notifications
 * (https://specifications.freedesktop.org/notification-spec/latest/protocol.html).
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { eventually } from '../eventually.ts';
import {
  call,
  METHOD_CALL,
  METHOD_RETURN,
  type Message,
  messageOf,
  Reader,
  readMessage,
  Writer,
} from './dbus-messages.ts';

/** A call of Notify. */
export interface ShownNotification {
  readonly app: string;
  /** The number of the one whose place it takes; 0: none. */
  readonly replaces: number;
  readonly title: string;
  readonly body: string;
}

export interface NotificationServer extends AsyncDisposable {
  /** For whoever is to reach this desktop. */
  readonly env: Readonly<Record<string, string>>;
  /** What was shown, in order; the first has the number 1. */
  readonly shown: readonly ShownNotification[];
}

/** Why there can be none here; undefined: there can. */
export function whyNoNotificationServer(): string | undefined {
  const missing = ['dbus-daemon', 'notify-send'].find(
    (program) => spawnSync(program, ['--version'], { stdio: 'ignore' }).error,
  );
  return missing && `needs ${missing}`;
}

const BUS = (socket: string) => `<busconfig>
  <type>session</type>
  <listen>unix:path=${socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/><allow own="*"/><allow send_destination="*"/><allow receive_sender="*"/>
  </policy>
</busconfig>
`;

export async function startNotificationServer(folder: string): Promise<NotificationServer> {
  const socketPath = join(folder, 'bus');
  const file = join(folder, 'bus.conf');
  await writeFile(file, BUS(socketPath));
  const daemon = spawn('dbus-daemon', [`--config-file=${file}`, '--nofork', '--nopidfile'], {
    stdio: 'ignore',
  });
  try {
    const socket = await eventually(() => connected(socketPath), 20);
    const shown: ShownNotification[] = [];
    await serve(socket, shown);
    return {
      shown,
      env: { DBUS_SESSION_BUS_ADDRESS: `unix:path=${socketPath}` },
      async [Symbol.asyncDispose]() {
        socket.destroy();
        await end(daemon);
      },
    };
  } catch (error) {
    await end(daemon);
    throw error;
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}

async function connected(path: string): Promise<Socket> {
  const socket = connect(path);
  await once(socket, 'connect');
  return socket;
}

const NAME = 'org.freedesktop.Notifications';

/** Signs in, takes the name, and answers calls. Resolves once the name is ours. */
async function serve(socket: Socket, shown: ShownNotification[]): Promise<void> {
  const uid = Buffer.from(`${process.getuid?.() ?? 0}`).toString('hex');
  socket.write(`\0AUTH EXTERNAL ${uid}\r\n`);
  const [greeting] = (await once(socket, 'data')) as [Buffer];
  if (!greeting.toString().startsWith('OK ')) throw new Error(`the bus says: ${greeting}`);
  socket.write('BEGIN\r\n');
  const bus = { path: '/org/freedesktop/DBus', destination: 'org.freedesktop.DBus' };
  const owned = new Promise<void>((resolve) => {
    let rest: Buffer = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk]);
      for (let message = readMessage(rest); message !== undefined; message = readMessage(rest)) {
        rest = rest.subarray(message.size);
        if (message.type === METHOD_CALL) answer(socket, message, shown);
        if (message.type === METHOD_RETURN && message.replyTo === OWN_NAME_SERIAL) resolve();
      }
    });
  });
  socket.write(call(1, { ...bus, member: 'Hello' }));
  const name = new Writer().string(NAME).uint32(0);
  socket.write(call(OWN_NAME_SERIAL, { ...bus, member: 'RequestName', signature: 'su' }, name.bytes()));
  await owned;
}

const OWN_NAME_SERIAL = 2;

function answer(socket: Socket, { member, serial, sender, body }: Message, shown: ShownNotification[]): void {
  const reply = (signature: string, values: Writer) =>
    socket.write(
      messageOf(
        METHOD_RETURN,
        serial + 100,
        { destination: sender, replyTo: serial, signature },
        values.bytes(),
      ),
    );
  switch (member) {
    case 'Notify': {
      const reader = new Reader(body);
      const app = reader.string();
      const replaces = reader.uint32();
      reader.string(); // the icon
      shown.push({ app, replaces, title: reader.string(), body: reader.string() });
      reply('u', new Writer().uint32(replaces > 0 ? replaces : shown.length));
      break;
    }
    case 'GetServerInformation':
      reply('ssss', new Writer().string('tests').string('tests').string('1').string('1.2'));
      break;
    case 'GetCapabilities': {
      const capabilities = new Writer().string('body').string('body-markup').bytes();
      reply('as', new Writer().uint32(capabilities.length).raw(capabilities));
      break;
    }
  }
}
