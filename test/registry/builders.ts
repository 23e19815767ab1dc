import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { canonicalJson, sha256 } from "../../core/canonical.ts";
import { toSecond } from "../../core/clock.ts";
import { actId } from "../../core/promotion/act-id.ts";
import { nextAssignment } from "../../core/promotion/assign-stage.ts";
import { stageTaggedAt, versionTaggedAt } from "../../core/promotion/tag-times.ts";
import { publishWithRetry } from "../../core/registry/commit-act.ts";
import { decisionChange, recordChange, registrationChange, reviewChange } from "../../core/registry/records.ts";
import type { Registry } from "../../core/registry/registry.ts";
import type { ArtifactStore } from "../../core/stores/store.ts";
import type { ActSource } from "../../schemas/act-source.ts";
import type { Decision } from "../../schemas/decision.ts";
import type { Manifest } from "../../schemas/manifest.ts";
import type { PromotionRequest } from "../../schemas/promotion-request.ts";
import type { Review } from "../../schemas/review.ts";

export const ADA = { name: "Ada", id: "ada@example.org" };
export const NOW = "2026-01-31T09:00:00.000Z";
/** When all is done that is written here: what `plainHost` says too, since nobody builds on a commit from the future. */
export const WRITTEN = "2026-03-01T09:00:00.000Z";
export const digest = (seed: number | string) => String(seed).padStart(64, "0");
export const commitId = (seed: number | string) => String(seed).padStart(40, "a");

const BYTES = "abc";
const FILES = [{ path: "m", sha256: sha256(BYTES), size: BYTES.length }];

/** What every version made here is of; `storeArtifact` puts the bytes where it is read from. */
export const ARTIFACT = { uri: "file:store/a", sha256: sha256(canonicalJson(FILES)), size: BYTES.length, files: FILES };

export async function storeArtifact(store: ArtifactStore): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "slipway-artifact-"));
  await writeFile(join(folder, "m"), BYTES);
  await store.putFolder(folder);
  await rm(folder, { recursive: true });
}

/** A whole manifest; `about` replaces what a test is about. */
export function manifest(about: Partial<Manifest> = {}): Manifest {
  const version = about.version ?? 1;
  const test = { sha256: digest(5), rows: 69, files: [{ path: "data/test.csv", sha256: digest(6), size: 4_000 }] };
  return {
    slipway: 1,
    model: "penguins",
    version,
    task: "classification",
    source: { commit: commitId(version), spec: "models/penguins/model.yaml", spec_blob: commitId(9) },
    fingerprint: digest(version),
    artifact: ARTIFACT,
    artifact_from: "trained",
    predictions: { uri: "file:store/p", sha256: digest(9), size: 100 },
    data: { test },
    params: '{"share":1.0,"trees":50}',
    seed: 7,
    environment: { locks: [], runtime: { platform: "linux", arch: "x64", programs: { node: "v20.20.2" } } },
    evaluation: {
      slipway: 1,
      task: "classification",
      binding: true,
      test,
      labels: "reachable",
      values: "exact",
      metrics: { accuracy: { value: 0.97, function: "accuracy_score", greater_is_better: true } },
      slices: [],
      comparisons: [],
      method: { name: "none", unit: "row", units: 69 },
      evaluated_at: NOW,
      seconds: { predict: 0.1, score: 0.1 },
    },
    gates: [],
    registered_at: NOW,
    tagged_at: toSecond(about.registered_at ?? NOW),
    registered_by: ADA,
    ...about,
  };
}

export function decision(about: Partial<Decision> = {}): Decision {
  return {
    slipway: 1,
    id: "00000000000000aa",
    act: "promote",
    model: "penguins",
    stage: "production",
    version: 1,
    manifest: commitId(3),
    artifact_sha256: ARTIFACT.sha256,
    artifact_check: { outcome: "present" },
    outcome: "promoted",
    refusals: [],
    gates: [],
    comparisons: [],
    policy: { commit: commitId(1), gates: [], approvals: 0 },
    assignment: 1,
    requested_by: ADA,
    decided_at: "2026-01-31T10:00:00.000Z",
    tagged_at: "2026-01-31T10:00:00Z",
    host: "cli",
    ...about,
  };
}

