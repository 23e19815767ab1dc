import type { Acceptance } from "../../schemas/acceptance.ts";
import type { Change } from "../../schemas/change.ts";
import type { Decision } from "../../schemas/decision.ts";
import type { LaterComparison } from "../../schemas/later-comparison.ts";
import type { Manifest } from "../../schemas/manifest.ts";
import type { ModelRecord } from "../../schemas/model-record.ts";
import type { BlobId } from "../../schemas/names.ts";
import type { PromotionRequest } from "../../schemas/promotion-request.ts";
import type { Review } from "../../schemas/review.ts";
import type { VersionEvaluation } from "../../schemas/version-evaluation.ts";
import type { VersionMetadata } from "../../schemas/version-metadata.ts";
import { SlipwayError } from "../errors.ts";
import { encodeBlob, encodeCommit } from "../git/encode.ts";
import { GROUP_TRAILER } from "./added-records.ts";
import { acceptanceChange, changeChange } from "./edits.ts";
import type { Finding } from "./finding.ts";
import { KINDS, type RecordPath } from "./kinds.ts";
import { parseRecord } from "./parse.ts";
import { formatPath, isMutable, parsePath } from "./paths.ts";
import {
  changeMessage,
  comparisonChange,
  decisionChange,
  evaluationChange,
  registrationChange,
  requestChange,
  reviewChange,
} from "./records.ts";
import type { RegistryChange } from "./registry.ts";
import { sourcePath } from "./sources.ts";
import { expectedEdit, type Written } from "./verify-edits.ts";
import type { FileChange, HistoryCommit } from "./verify-history.ts";

/**
 * Does every commit again: all that an act writes follows from the records that it added, down to the last byte of the
 * commit. A commit that is anything else was not written by an act, whatever its records say.
 */
export function actsReplayed(): (commit: HistoryCommit, changes: readonly FileChange[]) => Finding[] {
  /** The records that are written again, as the last commit left them, by path. */
  const last = new Map<string, unknown>();
  /** The texts that are kept. */
  const kept = new Set<BlobId>();
  let place = 0;
  return (commit, changes) => {
    // Published in one go with the commit before, or by itself.
    place = placeOf(commit.message) === place + 1 ? place + 1 : 1;
    try {
      const written = readWritten(commit, changes, last);
      for (const { at, path, record } of written) if (isMutable(at)) last.set(path, record);
      const expected = expectedChange(commit, written, (model) => lastRecord(written, last, model));
      const named = sourcesNamed(written).filter((blob) => !kept.has(blob));
      for (const blob of named) kept.add(blob);
      const why = difference(commit, changes, inGroup(expected, place), named);
      return why === undefined ? [] : [actWrong(commit, changes, why)];
    } catch (error) {
      // What cannot be parsed is named where its record is looked at.
      if (error instanceof SlipwayError && error.code === "REGISTRY_CORRUPT") return [];
      // What no builder takes is no act.
      return [actWrong(commit, changes, { found: (error as Error).message })];
    }
  };
}

function readWritten(
  { id }: HistoryCommit,
  changes: readonly FileChange[],
  last: ReadonlyMap<string, unknown>,
): Written[] {
  return changes.flatMap(({ path, content }) => {
    const at = parsePath(path);
    if (at === undefined || content === undefined) return [];
    parseRecord(at.kind, content, path, id);
    // As it was written: what a later version of Slipway put there is part of its bytes.
    return [{ at, path, record: JSON.parse(content.toString()), before: last.get(path) }];
  });
}

/** The texts that the commit's records name: each is in the registry from the first commit on that names it. */
function sourcesNamed(written: readonly Written[]): BlobId[] {
  const blobs = written.flatMap(({ at, record }) => {
    const sources = KINDS[at.kind].sources as ((record: unknown) => readonly (BlobId | undefined)[]) | undefined;
    return sources?.(record).filter((blob) => blob !== undefined) ?? [];
  });
  return [...new Set(blobs)];
}

function placeOf(message: string): number {
  return Number(new RegExp(`^${GROUP_TRAILER}: (\\d{1,3})$`, "m").exec(message)?.[1] ?? 1);
}

function inGroup(change: RegistryChange, place: number): RegistryChange {
  if (place === 1) return change;
  return { ...change, trailers: { ...change.trailers, [GROUP_TRAILER]: String(place) } };
}

