import type { ActSource } from "../../schemas/act-source.ts";
import type { Decision, Refusal } from "../../schemas/decision.ts";
import type { Comparison } from "../../schemas/evaluation.ts";
import type { GateResult } from "../../schemas/gate.ts";
import type { Manifest } from "../../schemas/manifest.ts";
import type { Person } from "../../schemas/names.ts";
import type { PromotionRequest } from "../../schemas/promotion-request.ts";
import type { Review } from "../../schemas/review.ts";
import { timestamp } from "../clock.ts";
import { evaluateOptions } from "../metrics/evaluate-options.ts";
import { withVersionRows } from "../pipeline/version-rows.ts";
import { readDataLock } from "../plan/data-lock.ts";
import { decidePromotion, type PromotionOutcome } from "../promotion/decide-promotion.ts";
import type { AskedGate } from "../promotion/gate-refusals.ts";
import { publishWithRetry } from "../registry/commit-act.ts";
import { decisionChange } from "../registry/records.ts";
import type { RegistryChange, RegistrySnapshot } from "../registry/registry.ts";
import type { Authorize } from "./authorize.ts";
import { decidingBranch } from "./binding.ts";
import { answers, compareWithStages, recomputeHere } from "./compare-versions.ts";
import { readGates } from "./policy.ts";
import type { Ports } from "./ports.ts";
import { modelAt } from "./project.ts";
import { knownModel, knownVersion } from "./registered.ts";
import { runDependencies } from "./run.ts";

export interface PromoteOptions {
  model: string;
  /** The latest one where absent. */
  version?: number | undefined;
  stage: string;
  reason?: string | undefined;
  requestedBy: Person;
  /** Decide, and publish nothing. */
  preview?: boolean | undefined;
  /** Where it was asked for, and so the act's key; absent on a command line. */
  source?: ActSource | undefined;
  authorize?: Authorize | undefined;
}

export type PromotionResult =
  | { outcome: "promoted" | "refused"; decision: Decision }
  | { outcome: "unchanged"; version: number }
  /** The gates pass and approvals are missing: recorded, and decided again with each review. Needs a `source`. */
  | { outcome: "waiting"; request: PromotionRequest; gates: GateResult[]; needed: number; given: number }
  /** The same act again, after its request was rejected. */
  | { outcome: "rejected"; request: PromotionRequest; review: Review }
  /** Who asks may not: recorded nowhere. */
  | { outcome: "denied"; refusal: Refusal };

/**
 * Decides whether a version may go to a stage, and publishes the decision, a refusal too. Policy and gates
 * are read from the default branch's tip for each attempt, so a lost race decides again.
 * Rejects with MODEL_UNKNOWN, VERSION_UNKNOWN or STAGE_UNKNOWN.
 */
export async function promoteVersion(ports: Ports, request: PromoteOptions): Promise<PromotionResult> {
  const { model, stage } = request;
  let result: PromotionResult | undefined;
  const built = new Set<string>();
  const build = async (snapshot: RegistrySnapshot): Promise<RegistryChange | undefined> => {
    const record = await knownModel(snapshot, model);
    const decisions = (await snapshot.decisions(model)).filter((decision) => decision.stage === stage);
    const done = decisions.find(({ id }) => built.has(id));
    if (done) {
      // A connection that broke after the push: what is in the stage is this act's own doing.
      result = { outcome: done.outcome, decision: done };
      return undefined;
    }
    const { manifest, blob } = await knownVersion(snapshot, record, request.version);
    const tip = (await decidingBranch(ports)).commit;
    const { gates, policy, stages } = await readGates(ports, tip, model, stage);
    const unchanged = record.stages[stage]?.version === manifest.version;
    const comparisons = unchanged ? [] : await evidence(ports, snapshot, manifest, gates);
    const outcome: PromotionOutcome = decidePromotion({
      record,
      stage,
      stages,
      gates,
      policy,
      manifest,
      manifestBlob: blob,
      comparisons,
      approvals: [],
      canVouch: ports.canVouch,
      requestedBy: request.requestedBy,
      reason: request.reason,
      at: timestamp(ports.clock()),
      host: ports.name,
      lastDecision: decisions.at(-1),
    });
    if (outcome.outcome === "unchanged") {
      result = { outcome: "unchanged", version: manifest.version };
      return undefined;
    }
    const { decision } = outcome;
    // Comparing may have taken a while: the rules are those of the branch as it stands when this is published.
    if ((await decidingBranch(ports)).commit !== tip) return build(snapshot);
    const known = await snapshot.decision(model, decision.id);
    built.add(decision.id);
    result = { outcome: decision.outcome, decision: known ?? decision };
    return known || request.preview ? undefined : decisionChange({ decision, record });
  };
  if (request.preview) await build(await ports.registry.snapshot());
  else await publishWithRetry(ports.registry, build);
  return result as PromotionResult;
}

/** The manifest's own comparisons while they answer the gates against what is live now; otherwise new ones. */
async function evidence(
  ports: Ports,
  snapshot: RegistrySnapshot,
  manifest: Manifest,
  gates: readonly AskedGate[],
): Promise<Comparison[]> {
  const comparing = gates.map(({ gate }) => gate).filter((gate) => gate.versus !== undefined);
  const stages = [...new Set(comparing.flatMap((gate) => gate.versus ?? []))];
  const record = await snapshot.model(manifest.model);
  const made = stages.map((stage) =>
    manifest.evaluation.comparisons.find(
      (each) =>
        each.stage === stage &&
        each.version === record?.stages[stage]?.version &&
        each.predictions !== "unavailable" &&
        comparing.every((gate) => gate.versus !== stage || answers(each, gate)),
    ),
  );
  if (made.every((comparison) => comparison !== undefined)) return made;

  const { model, evaluation } = manifest;
  const own = await modelAt(ports, manifest.source.commit, model);
  const lock = await readDataLock(own.tree, own.folder);
  const request = { model: own, manifest, lock, signal: ports.signal };
  const options = evaluateOptions(own.spec, comparing);
  return withVersionRows(runDependencies(ports), request, (rows) =>
    compareWithStages(
      ports,
      snapshot,
      model,
      stages,
      { ...rows, spec: own.spec, evaluation, recompute: recomputeHere(ports, rows) },
      options,
    ),
  );
}
