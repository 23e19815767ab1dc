import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { Refusal } from "../../schemas/decision.ts";
import type { GateResult } from "../../schemas/gate.ts";
import type { Manifest } from "../../schemas/manifest.ts";
import type { Person, Timestamp } from "../../schemas/names.ts";
import type { RunResult } from "../../schemas/run-result.ts";
import { canonicalJson } from "../canonical.ts";
import { strictlyAfter } from "../clock.ts";
import { SlipwayError } from "../errors.ts";
import { makeWorkFolder } from "../pipeline/work-folder.ts";
import { filesToRead } from "../plan/inputs.ts";
import { decideRegistration } from "../promotion/decide-registration.ts";
import { publishWithRetry } from "../registry/commit-act.ts";
import { registrationChange } from "../registry/records.ts";
import type { RegistrySnapshot } from "../registry/registry.ts";
import type { Report } from "../report/report.ts";
import { openCommit } from "../source/commit.ts";
import type { SourceTree } from "../source/tree.ts";
import type { LoadedModel } from "../spec/project.ts";
import { bindingBranch, decidingBranch } from "./binding.ts";
import { readGates } from "./policy.ts";
import type { Ports } from "./ports.ts";
import { soundProject } from "./project.ts";
import { fingerprintHere, type RunOptions, runOne } from "./run.ts";

export interface RegistrationRequest extends Pick<RunOptions, "onOutput" | "onStep" | "fresh" | "here"> {
  model: string;
  requestedBy: Person;
}

export type RegistrationResult =
  | { outcome: "registered"; manifest: Manifest; run: RunResult; report: Report }
  | { outcome: "unchanged"; manifest: Manifest; reason: string }
  | { outcome: "refused"; refusals: Refusal[]; results: GateResult[]; run: RunResult; report: Report }
  | { outcome: "failed"; error: SlipwayError; run: RunResult };

/**
 * Registers a model as the default branch's tip has it: runs it from a clean copy of that commit (an artifact of the same
 * fingerprint is taken, the evaluation is made again), decides by the register gates, and publishes the next version.
 * The act's key is the model and the commit: twice is once. Rejects with DIRTY_TREE, WRONG_BRANCH or SPEC_INVALID.
 */
export async function registerModel(ports: Ports, request: RegistrationRequest): Promise<RegistrationResult> {
  const { model: name, requestedBy, ...rest } = request;
  const { commit } = await bindingBranch(ports);
  const tree = await openCommit(ports.objects, commit);
  const project = await soundProject(tree, [name]);
  const model = project.models.get(name) as LoadedModel;
  const snapshot = await ports.registry.snapshot();
  const before =
    (await earlier(snapshot, name, commit)) ??
    (request.fresh ? undefined : await unchangedLatest(ports, snapshot, model, tree));
  if (before) {
    // The writer of that version may have been killed before its tag.
    await ports.registry.complete();
    return before;
  }

  // A work folder, so that a later run sweeps the data of one that was killed.
  const work = await makeWorkFolder(randomUUID());
  try {
    const root = join(work.private, "repository");
    await tree.export(await filesToRead(model, tree), root);
    const source = { commit, dirty: false };
    const { run, report } = await runOne(ports, { ...rest, project, model, tree, root, source, binding: true });
    const { evaluation } = run;
    if (run.outcome === "failed" || !evaluation) return { outcome: "failed", error: failure(run), run };

    let result: RegistrationResult | undefined;
    await publishWithRetry(ports.registry, async (now) => {
      const done = await earlier(now, name, commit);
      if (done) {
        // Where a connection broke after the push, what is found is this act's own.
        const own = result?.outcome === "registered" && canonicalJson(result.manifest) === canonicalJson(done.manifest);
        if (!own) result = done;
        return undefined;
      }
      // A training takes its time: what the branch says now decides, not what it said when the run began.
      const tip = (await decidingBranch(ports)).commit;
      const { gates, policy } = await readGates(ports, tip, name, "register");
      const { outcome, refusals, results } = decideRegistration({ evaluation, gates, violations: run.violations });
      if (outcome === "refused") {
        result = { outcome, refusals, results, run, report };
        return undefined;
      }
      const record = await now.model(name);
      const manifest = manifestOf(run, model, {
        version: (record?.latest_version ?? 0) + 1,
        gates: results,
        policyBlob: policy.blob,
        registeredAt: strictlyAfter(ports.clock(), record?.updated_at),
        registeredBy: requestedBy,
      });
      result = { outcome: "registered", manifest, run, report };
      return registrationChange({ manifest, record });
    });
    return result as RegistrationResult;
  } finally {
    await work.remove();
  }
}