/** The model's record as it stood before the commit. */
function lastRecord(written: readonly Written[], last: ReadonlyMap<string, unknown>, model: string) {
  const path = formatPath({ kind: "model", model });
  const here = written.find((each) => each.path === path);
  return (here === undefined ? last.get(path) : here.before) as ModelRecord | undefined;
}

function expectedChange(
  commit: HistoryCommit,
  written: readonly Written[],
  recordOf: (model: string) => ModelRecord | undefined,
): RegistryChange {
  const all = <T>(kind: RecordPath["kind"]) =>
    written.filter(({ at }) => at.kind === kind).map(({ record }) => record as T);
  const one = <T>(kind: RecordPath["kind"]) => all<T>(kind)[0];
  const known = (model: string) => {
    const record = recordOf(model);
    if (record === undefined) throw new Error(`it is about ${model}, which is not there`);
    return record;
  };
  const manifest = one<Manifest>("version");
  if (manifest !== undefined)
    return registrationChange({
      manifest,
      record: recordOf(manifest.model),
      metadata: one<VersionMetadata>("metadata"),
    });
  const acceptance = one<Acceptance>("accepted");
  if (acceptance !== undefined) return acceptanceChange(acceptance);
  const request = one<PromotionRequest>("request");
  const review = one<Review>("review");
  const decision = one<Decision>("decision");
  if (decision !== undefined) return decisionChange({ decision, record: known(decision.model), request, review });
  const change = one<Change>("change");
  if (change !== undefined) {
    const next = one<ModelRecord>("model");
    const record = change.act === "revive" ? revived(known(change.model), next) : known(change.model);
    return changeChange(change, record, one("called") !== undefined);
  }
  if (request !== undefined) return requestChange(request);
  if (review !== undefined) return reviewChange({ review, record: known(review.model) });
  const [comparison, ...more] = all<LaterComparison>("comparison");
  if (comparison !== undefined) return comparisonChange([comparison, ...more]);
  const evaluation = one<VersionEvaluation>("evaluation");
  if (evaluation !== undefined) return evaluationChange({ evaluation });
  return expectedEdit(commit, written, known);
}

/** Who revives a model describes it anew. */
function revived({ description: _, ...record }: ModelRecord, next: ModelRecord | undefined): ModelRecord {
  const said = next?.description === undefined ? {} : { description: next.description };
  return { ...record, tags: next?.tags ?? {}, ...said } as ModelRecord;
}

/** What of the commit is not what the act writes. */
function difference(
  commit: HistoryCommit,
  changes: readonly FileChange[],
  expected: RegistryChange,
  sources: readonly BlobId[],
): { path?: string; expected?: string; found: string } | undefined {
  const files = new Map(expected.files.map(({ path, content }) => [path, encodeBlob(content).id]));
  for (const blob of sources) files.set(sourcePath(blob), blob);
  for (const { path, after = "nothing" } of changes) {
    const blob = files.get(path);
    files.delete(path);
    if (blob === undefined) return { path, expected: "not written by this act", found: after };
    if (blob !== after) return { path, expected: blob, found: after };
  }
  for (const [path, blob] of files) return { path, expected: blob, found: "nothing" };
  const { tree, parents, id, message, author } = commit;
  const words = changeMessage(expected);
  const made = encodeCommit({ tree, parents, author: expected.author, at: expected.at, message: words });
  if (made.id === id) return undefined;
  const said = `${author}\n${message}`.split("\n");
  const says = made.content.toString().replace(/^[\s\S]*?^author /m, "");
  const lines = says.replace(/^committer .*\n\n/m, "").split("\n");
  const at = lines.findIndex((line, index) => line !== said[index]);
  return { expected: lines[at] ?? made.id, found: said[at] ?? "other headers" };
}

function actWrong(
  { id }: HistoryCommit,
  changes: readonly FileChange[],
  why: { path?: string; expected?: string; found: string },
): Finding {
  const path = why.path ?? changes[0]?.path;
  return {
    code: "ACT_WRONG",
    message: `Commit ${id} is not what its act writes: it was made or changed by hand.`,
    ...why,
    ...(path === undefined ? {} : { path }),
    commit: id,
    hint: `See what it did with \`git show ${id}\`, and ask who made it. What it should not have done is undone by an act, never by rewriting history.`,
  };
}
