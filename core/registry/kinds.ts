import { z } from "zod";
import { Acceptance } from "../../schemas/acceptance.ts";
import { ActId } from "../../schemas/act-source.ts";
import { Change, ChangeId } from "../../schemas/change.ts";
import { Decision } from "../../schemas/decision.ts";
import { ModelDisplayName } from "../../schemas/display-name.ts";
import { LaterComparison } from "../../schemas/later-comparison.ts";
import { Manifest } from "../../schemas/manifest.ts";
import { ModelRecord } from "../../schemas/model-record.ts";
import { type BlobId, CommitId, ModelName, Sha256, StageName, type Timestamp } from "../../schemas/names.ts";
import { PromotionRequest } from "../../schemas/promotion-request.ts";
import { Registration } from "../../schemas/registration.ts";
import { Review } from "../../schemas/review.ts";
import { RolloutRecord } from "../../schemas/rollout.ts";
import { TestSet, TestSetOverlap } from "../../schemas/test-set.ts";
import { Try, TryId } from "../../schemas/try.ts";
import { VersionEvaluation } from "../../schemas/version-evaluation.ts";
import { VersionMetadata } from "../../schemas/version-metadata.ts";
import { BoundedMap } from "../bounded-map.ts";
import { sha256 } from "../canonical.ts";
import { formatDisplayName, lookalikeKey, parseDisplayName } from "./display-name.ts";
import type { ActWords } from "./message.ts";
import { type PathField, type PathTemplate, path } from "./path-template.ts";

/** What a kind of record is: a row of the table. */
interface Kind<Schema extends z.ZodType, At> {
  schema: Schema;
  path: PathTemplate<At>;
  /** Whether it is written again; absent, it is written once. */
  mutable?: true;
  /** When it was made: a list of these records is in this order. */
  at?: (record: z.infer<Schema>) => Timestamp;
  /** The policies and specs that it rests on: the registry keeps the text of each. */
  sources?: (record: z.infer<Schema>) => readonly (BlobId | undefined)[];
  /** The act of a commit that such a record leads. Where it has no line in `replay.ts`, the commit writes nothing else. */
  act?: (record: z.infer<Schema>) => ActWords;
  /** Where the record belongs, as it says itself. */
  belongs?: (record: z.infer<Schema>) => At;
}

const text = <const Name extends string>(name: Name, schema: z.ZodType<string>): PathField<Name, string> => ({
  ...{ name, pattern: "[^/]+" },
  format: (value) => value,
  parse: (value) => (schema.safeParse(value).success ? value : undefined),
});

const number = <const Name extends string>(name: Name): PathField<Name, number> => ({
  ...{ name, pattern: "[1-9]\\d{0,14}" },
  format: String,
  parse: Number,
});

/**
 * A model's name behind two hexadecimal digits that follow from it: a write makes anew the tree that its folder is in, and GitHub
 * shows no more than 1,000 entries of one. Names that look alike are in one tree: a new name is compared with those alone.
 */
export const MODEL: PathField<"model", string> = {
  ...{ name: "model", pattern: "[0-9a-f]{2}/[^/]+" },
  format: (model) => `${shardOf(model)}/${model}`,
  parse(text) {
    const model = text.slice(3);
    return ModelName.safeParse(model).success && text.startsWith(`${shardOf(model)}/`) ? model : undefined;
  },
};
export const VERSION = number("version");
const COMMIT = text("commit", CommitId);
const NAME: PathField<"name", string> = {
  name: "name",
  pattern: "[^/]+",
  format: formatDisplayName,
  parse: parseDisplayName,
};

/** A test set's digest behind its first two digits: a tree with each of them stays small. */
const TEST: PathField<"test", Sha256> = {
  ...{ name: "test", pattern: "[0-9a-f]{2}/[0-9a-f]{64}" },
  format: (test) => `${test.slice(0, 2)}/${test}`,
  parse: (text) => (text.slice(3).startsWith(text.slice(0, 2)) ? text.slice(3) : undefined),
};

