/** One entry of the append-only history. What belongs to each type is derived from the table of events. */
import * as z from 'zod';
import { EVENTS, type EventData, type EventType } from '../../project/event.ts';
import { type SnakeCase, snakeCase } from '../../snake-case.ts';
import { outcomeSchema, type WireOutcome } from './outcome.ts';
import { count, id, time } from './scalars.ts';

/** What belongs to an event of one type. */
export type WireEventData<T extends EventType> = Renamed<EventData<T>>;

type Renamed<Data> =
  Data extends Readonly<Record<string, never>>
    ? Data
    : { [K in keyof Data as SnakeCase<K>]: K extends 'outcome' ? WireOutcome : Data[K] };

const eventId = count().describe('names the event; rises within a project, with gaps');
const project_id = id().nullable().describe('null: it concerns no single project');
const run_id = id().nullable();
const actor = z
  .string()
  .describe(
    'who caused it: `person`, `desktop`, `code`, `supervisor`; `person: NAME` over HTTP, by the name of the token',
  );
const created_at = time();

interface WireStamp {
  id: z.output<typeof eventId>;
  project_id: z.output<typeof project_id>;
  run_id: z.output<typeof run_id>;
  actor: z.output<typeof actor>;
  created_at: z.output<typeof created_at>;
}

type WireKnownEvent = {
  [T in EventType]: WireStamp & { type: T; data: WireEventData<T> };
}[EventType];

/** An event of a type, or with facts, that only a newer program knows. */
type WireUnknownEvent = WireStamp & { type: 'unknown'; raw: { type: string; data: unknown } };

export type WireEvent = WireKnownEvent | WireUnknownEvent;

const unknownEvent = z.strictObject({
  id: eventId,
  project_id,
  run_id,
  type: z.literal('unknown'),
  actor,
  raw: z.strictObject({ type: z.string(), data: z.unknown() }).describe('as a newer program stored it'),
  created_at,
});

/** One entry of the append-only history. */
export const eventSchema = z
  .discriminatedUnion('type', [
    unknownEvent,
    ...Object.keys(EVENTS).map((type) => knownEvent(type as EventType)),
  ])
  .describe('One entry of the append-only history. A newer program may add types: here they are `unknown`.');

function knownEvent(type: EventType) {
  return z.strictObject({
    id: eventId,
    project_id,
    run_id,
    type: z.literal(type),
    actor,
    data: z.strictObject(dataShape(type)),
    created_at,
  });
}

function dataShape(type: EventType): z.ZodRawShape {
  const facts = Object.entries<z.ZodType>(EVENTS[type].schema().shape);
  return Object.fromEntries(
    facts.map(([name, fact]) => [snakeCase(name), name === 'outcome' ? outcomeSchema : withoutDefault(fact)]),
  );
}

/** A default stands in for what an old event lacks; outside it is a value as any other. */
function withoutDefault(fact: z.ZodType): z.core.$ZodType {
  return fact instanceof z.ZodDefault ? fact.unwrap() : fact;
}