/** Registers the model's next version, from a source commit of its own. */
export async function register(
  registry: Registry,
  model = "penguins",
  source?: string,
  registered_at = WRITTEN,
): Promise<number> {
  let version = 0;
  await publishWithRetry(registry, async (snapshot) => {
    const record = await snapshot.model(model);
    version = (record?.latest_version ?? 0) + 1;
    const from = source ?? commitId(version);
    const done = await snapshot.read({ kind: "registration", model, source: from });
    if (done !== undefined) {
      version = done.version;
      return undefined;
    }
    const made = manifest({ model, version, registered_at, tagged_at: versionTaggedAt(registered_at, record) });
    return registrationChange({ manifest: { ...made, source: { ...made.source, commit: from } }, record });
  });
  return version;
}

/** Assigns the stage to a version, or records why not. */
export async function promote(registry: Registry, version: number, about: Partial<Decision> = {}): Promise<Decision> {
  const model = about.model ?? "penguins";
  const stage = about.stage ?? "production";
  let made: Decision | undefined;
  await publishWithRetry(registry, async (snapshot) => {
    const record = await snapshot.model(model);
    const found = await snapshot.manifest(model, version);
    if (record === undefined || found === undefined) throw new Error(`no ${model} ${version}`);
    const number = (await snapshot.list("decision", model)).length + 1;
    const { assignment, tagged_at, ...base } = decision({
      id: number.toString(16).padStart(16, "0"),
      model,
      version,
      manifest: found.blob,
      artifact_sha256: found.manifest.artifact.sha256,
      assignment: nextAssignment(record),
      decided_at: WRITTEN,
      ...(record.stages[stage] ? { replaces: record.stages[stage].version } : {}),
      tagged_at: stageTaggedAt(about.decided_at ?? WRITTEN, record, stage, found.manifest.tagged_at),
      ...about,
    });
    const previous = record.stages[stage]?.decision;
    const promoted = { assignment, tagged_at, ...(previous === undefined ? {} : { previous }) };
    made = { ...base, ...(base.outcome === "promoted" && assignment && tagged_at ? promoted : {}) };
    return decisionChange({ decision: made, record });
  });
  return made as Decision;
}

export const GRACE = { name: "Grace", id: "grace" };

export function source(id: number | string, about: Partial<ActSource> = {}): ActSource {
  return { kind: "comment", repository: "acme/models", issue: 7, id: String(id), place: 0, ...about };
}

/** Asks for a version in production. */
export async function request(
  registry: Registry,
  version: number,
  from: ActSource,
  about: Partial<PromotionRequest> = {},
): Promise<PromotionRequest> {
  let made: PromotionRequest | undefined;
  await publishWithRetry(registry, async (snapshot) => {
    const found = await snapshot.manifest("penguins", version);
    const record = await snapshot.model("penguins");
    if (found === undefined) throw new Error(`no penguins ${version}`);
    made = {
      ...{ slipway: 1, id: actId(from), model: "penguins", stage: "production", version, manifest: found.blob },
      ...{
        artifact_sha256: found.manifest.artifact.sha256,
        requested_by: ADA,
        requested_at: WRITTEN,
        after_assignment: record?.assignments ?? 0,
        source: from,
        host: "app",
      },
      ...about,
    };
    return recordChange("request", [made]);
  });
  return made as PromotionRequest;
}

export function reviewOf(of: PromotionRequest, from: ActSource, about: Partial<Review> = {}): Review {
  const { model, stage, version, manifest, artifact_sha256 } = of;
  const named = { request: of.id, stage, version, manifest, artifact_sha256 };
  return {
    ...{
      slipway: 1,
      id: actId(from),
      verdict: "approve",
      model,
      ...named,
      by: GRACE,
      at: WRITTEN,
      source: from,
      host: "app",
    },
    ...about,
  };
}

/** Holds or releases the model. */
export async function hold(registry: Registry, verdict: "hold" | "unhold", from: ActSource): Promise<Review> {
  let made: Review | undefined;
  await publishWithRetry(registry, async (snapshot) => {
    const record = await snapshot.model("penguins");
    if (record === undefined) throw new Error("no penguins");
    const at = WRITTEN;
    made = { slipway: 1, id: actId(from), verdict, model: "penguins", by: GRACE, at, source: from, host: "app" };
    return reviewChange({ review: made, record });
  });
  return made as Review;
}
