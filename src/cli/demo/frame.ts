/** The demo's introduction and conclusion: what is scripted, what is real, and what is left. */

import { dollars } from '../../project/costs.ts';
import { shortOid } from '../../project/oid.ts';
import { plural } from '../../project/text.ts';
import type { Output } from '../terminal/output.ts';
import { wrap } from '../terminal/text.ts';
import type { LoopFacts } from './scenario.ts';

/** @param hasGit Whether there is a branch for the work. */
export function introduction(out: Output, hasGit: boolean): string[] {
  return [
    out.style('bold', `From a plan to approved work${hasGit ? ' on your branch' : ''}`),
    '',
    ...item(
      out,
      'Scripted',
      'the model. A small server on this machine plays it: no account, no network, no cost.',
    ),
    ...item(
      out,
      'Real',
      `Claude Code, the supervisor, both MCP servers, the store, ${hasGit ? 'git, ' : ''}the files and the check.`,
    ),
  ];
}

export interface Summary extends LoopFacts {
  readonly durationMs: number;
  /** How many could not be ended. */
  readonly processesLeft: number;
  /** The folder, if it was to be kept. */
  readonly kept: string | null;
}

export function conclusion(out: Output, summary: Summary): string[] {
  const { durationMs, rounds, runs, repairs, landed, estimatedUsd, modelRequests, processesLeft, kept } =
    summary;
  const end = landed === null ? 'complete' : `complete, and merged as commit ${shortOid(landed)}`;
  const processes = processesLeft === 0 ? 'no process' : `${processesLeft} processes`;
  const folder = kept === null ? 'no folder' : `and the folder that you keep: ${kept}`;
  return [
    '',
    out.style('bold', `The project is ${end}, after ${(durationMs / 1_000).toFixed(1)} s`),
    '',
    ...item(
      out,
      'Scripted',
      `the model: asked ${modelRequests} times, $0.00 real. (Claude Code, which cannot know, counted ${dollars(estimatedUsd)}.)`,
    ),
    ...item(
      out,
      'Real',
      `all else: ${plural(rounds, 'round')} in one session of Claude Code, ${plural(runs, 'run')}, ${plural(repairs, 'repair')}, 2 decisions.`,
    ),
    ...item(out, 'Left', `${processes}, ${folder}`),
    ...item(
      out,
      'Next',
      'with your own Claude Code: bridge-supervisor start, then bridge-supervisor send plan.md',
    ),
  ];
}

const NAME_COLUMNS = 10;

function item(out: Output, name: string, text: string): string[] {
  const [first = '', ...others] = wrap(text, out.columns - NAME_COLUMNS - 4);
  return [
    `  ${out.style('bold', name.padEnd(NAME_COLUMNS))}  ${first}`,
    ...others.map((line) => ' '.repeat(NAME_COLUMNS + 4) + line),
  ];
}
