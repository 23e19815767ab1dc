import type { Decision } from "../../schemas/decision.ts";
import type { Manifest } from "../../schemas/manifest.ts";
import type { ModelRecord } from "../../schemas/model-record.ts";
import type { PromotionRequest } from "../../schemas/promotion-request.ts";
import type { Registration } from "../../schemas/registration.ts";
import type { Review } from "../../schemas/review.ts";
import type { RolloutRecord } from "../../schemas/rollout.ts";
import type { VersionMetadata } from "../../schemas/version-metadata.ts";
import { canonicalJson } from "../canonical.ts";
import { SlipwayError } from "../errors.ts";
import { withVersion } from "../promotion/add-version.ts";
import { withAssignment } from "../promotion/assign-stage.ts";
import { withHold } from "../promotion/hold.ts";
import { lastStageTag } from "../promotion/tag-times.ts";
import { currentRollout, endOfRollout, withRollout, withRolloutBegun } from "../rollout/state.ts";
import { KINDS, type RecordOf, type RecordPath } from "./kinds.ts";
import { type ActWords, changeOf } from "./message.ts";
import { invalidity, MAX_RECORD_BYTES } from "./parse.ts";
import { formatPath } from "./paths.ts";
import type { RegistryChange, RegistryFile } from "./registry-change.ts";
import { tagsFollowing, versionTag } from "./tags.ts";

/**
 * What registering a version writes. `record` is the model's record as it stands, undefined for the
 * first version; the record that follows is part of the change, and so is `metadata`. A bug in the caller throws:
 * the version must be the next one.
 */
export function registrationChange({
  manifest,
  record,
  metadata,
  sources = [],
}: {
  manifest: Manifest;
  record: ModelRecord | undefined;
  metadata?: VersionMetadata | undefined;
  /** What the manifest names and the registry has not yet. */
  sources?: readonly RegistryFile[];
}): RegistryChange {
  const { model, version, imported } = manifest;
  if (version !== (record?.latest_version ?? 0) + 1) throw new Error(`version ${version} is not ${model}'s next one`);
  const next = withVersion(record, manifest);
  const registration: Registration = { slipway: 1, version };
  const files = [
    recordFile({ kind: "version", model, version }, manifest),
    ...(imported ? [] : [recordFile({ kind: "registration", model, source: manifest.source.commit }, registration)]),
    ...(metadata ? [recordFile({ kind: "metadata", model, version }, metadata)] : []),
    recordFile({ kind: "model", model }, next),
    ...sources,
  ];
  return changeOf(wordsOf("version", manifest), files, [versionTag(manifest)]);
}

/**
 * What a decision writes: itself, and, unless it refuses, the model's record with the stage moved and
 * the stage's tag, or the rollout's. `record` is the model's record as it stands. The assignment must be greater than
 * the stage's last, and its tag later. A request that is decided at once, and the review that brought the decision
 * about, are part of the same commit: there is no moment in which one is there without the other. So is the record that ends
 * what was on its way into the stage: `rollout` of the one that this completes, of any other it follows from the decision.
 */
export function decisionChange({
  decision,
  record,
  request,
  review,
  rollout,
  sources = [],
}: {
  decision: Decision;
  record: ModelRecord;
  /** What the decision names and the registry has not yet. */
  sources?: readonly RegistryFile[];
  request?: PromotionRequest | undefined;
  review?: Review | undefined;
  rollout?: RolloutRecord | undefined;
}): RegistryChange {
  const { act, outcome, model, stage, version, id, decided_at: at, assignment, tagged_at = "", host } = decision;
  const files = [recordFile({ kind: "decision", model, id }, decision)];
  if (request !== undefined) files.push(recordFile({ kind: "request", model, id: request.id }, request));
  if (review !== undefined) files.push(recordFile({ kind: "review", model, id: review.id }, review));
  const by = review?.by ?? rollout?.by ?? decision.requested_by;
  if (rollout !== undefined && !isCompletedBy(rollout, decision, record))
    throw new Error(`rollout ${rollout.decision}-${rollout.n} is not what decision ${id} completes`);
  const ended =
    outcome === "refused" ? undefined : (rollout ?? endOfRollout(record, stage, { ...endingOf(decision), by }));
  if (ended !== undefined)
    files.push(recordFile({ kind: "rollout", model, decision: ended.decision, n: ended.n }, ended));
  if (outcome === "rolling-out") files.push(recordFile({ kind: "model", model }, withRolloutBegun(record, decision)));
  if (outcome === "promoted") {
    const last = record.stages[stage];
    if (assignment === undefined || assignment <= (last?.assignment ?? 0))
      throw new Error(`assignment ${assignment} does not follow ${last?.assignment} of ${model}'s ${stage}`);
    const tagged = lastStageTag(record, stage) ?? "";
    if (tagged_at <= tagged) throw new Error(`${tagged_at} is not later than ${tagged}, ${stage}'s last tag`);
    files.push(recordFile({ kind: "model", model }, withAssignment(record, decision)));
  }
  const words = {
    ...{ act, subject: decisionSubject(decision), by, at, host },
    about: {
      ...{ Outcome: outcome, Model: model, Version: version, Stage: stage },
      ...{ Decision: id, Request: decision.request, Review: review?.id },
    },
  };
  return changeOf(words, [...files, ...sources], tagsFollowing("decision", decision));
}

