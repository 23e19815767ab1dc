import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { PipelineStage, StageRecordOf } from "../../schemas/stage-record.ts";
import { timestamp } from "../clock.ts";
import { errorOf, SlipwayError } from "../errors.ts";
import type { Executor } from "../executors/executor.ts";
import { makeWorkFolder, type WorkFolder } from "../runtime/work-folder.ts";
import type { ArtifactStore } from "../stores/store.ts";
import { type Bundle, bundleStore, type Handed, openBundle } from "./bundle.ts";
import { redactFile, redactor, redactProblem } from "./redact.ts";
import { asInterruption, problemOf } from "./run-record.ts";
import { type StepEvents, type StepRunner, stepRunner } from "./steps.ts";
import type { UserCode } from "./user-code/user-code.ts";

/** Where a stage works and whom it tells: the same for all stages. */
export interface StageContext extends StepEvents {
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
  /** Where one process runs all stages, what they share. */
  shared?: SharedPlaces | undefined;
}

/** What the stages of a run share in one process. */
export interface SharedPlaces {
  /** The run's own folder, which stays: what user code prints is kept in its `logs/`, and not in bundles. */
  folder: string;
  /** The durable store: what is kept of the run goes there at once. */
  store: ArtifactStore;
  work: WorkFolder;
  /** The model's user code, once it is ready to run: it is set up once. */
  code?: UserCode;
}

/** What a stage is given to work with. */
export interface StageWork<Stage extends PipelineStage> extends Pick<Bundle<Stage>, "store" | "kept"> {
  /** Filled as the stage goes on, so that a failure keeps what was done. */
  record: StageRecordOf<Stage>;
  step: StepRunner;
  /** Its folder `private` is the stage's own. */
  work: WorkFolder;
  /** What user code prints is kept in its `logs/`, its curves beside it. */
  folder: string;
  /** Opens what an earlier stage handed over, and notes it. Rejects with HANDOVER_CORRUPT, or with the stage's own problem. */
  input<Earlier extends PipelineStage>(stage: Earlier, at: Handed<Earlier> | undefined): Promise<Bundle<Earlier>>;
  /** The same of a stage that a run can do without: undefined where it did not run, or failed. */
  optionalInput<Earlier extends PipelineStage>(
    stage: Earlier,
    at: Handed<Earlier> | undefined,
  ): Promise<Bundle<Earlier> | undefined>;
}

/** What of a record its stage begins with; the rest is the same for all. */
export type Begun<Stage extends PipelineStage> = Omit<StageRecordOf<Stage>, keyof Common>;
type Common = Omit<StageRecordOf<"train">, "stage" | "fingerprint" | "environment" | "made">;

export interface StageResult<Stage extends PipelineStage> extends Bundle<Stage> {
  /** What was thrown where it is a bug, with its stack. */
  bug?: unknown;
}

/**
 * Runs one stage, and gives its bundle however it went: a failure that a person can mend is a record with its problem, a bug
 * as well, and is told in `bug`. Temporary folders are gone in the end.
 */
export async function runStage<Stage extends PipelineStage>(
  context: StageContext,
  begun: Begun<Stage>,
  act: (work: StageWork<Stage>) => Promise<void>,
): Promise<StageResult<Stage>> {
  const { model, run, shared } = context;
  const started = new Date();
  const common = { slipway: 1, model, run, outcome: "failed", inputs: {}, steps: [], logs: {}, seconds: 0 } as const;
  const record = {
    ...structuredClone(common),
    started_at: timestamp(started),
    ...begun,
  } as unknown as StageRecordOf<Stage>;
  const store = bundleStore(context.out, context.uri);
  const kept = shared?.store ?? store;
  // Two jobs of one run may share a machine: what one of them ends must not be the other's.
  const work = shared
    ? await workIn(shared.work, record.stage)
    : await makeWorkFolder(`${run}-${record.stage}`, context.temporary);
  const folder = shared?.folder ?? join(work.private, "run");
  await mkdir(join(folder, "logs"), { recursive: true });
  let bug: unknown;
  try {
    const step = stepRunner(record.steps, context);
    const input = async <Earlier extends PipelineStage>(stage: Earlier, at: Handed<Earlier> | undefined) => {
      if (at === undefined) throw missing(stage);
      const bundle = "record" in at ? at : await openBundle(stage, model, at);
      if (bundle.sha256 !== undefined) record.inputs[stage] = bundle.sha256;
      if (bundle.record.run.split("-")[0] !== run.split("-")[0]) throw otherRun(stage, bundle.record.run, run);
      if (bundle.record.outcome === "failed") {
        throw errorOf(bundle.record.problem ?? { code: "INTERNAL", message: `the stage ${stage} failed` });
      }
      return bundle;
    };
    const optionalInput: StageWork<Stage>["optionalInput"] = async (stage, at) =>
      at && input(stage, at).catch(unlessFailed);
    await act({ record, step, store, kept, work, folder, input, optionalInput });
    record.outcome = "succeeded";
  } catch (thrown) {
    const error = asInterruption(thrown, context.signal);
    record.problem = redactProblem(problemOf(error), redactor(context.secrets));
    if (!(error instanceof SlipwayError)) bug = error;
  } finally {
    if (!shared) record.logs = await keepLogs(join(folder, "logs"), store, context.secrets);
    await work.remove();
  }
  record.seconds = (Date.now() - started.getTime()) / 1_000;
  return { record, store, kept, ...(bug === undefined ? {} : { bug }) };
}

function unlessFailed(error: unknown): undefined {
  if (error instanceof SlipwayError && error.code !== "HANDOVER_CORRUPT") return undefined;
  throw error;
}

/** A stage's part of the run's work folder, which goes with all of it. */
async function workIn(work: WorkFolder, stage: PipelineStage): Promise<WorkFolder> {
  const own = join(work.private, stage);
  await mkdir(own);
  return { ...work, private: own, remove: async () => {} };
}

async function keepLogs(
  folder: string,
  store: ArtifactStore,
  secrets: StageContext["secrets"],
): Promise<StageRecordOf<"train">["logs"]> {
  const logs: StageRecordOf<"train">["logs"] = {};
  for (const name of await readdir(folder)) {
    await redactFile(join(folder, name), secrets);
    logs[`logs/${name}`] = await store.putFile(join(folder, name));
  }
  return logs;
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
