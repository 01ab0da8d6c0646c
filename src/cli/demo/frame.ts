/** The demo's introduction and conclusion: what is scripted, what is real, and what is left. */

import { dollars } from '../../project/costs.ts';
import type { Output } from '../terminal/output.ts';
import { wrap } from '../terminal/text.ts';
import type { LoopFacts } from './scenario.ts';

export function introduction(out: Output): string[] {
  return [
    out.style('bold', 'From a plan to approved work, in a quarter of a minute'),
    '',
    ...item(
      out,
      'Scripted',
      'the model. A small server on this machine plays it: no account, no network, no cost.',
    ),
    ...item(
      out,
      'Real',
      'Claude Code, the supervisor, both MCP servers, the store, the files and the tests.',
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
  const { durationMs, status, rounds, runs, updates, estimatedUsd, modelRequests, processesLeft, kept } =
    summary;
  const processes = processesLeft === 0 ? 'no process' : `${processesLeft} processes`;
  const folder = kept === null ? 'no folder' : `and the folder that you keep: ${kept}`;
  return [
    '',
    out.style('bold', `The project is ${status}, after ${(durationMs / 1_000).toFixed(1)} s`),
    '',
    ...item(
      out,
      'Scripted',
      `the model: asked ${modelRequests} times, $0.00 real. (Claude Code, which cannot know, counted ${dollars(estimatedUsd)}.)`,
    ),
    ...item(
      out,
      'Real',
      `all else: ${rounds} rounds in one session of Claude Code, ${runs} runs, ${updates} updates, 2 decisions.`,
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
