import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { NO_PARAMS } from "../../../schemas/names.ts";
import type { Problem } from "../../../schemas/problem.ts";
import type { StepResult } from "../../../schemas/run-result.ts";
import { canonicalJson } from "../../canonical.ts";
import { SlipwayError } from "../../errors.ts";
import type { Experiments } from "../../experiments/open.ts";
import { classGapWords } from "../../metrics/labels-fit.ts";
import { type FingerprintInputs, fingerprintInputs, fingerprintOf } from "../../plan/fingerprint.ts";
import { diagnosticsOf } from "../../spec/diagnostics.ts";
import { forkProblems } from "../../spec/fork.ts";
import { checkPass, passableBy } from "../../spec/pass-rules.ts";
import { unsupportedSpec } from "../../spec/unsupported.ts";
import { classGaps, modelSignature, refuseInvalidData } from "../../stages/checked-data.ts";
import { type DataAt, dataAt } from "../../stages/data-at.ts";
import { environmentFacts } from "../../stages/load-code.ts";
import { packData } from "../../stages/packed-data.ts";
import { packInputs } from "../../stages/packed-inputs.ts";
import { packModel } from "../../stages/packed-model.ts";
import type { RunnableModel } from "../../stages/run-request.ts";
import { type Begun, runStage, type StageContext, type StageResult, type StageWork } from "../../stages/run-stage.ts";
import { durableOrNone } from "../../stores/durable.ts";
import { type CommitRun, type LoadedRun, loadRun } from "./commit-run.ts";
import { findReusable } from "./find-reusable.ts";
import { packVersions, type VersionSource } from "./pack-versions.ts";

export interface ValidatePorts extends Omit<VersionSource, "store"> {
  experiments: Experiments;
}

/**
 * The stage `validate`: checks a model's data, and packs what the jobs with user code are given, which is code, training
 * rows and features, and neither a test label nor the repository. Runs no user code. Fails with SPEC_INVALID, UNSUPPORTED
 * (what this run may not have) and as prepareData does; with DATA_INVALID where the data breaks its rules.
 */
export function validateStage(
  ports: ValidatePorts,
  context: StageContext,
  run: CommitRun,
): Promise<StageResult<"validate">> {
  const binding = run.origin === "default-branch";
  const begun: Begun<"validate"> = {
    ...{ stage: "validate", commit: run.commit, binding },
    ...{ params: NO_PARAMS, seed: 0, violations: [] },
  };
  return runStage(context, begun, async (stage) => {
    const { record, work } = stage;
    const loaded = await loadRun(ports, context.model, run);
    const { name, folder, path, spec, position } = loaded.model;
    Object.assign(record, { spec_path: path, params: spec.train?.params ?? NO_PARAMS, seed: spec.train?.seed ?? 0 });
    const model = { name, folder, path, spec, tree: loaded.tree, position };
    record.environment = await environmentFacts(model, context.caller);
    const inputs = await fingerprintInputs(loaded.model, loaded.tree);
    record.fingerprint = fingerprintOf(inputs, record.environment.runtime);
    refuseUnsupported(loaded, run);

    await stage.step("validate", async (about) => {
      const data = await dataAt(model, { folder: work.private, cache: context.cache, signal: context.signal });
      await keepData(stage, model, data, about);
      record.packed = await pack(ports, stage, loaded, run, data, inputs);
    });
  });
}

function refuseUnsupported({ model, policy }: LoadedRun, run: CommitRun): void {
  const problems = [
    ...unsupportedSpec(model.spec, model, { here: true, containers: true }),
    ...passProblems(model, policy),
    ...(run.origin === "fork" ? forkProblems(model.spec, model) : []),
  ];
  if (problems.length === 0) return;
  throw new SlipwayError("UNSUPPORTED", `${model.name} cannot run here`, { problems });
}

/** What the default branch's policy does not let a model have, whatever this commit's says. */
function passProblems(model: LoadedRun["model"], policy: LoadedRun["policy"]): readonly Problem[] {
  const report = diagnosticsOf(model.path, model);
  checkPass(model.spec, policy, report, "slipway.yaml of the default branch");
  return report.problems;
}

async function keepData(
  { record, store, work }: StageWork<"validate">,
  model: RunnableModel,
  data: DataAt,
  about: Partial<StepResult>,
) {
  const { prepared } = data;
  record.violations = prepared.violations;
  record.signature = modelSignature(model.spec, prepared);
  const profile = join(work.private, "profile.json");
  await writeFile(profile, canonicalJson(prepared.profile));
  record.data = {
    ...(prepared.train ? { train: prepared.train } : {}),
    test: prepared.test,
    profile: await store.putFile(profile),
    ...classGaps(prepared),
  };
  const gaps = classGapWords(record.data);
  if (gaps.length > 0) about.detail = gaps.join(" ");
  refuseInvalidData(prepared, model);
}

async function pack(
  ports: ValidatePorts,
  { store, work }: StageWork<"validate">,
  { model: loaded, tree, policy, asked }: LoadedRun,
  run: CommitRun,
  { prepared, given }: DataAt,
  inputs: FingerprintInputs,
): Promise<NonNullable<StageWork<"validate">["record"]["packed"]>> {
  const { name, folder, path, spec, position } = loaded;
  const durable = durableOrNone(policy.artifacts?.store);
  const reuse = policy.register?.artifact === "reuse" && run.origin !== "fork";
  const stored = run.origin === "default-branch" || (reuse && run.origin === "same-repository");
  const secrets = run.origin === "fork" ? undefined : policy.secrets;
  const source = { ...ports, store: durable.store };
  const candidate = { model: name, gates: asked, prepared, spec, folder: work.private };
  return {
    model: await packModel({ name, folder, path, spec, tree, position }, store, join(work.private, "code")),
    ...(prepared.trainFile === undefined ? {} : { train: await packData(given(prepared.trainFile), store) }),
    features: await packData(given(prepared.featuresFile), store),
    one_row: await packData(given(prepared.oneRowFile), store),
    fingerprint_inputs: await packInputs(inputs, store, work.private),
    gates: asked.map(({ gate }) => gate),
    pass: [...passableBy(policy)],
    secrets: { train: secrets?.train ?? [], predict: secrets?.predict ?? [] },
    reusable: reuse ? await findReusable(source, name, inputs, { bundle: store, folder: work.private }) : [],
    versions: await packVersions(source, candidate, store),
    ...(stored && durable.address !== undefined ? { store: durable.address } : {}),
  };
}
