import type { Decision } from "../../schemas/decision.ts";
import type { LaterComparison } from "../../schemas/later-comparison.ts";
import type { Manifest } from "../../schemas/manifest.ts";
import type { ModelRecord } from "../../schemas/model-record.ts";
import type { PromotionRequest } from "../../schemas/promotion-request.ts";
import type { Registration } from "../../schemas/registration.ts";
import type { Review } from "../../schemas/review.ts";
import type { VersionEvaluation } from "../../schemas/version-evaluation.ts";
import type { VersionMetadata } from "../../schemas/version-metadata.ts";
import { canonicalJson } from "../canonical.ts";
import { SlipwayError } from "../errors.ts";
import { oneLine } from "../git/encode.ts";
import { withVersion } from "../promotion/add-version.ts";
import { withAssignment } from "../promotion/assign-stage.ts";
import { withHold } from "../promotion/hold.ts";
import { lastStageTag } from "../promotion/tag-times.ts";
import type { RecordPath } from "./kinds.ts";
import { invalidity, MAX_RECORD_BYTES } from "./parse.ts";
import { formatPath } from "./paths.ts";
import { formatPersonLine } from "./person-line.ts";
import type { RegistryChange, RegistryFile } from "./registry.ts";
import { stageTag, versionTag } from "./tags.ts";

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
  const { model, version, registered_at: at, imported } = manifest;
  if (version !== (record?.latest_version ?? 0) + 1) throw new Error(`version ${version} is not ${model}'s next one`);
  const next = withVersion(record, manifest);
  const registration: Registration = { slipway: 1, version };
  return {
    files: [
      recordFile({ kind: "version", model, version }, manifest),
      ...(imported ? [] : [recordFile({ kind: "registration", model, source: manifest.source.commit }, registration)]),
      ...(metadata ? [recordFile({ kind: "metadata", model, version }, metadata)] : []),
      recordFile({ kind: "model", model }, next),
      ...sources,
    ],
    tags: [versionTag(manifest)],
    subject: `${imported ? "Import" : "Register"} ${model} version ${version}`,
    trailers: {
      "Slipway-Act": "register",
      "Slipway-Model": model,
      "Slipway-Version": String(version),
      ...(imported ? {} : { "Slipway-Source": manifest.source.commit }),
      "Slipway-Actor": formatPersonLine(manifest.registered_by),
    },
    author: manifest.registered_by,
    at,
  };
}

/**
 * What a decision writes: itself, and, unless it refuses, the model's record with the stage moved and
 * the stage's tag. `record` is the model's record as it stands. The assignment must be greater than
 * the stage's last, and its tag later. A request that is decided at once, and the review that brought the decision
 * about, are part of the same commit: there is no moment in which one is there without the other.
 */
export function decisionChange({
  decision,
  record,
  request,
  review,
  sources = [],
}: {
  decision: Decision;
  record: ModelRecord;
  /** What the decision names and the registry has not yet. */
  sources?: readonly RegistryFile[];
  request?: PromotionRequest | undefined;
  review?: Review | undefined;
}): RegistryChange {
  const { model, stage, version, id, decided_at: at, assignment, tagged_at = "" } = decision;
  const files = [recordFile({ kind: "decision", model, id }, decision)];
  if (request !== undefined) files.push(recordFile({ kind: "request", model, id: request.id }, request));
  if (review !== undefined) files.push(recordFile({ kind: "review", model, id: review.id }, review));
  const tag = stageTag(decision);
  if (decision.outcome === "promoted") {
    const last = record.stages[stage];
    if (assignment === undefined || assignment <= (last?.assignment ?? 0))
      throw new Error(`assignment ${assignment} does not follow ${last?.assignment} of ${model}'s ${stage}`);
    const tagged = lastStageTag(record, stage) ?? "";
    if (tagged_at <= tagged) throw new Error(`${tagged_at} is not later than ${tagged}, ${stage}'s last tag`);
    files.push(recordFile({ kind: "model", model }, withAssignment(record, decision)));
  }
  const actor = review?.by ?? decision.requested_by;
  return {
    files: [...files, ...sources],
    tags: tag === undefined ? [] : [tag],
    subject: decisionSubject(decision),
    trailers: {
      "Slipway-Act": decision.act,
      "Slipway-Outcome": decision.outcome,
      "Slipway-Model": model,
      "Slipway-Version": String(version),
      "Slipway-Stage": stage,
      "Slipway-Decision": id,
      ...(decision.request === undefined ? {} : { "Slipway-Request": decision.request }),
      ...(review === undefined ? {} : { "Slipway-Review": review.id }),
      "Slipway-Actor": formatPersonLine(actor),
      "Slipway-Host": decision.host,
    },
    author: actor,
    at,
  };
}