/** The folder below `models/` that the model's is in. */
export function shardOf(model: string): string {
  const known = SHARDS.get(model) ?? sha256(lookalikeKey(model)).slice(0, 2);
  SHARDS.set(model, known);
  return known;
}

/** Each path of a model is read by it, and a page has many. */
const SHARDS = new BoundedMap<string, string>(10_000);

const REVIEWED: Record<Review["verdict"], (asked: string, model: string) => string> = {
  approve: (asked) => `Approve ${asked}`,
  reject: (asked) => `Reject ${asked}`,
  hold: (_, model) => `Hold ${model}`,
  unhold: (_, model) => `Release ${model} from its hold`,
};

const ROLLED: Record<RolloutRecord["act"], (what: string, step: number) => string> = {
  advance: (what, step) => `Roll out ${what}: step ${step}`,
  pause: (what) => `Pause the rollout of ${what}`,
  resume: (what) => `Resume the rollout of ${what}`,
  abort: (what) => `Abort the rollout of ${what}`,
  complete: (what) => `Complete the rollout of ${what}`,
};

/** The folder of what was spent of a test set. */
export const TEST_SET_FOLDER = path`ledger/${TEST}`;

/** A model's folder. */
export const MODEL_FOLDER = path`models/${MODEL}`;

/**
 * Every kind of record that is on the branch `registry`. What reads, lists, writes or verifies records looks here: a new kind is
 * its schema and a row. What a commit with one writes besides is in `replay.ts`.
 */
