import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { plistText } from '../../../src/machine/service/launchd-plist.ts';
import { onMacos } from '../../platform.ts';
import { definition } from './rig.ts';

test.runIf(onMacos)("macOS's own parser reads the plist (needs macOS)", () => {
  const folder = mkdtempSync(join(tmpdir(), 'plist-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'bridge-supervisor.plist');
  writeFileSync(file, plistText(definition(), 'bridge-supervisor'));
  expect(spawnSync('plutil', ['-lint', file], { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
});
