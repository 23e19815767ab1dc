import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Sha256 } from "../../schemas/names.ts";
import type { PipelineStage, StageRecordOf } from "../../schemas/stage-record.ts";
import { timestamp } from "../clock.ts";
import { errorOf, SlipwayError } from "../errors.ts";
import type { Executor } from "../executors/executor.ts";
import { makeWorkFolder, type WorkFolder } from "../runtime/work-folder.ts";
import type { ArtifactStore } from "../stores/store.ts";
import { type Bundle, type BundleAt, bundleStore, openBundle, sealBundle } from "./bundle.ts";
import { redactFile, redactor, redactProblem } from "./redact.ts";
import type { StepRunner } from "./run.ts";
import { asInterruption, problemOf } from "./run-record.ts";
import type { RunRequest } from "./run-request.ts";
import { stepRunner } from "./steps.ts";

/** Where a stage works and whom it tells: the same for all stages. */
export interface StageContext extends Pick<RunRequest, "signal" | "onOutput" | "onStep"> {
  model: string;
  /** The run's id, the same in all its stages. */
  run: string;
  /** An empty folder, which becomes what is handed over. */
  out: string;
  /** Starts the URIs of what the bundle holds: `actions:<run id>/<artifact name>`. */
  uri: string;
  /** Where prepared environments and fetched data are kept; of this job alone, where user code is not to be trusted. */
  cache: string;
  /** The environment of this process: see userEnvironment for what of it user code gets. */
  caller: Readonly<Record<string, string | undefined>>;
  /** Who runs user code. */
  executor: Executor;
  /** Values of secrets that this job was handed: user code gets those that the default branch's policy names. */
  secrets?: Readonly<Record<string, string>> | undefined;
  /** Told what deserves a look and stops nothing. */
  warn?: ((message: string) => void) | undefined;
  temporary?: string | undefined;
}

/** What a stage is given to work with. */
export interface StageWork<Stage extends PipelineStage> {
  /** Filled as the stage goes on, so that a failure keeps what was done. */
  record: StageRecordOf<Stage>;
  step: StepRunner;
  /** The bundle's. */
  store: ArtifactStore;
  work: WorkFolder;
  /** The run's own folder: what user code prints is kept in its `logs/`. */
  folder: string;
  /** Opens what an earlier stage handed over, and notes it. Rejects with HANDOVER_CORRUPT, or with the stage's own problem. */
  input<Earlier extends PipelineStage>(stage: Earlier, at: BundleAt | undefined): Promise<Bundle<Earlier>>;
}

/** What of a record its stage begins with; the rest is the same for all. */
export type Begun<Stage extends PipelineStage> = Omit<StageRecordOf<Stage>, keyof Common>;
type Common = Omit<StageRecordOf<"train">, "stage" | "fingerprint" | "environment" | "made">;

export interface StageResult<Stage extends PipelineStage> {
  record: StageRecordOf<Stage>;
  /** The record's: what the next job is to be told by a way that user code cannot reach. */
  sha256: Sha256;
  /** What was thrown where it is a bug, with its stack. */
  bug?: unknown;
}

/**
 * Runs one stage and seals its bundle, however it went: a failure that a person can mend is a record with its problem, a
 * bug as well, and is told in `bug`. Temporary folders are gone in the end.
 */
export async function runStage<Stage extends PipelineStage>(
  context: StageContext,
  begun: Begun<Stage>,
  act: (work: StageWork<Stage>) => Promise<void>,
): Promise<StageResult<Stage>> {
  const { model, run, out } = context;
  const started = new Date();
  const common = { slipway: 1, model, run, outcome: "failed", inputs: {}, steps: [], logs: {}, seconds: 0 } as const;
  const record = {
    ...structuredClone(common),
    started_at: timestamp(started),
    ...begun,
  } as unknown as StageRecordOf<Stage>;
  const store = bundleStore(out, context.uri);
  const work = await makeWorkFolder(`${run}-${record.stage}`, context.temporary);
  const folder = join(work.private, "run");
  await mkdir(join(folder, "logs"), { recursive: true });
  let bug: unknown;
  try {
    const step = stepRunner(record.steps, context);
    const input = async <Earlier extends PipelineStage>(stage: Earlier, at: BundleAt | undefined) => {
      if (at === undefined) throw missing(stage);
      const bundle = await openBundle(stage, model, at);
      record.inputs[stage] = bundle.sha256;
      if (bundle.record.run.split("-")[0] !== run.split("-")[0]) throw otherRun(stage, bundle.record.run, run);
      if (bundle.record.outcome === "failed") {
        throw errorOf(bundle.record.problem ?? { code: "INTERNAL", message: `the stage ${stage} failed` });
      }
      return bundle;
    };
    await act({ record, step, store, work, folder, input });
    record.outcome = "succeeded";
  } catch (thrown) {
    const error = asInterruption(thrown, context.signal);
    record.problem = redactProblem(problemOf(error), redactor(context.secrets));
    if (!(error instanceof SlipwayError)) bug = error;
  } finally {
    for (const name of await readdir(join(folder, "logs"))) {
      await redactFile(join(folder, "logs", name), context.secrets);
      record.logs[`logs/${name}`] = await store.putFile(join(folder, "logs", name));
    }
    await work.remove();
  }
  record.seconds = (Date.now() - started.getTime()) / 1_000;
  const sha256 = await sealBundle(out, record);
  return { record, sha256, ...(bug === undefined ? {} : { bug }) };
}

function missing(stage: PipelineStage): SlipwayError {
  return new SlipwayError("HANDOVER_CORRUPT", `The stage ${stage} handed over nothing`, {
    expected: `the output \`record\` of the job ${stage}`,
    found: "nothing",
  });
}

function otherRun(stage: PipelineStage, found: string, run: string): SlipwayError {
  return new SlipwayError("HANDOVER_CORRUPT", `What the stage ${stage} handed over is another run's`, {
    expected: run,
    found,
  });
}
