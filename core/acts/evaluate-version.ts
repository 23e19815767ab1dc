import type { Manifest } from "../../schemas/manifest.ts";
import type { ModelRecord } from "../../schemas/model-record.ts";
import type { BlobId, Person } from "../../schemas/names.ts";
import type { RowSketch } from "../../schemas/row-sketch.ts";
import type { RunResult } from "../../schemas/run-result.ts";
import type { TryTerms } from "../../schemas/try.ts";
import type { VersionEvaluation } from "../../schemas/version-evaluation.ts";
import { timestamp } from "../clock.ts";
import { errorOf, SlipwayError } from "../errors.ts";
import { evaluateGates } from "../gates/evaluate-gates.ts";
import { displayName, isRetired } from "../promotion/apply-change.ts";
import { decidingPolicy } from "../promotion/decide-promotion.ts";
import { isEvaluationOf } from "../promotion/evaluated.ts";
import { recordChange, withTries } from "../registry/records.ts";
import type { RegistrySnapshot } from "../registry/registry.ts";
import { newSources } from "../registry/sources.ts";
import type { Report } from "../report/report.ts";
import { gatesOf } from "../spec/stage-gates.ts";
import { type BindingModel, bindingModel } from "./binding.ts";
import { chargeRun } from "./charge-run.ts";
import { checkedVersion } from "./checked-version.ts";
import { decideAndPublish } from "./decide-and-publish.ts";
import { readGates } from "./policy.ts";
import type { Ports } from "./ports.ts";
import { predictionFiles } from "./prediction-files.ts";
import { runFailure } from "./publish-run.ts";
import type { Reference } from "./reference.ts";
import { knownModel, knownVersion } from "./registered.ts";
import { fingerprintHere, type RunOptions, runOne } from "./run.ts";

export interface EvaluateRequest extends Pick<RunOptions, "onOutput" | "onStep" | "transfer" | "here"> {
  reference: Reference;
  evaluatedBy: Person;
}

export type EvaluationResult =
  | { outcome: "evaluated"; record: VersionEvaluation; gates: RunResult["gates"]; run: RunResult; report: Report }
  | {
      outcome: "unchanged";
      record: VersionEvaluation;
      gates: RunResult["gates"];
      tries: readonly TryTerms[];
      reason: string;
    }
  | { outcome: "failed"; error: SlipwayError; manifest: Manifest; run: RunResult };

/**
 * Evaluates a version that was imported: its own files predict the platform's test rows, by the program and by the metrics
 * that the model's spec names at the default branch's tip, and what comes out is recorded. Promotions go by the newest one.
 * The same again is the same record. Rejects as checkedVersion and bindingModel do, with RUN_INVALID for a version that a
 * run made, ARTIFACT_NOT_DURABLE where nobody has its bytes, VERSION_WITHDRAWN, and MODEL_UNKNOWN where there is no spec.
 */
export async function evaluateVersion(ports: Ports, request: EvaluateRequest): Promise<EvaluationResult> {
  const { reference, evaluatedBy, ...rest } = request;
  const snapshot = await ports.registry.snapshot();
  const { record, manifest, blob } = await checkedVersion(ports, reference, { snapshot });
  refuseOthers(record, manifest);
  const { model: name, version, artifact } = manifest;
  const bound = await specOf(ports, record);
  const { commit, tree, project, model } = bound;
  const last = await sameAsLast(snapshot, bound, { manifest, blob });
  if (last !== undefined) {
    const asked = gatesOf(project, model);
    const { evaluation, predictions, data } = last;
    const rules = await readGates(ports, commit, name, "register", { displayName: model.name, evaluated: true });
    const { terms: tries } = await chargeRun(snapshot, { evaluation, predictions, data }, name, rules);
    const gates = evaluateGates(asked, { evaluation, comparisons: evaluation.comparisons, tries });
    const reason = `evaluation ${last.number} of version ${version} is of the same files, spec, policy and test data`;
    return { outcome: "unchanged", record: last, gates, tries, reason };
  }
  const given = { artifact, version };
  const source = { commit, dirty: false };
  const about = { ...rest, project, model, tree, source, given, registered: name };
  const { run, report } = await runOne(ports, { ...about, binding: true });
  const { evaluation, predictions, data } = run;
  if (run.outcome === "failed" || !evaluation || !predictions || !data)
    return { outcome: "failed", error: runFailure(run), manifest, run };
  const { environment: spec } = model.spec;
  const { test, profile } = data;
  const made: Omit<VersionEvaluation, "number" | "at"> = {
    ...{ slipway: 1, model: name, version, manifest: blob, artifact_sha256: artifact.sha256 },
    source: { commit, spec: model.path, spec_blob: model.blob },
    ...(project.policyBlob === undefined ? {} : { policy_blob: project.policyBlob }),
    ...{ fingerprint: run.fingerprint, run: run.run, predictions, ...predictionFiles(run), evaluation },
    data: { test, profile },
    environment: { ...(spec ? { spec } : {}), ...run.environment },
    ...(run.signature ? { signature: run.signature } : {}),
    ...{ evaluated_by: evaluatedBy, host: ports.name },
  };
  return {
    outcome: "evaluated",
    record: await publish(ports, made, model.name, data.test_sketch),
    gates: run.gates,
    run,
    report,
  };
}

