/**
 * Task Scheduler, the service manager of Windows for a user without administrator rights: a task in its user's session.
 * It is changed through `schtasks` and queried through PowerShell.
 *
 * The task repeats every minute, which restarts the supervisor. A stop has to end the repetition, but not the start at
 * the next logon. So the task is registered in one of two forms: as in its file, where a logon begins the repetition,
 * or `started`, where the repetition is under way.
 */

import { readFile, rm, rmdir } from 'node:fs/promises';
import { makeFolder } from '../../make-folder.ts';
import { writeAtomically } from '../atomic-file.ts';
import { systemProgram } from '../windows-programs.ts';
import { readMark } from './marker.ts';
import { type ManagerOptions, ServiceError, type ServiceFile, type ServiceManager } from './service.ts';
import {
  decoded,
  encoded,
  hasScriptHost,
  startedTask,
  TASK_FILE_MODE,
  taskFiles,
  taskPaths,
} from './task-scheduler-files.ts';
import { queryTask, reasonOf, TASK_STATE, type Task } from './task-scheduler-query.ts';
import { NOTHING_INSTALLED, statusOf } from './task-scheduler-status.ts';

/** How long the supervisor may take to end after a request or a kill. */
const END_MS = 15_000;
const STEP_MS = 1_000;

const isUp = (task: Task | null) => task?.state === TASK_STATE.running || task?.state === TASK_STATE.queued;

/** Does nothing before one of its methods is called. */
export function taskScheduler(options: ManagerOptions): ServiceManager {
  const { name, account, env, run, clock } = options;
  const paths = taskPaths(options);

  const schtasks = async (...args: readonly string[]): Promise<void> => {
    const { code, stderr } = await run(systemProgram(env, 'schtasks.exe'), args, { env });
    if (code === 0) return;
    throw new ServiceError(
      `Task Scheduler refused \`schtasks ${args.join(' ')}\`: ${reasonOf(stderr, code)}. A task ${name} that another account or an administrator made would be in the way: delete it there, and try again.`,
    );
  };

  const register = async (text: string): Promise<void> => {
    const file = `${paths.task}.registering.xml`;
    try {
      await writeAtomically(file, encoded(text), TASK_FILE_MODE);
      await schtasks('/Create', '/TN', name, '/XML', file, '/F');
    } finally {
      await rm(file, { force: true });
    }
  };

  const ourFiles = async (): Promise<readonly ServiceFile[]> => {
    const files = await Promise.all([paths.task, paths.launcher].map(readOurs));
    return files.filter((file) => file !== undefined);
  };

  const taskText = async (): Promise<string> => {
    const task = (await ourFiles()).find(({ path }) => path === paths.task);
    if (task) return task.text;
    throw new ServiceError(`${name} is not installed. Install it with: bridge-supervisor install`);
  };

  const isDown = async (): Promise<boolean> => {
    for (const end = clock.monotonic() + END_MS; ; await clock.sleep(STEP_MS)) {
      if (!isUp(await queryTask(options))) return true;
      if (clock.monotonic() >= end) return false;
    }
  };

  return {
    kind: 'task-scheduler',
    scope: 'user',
    name,
    title: `Task Scheduler task ${name}`,

    async unavailable() {
      try {
        await queryTask(options);
        return null;
      } catch (error) {
        if (error instanceof ServiceError) return error.message;
        throw error;
      }
    },

    files: (definition) => taskFiles(definition, options),

    async installed() {
      const files = await ourFiles();
      const mark = readMark(files.find(({ path }) => path === paths.task)?.text ?? '');
      return mark === undefined ? null : { ...mark, hardened: false, files };
    },

    async install(definition) {
      const ours = await ourFiles();
      const before = await queryTask(options);
      if (before && ours.length === 0 && !readMark(before.source ?? ''))
        throw new ServiceError(
          `Task Scheduler has a task ${name} that bridge-supervisor did not make, so it stays as it is. Delete it first: schtasks /Delete /TN ${name}`,
        );
      const wanted = this.files(definition);
      makeFolder(paths.folder);
      for (const { path, text, mode } of wanted) await writeAtomically(path, encoded(text), mode);
      for (const { path } of ours) if (!wanted.some((file) => file.path === path)) await rm(path);
      // A started task stays started: its program continues, and is restarted when it dies.
      const text = await taskText();
      await register(isUp(before) || before?.repeats ? startedTask(text) : text);
    },

    async uninstall() {
      const files = await ourFiles();
      const task = await queryTask(options);
      if (task && (files.length > 0 || readMark(task.source ?? '')))
        await schtasks('/Delete', '/TN', name, '/F');
      for (const { path } of files) await rm(path, { force: true });
      // Fails when another service of ours has files there.
      await rmdir(paths.folder).catch(() => undefined);
    },

    async start() {
      const before = await queryTask(options);
      if (isUp(before) && before?.repeats) return;
      // Registering also enables a task that a person disabled.
      await register(startedTask(await taskText()));
      if (!isUp(before)) await schtasks('/Run', '/TN', name);
    },

    async stop(ask) {
      const before = await queryTask(options);
      if (!before || (!isUp(before) && !before.repeats)) return;
      const text = await taskText();
      // First, so that the next repetition does not restart it.
      await schtasks('/Change', '/TN', name, '/DISABLE');
      if (isUp(before)) {
        // A supervisor that ignores the request is killed below.
        await ask().catch(() => undefined);
        if (!(await isDown())) {
          await schtasks('/End', '/TN', name);
          if (!(await isDown()))
            throw new ServiceError(`Task Scheduler did not end ${name}. End node.exe in the Task Manager.`);
        }
      }
      // Only deleting the task certainly ends its repetition. The new one waits for a logon.
      await schtasks('/Delete', '/TN', name, '/F');
      await register(text);
    },

    async status() {
      if ((await ourFiles()).length === 0) return NOTHING_INSTALLED;
      return statusOf(await queryTask(options));
    },

    /** A task gets the environment of its user's session, as a terminal does. */
    async baseEnvironment() {
      return Object.fromEntries(
        Object.entries(env).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
      );
    },

    ownOutput: () => ({
      kind: 'none',
      why: 'Task Scheduler keeps nothing of what a task prints. To see it, run in a terminal: bridge-supervisor run',
    }),

    async remarks() {
      return [
        `It runs only while ${account.name} is logged on: after a restart, log on once. Locking the screen does no harm; logging off ends it.`,
        ...(hasScriptHost(env) ? [] : [WITHOUT_SCRIPT_HOST]),
      ];
    },
  };
}

const WITHOUT_SCRIPT_HOST =
  'This Windows has no VBScript, so the service runs in a headless console; should a window appear, leave it open.';

/** Undefined when the file does not exist. Throws ServiceError when we did not write it. */
async function readOurs(path: string): Promise<ServiceFile | undefined> {
  try {
    const text = decoded(await readFile(path));
    if (readMark(text)) return { path, text, mode: TASK_FILE_MODE };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : error;
    if (code === 'ENOENT') return undefined;
    throw new ServiceError(`${path} could not be read (${code}). Look at it, or move it away.`);
  }
  throw new ServiceError(
    `${path} was not written by bridge-supervisor, so it stays as it is. Move it away first.`,
  );
}
