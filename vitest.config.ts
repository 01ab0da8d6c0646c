// Before the tests crash: SQLite's driver brings down an older Node.
import './scripts/check-node.mjs';
import { defineConfig } from 'vitest/config';
import { STATE_TIMEOUT_MS } from './test/state-timeout.ts';

export default defineConfig({
  define: { __BRIDGE_VERSION__: JSON.stringify('0.0.0-test') },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/global-setup.ts',
    setupFiles: ['test/snapshot-hint.ts', 'test/in-time.ts'],
    testTimeout: 2 * STATE_TIMEOUT_MS,
    hookTimeout: 2 * STATE_TIMEOUT_MS,
    expect: { poll: { timeout: STATE_TIMEOUT_MS, interval: 100 } },
    // Every end-to-end test runs a real Claude process of some 200 MB beside its own; more than this swamps two cores.
    maxWorkers: 2,
    pool: 'forks',
    // Where others share the machine, a test may time out; CI's summary names it when a second try was needed.
    retry: process.env.CI ? 1 : 0,
    // Shown, not demanded (npm run coverage). What other processes run, such as the built program, is not counted.
    coverage: { provider: 'v8', include: ['src/**/*.ts'], reporter: ['text-summary', 'html'] },
  },
});
