import { BoundedMap } from "../../../core/bounded-map.ts";
import { samePerson } from "../../../core/promotion/approvals.ts";
import type { Catalog } from "../../../core/registry/catalog.ts";
import type { LogEntry } from "../../../core/registry/log-entry.ts";
import { readSnapshot } from "../../../core/registry/snapshot.ts";
import type { Person } from "../../../schemas/names.ts";
import type { PortalHost } from "../request/host.ts";
import { refusedActs } from "./refused-acts.ts";

/** An act that kept out what a person had asked for. */
export interface OwnRefusal {
  entry: LogEntry;
  model: string;
  version: number;
  stage: string;
  /** Who said no; undefined if gates did. */
  by?: Person | undefined;
  /** Why, a sentence each. */
  why: readonly string[];
  codes: readonly string[];
}

type Told = OwnRefusal & { askedBy: Person };

const MOST_KEPT = 5_000;
/** By the act's commit: what was recorded stays so. */
const told = new BoundedMap<string, Promise<Told | undefined>>(MOST_KEPT);

/** What a person asked for and did not get, newest first; of the newest acts of the registry. */
export async function ownRefusals(
  { catalogs, ports }: PortalHost,
  { commit }: Catalog,
  me: Person,
): Promise<{ refusals: OwnRefusal[]; isCut: boolean }> {
  if (commit === undefined) return { refusals: [], isCut: false };
  const { acts, isCut } = await refusedActs({ catalogs, objects: ports.objects }, commit);
  // Without a review, who acted is who asked: nothing need be read to know that it is somebody else's.
  const perhaps = acts.filter(({ review, actor }) => review !== undefined || samePerson(actor, me));
  const snapshot = await readSnapshot(ports.objects, commit);

  async function read(entry: LogEntry): Promise<Told | undefined> {
    const { model, decision: id, request: asked, review: said } = entry;
    if (model === undefined) return undefined;
    const decision = id === undefined ? undefined : await snapshot.read({ kind: "decision", model, id });
    if (decision !== undefined) {
      const { version, stage, refusals, requested_by: askedBy } = decision;
      const why = refusals.map(({ message }) => message);
      return { entry, model, version, stage, why, codes: [...new Set(refusals.map(({ code }) => code))], askedBy };
    }
    const request = asked === undefined ? undefined : await snapshot.read({ kind: "request", model, id: asked });
    if (request === undefined) return undefined;
    const review = said === undefined ? undefined : await snapshot.read({ kind: "review", model, id: said });
    const { version, stage, requested_by: askedBy } = request;
    const why = review?.reason === undefined ? [] : [review.reason];
    return { entry, model, version, stage, by: entry.actor, why, codes: [], askedBy };
  }

  const found = await Promise.all(
    perhaps.map((entry) => {
      const before = told.get(entry.commit);
      if (before !== undefined) return before;
      const now = read(entry);
      told.set(entry.commit, now);
      now.catch(() => told.delete(entry.commit));
      return now;
    }),
  );
  const refusals = found.flatMap((each) => (each !== undefined && samePerson(each.askedBy, me) ? [each] : []));
  return { refusals, isCut };
}
