/** A tool of the shared folder. Its refusals are words alone, as clients of such tools know them. */
import type * as z from 'zod';
import type { Environment } from '../../environment.ts';
import type { SharedFolder } from '../../folder/shared-folder.ts';
import type { Result } from '../../result.ts';
import {
  type Content,
  type Definition,
  defineStorelessTool,
  type StorelessCall,
  type Tool,
} from '../define-tool.ts';

/** Where the folder is found. */
export interface FolderScope {
  readonly env: Environment;
  /** Instead of that of the configuration; absolute. */
  readonly path?: string | undefined;
  /** Offers all tools, whatever the configuration says. */
  readonly allTools?: boolean | undefined;
}

/** What a server of the folder stands on. */
export interface FolderService extends FolderScope {
  /** Aborts when the server ends. */
  readonly ending: AbortSignal;
}

export interface FolderCall extends StorelessCall {
  readonly root: SharedFolder;
  readonly folder: FolderOperations;
}

export type FolderOperations = typeof import('../../folder/operations.ts');

export function loadFolder(): Promise<FolderOperations> {
  return import('../../folder/operations.ts');
}

export interface Said {
  readonly text: string;
  readonly more?: readonly Content[];
}

interface FolderDefinition<Input extends z.ZodObject> extends Omit<Definition<Input>, 'run' | 'meta'> {
  run(input: z.output<Input>, call: FolderCall): Promise<Result<Said>>;
}

export function defineFolderTool<Input extends z.ZodObject>(
  scope: FolderService,
  definition: FolderDefinition<Input>,
): Tool {
  return defineStorelessTool({
    ...definition,
    async run(input, call) {
      const folder = await loadFolder();
      const root = await folder.openSharedFolder(scope.env, call.clock, scope.path);
      if (!root.ok) return { ok: false, refusal: root.refusal };
      void folder.sweepOnce(root.value, scope.env, { clock: call.clock, signal: scope.ending });
      try {
        const said = await definition.run(input, { ...call, folder, root: root.value });
        return said.ok ? { ok: true, ...said.value } : { ok: false, refusal: said.refusal, plain: true };
      } catch (error) {
        const refusal = folder.explainSystemError(error, pathIn(input, root.value.real));
        if (refusal === undefined) throw error;
        return { ok: false, refusal, plain: true };
      }
    },
  });
}

/** What a call is about, for a sentence. */
function pathIn(input: object, otherwise: string): string {
  const named = Object.entries(input).find(([name]) => name === 'path' || name === 'source')?.[1];
  return typeof named === 'string' ? named : otherwise;
}

/** A word of ours behind a text that is not ours. */
export function note(...notes: readonly (string | undefined)[]): { more?: readonly Content[] } {
  const text = notes.filter((one) => one !== undefined).join('\n');
  return text === '' ? {} : { more: [{ type: 'text', text }] };
}
