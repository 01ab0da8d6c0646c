/** The first decision: a stdio server, which loads nothing of the command line and so starts fast, or a command. */
import { correctHome } from '../home-path.ts';
import { VERSION } from '../version.ts';
import { useCompileCache } from './compile-cache.ts';
import { whyNotInsideRun } from './inside-run.ts';
import { isServer, serve } from './serve.ts';

/**
 * Does what `args` ask for and resolves with the exit code; with undefined where the process ends by itself.
 *
 * @param program The file that starts all this again.
 */
export async function launch(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  program: string,
): Promise<number | undefined> {
  correctHome(env);
  useCompileCache(env);
  if (isServer(args)) {
    const refusal = whyNotInsideRun(env, args.join(' '));
    if (refusal !== undefined) {
      process.stderr.write(`bridge-supervisor: ${refusal}\n`);
      return 1;
    }
    await serve(args[1], env);
    return undefined;
  }
  if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) {
    process.stdout.write(`${VERSION}\n`);
    return undefined;
  }
  const { main } = await import('./main.ts');
  return main(args, env, [process.execPath, ...process.execArgv, program]);
}
