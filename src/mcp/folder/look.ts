import { join } from 'node:path';
import * as z from 'zod';
import { shownPath } from '../../folder/shown-path.ts';
import type { Tree, TreeNode } from '../../folder/walk.ts';
import { plural } from '../../project/text.ts';
import { ok } from '../../result.ts';
import type { Tool } from '../define-tool.ts';
import { bytesOf, fitting, ROOM_BYTES } from '../fit.ts';
import { defineFolderTool, type FolderService, note } from './define-folder-tool.ts';

const HINTS = { readOnly: true, destructive: false, idempotent: true };

const after = z.string().optional();
const excludePatterns = z.array(z.string()).optional();

export function listTool(scope: FolderService): Tool {
  return defineFolderTool(scope, {
    name: 'list_directory',
    title: 'List directory',
    description: 'List a directory: [DIR] or [FILE], and the name.',
    hints: HINTS,
    input: z.strictObject({ path: z.string(), after }),
    async run({ path, after = '' }, { folder, root }) {
      const listed = await folder.listFolder(root, path);
      if (!listed.ok) return listed;
      const rest = listed.value.filter(({ name }) => after === '' || name > after);
      const shown = fitting(rest, lineOf);
      const last = shown.length < rest.length ? shown.at(-1)?.name : undefined;
      return ok({
        text: shown.map(lineOf).join('\n'),
        ...note(
          last === undefined
            ? undefined
            : `${plural(rest.length - shown.length, 'more entry', 'more entries')}: call again with after ${shownPath(last)}`,
          listed.value.length === 0 ? 'The directory is empty.' : undefined,
        ),
      });
    },
  });
}

function lineOf({ name, isFolder }: { readonly name: string; readonly isFolder: boolean }): string {
  return `${isFolder ? '[DIR]' : '[FILE]'} ${shownPath(name)}`;
}

export function listWithSizesTool(scope: FolderService): Tool {
  return defineFolderTool(scope, {
    name: 'list_directory_with_sizes',
    title: 'List directory with sizes',
    description: 'List a directory with the sizes of its files.',
    hints: HINTS,
    input: z.strictObject({ path: z.string(), sortBy: z.enum(['name', 'size']).optional() }),
    async run({ path, sortBy = 'name' }, { folder, root }) {
      const listed = await folder.listWithSizes(root, path);
      if (!listed.ok) return listed;
      const entries =
        sortBy === 'name' ? listed.value : listed.value.toSorted((one, other) => other.size - one.size);
      const line = (entry: (typeof entries)[number]) =>
        `${lineOf(entry).padEnd(36)} ${entry.isFolder ? '' : sizeText(entry.size).padStart(10)}`.trimEnd();
      const shown = fitting(entries, line);
      const folders = entries.filter(({ isFolder }) => isFolder).length;
      return ok({
        text: [
          ...shown.map(line),
          '',
          `Total: ${entries.length - folders} files, ${folders} directories`,
          `Combined size: ${sizeText(entries.reduce((sum, { size }) => sum + size, 0))}`,
        ].join('\n'),
        ...note(
          shown.length < entries.length
            ? `${entries.length - shown.length} more entries are not shown: list_directory goes on after ${shownPath(shown.at(-1)?.name ?? '')}`
            : undefined,
        ),
      });
    },
  });
}

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'];

function sizeText(bytes: number): string {
  const unit = bytes < 1 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), UNITS.length - 1);
  return unit === 0 ? `${bytes} B` : `${(bytes / 1_024 ** unit).toFixed(2)} ${UNITS[unit]}`;
}

