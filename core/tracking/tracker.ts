import { join } from "node:path";
import type { Tracked, TrackedMetric, TrackedRun } from "../../schemas/tracked.ts";
import { EventFiles } from "./event-files.ts";
import type { FoundRun, Reading } from "./found-run.ts";
import { type ArtifactsLeft, keepArtifacts } from "./keep-artifacts.ts";
import { LeftOut, LIMITS } from "./limits.ts";
import { MlflowStore } from "./mlflow-store.ts";

/** Where a program logs. */
export interface TrackedPlaces {
  /** The folder that the program may write to; no link leads to it. */
  folder: string;
  /** Where in it file stores of MLflow's may be. */
  stores: readonly string[];
  /** Folders in it that hold no output. */
  skip: readonly string[];
  /** Where in it the program starts: names are told from there. */
  cwd: string;
}

/** Reads what a program logs while it runs, and once it has ended. */
export interface Tracker {
  /** What there is until now, without files; undefined where it is nothing. */
  look(): Promise<Tracked | undefined>;
  /** All of it, once nothing writes any longer. Files that were logged are copied to `<keep>/<run's id>/<path>`. */
  end(keep: string): Promise<Tracked | undefined>;
}

/**
 * Reads MLflow's file store and TensorBoard's event files below a folder of user code. Whatever lies there, this neither fails
 * nor reads much: what is too large, damaged or something else is left out and told.
 */
export function openTracker({ folder, stores, skip, cwd }: TrackedPlaces): Tracker {
  const leftOut = new LeftOut();
  const mlflow = stores.map((store) => new MlflowStore(join(folder, store), leftOut));
  const events = new EventFiles({ folder, skip: [...stores, ...skip], base: cwd }, leftOut);
  let bytesLeft: number = LIMITS.allBytes;

  async function find(isLast: boolean): Promise<FoundRun[]> {
    const reading: Reading = { isLast, bytesLeft };
    const found: FoundRun[] = [];
    for (const each of [...mlflow, events]) found.push(...(await each.look(reading)));
    bytesLeft = reading.bytesLeft;
    if (found.length > LIMITS.runs) leftOut.say(`Of ${found.length} runs the first ${LIMITS.runs} were kept.`);
    return found.slice(0, LIMITS.runs);
  }

  return {
    look: async () => tracked(await find(false), leftOut),
    end: async (keep) => {
      const found = await find(true);
      const left: ArtifactsLeft = { files: LIMITS.artifacts, bytes: LIMITS.artifactBytes };
      const artifacts = new Map<string, TrackedRun["artifacts"]>();
      for (const run of found) artifacts.set(run.id, await keepArtifacts(run, join(keep, run.id), left, leftOut));
      return tracked(found, leftOut, artifacts);
    },
  };
}

function tracked(
  found: readonly FoundRun[],
  leftOut: LeftOut,
  artifacts: ReadonlyMap<string, TrackedRun["artifacts"]> = new Map(),
): Tracked | undefined {
  const curves = found.reduce((sum, run) => sum + run.curves.size, 0);
  const most = Math.max(2, Math.min(LIMITS.curvePoints, Math.floor(LIMITS.points / Math.max(1, curves))));
  const limits = { metrics: LIMITS.curves, params: LIMITS.params, tags: LIMITS.tags };
  const left: Record<keyof typeof limits, number> = { ...limits };
  const take = <T>(what: keyof typeof limits, list: readonly T[]): T[] => {
    const taken = list.slice(0, left[what]);
    if (taken.length < list.length) leftOut.say(`Of the ${what} of all runs, ${limits[what]} were kept.`);
    left[what] -= taken.length;
    return taken;
  };
  const runs = found.map(({ curves, logged: _, ...run }): TrackedRun => {
    const metrics = [...curves]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([name, curve]): TrackedMetric | TrackedMetric[] => curve.metric(name, most) ?? []);
    return {
      ...run,
      params: take("params", run.params),
      tags: take("tags", run.tags),
      metrics: take("metrics", metrics),
      artifacts: artifacts.get(run.id) ?? [],
    };
  });
  const sentences = leftOut.sentences();
  return runs.length === 0 && sentences.length === 0 ? undefined : { slipway: 1, runs, left_out: sentences };
}
