import type { GitObjects } from "../../../core/git/objects.ts";
import type { Catalogs } from "../../../core/registry/catalog.ts";
import type { LogEntry } from "../../../core/registry/log-entry.ts";
import { newestActs } from "../../../core/registry/newest-acts.ts";
import type { CommitId } from "../../../schemas/names.ts";

/** So many acts are read at once. */
const STEP = 500;
/** Of so many acts, the newest, a refusal is found: older ones are in the log. */
export const MOST_ACTS = 5_000;

export interface RefusedActs {
  /** Decisions that kept a version out, and rejections by people, newest first. */
  acts: readonly LogEntry[];
  /** Whether older acts were not looked at. */
  isCut: boolean;
}

interface Read extends RefusedActs {
  tip: CommitId;
}

const known = new WeakMap<Catalogs, Promise<Read | undefined>>();

/** What was refused lately: read once, and then what came since. */
export function refusedActs(
  { catalogs, objects }: { catalogs: Catalogs; objects: GitObjects },
  tip: CommitId,
): Promise<RefusedActs> {
  const before = known.get(catalogs) ?? Promise.resolve(undefined);
  const next = before.catch(() => undefined).then((last) => (last?.tip === tip ? last : follow(objects, tip, last)));
  known.set(catalogs, next);
  return next;
}

async function follow(objects: GitObjects, tip: CommitId, last: Read | undefined): Promise<Read> {
  const fresh: LogEntry[] = [];
  let looked = 0;
  for (let from: string | undefined = tip; from !== undefined && looked < MOST_ACTS; ) {
    const read: LogEntry[] = await newestActs(objects, from, STEP + 1);
    const met = last === undefined ? -1 : read.findIndex(({ commit }) => commit === last.tip);
    fresh.push(...read.slice(0, met < 0 ? STEP : met).filter(isRefusal));
    if (met >= 0)
      return { tip, acts: [...fresh, ...(last?.acts ?? [])].slice(0, MOST_ACTS), isCut: last?.isCut === true };
    looked += STEP;
    from = read[STEP]?.commit;
    if (from === undefined) return { tip, acts: fresh, isCut: false };
  }
  return { tip, acts: fresh, isCut: true };
}

function isRefusal({ act, outcome }: LogEntry): boolean {
  return outcome === "refused" || act === "reject";
}