/** `called` is the model's name in its spec, `sketch` that of the test set. */
async function publish(
  ports: Ports,
  made: Omit<VersionEvaluation, "number" | "at">,
  called: string,
  sketch: RowSketch | undefined,
): Promise<VersionEvaluation> {
  const { model, version, run, policy_blob, source, evaluation: found, predictions, evaluated_by: by, host } = made;
  return decideAndPublish(ports, async (snapshot) => {
    const last = await snapshot.lastEvaluation(model, version);
    // A connection broke after the push: what is found is this act's own.
    if (last?.record.run === run) return { result: last.record };
    const record = await knownModel(snapshot, model);
    refuseOthers(record, (await knownVersion(snapshot, record, version)).manifest);
    const at = timestamp(ports.clock());
    const evaluation = { ...made, number: (last?.record.number ?? 0) + 1, at };
    const sources = await newSources(ports.objects, snapshot, [policy_blob, source.spec_blob]);
    const rules = await readGates(ports, source.commit, model, "register", { displayName: called, evaluated: true });
    const data = { test: found.test, ...(sketch && { test_sketch: sketch }) };
    const spending = await chargeRun(snapshot, { evaluation: found, predictions, data }, model, rules);
    if (spending.uncountable) throw errorOf(spending.uncountable);
    const tries = spending.files({
      ...{ model, version, act: "evaluate", outcome: "evaluated", policy: decidingPolicy(rules.policy) },
      ...{ commit: source.commit, run, by, at, host },
    });
    return { result: evaluation, change: withTries(recordChange("evaluation", [evaluation], sources), tries) };
  });
}

/** What there is nothing to evaluate of. */
function refuseOthers(record: ModelRecord, { version, imported }: Manifest): void {
  const called = `${displayName(record)} version ${version}`;
  if (imported === undefined)
    throw new SlipwayError("RUN_INVALID", `${called} was evaluated when it was registered: a run made it`, {
      expected: "a version that was imported",
      hint: "What changed since is compared when it is promoted; a new commit on the default branch makes a new version.",
    });
  if (isRetired(record, version))
    throw new SlipwayError("VERSION_WITHDRAWN", `${called} was withdrawn, or deprecated with its model`, {
      expected: "a version that is in use",
    });
  if (imported.download !== undefined)
    throw new SlipwayError("ARTIFACT_NOT_DURABLE", `The files of ${called} are at ${imported.download}`, {
      expected: "files in the store, known by their digest",
      hint: "Register it again where they can be brought: slipway serve-registry --tracking-uri URL, or upload them through the registry's server.",
    });
}

/** The model's spec at the default branch's tip, under either of its names. */
async function specOf(ports: Ports, record: ModelRecord): Promise<BindingModel> {
  const names = [...new Set([displayName(record), record.name])];
  for (const name of names)
    try {
      return await bindingModel(ports, name);
    } catch (error) {
      if (!(error instanceof SlipwayError && error.code === "MODEL_UNKNOWN")) throw error;
    }
  throw new SlipwayError("MODEL_UNKNOWN", `The default branch has no spec of ${displayName(record)}`, {
    expected: `models/${record.name}/model.yaml: what predicts with the version's files, on which test data, by which metrics`,
    found: "none",
    hint: "Write it, commit it to the default branch, and ask again (docs/mlflow.md).",
  });
}

/** The newest evaluation, where another one would say nothing new: neither of the version nor against what is live. */
async function sameAsLast(
  snapshot: RegistrySnapshot,
  { project, model, tree }: BindingModel,
  about: { manifest: Manifest; blob: BlobId },
): Promise<VersionEvaluation | undefined> {
  const { model: name, version } = about.manifest;
  const { record } = (await snapshot.lastEvaluation(name, version)) ?? {};
  if (record === undefined || !isEvaluationOf(record, about)) return undefined;
  const stages = (await snapshot.model(name))?.stages ?? {};
  const gates = gatesOf(project, model);
  const named = gates.flatMap(({ gate }) => gate.versus ?? []);
  const compared = named.every((stage) =>
    record.evaluation.comparisons.some((each) => each.stage === stage && each.version === stages[stage]?.version),
  );
  if (!compared || record.source.spec_blob !== model.blob || record.policy_blob !== project.policyBlob)
    return undefined;
  return record.fingerprint === (await fingerprintHere(model, tree)) ? record : undefined;
}
