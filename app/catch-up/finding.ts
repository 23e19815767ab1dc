import { z } from "zod";
import type { Delivery } from "../intake/intake.ts";
import type { Listings } from "./listings.ts";
import type { Installed } from "./repositories.ts";

/** What each search for lost events is given. */
export interface Search {
  installed: Installed;
  listings: Listings;
  app: { id: number; login: string };
  /** Open pull requests: number and head. */
  pulls: readonly OpenPull[];
  /** Whether the event of this key was handled, or is about to be. */
  knows(key: string): boolean;
  /** Midnight, some days ago: what is older is left alone. */
  since: Date;
}

const Pull = z.object({ number: z.int(), head: z.object({ sha: z.string() }) });
export type OpenPull = z.infer<typeof Pull>;

export async function openPulls({ installed, listings }: Pick<Search, "installed" | "listings">): Promise<OpenPull[]> {
  const { octokit, repository } = installed;
  const route = "GET /repos/{owner}/{repo}/pulls";
  const about = { owner: repository.owner, repo: repository.name, state: "open", sort: "updated", direction: "desc" };
  return listings.read(octokit, route, about, (pull) => Pull.safeParse(pull).data);
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
