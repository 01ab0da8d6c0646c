/** How this program can still be started when this call is long over: by a service, by Claude Desktop. */
import { realpathSync } from 'node:fs';
import { done, type Reply, refuse } from '../bridge/bridge.ts';

/**
 * The program and arguments that start this command line later too. Refused for a copy that a package runner keeps
 * only for a while, such as npx.
 *
 * @param entry What started it now.
 */
export function lastingEntry([node = '', ...rest]: readonly string[]): Reply<readonly string[]> {
  const passing = [node, ...rest].find((part) => OF_A_PACKAGE_RUNNER.test(part));
  if (passing === undefined) return done([lastingNode(node), ...rest]);
  return refuse(
    `this copy will not stay: ${passing} is in the cache of a package runner. Install it, and use that one: npm install -g bridge-supervisor`,
  );
}

/** npx (npm), pnpm dlx and bunx: they empty these folders when they see fit. */
const OF_A_PACKAGE_RUNNER = /[\\/](_npx|dlx|dlx-[^\\/]+|bunx-[^\\/]+)[\\/]/;

const OF_HOMEBREW = /^(.*)\/Cellar\/([^/]+)\/[^/]+\/bin\/node$/;

/**
 * Homebrew removes the folder of a version when it upgrades; `opt` always leads to the current one
 * (https://docs.brew.sh/Formula-Cookbook#homebrew-terminology).
 */
function lastingNode(node: string): string {
  const [, prefix, formula] = OF_HOMEBREW.exec(node) ?? [];
  if (prefix === undefined) return node;
  const stable = `${prefix}/opt/${formula}/bin/node`;
  try {
    return realpathSync(stable) === realpathSync(node) ? stable : node;
  } catch {
    return node;
  }
}
