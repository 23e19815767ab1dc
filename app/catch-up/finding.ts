import type { Delivery } from "../intake.ts";
import type { Listings } from "./listings.ts";
import type { Installed } from "./repositories.ts";

/** What looks for events that were lost is given. */
export interface Search {
  installed: Installed;
  listings: Listings;
  app: { id: number; login: string };
  /** Whether the event of this key was handled, or is about to be. */
  knows(key: string): boolean;
  /** Midnight, some days ago: what is older is left alone. */
  since: Date;
}

/** An event as its webhook would have been, with what GitHub shows now. */
export function foundEvent(
  { installed }: Search,
  event: string,
  key: string,
  payload: Readonly<Record<string, unknown>>,
): Delivery {
  const whole = { ...payload, repository: installed.shown, installation: { id: installed.installation } };
  return { event, delivery: key, payload: whole, size: JSON.stringify(whole).length, caughtUp: true };
}
