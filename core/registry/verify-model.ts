import type { Change } from "../../schemas/change.ts";
import type { Decision } from "../../schemas/decision.ts";
import type { LaterComparison } from "../../schemas/later-comparison.ts";
import type { Manifest } from "../../schemas/manifest.ts";
import type { ModelRecord, StageAssignment } from "../../schemas/model-record.ts";
import type { BlobId, TaggerTime } from "../../schemas/names.ts";
import type { PromotionRequest } from "../../schemas/promotion-request.ts";
import type { Registration } from "../../schemas/registration.ts";
import type { Review } from "../../schemas/review.ts";
import type { VersionEvaluation } from "../../schemas/version-evaluation.ts";
import type { VersionMetadata } from "../../schemas/version-metadata.ts";
import { type Finding, misplaced, wrong } from "./finding.ts";
import type { RecordPath } from "./kinds.ts";
import { formatPath } from "./paths.ts";

export type ModelAct =
  | { kind: "version"; manifest: Manifest; blob: BlobId }
  | { kind: "decision"; decision: Decision }
  | { kind: "evaluation"; evaluation: VersionEvaluation; blob: BlobId }
  | { kind: "change"; change: Change }
  | { kind: "review"; review: Review };

/** A model's records as they parsed. */
export interface ModelRecords {
  model: string;
  record: ModelRecord | undefined;
  versions: Map<number, { manifest: Manifest; blob: string }>;
  decisions: Map<string, Decision>;
  requests: Map<string, PromotionRequest>;
  reviews: Map<string, Review>;
  /** By path. */
  comparisons: Map<string, { at: RecordPath & { kind: "comparison" }; record: LaterComparison }>;
  /** By path. */
  evaluations: Map<string, { at: RecordPath & { kind: "evaluation" }; record: VersionEvaluation; blob: BlobId }>;
  changes: Map<string, Change>;
  /** What moves the model's record, in the order of its commits. */
  acts: ModelAct[];
  metadata: Map<number, VersionMetadata>;
  registrations: Map<string, Registration>;
}

/** What one model's records say about each other. */
export function verifyModel(records: ModelRecords): Finding[] {
  return [
    ...verifyVersions(records),
    ...verifyDecisions(records),
    ...verifyComparisons(records),
    ...verifyEvaluations(records),
  ];
}

function verifyVersions({ model, record, versions, registrations }: ModelRecords): Finding[] {
  const findings: Finding[] = [];
  const numbers = [...versions.keys()].sort((a, b) => a - b);
  const recordPath: RecordPath = { kind: "model", model };
  if (record === undefined) findings.push(wrong("RECORD_MISSING", recordPath, `${model} has no readable model.json.`));
  else {
    if (record.name !== model) findings.push(misplaced(recordPath, `the name ${record.name}`));
    const latest = numbers.at(-1) ?? 0;
    if (record.latest_version !== latest)
      findings.push(
        wrong("LATEST_VERSION_WRONG", recordPath, `${model} says that its latest version is another.`, {
          expected: String(latest),
          found: String(record.latest_version),
        }),
      );
    if (record.created_at > record.updated_at)
      findings.push(wrong("TIME_WRONG", recordPath, `${model} was updated before it was created.`));
  }
  for (const [at, number] of numbers.entries()) {
    const { manifest } = versions.get(number) as { manifest: Manifest };
    const path: RecordPath = { kind: "version", model, version: number };
    const before = numbers[at - 1] ?? 0;
    if (number !== before + 1)
      findings.push(wrong("VERSION_GAP", path, `${model} has no version between ${before} and ${number}.`));
    if (manifest.model !== model || manifest.version !== number)
      findings.push(misplaced(path, `${manifest.model} version ${manifest.version}`));
    const { commit: source } = manifest.source;
    if (manifest.imported) continue;
    if (registrations.get(source)?.version !== number)
      findings.push(
        wrong(
          "RECORD_MISSING",
          { kind: "registration", model, source },
          `No record says that ${source} became ${model} version ${number}.`,
        ),
      );
  }
  for (const [source, { version }] of registrations)
    if (versions.get(version)?.manifest.source.commit !== source)
      findings.push(
        wrong(
          "RECORD_MISPLACED",
          { kind: "registration", model, source },
          `${model} version ${version} was not registered from ${source}.`,
        ),
      );
  return findings;
}