export function searchTool(scope: FolderService): Tool {
  return defineFolderTool(scope, {
    name: 'search_files',
    title: 'Search files',
    description: 'Find files and directories by a glob on their path, such as **/*.md.',
    hints: HINTS,
    input: z.strictObject({ path: z.string(), pattern: z.string(), excludePatterns, after }),
    async run({ path, pattern, excludePatterns: excludes = [], after }, call) {
      const { folder, root, clock, signal } = call;
      const isMatch = folder.readGlob(pattern);
      const isExcluded = folder.readExcludes(excludes);
      if (!isMatch.ok) return isMatch;
      if (!isExcluded.ok) return isExcluded;
      const found: string[] = [];
      let left = ROOM_BYTES;
      const searched = await folder.searchFolder(
        root,
        {
          path,
          isMatch: isMatch.value,
          isExcluded: isExcluded.value,
          after: after?.split('/'),
          take(parts) {
            const shown = shownPath(join(path, ...parts));
            if (bytesOf(shown) > left && found.length > 0) return false;
            left -= bytesOf(shown);
            found.push(shown);
            return true;
          },
        },
        { clock, signal },
      );
      if (!searched.ok) return searched;
      const { isAll, last, unread } = searched.value;
      return ok({
        text: found.length === 0 ? 'No matches found' : found.join('\n'),
        ...note(
          isAll
            ? undefined
            : `Not all was searched: call again with after ${shownPath((last ?? []).join('/'))}`,
          unreadNote(unread),
        ),
      });
    },
  });
}

function unreadNote(unread: number): string | undefined {
  return unread > 0 ? `${plural(unread, 'directory', 'directories')} could not be read.` : undefined;
}

/** As many as fit with short names. */
const MAX_NODES = 400;

export function treeTool(scope: FolderService): Tool {
  return defineFolderTool(scope, {
    name: 'directory_tree',
    title: 'Directory tree',
    description: 'The tree of a directory as JSON; a directory without children was not opened.',
    hints: HINTS,
    input: z.strictObject({ path: z.string(), excludePatterns }),
    async run({ path, excludePatterns: excludes = [] }, { folder, root, clock, signal }) {
      const isExcluded = folder.readExcludes(excludes);
      if (!isExcluded.ok) return isExcluded;
      for (let maxNodes = MAX_NODES; ; maxNodes = Math.floor(maxNodes / 2)) {
        const tree = await folder.folderTree(root, path, isExcluded.value, { maxNodes, clock, signal });
        if (!tree.ok) return tree;
        const text = treeText(tree.value);
        // Escapes and long names take more room than was thought.
        if (bytesOf(text) > MAX_TREE_BYTES && maxNodes > 1) continue;
        return ok({
          text,
          ...note(
            tree.value.closed > 0
              ? `${plural(tree.value.closed, 'directory', 'directories')} of it not shown whole: name one as path, or exclude more.`
              : undefined,
          ),
        });
      }
    },
  });
}

const MAX_TREE_BYTES = 20_000;

function treeText({ nodes }: Tree): string {
  return JSON.stringify(nodes.map(shownNode), null, 2);
}

function shownNode({ name, type, children }: TreeNode): object {
  return { name: shownPath(name), type, ...(children && { children: children.map(shownNode) }) };
}

export function infoTool(scope: FolderService): Tool {
  return defineFolderTool(scope, {
    name: 'get_file_info',
    title: 'Get file info',
    description: 'Size, times, kind and permissions of a file or directory.',
    hints: HINTS,
    input: z.strictObject({ path: z.string() }),
    async run({ path }, { folder, root }) {
      const info = await folder.fileInfo(root, path);
      if (!info.ok) return info;
      const lines = Object.entries(info.value).map(
        ([key, value]) => `${key}: ${value instanceof Date ? value.toISOString() : value}`,
      );
      return ok({ text: lines.join('\n') });
    },
  });
}

export function allowedTool(scope: FolderService): Tool {
  return defineFolderTool(scope, {
    name: 'list_allowed_directories',
    title: 'List allowed directories',
    description: 'The shared folder, as an absolute path.',
    hints: HINTS,
    input: z.strictObject({}),
    run: async (_, { root }) => ok({ text: `Allowed directories:\n${shownPath(root.real)}` }),
  });
}