/** What a request writes while approvals are missing: itself, and the stage stays. */
export function requestChange(request: PromotionRequest): RegistryChange {
  const { id, model, version, stage, requested_by: author, requested_at: at, host } = request;
  return {
    files: [recordFile({ kind: "request", model, id }, request)],
    tags: [],
    subject: `Ask for ${model} version ${version} in ${stage}`,
    trailers: {
      "Slipway-Act": "request",
      "Slipway-Model": model,
      "Slipway-Version": String(version),
      "Slipway-Stage": stage,
      "Slipway-Request": id,
      "Slipway-Actor": formatPersonLine(author),
      "Slipway-Host": host,
    },
    author,
    at,
  };
}

/** What a review writes where it brings no decision about: itself, and, of a hold or a release, the model's record. */
export function reviewChange({ review, record }: { review: Review; record: ModelRecord }): RegistryChange {
  const { id, verdict, model, request, stage, version, by: author, at, host } = review;
  const files = [recordFile({ kind: "review", model, id }, review)];
  if (verdict === "hold" || verdict === "unhold")
    files.push(recordFile({ kind: "model", model }, withHold(record, review)));
  return {
    files,
    tags: [],
    subject: reviewSubject(review),
    trailers: {
      "Slipway-Act": verdict,
      "Slipway-Model": model,
      ...(version === undefined ? {} : { "Slipway-Version": String(version) }),
      ...(stage === undefined ? {} : { "Slipway-Stage": stage }),
      ...(request === undefined ? {} : { "Slipway-Request": request }),
      "Slipway-Review": id,
      "Slipway-Actor": formatPersonLine(author),
      "Slipway-Host": host,
    },
    author,
    at,
  };
}

/** What comparing a version again writes: a record for each version that it was compared with. */
export function comparisonChange(records: readonly [LaterComparison, ...LaterComparison[]]): RegistryChange {
  const [{ model, version, run, compared_at: at, requested_by: author, host }] = records;
  return {
    files: records.map((each) => {
      const { stage, version: live = 0 } = each.comparison;
      return recordFile({ kind: "comparison", model, version, stage, live }, each);
    }),
    tags: [],
    subject: `Compare ${model} version ${version} again`,
    trailers: {
      "Slipway-Act": "compare",
      "Slipway-Model": model,
      "Slipway-Version": String(version),
      "Slipway-Run": run,
      "Slipway-Actor": formatPersonLine(author),
      "Slipway-Host": host,
    },
    author,
    at,
  };
}

/** What evaluating a version that was handed in writes: the evaluation alone. */
export function evaluationChange({
  evaluation,
  sources = [],
}: {
  evaluation: VersionEvaluation;
  /** What the evaluation names and the registry has not yet. */
  sources?: readonly RegistryFile[];
}): RegistryChange {
  const { model, version, number, run, at, evaluated_by: author, host, source } = evaluation;
  return {
    files: [recordFile({ kind: "evaluation", model, version, number }, evaluation), ...sources],
    tags: [],
    subject: `Evaluate ${model} version ${version}`,
    trailers: {
      "Slipway-Act": "evaluate",
      "Slipway-Model": model,
      "Slipway-Version": String(version),
      "Slipway-Source": source.commit,
      "Slipway-Run": run,
      "Slipway-Actor": formatPersonLine(author),
      "Slipway-Host": host,
    },
    author,
    at,
  };
}

function reviewSubject({ verdict, model, version, stage }: Review): string {
  if (verdict === "hold") return `Hold ${model}`;
  if (verdict === "unhold") return `Release ${model} from its hold`;
  return `${verdict === "approve" ? "Approve" : "Reject"} ${model} version ${version} for ${stage}`;
}

/** The commit's message: the subject, and the trailers on a line each. */
export function changeMessage(change: Pick<RegistryChange, "subject" | "trailers">): string {
  const trailers = Object.entries(change.trailers).map(([key, value]) => `${key}: ${oneLine(value)}`);
  return [oneLine(change.subject), "", ...trailers].join("\n");
}

function decisionSubject({ act, outcome, model, version, stage }: Decision): string {
  const done = outcome === "promoted";
  if (act === "rollback") return `${done ? "Roll" : "Refuse to roll"} back ${model} in ${stage} to version ${version}`;
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
