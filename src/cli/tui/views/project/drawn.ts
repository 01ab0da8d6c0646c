import type { PagedTexts } from '../../live/use-paged-texts.ts';
import type { Place } from '../../place.ts';

/** How a project is drawn: the room there is, and what of it is unfolded. */
export interface Drawn {
  readonly columns: number;
  /** Of the server, in milliseconds since 1970. */
  readonly now: number;
  readonly goTo: (place: Place) => void;
  /** The keys of items that are unfolded, and of files that were marked as seen. */
  readonly open: ReadonlySet<string>;
  readonly seen: ReadonlySet<string>;
  readonly toggle: (key: string) => void;
  readonly see: (key: string) => void;
  readonly texts: PagedTexts;
}