/** The latest version, where it was made from the same spec and has the same fingerprint: a second one would say nothing new. */
async function unchangedLatest(
  ports: Ports,
  snapshot: RegistrySnapshot,
  model: LoadedModel,
  tree: SourceTree,
): Promise<Extract<RegistrationResult, { outcome: "unchanged" }> | undefined> {
  const record = await snapshot.model(model.name);
  const latest = record && (await snapshot.manifest(model.name, record.latest_version));
  if (!latest || latest.manifest.source.spec_blob !== model.blob) return undefined;
  const identity = await fingerprintHere(ports, model, tree);
  if (latest.manifest.fingerprint !== identity) return undefined;
  const reason = `version ${latest.manifest.version} has the same spec and the same fingerprint`;
  return { outcome: "unchanged", manifest: latest.manifest, reason };
}

/** What was registered from this commit already. */
async function earlier(
  snapshot: RegistrySnapshot,
  model: string,
  commit: string,
): Promise<Extract<RegistrationResult, { outcome: "unchanged" }> | undefined> {
  const version = await snapshot.registered(model, commit);
  if (version === undefined) return undefined;
  const found = await snapshot.manifest(model, version);
  if (!found) throw new SlipwayError("REGISTRY_CORRUPT", `${model} version ${version} has no manifest`);
  const reason = `version ${version} was registered from this commit`;
  return { outcome: "unchanged", manifest: found.manifest, reason };
}

function failure(run: RunResult): SlipwayError {
  const { code, message, ...about } = run.problem ?? { code: "INTERNAL", message: "the run gave no evaluation" };
  return new SlipwayError(code as SlipwayError["code"], message, { ...about, problems: [{ code, message, ...about }] });
}

function manifestOf(
  run: RunResult,
  model: LoadedModel,
  about: {
    version: number;
    gates: GateResult[];
    policyBlob: string | undefined;
    registeredAt: Timestamp;
    registeredBy: Person;
  },
): Manifest {
  const { spec } = model;
  const { artifact, artifact_from, predictions, data, evaluation } = run;
  if (!artifact || !artifact_from || !predictions || !data || !evaluation || !run.source.commit) {
    throw new Error(`run ${run.run} is not whole`);
  }
  const trained = run.steps.find(({ step, outcome }) => step === "train" && outcome === "done");
  return {
    slipway: 1,
    model: run.model,
    version: about.version,
    ...(spec.description === undefined ? {} : { description: spec.description }),
    task: spec.task,
    source: {
      commit: run.source.commit,
      spec: run.spec,
      spec_blob: model.blob,
      run: run.artifact_run ?? run.run,
    },
    fingerprint: run.fingerprint,
    artifact,
    artifact_from,
    predictions,
    data,
    params: run.params,
    seed: run.seed,
    environment: { ...(spec.environment ? { spec: spec.environment } : {}), ...run.environment },
    evaluation,
    gates: about.gates,
    ...(about.policyBlob === undefined ? {} : { policy_blob: about.policyBlob }),
    ...(run.signature ? { signature: run.signature } : {}),
    registered_at: about.registeredAt,
    registered_by: about.registeredBy,
    ...(trained ? { seconds: { train: trained.seconds } } : {}),
  };
}
