import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { StoredFile } from "../../schemas/manifest.ts";
import type { StoreChoice } from "../../schemas/policy.ts";
import type { Problem } from "../../schemas/problem.ts";
import { RunResult } from "../../schemas/run-result.ts";
import type { PipelineStage } from "../../schemas/stage-record.ts";
import { canonicalJson } from "../canonical.ts";
import { timestamp } from "../clock.ts";
import { SlipwayError } from "../errors.ts";
import { CURVE_BYTES, parseCurves, thinCurves } from "../runtime/curves.ts";
import { makeWorkFolder } from "../runtime/work-folder.ts";
import { parseStore } from "../stores/address.ts";
import { storedIn } from "../stores/attested.ts";
import type { About } from "../stores/blobs.ts";
import { openDurableStore } from "../stores/open/durable-store.ts";
import type { ArtifactStore } from "../stores/store.ts";
import { writeDurably } from "../write-durably.ts";
import { assembleRun, type RunAbout, type StageRecords } from "./assemble-run.ts";
import { type Bundle, type Handed, openBundle } from "./bundle.ts";
import { BUNDLED, isUnscored, mayFail } from "./order.ts";
import { made } from "./packed-by.ts";
import { problemOf } from "./run-record.ts";

/** What the App takes at most. */
const MAX_RESULT_BYTES = 32 * 1024 * 1024;
const MOST_POINTS = 500;

/** How a stage ended, and what it handed over. */
export interface EndedStage<Stage extends PipelineStage> {
  result: "success" | "failure" | "cancelled" | "skipped";
  bundle?: Handed<Stage> | undefined;
}

export interface StoreRequest extends RunAbout {
  stages: { [Stage in PipelineStage]?: EndedStage<Stage> };
  /** A folder that gets result.json: an empty one, or the run's own. */
  out: string;
  /** The run's own folder is at hand: it holds the training's curves, and the result travels nowhere. */
  stays?: boolean | undefined;
  temporary?: string | undefined;
  /** Nothing goes into the policy's store: the job has no credential that writes it. */
  collectOnly?: boolean | undefined;
  /** Where the commit can be read, for people who find the bytes in the store. */
  sourceUrl?: string | undefined;
}

type Bundles = { [Stage in PipelineStage]?: Bundle<Stage> };

/**
 * The stage `store`, without user code: a run's bytes go into the durable store where `validate` found that they may, and
 * result.json says all of it. A run that failed is a result too, also one whose jobs left nothing; so is one whose bytes
 * could not be stored.
 */
export async function storeStage(request: StoreRequest): Promise<RunResult> {
  const { stays = false, collectOnly = false, out, temporary, sourceUrl } = request;
  const { bundles, problem } = await openAll(request);
  const found = Object.entries(bundles).map(([stage, bundle]) => [stage, bundle.record]);
  const handed = handedOn(request, bundles);
  const assembled = assembleRun({ problem, ...request, handed }, Object.fromEntries(found) as StageRecords);
  const address = collectOnly ? undefined : bundles.validate?.record.packed?.store;
  const ended =
    assembled.outcome === "failed"
      ? assembled
      : await stored(assembled, bundles, { problem, address, temporary, sourceUrl });
  const run = stays ? ended : { ...ended, ...(await curvesOf(bundles, request)) };
  const text = canonicalJson(RunResult.parse(run));
  if (stays || Buffer.byteLength(text) <= MAX_RESULT_BYTES) {
    await writeDurably(join(out, "result.json"), text);
    return run;
  }
  const small = assembleRun({ ...request, problem: tooLarge(text) }, {});
  await writeDurably(join(out, "result.json"), canonicalJson(small));
  return small;
}

/**
 * What another run scores, where this one may not: its labels are sealed, and the stage `score` was left out. Undefined where
 * this run scores, and where it failed before.
 */
function handedOn(
  { binding, stages }: StoreRequest,
  { validate, baseline, train, predict }: Bundles,
): RunResult["handed"] {
  const isSealed = validate !== undefined && isUnscored(validate.record);
  const isLeft = stages.score === undefined || stages.score.result === "skipped";
  if (binding || !isSealed || !isLeft || predict?.record.outcome !== "succeeded") return undefined;
  const digests = { validate, baseline, train, predict };
  return Object.fromEntries(
    Object.entries(digests).flatMap(([stage, bundle]) =>
      bundle?.sha256 === undefined ? [] : [[stage, bundle.sha256]],
    ),
  );
}