function verifyComparisons({ model, versions, comparisons }: ModelRecords): Finding[] {
  return [...comparisons.values()].flatMap(({ at, record: { comparison, ...record } }) => {
    const { version, stage, live } = at;
    if (
      record.model !== model ||
      record.version !== version ||
      comparison.stage !== stage ||
      comparison.version !== live
    )
      return [
        misplaced(at, `${record.model} version ${record.version} against ${comparison.stage}'s ${comparison.version}`),
      ];
    const compared = versions.get(version);
    if (compared === undefined || record.manifest !== compared.blob)
      return [wrong("COMPARISON_WRONG", at, `It compares another manifest than ${model} version ${version}'s.`)];
    if (versions.has(live)) return [];
    return [wrong("COMPARISON_WRONG", at, `It compares with version ${live}, which is not there.`)];
  });
}

/** Each is of a version that was handed in and of its very files, and binding; their numbers have no gap. */
function verifyEvaluations({ model, versions, evaluations }: ModelRecords): Finding[] {
  return [...evaluations.values()].flatMap(({ at, record }) => {
    const { version, number } = at;
    if (record.model !== model || record.version !== version || record.number !== number)
      return [misplaced(at, `evaluation ${record.number} of ${record.model} version ${record.version}`)];
    const say = (what: string) => [
      wrong("EVALUATION_WRONG", at, `Evaluation ${number} of version ${version} ${what}.`),
    ];
    const { manifest, blob } = versions.get(version) ?? {};
    if (manifest === undefined || record.manifest !== blob) return say("is of another manifest");
    if (!manifest.imported) return say("is of a version that its own run evaluated");
    if (record.artifact_sha256 !== manifest.artifact.sha256) return say("is of other files than the version's");
    if (!record.evaluation.binding) return say("binds nobody: it was not made from the default branch's own commit");
    if (record.evaluation.test.sha256 !== record.data.test.sha256)
      return say("was made on other test data than it says");
    const before = formatPath({ kind: "evaluation", model, version, number: number - 1 });
    return number > 1 && !evaluations.has(before) ? say(`does not follow evaluation ${number - 1}`) : [];
  });
}

function verifyDecisions({ model, record, versions, decisions, evaluations, changes }: ModelRecords): Finding[] {
  const findings: Finding[] = [];
  for (const [id, decision] of decisions) {
    const path: RecordPath = { kind: "decision", model, id };
    if (decision.model !== model || decision.id !== id)
      findings.push(misplaced(path, `decision ${decision.id} on ${decision.model}`));
    const { evaluation, version } = decision;
    const rested =
      evaluation && evaluations.get(formatPath({ kind: "evaluation", model, version, number: evaluation.number }));
    const why =
      rested?.blob === evaluation?.blob
        ? wrongAboutVersion(decision, versions.get(version))
        : `Decision ${id} rests on another evaluation of version ${version} than the one that is there.`;
    if (why !== undefined) findings.push(wrong("DECISION_WRONG", path, why));
    for (const other of [decision.restores, decision.previous])
      if (other !== undefined && !decisions.has(other))
        findings.push(wrong("DECISION_WRONG", path, `Decision ${id} refers to decision ${other}, which is not there.`));
  }
  const { stages, findings: order } = followAssignments(model, decisions, [...changes.values()]);
  findings.push(...order);
  for (const stage of new Set([...stages.keys(), ...Object.keys(record?.stages ?? {})])) {
    const expected = describe(stages.get(stage));
    const found = describe(record?.stages[stage]);
    if (expected !== found)
      findings.push(
        wrong("STAGE_WRONG", { kind: "model", model }, `${model}'s ${stage} is not what the decisions say.`, {
          expected,
          found,
        }),
      );
  }
  return findings;
}

