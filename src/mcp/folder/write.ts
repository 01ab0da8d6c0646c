import * as z from 'zod';
import { withoutHidden } from '../../characters.ts';
import { shownPath } from '../../folder/shown-path.ts';
import { plural } from '../../project/text.ts';
import { ok } from '../../result.ts';
import type { Tool } from '../define-tool.ts';
import { cut, ROOM_BYTES } from '../fit.ts';
import { defineFolderTool, type FolderService, note } from './define-folder-tool.ts';
import { someOf } from './input.ts';

export function writeTool(scope: FolderService): Tool {
  return defineFolderTool(scope, {
    name: 'write_file',
    title: 'Write file',
    description: 'Create a file, or replace all of it.',
    hints: { readOnly: false, destructive: true, idempotent: true },
    input: z.strictObject({ path: z.string(), content: z.string() }),
    async run({ path, content }, { folder, root }) {
      const written = await folder.writeText(root, path, content);
      return written.ok ? ok({ text: `Successfully wrote to ${shownPath(path)}` }) : written;
    },
  });
}

const MAX_EDITS = 200;

export function editTool(scope: FolderService): Tool {
  return defineFolderTool(scope, {
    name: 'edit_file',
    title: 'Edit file',
    description: 'Replace passages of a text file, all or none; dryRun only shows the diff.',
    hints: { readOnly: false, destructive: true, idempotent: false },
    input: z.strictObject({
      path: z.string(),
      edits: someOf(z.strictObject({ oldText: z.string(), newText: z.string() }), MAX_EDITS),
      dryRun: z.boolean().optional(),
    }),
    async run({ path, edits, dryRun = false }, { folder, root }) {
      const edited = await folder.editFile(root, path, edits, dryRun);
      if (!edited.ok) return edited;
      const { diff, counts } = edited.value;
      const several = counts.flatMap((times, index) =>
        times > 1
          ? [`The oldText of edit ${index + 1} is there ${times} times: the first was replaced.`]
          : [],
      );
      if (diff === undefined) return ok({ text: `Edited ${shownPath(path)}.`, ...note(...several) });
      const { text, left } = cut(withoutHidden(diff), ROOM_BYTES);
      return ok({
        text: fenced(text),
        ...note(
          left > 0 ? `${plural(left, 'more character')} of the diff are not shown.` : undefined,
          ...several,
        ),
      });
    },
  });
}

/** A fence that nothing in the text ends. */
function fenced(text: string): string {
  const runs = text.match(/`{3,}/g) ?? [];
  const fence = '`'.repeat(Math.max(2, ...runs.map(({ length }) => length)) + 1);
  return `${fence}diff\n${text.replace(/\n?$/, '\n')}${fence}\n\n`;
}

export function createDirectoryTool(scope: FolderService): Tool {
  return defineFolderTool(scope, {
    name: 'create_directory',
    title: 'Create directory',
    description: 'Make a directory, and those above it.',
    hints: { readOnly: false, destructive: false, idempotent: true },
    input: z.strictObject({ path: z.string() }),
    async run({ path }, { folder, root }) {
      const made = await folder.makeFolderIn(root, path);
      return made.ok ? ok({ text: `Successfully created directory ${shownPath(path)}` }) : made;
    },
  });
}

export function moveTool(scope: FolderService): Tool {
  return defineFolderTool(scope, {
    name: 'move_file',
    title: 'Move file',
    description: 'Move or rename a file or directory, never over another.',
    hints: { readOnly: false, destructive: false, idempotent: false },
    input: z.strictObject({ source: z.string(), destination: z.string() }),
    async run({ source, destination }, { folder, root }) {
      const moved = await folder.moveEntry(root, source, destination);
      if (!moved.ok) return moved;
      return ok({ text: `Successfully moved ${shownPath(source)} to ${shownPath(destination)}` });
    },
  });
}
