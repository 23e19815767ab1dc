import { withAssignment } from "../../core/promotion/assign-stage.ts";
import { decidePromotion, type PromotionInput } from "../../core/promotion/decide-promotion.ts";
import { decideRollback, type RollbackInput } from "../../core/promotion/decide-rollback.ts";
import type { Decision } from "../../schemas/decision.ts";
import type { Manifest } from "../../schemas/manifest.ts";
import type { ModelRecord } from "../../schemas/model-record.ts";
import { evaluation, FIRST_TRY, metric, NO_PRODUCTION } from "../gates/evidence.ts";

export const ADA = { name: "Ada", id: "ada@example.org" };
export const AT = "2026-01-31T10:00:00.000Z";
const digest = (digit: string) => digit.repeat(64);

export function manifest(version = 1, about: Partial<Manifest> = {}): Manifest {
  return {
    slipway: 1,
    model: "penguins",
    version,
    task: "classification",
    source: { commit: "1".repeat(40), spec: "models/penguins/model.yaml", spec_blob: "2".repeat(40) },
    fingerprint: digest("3"),
    artifact: { uri: "file:a", sha256: digest("4"), size: 10, files: [] },
    artifact_from: "trained",
    predictions: { uri: "file:p", sha256: digest("5"), size: 10 },
    data: { test: { sha256: digest("a"), rows: 100, files: [] } },
    params: "{}",
    seed: 7,
    environment: { locks: [], runtime: { platform: "linux", arch: "x64", programs: {} } },
    evaluation: evaluation({ accuracy: metric(0.9) }),
    gates: [],
    registered_at: "2026-01-31T09:00:00.000Z",
    tagged_at: "2026-01-31T09:00:00Z",
    registered_by: ADA,
    ...about,
  };
}

export function manifestBlob(version: number): string {
  return version.toString(16).padStart(40, "0");
}

export const EMPTY_RECORD: ModelRecord = {
  slipway: 1,
  name: "penguins",
  tags: {},
  aliases: {},
  stages: {},
  latest_version: 9,
  created_at: "2026-01-01T00:00:00.000Z",
  updated_at: "2026-01-01T00:00:00.000Z",
};

export function promotion(about: Partial<PromotionInput> = {}): PromotionInput {
  const candidate = about.manifest ?? manifest();
  return {
    manifest: candidate,
    manifestBlob: manifestBlob(candidate.version),
    record: EMPTY_RECORD,
    stage: "production",
    gates: [{ gate: { metric: "accuracy", "at-least": 0.8 }, origin: "spec" }],
    comparisons: [NO_PRODUCTION],
    tries: [FIRST_TRY],
    policy: { commit: "6".repeat(40), blob: "7".repeat(40), specBlob: "8".repeat(40), approvals: 0 },
    approvals: [],
    artifactCheck: { outcome: "present" },
    identifiesUsers: false,
    stages: ["staging", "production"],
    requestedBy: ADA,
    at: AT,
    host: "cli",
    ...about,
  };
}

export function rollback(about: Partial<RollbackInput> = {}): RollbackInput {
  const { record, stage, gates, policy, artifactCheck, requestedBy, at, host } = promotion();
  return { record, stage, gates, policy, artifactCheck, requestedBy, at, host, decisions: [], ...about };
}

/** Promotes and rolls back one after the other, as an act does: load, decide, publish. */
export class History {
  record = EMPTY_RECORD;
  readonly decisions: Decision[] = [];

  promote(version: number, about: Partial<PromotionInput> = {}) {
    const input = promotion({ manifest: manifest(version), record: this.record, ...about });
    return this.#publish(decidePromotion(input));
  }

  rollback(about: Partial<RollbackInput> = {}) {
    return this.#publish(decideRollback(rollback({ record: this.record, decisions: this.decisions, ...about })));
  }

  live(stage = "production"): number | undefined {
    return this.record.stages[stage]?.version;
  }

  #publish<T extends ReturnType<typeof decidePromotion> | ReturnType<typeof decideRollback>>(result: T): T {
    if ("decision" in result) {
      this.decisions.push(result.decision);
      if (result.decision.outcome === "promoted") this.record = withAssignment(this.record, result.decision);
    }
    return result;
  }
}