export const KINDS = {
  model: kind({ schema: ModelRecord, path: path`models/${MODEL}/model.json`, mutable: true }),
  version: kind({
    schema: Manifest,
    path: path`models/${MODEL}/versions/${VERSION}.json`,
    at: ({ registered_at }) => registered_at,
    sources: ({ policy, source }) => (policy ? [policy.blob, policy.spec_blob, source.spec_blob] : []),
    act: ({ model, version, imported, source, registered_by: by, registered_at: at }) => ({
      ...{ act: "register", subject: `${imported ? "Import" : "Register"} ${model} version ${version}`, by, at },
      about: { Model: model, Version: version, Source: imported ? undefined : source.commit },
    }),
  }),
  decision: kind({
    schema: Decision,
    path: path`models/${MODEL}/promotions/${text("id", z.string().regex(/^[0-9a-f]{16,64}$/))}.json`,
    at: ({ decided_at }) => decided_at,
    sources: ({ policy }) => [policy.blob, policy.spec_blob],
  }),
  request: kind({
    schema: PromotionRequest,
    path: path`models/${MODEL}/requests/${text("id", ActId)}.json`,
    at: ({ requested_at }) => requested_at,
    act: ({ id, model, version, stage, requested_by: by, requested_at: at, host }) => ({
      ...{ act: "request", subject: `Ask for ${model} version ${version} in ${stage}`, by, at, host },
      about: { Model: model, Version: version, Stage: stage, Request: id },
    }),
    belongs: ({ model, id }) => ({ model, id }),
  }),
  review: kind({
    schema: Review,
    path: path`models/${MODEL}/reviews/${text("id", ActId)}.json`,
    at: ({ at }) => at,
    act: ({ id, verdict, model, version, stage, request, by, at, host }) => ({
      ...{ act: verdict, subject: REVIEWED[verdict](`${model} version ${version} for ${stage}`, model), by, at, host },
      about: { Model: model, Version: version, Stage: stage, Request: request, Review: id },
    }),
  }),
  rollout: kind({
    schema: RolloutRecord,
    path: path`models/${MODEL}/rollouts/${text("decision", z.string().regex(/^[0-9a-f]{16,64}$/))}-${number("n")}.json`,
    at: ({ at }) => at,
    act: ({ act, model, version, stage, step, decision, n, by, at, host }) => ({
      ...{ act, subject: ROLLED[act](`${model} version ${version} to ${stage}`, step + 1), by, at, host },
      about: { Model: model, Version: version, Stage: stage, Decision: decision, Rollout: n },
    }),
    belongs: ({ model, decision, n }) => ({ model, decision, n }),
  }),
  comparison: kind({
    schema: LaterComparison,
    path: path`models/${MODEL}/comparisons/${VERSION}-${text("stage", StageName)}-${number("live")}.json`,
    at: ({ compared_at }) => compared_at,
    act: ({ model, version, run, requested_by: by, compared_at: at, host }) => ({
      ...{ act: "compare", subject: `Compare ${model} version ${version} again`, by, at, host },
      about: { Model: model, Version: version, Run: run },
    }),
    belongs: ({ model, version, comparison: { stage, version: live = 0 } }) => ({ model, version, stage, live }),
  }),
  evaluation: kind({
    schema: VersionEvaluation,
    path: path`models/${MODEL}/evaluations/${VERSION}-${number("number")}.json`,
    at: ({ at }) => at,
    sources: ({ policy_blob, source }) => [policy_blob, source.spec_blob],
    act: ({ model, version, source, run, evaluated_by: by, at, host }) => ({
      ...{ act: "evaluate", subject: `Evaluate ${model} version ${version}`, by, at, host },
      about: { Model: model, Version: version, Source: source.commit, Run: run },
    }),
    belongs: ({ model, version, number }) => ({ model, version, number }),
  }),
  change: kind({
    schema: Change,
    path: path`models/${MODEL}/changes/${text("id", ChangeId)}.json`,
    at: ({ at }) => at,
  }),
  metadata: kind({ schema: VersionMetadata, path: path`models/${MODEL}/metadata/${VERSION}.json`, mutable: true }),
  registration: kind({
    schema: Registration,
    path: path`models/${MODEL}/registrations/${text("source", CommitId)}.json`,
  }),
  "display-name": kind({ schema: ModelDisplayName, path: path`names/${NAME}.json`, at: ({ at }) => at }),
  accepted: kind({
    schema: Acceptance,
    path: path`accepted/${COMMIT}.json`,
    at: ({ at }) => at,
    act: ({ commit, by, at, host }) => ({
      ...{ act: "accept", subject: `Accept the times up to commit ${commit}`, by, at, host, about: {} },
    }),
    belongs: ({ commit }) => ({ commit }),
  }),
  "test-set": kind({
    schema: TestSet,
    path: path`ledger/${TEST}/set.json`,
    at: ({ first }) => first.at,
    belongs: ({ sha256 }) => ({ test: sha256 }),
  }),
  overlap: kind({
    schema: TestSetOverlap,
    path: path`ledger/${TEST}/overlaps/${text("other", Sha256)}.json`,
    belongs: ({ sha256, other }) => ({ test: sha256, other }),
  }),
  try: kind({
    schema: Try,
    path: path`ledger/${TEST}/tries/${text("id", TryId)}.json`,
    at: ({ at }) => at,
    sources: ({ policy }) => [policy.blob, policy.spec_blob],
    act: ({ test, model, version, outcome, commit, run, by, at, host }) => ({
      ...{ act: "try", subject: `Count a try of ${model} on test set ${test.slice(0, 10)}: ${outcome}`, by, at, host },
      about: { Outcome: outcome, Model: model, Version: version, Source: commit, Run: run },
    }),
    belongs: ({ test, id }) => ({ test, id }),
  }),
};

export type RecordKind = keyof typeof KINDS;

export type RecordOf<K extends RecordKind> = z.infer<(typeof KINDS)[K]["schema"]>;

type AtOf<K extends RecordKind> = (typeof KINDS)[K]["path"] extends PathTemplate<infer At> ? At : never;

/** Where a record of a kind is: what its path says. */
export type PathOf<K extends RecordKind> = { [Each in K]: { kind: Each } & AtOf<Each> }[K];

/** What a path on the registry branch holds. */
export type RecordPath = PathOf<RecordKind>;

/** What a path below a model's folder holds. */
export type ModelPath = Extract<RecordPath, { model: string }>;

function kind<Schema extends z.ZodType, At>(row: Kind<Schema, At>): Kind<Schema, At> {
  return row;
}