/** Whether a decision is the end of the rollout that the record says it is, as the model's record has it. */
function isCompletedBy(
  { act, decision: began, n, version, stage, completes }: RolloutRecord,
  decision: Decision,
  record: ModelRecord,
): boolean {
  const state = currentRollout(record, stage);
  const isNext = state?.decision === began && state.n + 1 === n && state.version === version;
  return act === "complete" && isNext && completes === decision.id && decision.completes === began;
}

/** Why a decision ends what was on its way into its stage. */
function endingOf({ id, act, version, decided_at: at, host }: Decision) {
  return act === "rollback"
    ? ({ cause: "rolled-back", reason: `decision ${id} rolled back to version ${version}`, at, host } as const)
    : ({ cause: "superseded", reason: `decision ${id} promotes version ${version}`, at, host } as const);
}

/** What a step of a rollout writes, and what pauses, resumes or aborts it: itself, and the model's record. */
export function rolloutChange({ rollout, record }: { rollout: RolloutRecord; record: ModelRecord }): RegistryChange {
  const { model, decision, n, stage, version, act } = rollout;
  const state = currentRollout(record, stage);
  if (act === "complete") throw new Error("what completes a rollout is a decision");
  if (state?.decision !== decision || state.version !== version || n !== state.n + 1)
    throw new Error(`${decision}-${n} does not follow ${state?.decision}-${state?.n} of ${model}'s ${stage}`);
  const files = [
    recordFile({ kind: "rollout", model, decision, n }, rollout),
    recordFile({ kind: "model", model }, withRollout(record, rollout)),
  ];
  return changeOf(wordsOf("rollout", rollout), files, tagsFollowing("rollout", rollout));
}

/** What a review writes where it brings no decision about: itself, and, of a hold or a release, the model's record. */
export function reviewChange({ review, record }: { review: Review; record: ModelRecord }): RegistryChange {
  const { id, verdict, model } = review;
  const files = [recordFile({ kind: "review", model, id }, review)];
  if (verdict === "hold" || verdict === "unhold")
    files.push(recordFile({ kind: "model", model }, withHold(record, review)));
  return changeOf(wordsOf("review", review), files);
}

/** The kinds of record that an act writes alone, one or several of a kind; and the texts that they name. */
export type LoneKind = "request" | "comparison" | "evaluation" | "accepted" | "try";

/** What an act writes that changes nothing else: its records, and the texts (`sources`) that the registry has not yet. */
export function recordChange<Kind extends LoneKind>(
  kind: Kind,
  records: readonly [RecordOf<Kind>, ...RecordOf<Kind>[]],
  sources: readonly RegistryFile[] = [],
): RegistryChange {
  const belongs = KINDS[kind].belongs as (record: RecordOf<Kind>) => object;
  const files = records.map((record) => recordFile({ kind, ...belongs(record) } as RecordPath, record));
  return changeOf(wordsOf(kind, records[0]), [...files, ...sources]);
}

/** What an act writes that spends tries. `ledger` are their records, those of a test set that is new, and the texts that they name. */
export function withTries(change: RegistryChange, ledger: readonly RegistryFile[]): RegistryChange {
  return ledger.length === 0 ? change : { ...change, files: [...change.files, ...ledger] };
}

function wordsOf<Kind extends LoneKind | "version" | "review" | "rollout">(
  kind: Kind,
  record: RecordOf<Kind>,
): ActWords {
  return (KINDS[kind].act as (record: RecordOf<Kind>) => ActWords)(record);
}

function decisionSubject({ act, outcome, model, version, stage }: Decision): string {
  const done = outcome === "promoted";
  if (act === "rollback") return `${done ? "Roll" : "Refuse to roll"} back ${model} in ${stage} to version ${version}`;
  if (outcome === "rolling-out") return `Begin to roll out ${model} version ${version} to ${stage}`;
  return `${done ? "Promote" : "Refuse to promote"} ${model} version ${version} to ${stage}`;
}

/** What nobody could read again must never be written: it would take the whole model with it. */
export function recordFile(at: RecordPath, record: unknown): RegistryFile {
  const path = formatPath(at);
  const content = canonicalJson(record);
  const size = Buffer.byteLength(content);
  if (size > MAX_RECORD_BYTES)
    throw new SlipwayError("FILE_TOO_LARGE", `${path} would be too large to be read again.`, {
      expected: `at most ${MAX_RECORD_BYTES} bytes`,
      found: `${size} bytes`,
    });
  const found = invalidity(at.kind, record);
  if (found !== undefined)
    throw new SlipwayError("USAGE", `${path} would not be a valid record, and is not written.`, { found });
  return { path, content };
}
