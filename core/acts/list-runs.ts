import type { RunSummary } from "../../schemas/run-summary.ts";
import { SlipwayError } from "../errors.ts";
import type { LocalRuns } from "../experiments/local-runs.ts";
import type { RunRecords } from "../experiments/run-records.ts";

/** Where runs are: in this clone, if there is one, and on the branch `experiments`. */
export interface RunPlaces {
  local?: LocalRuns | undefined;
  records: RunRecords;
}

/** All runs, newest first; of one model, or of all. A local run that was shared is there once, as a local one. */
export async function listRuns({ local, records }: RunPlaces, model?: string): Promise<RunSummary[]> {
  const here = (await local?.list()) ?? [];
  const known = new Set(here.map(({ run }) => run));
  const kept = (await records.list(model)).filter(({ run }) => !known.has(run));
  const own = model === undefined ? here : here.filter((each) => each.model === model);
  return [...own, ...kept].sort((a, b) => (a.started_at < b.started_at ? 1 : -1));
}

/** How few characters name a run. */
const LEAST = 4;

/** The run that is named so: its whole id, or the start or the end of it, of one run alone. Rejects with RUN_UNKNOWN. */
export function findRun(runs: readonly RunSummary[], named: string): RunSummary {
  const exact = runs.find(({ run }) => run === named);
  if (exact !== undefined) return exact;
  const near = named.length < LEAST ? [] : runs.filter(({ run }) => run.startsWith(named) || run.endsWith(named));
  const [only, ...more] = near;
  if (only !== undefined && more.length === 0) return only;
  throw new SlipwayError("RUN_UNKNOWN", `${more.length > 0 ? "several runs are" : "no run is"} called ${named}`, {
    expected: `a run's id, or ${LEAST} or more characters of its start or its end`,
    found:
      only === undefined
        ? `${runs.length} others`
        : near
            .slice(0, 5)
            .map(({ run }) => run)
            .join(", "),
    hint: "slipway runs lists them",
  });
}
