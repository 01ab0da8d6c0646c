import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from './rig.ts';

const program = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));
const node = [process.execPath, '--experimental-strip-types', '--disable-warning=ExperimentalWarning'];
test('x', async ({ rig }) => {
  const { manager } = rig;
  const home = join(rig.root, 'home');
  await mkdir(join(home, '.local/bin'), { recursive: true });
  await writeFile(
    join(home, '.local/bin/claude'),
    `#!/bin/sh\nif [ "$1" = --version ]; then echo '2.1.329 (Claude Code)'; exit 0; fi\nif [ "$1" = auth ]; then echo '{"loggedIn":true,"authMethod":"x"}'; exit 0; fi\nexec sleep 1000\n`,
  );
  await chmod(join(home, '.local/bin/claude'), 0o755);
  const env = {
    ...manager.env,
    LANG: 'C.UTF-8',
    HTTPS_PROXY: "http://u:p'w@x",
    PATH: [dirname(process.execPath), manager.env.PATH].join(':'),
  };
  const cli = async (...args: string[]) => {
    const t = performance.now();
    const r = await manager.run(node[0], [...node.slice(1), program, ...args], { env, timeoutMs: 60000 });
    console.log(
      `$ ${args.join(' ')} -> ${r.code} ${Math.round(performance.now() - t)}ms\n${r.stdout}\n${r.stderr}`,
    );
    return r;
  };
  await cli('install', '--dry-run');
  await cli('install');
  console.log(await readFile(join(home, '.claude-bridge/service.env'), 'utf8'));
  await cli('install');
  await cli('status');
  await cli('start');
  await cli('stop');
  await cli('status');
  await cli('logs', '-n', '3');
  await cli('logs', '--service');
  await writeFile(join(home, '.claude-bridge/config.json'), '{"concurrency":0}');
  await cli('install', '--dry-run');
  await cli('start');
  await manager.systemctl('start', 'bridge-supervisor');
  await new Promise((r) => setTimeout(r, 3000));
  await cli('status');
  await cli('start');
  await writeFile(join(home, '.claude-bridge/config.json'), '{"drain_timeout":"5s"}');
  await cli('install', '--dry-run');
  await cli('install', '--json');
  await cli('restart');
  await cli('stop', '--timeout', '0s');
  await cli('start');
  await cli('uninstall', '--dry-run');
  await cli('uninstall');
  await cli('uninstall');
  await cli('status');
}, 200000);
