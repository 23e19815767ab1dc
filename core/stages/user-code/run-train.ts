import { lstat, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Artifact } from "../../../schemas/manifest.ts";
import type { TrainSpec } from "../../../schemas/model-spec.ts";
import { NO_PARAMS } from "../../../schemas/names.ts";
import { milliseconds } from "../../duration.ts";
import { SlipwayError } from "../../errors.ts";
import { CURVE_BYTES, parseCurves } from "../../runtime/curves.ts";
import { shown } from "../../runtime/failure.ts";
import { listFolder } from "../../stores/listing.ts";
import type { ArtifactStore } from "../../stores/store.ts";
import { writeDurably } from "../../write-durably.ts";
import { copyCurves } from "./copy-curves.ts";
import { follow } from "./follow.ts";
import { type GivenData, TRACKING, type UserCode, withStepFolder } from "./user-code.ts";
import { type TrackedTarget, whileTracked } from "./while-tracked.ts";

/** Where in the step's folder the training data lies. */
const DATA = "train";

/** How often a training is looked at, in milliseconds. */
const EVERY = 500;

export interface Trained {
  artifact: Artifact;
  /** Seconds that the command took. */
  seconds: number;
  /** Whether curves were written, and what was not understood of them. */
  curves: boolean;
  detail?: string;
}

/**
 * Trains: the command reads SLIPWAY_TRAIN_DATA, SLIPWAY_PARAMS and SLIPWAY_SEED, and writes into the folder
 * SLIPWAY_MODEL, which is stored. Rejects with OUTPUT_MISSING where that stays empty, and as runCommand and
 * ArtifactStore.putFolder do. `curves` is where the curves go, if there are any.
 */
export async function train(
  code: UserCode,
  store: ArtifactStore,
  request: {
    spec: TrainSpec;
    data: GivenData;
    log: string;
    curves: string;
    tracked: TrackedTarget;
    secrets?: readonly string[] | undefined;
  },
): Promise<Trained> {
  const { spec } = request;
  return withStepFolder(code, async (step) => {
    const model = join(step.path, "model");
    const curves = join(step.path, "curves.jsonl");
    await mkdir(model);
    await writeFile(join(step.path, "params.json"), `${spec.params ?? NO_PARAMS}\n`);
    const data = await step.bring(request.data, DATA);
    const cwd = join("tree", code.folder);
    // Where MLflow's client logs if the program says `mlruns`, as many guides do.
    const places = { folder: step.path, stores: [TRACKING, join(cwd, "mlruns")], skip: [DATA], cwd };
    const train = () =>
      step.run({
        command: spec.run,
        timeoutMs: milliseconds(spec.timeout ?? "1h"),
        timeoutKey: "train.timeout",
        log: request.log,
        secrets: request.secrets,
        paths: {
          SLIPWAY_TRAIN_DATA: data,
          SLIPWAY_PARAMS: "params.json",
          SLIPWAY_MODEL: "model",
          SLIPWAY_CURVES: "curves.jsonl",
        },
        values: { SLIPWAY_SEED: String(spec.seed ?? 0) },
      });
    const copy = copyCurves(curves, request.curves);
    const copying = follow(copy, EVERY);
    const { seconds } = await whileTracked(places, request.tracked, train).finally(async () => {
      await copying.stop();
      // A training that fails leaves what it had shown.
      await copy();
    });
    if ((await listFolder(model)).length === 0) {
      throw new SlipwayError("OUTPUT_MISSING", `${shown(spec.run)} wrote no model`, {
        expected: "at least one file in the folder SLIPWAY_MODEL",
        found: "an empty folder",
        hint: "Write the model into the folder that the environment variable SLIPWAY_MODEL names.",
      });
    }
    const artifact = await store.putFolder(model);
    return { artifact, seconds, ...(await keepCurves(curves, request.curves)) };
  });
}

/** Stores the code itself as the artifact: `task: custom` without training. */
export async function storeCode(code: UserCode, store: ArtifactStore): Promise<Artifact> {
  return withStepFolder({ ...code, links: [] }, (step) => store.putFolder(join(step.path, "tree")));
}

async function keepCurves(from: string, to: string): Promise<{ curves: boolean; detail?: string }> {
  const found = await lstat(from).catch(() => undefined);
  if (!found?.isFile() || found.size === 0) return { curves: false };
  if (found.size > CURVE_BYTES) return { curves: false, detail: `curves left out: more than ${CURVE_BYTES} bytes` };
  const { points, bad } = parseCurves(await readFile(from, "utf8"));
  // Whoever looks meanwhile sees the points that came, or all of them.
  if (points.length > 0) await writeDurably(to, points.map((point) => `${JSON.stringify(point)}\n`).join(""));
  return { curves: points.length > 0, ...(bad > 0 ? { detail: `${bad} lines of curves were not understood` } : {}) };
}
