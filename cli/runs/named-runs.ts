import { findRun, listRuns } from "../../core/acts/list-runs.ts";
import { SlipwayError } from "../../core/errors.ts";
import type { RunSummary } from "../../schemas/run-summary.ts";
import type { OpenRuns } from "./open-runs.ts";

/** The runs that are named, in that order. Rejects with USAGE where there are too few, and with RUN_UNKNOWN. */
export async function namedRuns(
  places: OpenRuns,
  act: string,
  named: readonly string[],
  least = 1,
): Promise<[RunSummary, ...RunSummary[]]> {
  const runs = await listRuns(places);
  const found = named.map((name) => findRun(runs, name));
  const [first, ...more] = found;
  if (first !== undefined && found.length >= least) return [first, ...more];
  throw new SlipwayError("USAGE", `slipway runs ${act} takes ${least === 1 ? "a run" : `${least} runs or more`}`, {
    expected: "runs by their ids, or by four or more characters of their starts or ends",
    found: named.length === 0 ? "none" : named.join(" "),
    hint: "slipway runs lists them",
  });
}

/** Rejects with USAGE: this act is about all runs. */
export function refuseRuns(act: string, named: readonly string[]): void {
  if (named.length === 0) return;
  throw new SlipwayError("USAGE", `slipway runs ${act} takes no runs`, {
    found: named.join(" "),
    hint: `slipway runs show ${named[0]} shows one; --filter narrows what is listed`,
  });
}
