import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { RunResult, StepResult } from "../../schemas/run-result.ts";
import { canonicalJson } from "../canonical.ts";
import { type PreparedData, prepareData } from "../data/prepare.ts";
import { SlipwayError } from "../errors.ts";
import { classGapWords } from "../metrics/labels-fit.ts";
import { detectIsolation } from "../runtime/isolation.ts";
import { makeRunFolder, sweepLeftovers } from "../runtime/sweep.ts";
import { makeWorkFolder, type WorkFolder } from "../runtime/work-folder.ts";
import { writeDurably } from "../write-durably.ts";
import { classGaps, modelSignature, refuseInvalidData } from "./checked-data.ts";
import { evaluate } from "./evaluate.ts";
import { environmentFacts } from "./load-code.ts";
import { givenArtifact, makeArtifact, reusedArtifact } from "./make-artifact.ts";
import type { Run } from "./run.ts";
import { asInterruption, newRecord, newRunId, problemOf } from "./run-record.ts";
import type { RunDependencies, RunRequest } from "./run-request.ts";
import { setUp, stepRunner } from "./steps.ts";
import { givenData } from "./user-code/user-code.ts";

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
  await sweepLeftovers({ temporary: deps.temporary, runs: request.runs, cache: deps.cache });
  const kept = await makeRunFolder(folder);
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
    await kept.ended();
  }
  return record;
}

async function runSteps(
  deps: RunDependencies,
  request: RunRequest,
  record: RunResult,
  work: WorkFolder,
  folder: string,
): Promise<void> {
  const { model, signal, onOutput } = request;
  const step = stepRunner(record.steps, request);
  const facts = await environmentFacts(model, deps.caller);
  record.environment = { ...facts, isolation: await detectIsolation() };
  const data = join(work.private, "data");
  const prepared = await step("validate", async (about) => {
    await mkdir(data);
    const found = await prepareData({
      ...{ model, root: request.root, work: data, cache: deps.cache },
      ...(request.lock ? { lock: request.lock } : {}),
      ...(signal ? { signal } : {}),
    });
    await keepData(found, about);
    return found;
  });
  const given = (file: string) => givenData(data, file);
  const run: Run = { deps, request, record, work, folder, prepared, given };

  const code = await setUp(step, deps, model, { facts, work, folder, signal, onOutput });
  const made = await step("train", async (about) => {
    if (request.given) return givenArtifact(deps.store, request.given, about);
    const reused = request.reuse && (await reusedArtifact(deps.store, request.reuse, about));
    if (reused) return reused;
    const rows = prepared.trainFile === undefined ? undefined : given(prepared.trainFile);
    return makeArtifact(code, deps.store, { data: rows, folder, secrets: request.secrets?.train }, about);
  });
  Object.assign(record, made);
  await evaluate(run, code, made.artifact, step);

  async function keepData(found: PreparedData, about: Partial<StepResult>): Promise<void> {
    record.violations = found.violations;
    record.signature = modelSignature(model.spec, found);
    const profile = join(work.private, "profile.json");
    await writeFile(profile, canonicalJson(found.profile));
    record.data = {
      ...(found.train ? { train: found.train } : {}),
      test: found.test,
      profile: await deps.store.putFile(profile),
      ...classGaps(found),
    };
    const gaps = classGapWords(record.data);
    if (gaps.length > 0) about.detail = gaps.join(" ");
    refuseInvalidData(found, model);
  }
}
