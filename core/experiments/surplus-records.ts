import type { RunSummary } from "../../schemas/run-summary.ts";
import { recordPath } from "./run-records.ts";

/** Of one model's runs of pull requests, so many are kept beside the starred ones. */
const MOST_OF_PULLS = 1_000;

/** The records that go when a pull request's next run is reported: the oldest of too many. What people starred or shared stays. */
export function surplusRecords(newestFirst: readonly RunSummary[], most = MOST_OF_PULLS): string[] {
  return newestFirst
    .filter(({ from, starred }) => from === "pull" && !starred)
    .slice(most - 1)
    .map(({ model, run }) => recordPath(model, run));
}
