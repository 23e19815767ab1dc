import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Artifact } from "../../schemas/manifest.ts";
import type { ModelSpec } from "../../schemas/model-spec.ts";
import type { RunResult } from "../../schemas/run-result.ts";
import { canonicalJson } from "../canonical.ts";
import { SlipwayError } from "../errors.ts";
import { writeDurably } from "../write-durably.ts";
import { type PreparedData, prepareData } from "./data/prepare.ts";
import { evaluate } from "./evaluate.ts";
import { environmentFacts, loadCode } from "./load-code.ts";
import type { Run, Step, StepName } from "./run.ts";
import { newRecord, newRunId, problemOf, recordStep } from "./run-record.ts";
import type { RunDependencies, RunRequest } from "./run-request.ts";
import { storeCode, train } from "./train.ts";
import { givenData, type UserCode } from "./user-code.ts";
import { makeWorkFolder, sweepWorkFolders, type WorkFolder } from "./work-folder.ts";

/**
 * Runs one model: validate → setup → train → predict → score, the only place where the steps are ordered. Whatever
 * happens, `<runs>/<run>/result.json` says how it went, user code has ended and temporary folders are gone; only a
 * `kill -9` leaves them to the next run's sweep. A failure that a person can mend is a result (`outcome: failed`,
 * `problem`); a bug is recorded and thrown. What this machine cannot honour, the caller has refused (unsupportedSpec).
 */
export async function runModel(deps: RunDependencies, request: RunRequest): Promise<RunResult> {
  const started = new Date();
  const run = newRunId(started);
  const folder = join(request.runs, run);
  await mkdir(join(folder, "logs"), { recursive: true });
  await sweepWorkFolders(deps.temporary);
  const work = await makeWorkFolder(run, deps.temporary);
  const record = newRecord(run, request, started);
  try {
    await runSteps(deps, request, record, work, folder);
    record.outcome = "succeeded";
  } catch (thrown) {
    const error = asInterruption(thrown, request.signal);
    record.problem = problemOf(error);
    if (!(error instanceof SlipwayError)) throw error;
  } finally {
    await work.remove();
    record.seconds = (Date.now() - started.getTime()) / 1_000;
    await writeDurably(join(folder, "result.json"), canonicalJson(record));
  }
  return record;
}

/** What an aborted reader of data throws says only that it was aborted. */
function asInterruption(error: unknown, signal: AbortSignal | undefined): unknown {
  const aborted = signal?.aborted && (error === signal.reason || (error as Error).name === "AbortError");
  return aborted ? new SlipwayError("INTERRUPTED", "The run was interrupted", { cause: error }) : error;
}

async function runSteps(
  deps: RunDependencies,
  request: RunRequest,
  record: RunResult,
  work: WorkFolder,
  folder: string,
): Promise<void> {
  const { model, signal, onOutput } = request;
  record.environment = await environmentFacts(model, deps.caller);
  const data = join(work.private, "data");
  const prepared = await step("validate", async () => {
    await mkdir(data);
    const found = await prepareData({
      ...{ model, root: request.root, work: data, cache: deps.cache },
      ...(request.lock ? { lock: request.lock } : {}),
      ...(signal ? { signal } : {}),
    });
    await keepData(found);
    return found;
  });
  const given = (file: string) => givenData(data, file);
  const run: Run = { deps, request, record, work, folder, prepared, given };

  const code = await step("setup", async (about) => {
    const log = join("logs", "setup.log");
    const loaded = await loadCode(deps, model, {
      ...{ facts: record.environment, work, log: join(folder, log), signal, onOutput },
    });
    about.outcome = loaded.environment.outcome;
    if (about.outcome === "done") about.log = log;
    return loaded.code;
  });
  const artifact = await step("train", (about) => makeArtifact(run, code, about));
  record.artifact = artifact;
  await evaluate(run, code, artifact, step);

  function step<T>(name: StepName, act: (about: Partial<Step>) => Promise<T>): Promise<T> {
    if (signal?.aborted) throw new SlipwayError("INTERRUPTED", `The run was interrupted before ${name}`);
    request.onStep?.({ step: name, outcome: "started" });
    const ended = () => request.onStep?.(record.steps.at(-1) as Step);
    return recordStep(record.steps, name, act).finally(ended);
  }

  async function keepData(found: PreparedData): Promise<void> {
    record.violations = found.violations;
    record.signature = signatureOf(model.spec, found);
    const profile = join(work.private, "profile.json");
    await writeFile(profile, canonicalJson(found.profile));
    record.data = {
      ...(found.train ? { train: found.train } : {}),
      test: found.test,
      profile: await deps.store.putFile(profile),
    };
    if (found.violations.length > 0) throw invalidData(found);
  }
}

async function makeArtifact(run: Run, code: UserCode, about: Partial<Step>): Promise<Artifact> {
  const { deps, request, record, prepared, folder } = run;
  const { reuse, model } = request;
  if (reuse && (await deps.store.verify(reuse.artifact)) === "ok") {
    Object.assign(about, { outcome: "reused", detail: `the artifact of run ${reuse.run}` });
    record.artifact_from = "reused";
    record.artifact_run = reuse.run;
    return reuse.artifact;
  }
  if (!model.spec.train) {
    Object.assign(about, { outcome: "skipped", detail: "the artifact is the code" });
    record.artifact_from = "code";
    return storeCode(code, deps.store);
  }
  if (prepared.trainFile === undefined) {
    throw new SlipwayError("SPEC_INVALID", "The spec says how to train, and names no training data", {
      expected: "`data.train`, or `data.source` with `data.split`",
      found: "test data alone",
    });
  }
  about.log = join("logs", "train.log");
  const trained = await train(code, deps.store, {
    spec: model.spec.train,
    data: run.given(prepared.trainFile),
    log: join(folder, about.log),
    curves: join(folder, "curves.jsonl"),
    secrets: request.secrets?.train,
  });
  if (trained.detail !== undefined) about.detail = trained.detail;
  if (trained.curves) record.curves = "curves.jsonl";
  record.artifact_from = "trained";
  return trained.artifact;
}

function invalidData({ violations }: PreparedData): SlipwayError {
  const lines = violations.map(({ set, column, check, count, rows, expected, found }) => {
    const where = `${set}${column === undefined ? "" : `.${column}`}`;
    const ids = rows.length === 0 ? "" : ` in rows ${rows.join(", ")}${count > rows.length ? " …" : ""}`;
    return `${where}: ${check}: expected ${expected}, found ${found}${ids}`;
  });
  return new SlipwayError("DATA_INVALID", `The data breaks ${lines.length} of the rules that its spec declares`, {
    found: lines.join("\n"),
    hint: violations.every(({ found }) => found.startsWith("no such column"))
      ? "Name the column under `data` as the file's header spells it, or mend the header."
      : "Mend the data, or change the rule under `data.columns` where it is the rule that is wrong.",
  });
}

/** MLflow's model signature: the features' columns, and the predicted column in the label's declared type. */
function signatureOf(spec: ModelSpec, { signature }: PreparedData): RunResult["signature"] {
  const { label } = spec.data;
  const column = typeof label === "object" ? label.column : label;
  const declared = column === undefined ? undefined : spec.data.columns?.[column]?.type;
  const type = spec.task === "regression" ? "double" : (declared ?? "string");
  return { inputs: signature.inputs, outputs: [{ name: "prediction", type }] };
}