function wrongAboutVersion(decision: Decision, version: { manifest: Manifest; blob: string } | undefined) {
  const { id, assignment, outcome } = decision;
  if (version === undefined) return `Decision ${id} is about version ${decision.version}, which is not there.`;
  if (decision.manifest !== version.blob)
    return `Decision ${id} was about another manifest of version ${decision.version}.`;
  if (decision.artifact_sha256 !== version.manifest.artifact.sha256)
    return `Decision ${id} names another digest than version ${decision.version}'s.`;
  const { outcome: bytes } = decision.artifact_check;
  if (outcome === "promoted" && (bytes === "missing" || bytes === "corrupt"))
    return `Decision ${id} promoted version ${decision.version}, whose artifact it had found to be ${bytes}.`;
  if ((bytes === "elsewhere") !== (version.manifest.imported?.download !== undefined))
    return `Decision ${id} says of version ${decision.version}'s artifact that it is ${bytes}, and its manifest says otherwise.`;
  if ((outcome === "promoted") !== (assignment !== undefined))
    return `Decision ${id} was ${outcome}, and ${assignment === undefined ? "has no" : "has an"} assignment.`;
  return undefined;
}

/** Each stage as decisions and changes leave it, in the order of their numbers; what ends follows what it ends. */
function followAssignments(model: string, decisions: ReadonlyMap<string, Decision>, changes: readonly Change[]) {
  const findings: Finding[] = [];
  const stages = new Map<string, StageAssignment>();
  const taggedAt = new Map<string, TaggerTime>();
  const ends = new Map(
    changes.flatMap((change) => (change.ends ?? []).map((end) => [end.decision, { ...end, change }] as const)),
  );
  const promoted = [...decisions].filter(([, decision]) => decision.assignment !== undefined);
  promoted.sort(([, a], [, b]) => (a.assignment as number) - (b.assignment as number));
  for (const [id, { stage, version, assignment = 0, decided_at: at, tagged_at = "", replaces }] of promoted) {
    const path: RecordPath = { kind: "decision", model, id };
    const last = stages.get(stage);
    if (last?.assignment === assignment)
      findings.push(
        wrong("DECISION_WRONG", path, `Decisions ${last.decision} and ${id} have the same assignment ${assignment}.`),
      );
    else if (tagged_at <= (taggedAt.get(stage) ?? ""))
      findings.push(
        wrong("TIME_WRONG", path, `The tag of decision ${id} is not later than ${stage}'s last one.`, {
          expected: `later than ${taggedAt.get(stage)}`,
          found: tagged_at,
        }),
      );
    taggedAt.set(stage, tagged_at);
    if (replaces !== last?.version)
      findings.push(
        wrong("DECISION_WRONG", path, `Decision ${id} replaces another version than the one that was in ${stage}.`, {
          expected: String(last?.version ?? "none"),
          found: String(replaces ?? "none"),
        }),
      );
    const end = ends.get(id);
    if (end === undefined) stages.set(stage, { version, assignment, decision: id, at });
    else {
      stages.delete(stage);
      const { unassigned, change } = end;
      if (unassigned.length > 0 && (change.tagged_at ?? "") <= tagged_at)
        findings.push(
          wrong(
            "TIME_WRONG",
            { kind: "change", model, id: change.id },
            `The tags of change ${change.id} are not later than ${stage}'s last one.`,
          ),
        );
      if (unassigned.length > 0) taggedAt.set(stage, change.tagged_at ?? "");
      const wrongly = end.version !== version || end.unassigned.some(({ assignment: number }) => number <= assignment);
      if (wrongly)
        findings.push(
          wrong(
            "CHANGE_WRONG",
            { kind: "change", model, id: end.change.id },
            `Change ${end.change.id} does not follow decision ${id}, which it ends.`,
          ),
        );
    }
  }
  return { stages, findings };
}

function describe(stage: StageAssignment | undefined): string {
  if (stage === undefined) return "empty";
  return `version ${stage.version}, assignment ${stage.assignment}, decision ${stage.decision}, ${stage.at}`;
}