/** Every bundle that is whole, and the first problem with one that is not, or with a job that left none. */
async function openAll({ model, stages }: StoreRequest): Promise<{ bundles: Bundles; problem: Problem | undefined }> {
  const bundles: Bundles = {};
  const problems: Problem[] = [];
  const note = (stage: PipelineStage, problem: Problem) => mayFail(stage) || problems.push(problem);
  for (const stage of BUNDLED) {
    const ended = stages[stage];
    if (ended?.bundle) {
      try {
        const bundle = "record" in ended.bundle ? ended.bundle : await openBundle(stage, model, ended.bundle);
        Object.assign(bundles, { [stage]: bundle });
      } catch (error) {
        if (!(error instanceof SlipwayError)) throw error;
        note(stage, problemOf(error));
      }
    } else if (ended?.result === "failure" || ended?.result === "cancelled") note(stage, leftNothing(stage, ended));
  }
  return { bundles, problem: problems[0] };
}

/** The run with its bytes in the durable store, where it may have them there; a failed run where that did not work. */
async function stored(
  run: RunResult,
  bundles: Bundles,
  {
    problem,
    address,
    temporary,
    sourceUrl,
  }: Pick<StoreRequest, "problem" | "temporary" | "sourceUrl"> & { address: StoreChoice | undefined },
): Promise<RunResult> {
  if (problem) return { ...run, outcome: "failed", problem };
  if (run.unscored) return run;
  if (address === undefined) return run;
  const work = await makeWorkFolder(`${run.run}-store`, temporary);
  try {
    const about = aboutOf(run, bundles, sourceUrl);
    const at = timestamp(new Date());
    const copied = await copyBytes(bundles, openDurableStore(address), work.private, about);
    return { ...run, ...copied, stored: { ...storedIn(parseStore(address)), at } };
  } catch (error) {
    if (!(error instanceof SlipwayError)) throw error;
    return { ...run, outcome: "failed", problem: problemOf(error) };
  } finally {
    await work.remove();
  }
}

/** What a store can tell other tools of the artifact; nothing for what is no commit. */
function aboutOf(
  { model, source }: RunResult,
  { validate }: Bundles,
  source_url: string | undefined,
): About | undefined {
  const created = validate?.record.packed?.committed_at;
  if (created === undefined || source.commit === undefined) return undefined;
  return { model, commit: source.commit, created, source_url };
}

/** Points of the training's curves, for who shows them without a folder of the run; curves that are not whole are left out. */
async function curvesOf(
  { train }: Bundles,
  { run, temporary }: Pick<StoreRequest, "run" | "temporary">,
): Promise<Pick<RunResult, "training_curves">> {
  const curves = train?.record.made?.curves;
  if (train === undefined || curves === undefined || curves.size > CURVE_BYTES) return {};
  const work = await makeWorkFolder(`${run}-curves`, temporary);
  try {
    const file = join(work.private, "curves.jsonl");
    await train.store.getFile(curves, file);
    const points = thinCurves(parseCurves(await readFile(file, "utf8")).points, MOST_POINTS);
    return points.length === 0 ? {} : { training_curves: points };
  } catch (error) {
    if (!(error instanceof SlipwayError)) throw error;
    return {};
  } finally {
    await work.remove();
  }
}

async function copyBytes(
  { validate, train, score }: Bundles,
  durable: ArtifactStore,
  folder: string,
  about: About | undefined,
): Promise<Pick<RunResult, "artifact" | "predictions" | "predictions_profile" | "served_predictions" | "data">> {
  const trained = made("train", train?.record.made);
  await (train as Bundle<"train">).store.getFolder(trained.artifact, join(folder, "artifact"));
  const copy = async (from: ArtifactStore | undefined, file: StoredFile, name: string) => {
    await from?.getFile(file, join(folder, name));
    return durable.putFile(join(folder, name));
  };
  const data = made("validate", validate?.record.data);
  const { predictions, predictions_profile: profile, served_predictions: served } = made("score", score?.record.made);
  return {
    artifact: await durable.putFolder(join(folder, "artifact"), about ? { about } : {}),
    predictions: await copy(score?.store, predictions, "predictions.parquet"),
    ...(profile ? { predictions_profile: await copy(score?.store, profile, "predictions-profile.json") } : {}),
    ...(served ? { served_predictions: await copy(score?.store, served, "served.parquet") } : {}),
    data: {
      ...data,
      ...(data.profile ? { profile: await copy(validate?.store, data.profile, "profile.json") } : {}),
    },
  };
}

function leftNothing(stage: PipelineStage, { result }: Pick<EndedStage<PipelineStage>, "result">): Problem {
  return {
    code: "SYSTEM_FAILED",
    message: `The job ${stage} ended without a record`,
    found:
      result === "cancelled"
        ? "it was cancelled, or took longer than its job may"
        : "it failed before it could write one",
    hint: "Read the job's log; run the failed jobs again if a runner was lost.",
  };
}

function tooLarge(text: string): Problem {
  return {
    code: "OUTPUT_TOO_LARGE",
    message: "The run's result is too large to be handed over",
    expected: `at most ${MAX_RESULT_BYTES} bytes`,
    found: `${Buffer.byteLength(text)} bytes`,
    hint: "Write fewer files into the model, or declare fewer slices.",
  };
}
