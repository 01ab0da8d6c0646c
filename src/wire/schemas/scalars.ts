/** The few kinds of value that every noun is made of. A number's unit is the last word of its name. */
import * as z from 'zod';

/** A moment: UTC, ISO 8601 with milliseconds. */
export const time = () => z.iso.datetime({ precision: 3 });

/** 12 hex digits. */
export const id = () => z.string().regex(/^[0-9a-f]{12}$/);

/** US dollars. */
export const usd = () => z.number().min(0);

export const count = () => z.int().min(0);

/** An absolute path. */
export const path = () => z.string();
