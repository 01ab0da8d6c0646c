/**
 * The log, for people and for grep: one line for each event in `loop.log`, without secrets and control characters, and
 * never a reason to stop. While the file cannot be written, lines wait and `health()` says so; later the log continues,
 * with a line about the lines that were dropped.
 */
import { createLogger, format } from 'winston';
import Transport from 'winston-transport';
import { type Clock, nextTurn } from './clock.ts';
import { LogFile, type LogHealth } from './log-file.ts';
import { type Fields, LEVELS, type Level, type LogRecord, renderLine } from './log-line.ts';

export type { LogHealth } from './log-file.ts';
export type { Fields, Level } from './log-line.ts';

/** @param event What happened, as `noun.verb`: the word to grep for. */
type Write = (event: string, fields?: Fields, message?: string) => void;

export interface Log {
  error: Write;
  warn: Write;
  info: Write;
  debug: Write;
  /** A log that adds these fields to every line. */
  child(fields: Fields): Log;
}

export interface LogOptions {
  path: string;
  /** The least important level that is written; `info` unless said otherwise. */
  level?: Level;
  /** The size at which the file is put aside as `<path>.1`; 10 MB unless said otherwise. */
  maxBytes?: number;
  /** How many files put aside are kept; 5 unless said otherwise. */
  maxFiles?: number;
  clock: Clock;
  /** Also gets every line until it fails, such as stdout under a service manager. */
  mirror?: NodeJS.WritableStream;
}

export interface OpenLog extends Log {
  /** Checks the file now. */
  health(): LogHealth;
  /** Resolves when every line written so far is in the file, or waits for a file that cannot be written. */
  flush(): Promise<void>;
  /** Writes what can be written and closes the file. Later lines are discarded. */
  close(): Promise<void>;
}

/** Opens a log. Never throws: `health()` reports a file that cannot be opened. */
export function openLog(options: LogOptions): OpenLog {
  const { clock, mirror, level = 'info' } = options;
  const file = new LogFile({ maxBytes: 10_000_000, maxFiles: 5, ...options });
  const targets = [new LineTransport((line) => file.write(line))];
  if (mirror) targets.push(new LineTransport(mirrorTo(mirror)));
  const logger = createLogger({ level, format: asLine(), transports: targets });

  let closing: Promise<void> | undefined;
  const finish = async (): Promise<void> => {
    const finished = targets.map((target) => new Promise((resolve) => target.once('finish', resolve)));
    logger.end();
    await Promise.all(finished);
    file.close();
  };

  // winston makes the line first and asks for the level then (https://github.com/winstonjs/winston, lib/winston/logger.js).
  const written: readonly Level[] = LEVELS.slice(0, LEVELS.indexOf(level) + 1);
  return {
    ...logWith(
      {},
      {
        writes: (level) => written.includes(level) && logger.writable,
        emit: (level, event, fields, message = '') =>
          logger.log({ level, message, time: clock.now(), event, fields }),
      },
    ),
    health: () => file.health(),
    async flush() {
      // winston's streams pass a line on in the next turn at the latest.
      await nextTurn();
      file.drain();
    },
    close() {
      closing ??= finish();
      return closing;
    },
  };
}

/** A log that discards everything. */
export const silentLog: Log = logWith({}, { writes: () => false, emit: () => undefined });

interface Sink {
  /** Asked first: most lines are of a level that nobody wants, some for each request. */
  writes(level: Level): boolean;
  emit(level: Level, event: string, fields: Fields, message?: string): void;
}

function logWith(common: Fields, sink: Sink): Log {
  const at =
    (level: Level): Write =>
    (event, fields, message) => {
      if (sink.writes(level)) sink.emit(level, event, { ...common, ...fields }, message);
    };
  return {
    error: at('error'),
    warn: at('warn'),
    info: at('info'),
    debug: at('debug'),
    child: (fields) => logWith({ ...common, ...fields }, sink),
  };
}

/** Where winston's transports look for the finished line (https://github.com/winstonjs/triple-beam). */
const LINE = Symbol.for('message');

const asLine = format((info) => ({ ...info, [LINE]: renderLine(info as unknown as LogRecord) }));

/** winston's File transport stays silent after one full disk, and its Console crashes on a closed pipe. */
class LineTransport extends Transport {
  #take: (line: string) => void;

  constructor(take: (line: string) => void) {
    super();
    this.#take = take;
  }

  override log(info: { [LINE]: string }, next: () => void): void {
    this.#take(info[LINE]);
    next();
  }
}

function mirrorTo(stream: NodeJS.WritableStream): (line: string) => void {
  let open = true;
  // The reader has gone (EPIPE). Without a listener this would end the process.
  stream.on('error', () => {
    open = false;
  });
  return (line) => {
    if (open && stream.writable) stream.write(line);
  };
}
