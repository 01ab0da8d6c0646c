/** A supervisor elsewhere, over TLS: whose certificate is trusted, and that nobody else is shown the token. */
import { once } from 'node:events';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { beSupervisor } from '../bridge/steps.ts';
import { serve } from '../http/server.ts';
import { createRig } from '../rig.ts';
import { inTerminal, openTerminal, PROMPT, TUI } from './terminal.ts';

const fixture = (name: string) => fileURLToPath(new URL(`../http/fixtures/${name}`, import.meta.url));
const files = (name: 'box' | 'other') => ({ cert: fixture(`${name}.crt`), key: fixture(`${name}.key`) });

/** The API over TLS, with the certificate of this name. */
async function serveOver(name: 'box' | 'other') {
  const rig = await createRig();
  await beSupervisor(rig);
  const api = await serve(rig, { http: { tls: files(name) } });
  return {
    api,
    env: { BRIDGE_API_TOKEN: api.tokens.read },
    async [Symbol.asyncDispose]() {
      await api[Symbol.asyncDispose]();
      await rig[Symbol.asyncDispose]();
    },
  };
}

inTerminal('a certificate of its own is trusted where --ca or NODE_EXTRA_CA_CERTS names it', async () => {
  await using box = await serveOver('box');
  await using terminal = await openTerminal({ columns: 100, env: box.env });
  const url = `https://localhost:${box.api.port}`;
  await terminal.run(`${TUI} --url ${url} --ca ${fixture('box.crt')}`);
  await terminal.shows('● live', 'read (read)', 'No plan yet');
  await terminal.press('q');
  await terminal.shows(PROMPT);
  await terminal.run(`clear; NODE_EXTRA_CA_CERTS=${fixture('box.crt')} ${TUI} --url ${url}`);
  await terminal.shows('● live', 'No plan yet');
  await terminal.press('q');
  await terminal.shows(PROMPT);
});

inTerminal(
  'a certificate that nobody trusts is told with what to do, and is taken once the file has it',
  async () => {
    await using box = await serveOver('box');
    await using terminal = await openTerminal({ columns: 100, env: box.env });
    const url = `https://localhost:${box.api.port}`;
    await terminal.run(`${TUI} --url ${url}`);
    await terminal.says('○ lost', `The certificate of ${url} is signed by nobody`, '--ca FILE');
    await terminal.press('q');
    await terminal.shows(PROMPT);
    const file = join(terminal.folder, 'box.crt');
    await terminal.run(`clear; ${TUI} --url ${url} --ca ${file}`);
    await terminal.says('○ lost', 'The certificate cannot be taken', 'cannot be read (ENOENT)');
    await writeFile(file, 'no certificate');
    await terminal.says('holds no certificate in PEM');
    await copyFile(fixture('other.crt'), file);
    await terminal.says('is signed by nobody');
    await copyFile(fixture('box.crt'), file);
    await terminal.press('R');
    await terminal.shows('● live', 'No plan yet');
  },
);

inTerminal('a certificate for another name is told with its names', async () => {
  await using box = await serveOver('other');
  await using terminal = await openTerminal({ columns: 100, env: box.env });
  const url = `https://localhost:${box.api.port}`;
  await terminal.run(`${TUI} --url ${url} --ca ${fixture('other.crt')}`);
  await terminal.says('○ lost', `The certificate of ${url} is not for localhost`, 'DNS:other.example');
});

inTerminal('a server whose certificate is not trusted is shown no token', async () => {
  const { cert, key } = files('other');
  const asked: unknown[] = [];
  const server = createServer(
    { cert: await readFile(cert), key: await readFile(key) },
    ({ headers }, answer) => {
      asked.push(headers);
      answer.end('{}');
    },
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await using terminal = await openTerminal({ columns: 100, env: { BRIDGE_API_TOKEN: 'bst_secret' } });
  await terminal.run(`${TUI} --url https://127.0.0.1:${port} --ca ${fixture('box.crt')}`);
  await terminal.says('○ lost', 'is signed by nobody');
  await terminal.press('R', 'g', 'p', 'q');
  await terminal.shows(PROMPT);
  expect(asked).toEqual([]);
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
});

inTerminal('http where there is TLS, and TLS where there is http, are told', async () => {
  await using box = await serveOver('box');
  await using rig = await createRig();
  await using plain = await serve(rig);
  await using terminal = await openTerminal({ columns: 100, env: box.env });
  await terminal.run(`${TUI} --url https://127.0.0.1:${plain.port}`);
  await terminal.says('○ lost', 'does not speak TLS', 'Is it http:// there?');
  await terminal.press('q');
  await terminal.shows(PROMPT);
  await terminal.run(`clear; ${TUI} --url http://127.0.0.1:9`);
  await terminal.says('○ lost', 'Nobody listens at http://127.0.0.1:9.');
});
