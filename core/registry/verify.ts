import type { ModelRecord } from "../../schemas/model-record.ts";
import type { BlobId, CommitId, Sha256 } from "../../schemas/names.ts";
import type { Signer } from "../../schemas/signer.ts";
import { canonicalJson, sha256 } from "../canonical.ts";
import { SlipwayError } from "../errors.ts";
import { type GitObjects, openObjects } from "../git/objects.ts";
import type { RemoteEnvironment } from "../git/repository.ts";
import { soundObjects } from "../git/sound-objects.ts";
import type { ArtifactStore } from "../stores/store.ts";
import { verifyAcceptances, verifyTimes } from "./commit-times.ts";
import { composeTag } from "./compose.ts";
import type { Finding } from "./finding.ts";
import type { ModelPath, RecordPath } from "./kinds.ts";
import type { OwedTag } from "./owed-tag.ts";
import { MAX_RECORD_BYTES, parseRecord } from "./parse.ts";
import { formatPath, parsePath } from "./paths.ts";
import type { RegistryTag } from "./registry.ts";
import { fetchTags, remoteTagRefs } from "./remote.ts";
import { sourceAt } from "./sources.ts";
import { changeTags, stageTag, versionTag } from "./tags.ts";
import { actsReplayed } from "./verify-acts.ts";
import { verifyArtifacts, verifyEvaluated } from "./verify-artifacts.ts";
import { branchOf, rememberBranch } from "./verify-branch.ts";
import { verifyCalled, verifyChanges } from "./verify-changes.ts";
import { type BranchFile, verifyHistory } from "./verify-history.ts";
import { verifyLocks } from "./verify-locks.ts";
import { type ModelRecords, verifyModel } from "./verify-model.ts";
import { verifyRequests } from "./verify-requests.ts";
import { commitsBeforeSigning, type SignatureCounts } from "./verify-signatures.ts";
import { verifyTags } from "./verify-tags.ts";

/** What was walked, and everything that is wrong. */
export interface Verification {
  commit: string | undefined;
  commits: number;
  models: number;
  versions: number;
  decisions: number;
  requests: number;
  reviews: number;
  /** How many tags that follow from the records say what of their signature. */
  signatures: SignatureCounts;
  findings: Finding[];
  /** The tags that follow from the records and are not there, or whose object is damaged. */
  owed: (OwedTag & { named: boolean })[];
  /** The other objects that are damaged. */
  damaged: string[];
}

export interface VerifyOptions {
  folder: string;
  remote?: string | undefined;
  remoteEnvironment?: RemoteEnvironment | undefined;
  artifacts?: Pick<ArtifactStore, "verify"> | undefined;
  /** Whom the policy names. */
  signers?: readonly Signer[] | undefined;
  /** Makes a model's decisions again from what is recorded: what comes out otherwise. `text` is what is kept under `sources/`. */
  decide?: DecideAgain | undefined;
  /** The verifying clock's moment: commits that are later are findings. */
  now?: Date | undefined;
}

export type DecideAgain = (
  records: ModelRecords,
  text: (blob: BlobId) => Promise<Buffer | undefined>,
) => Promise<Finding[]>;

/**
 * Walks the whole registry: objects, history, records, tags, what killed writers left, and the bytes in the store where one
 * is handed in. Findings are values; it rejects only where the repository itself cannot be read.
 */
export async function verifyRegistry(options: VerifyOptions): Promise<Verification> {
  const { folder, remote, remoteEnvironment, artifacts, signers = [], decide, now = new Date() } = options;
  const objects = await openObjects(folder, { remoteEnvironment });
  try {
    const { repository } = objects;
    const none = { commits: 0, models: 0, versions: 0, decisions: 0, requests: 0, reviews: 0 };
    const signatures = { signed: 0, unsigned: 0, untrusted: 0, forged: 0 };
    const seen: Verification = { commit: undefined, ...none, signatures, findings: [], owed: [], damaged: [] };
    if (remote === undefined) seen.findings.push(...(await verifyLocks(repository)));
    const { tip, lost } = await branchOf(objects, remote);
    if (lost !== undefined) seen.findings.push(lost);
    if (remote !== undefined) await fetchTags(repository, remote, ["*"]);
    if (tip === undefined) return seen;
    seen.commit = tip;
    const sound = soundObjects(objects, MAX_OBJECT_BYTES);
    const history = await verifyHistory(sound, tip, actsReplayed());
    seen.commits = history.commits.length;
    seen.damaged.push(...history.damaged);
    seen.findings.push(...history.findings);
    // What cannot be read hides what else is wrong.
    if (!history.whole) return seen;
    const expected: OwedTag[] = [];
    const { byModel, called, sources, accepted, findings } = sortRecords(history.files);
    const text = async (blob: BlobId) => (sources.has(blob) ? contentOf(objects, blob) : undefined);
    seen.findings.push(...findings);
    const acceptances = await readRecords(objects, "accepted", accepted, tip, seen.findings);
    seen.findings.push(
      ...verifyAcceptances(acceptances, history.commits),
      ...verifyTimes(history.commits, new Set(acceptances.keys()), now),
    );
    const models = new Map<string, ModelRecord>();
    for (const [model, files] of byModel) {
      const digests = new Map<string, Sha256>();
      const records = await readModel(objects, model, files, tip, seen.findings, digests);
      seen.models += 1;
      seen.versions += records.versions.size;
      seen.decisions += records.decisions.size;
      seen.requests += records.requests.size;
      seen.reviews += records.reviews.size;
      seen.findings.push(...verifyModel(records), ...verifyRequests(records), ...verifyChanges(records));
      if (decide !== undefined) seen.findings.push(...(await decide(records, text)));
      if (records.record !== undefined) models.set(model, records.record);
      expected.push(...tagsOf(records, history.addedIn, digests));
      if (artifacts !== undefined) {
        for (const { manifest } of records.versions.values())
          seen.findings.push(...(await verifyArtifacts(artifacts, manifest)));
        for (const { record } of records.evaluations.values())
          seen.findings.push(...(await verifyEvaluated(artifacts, record)));
      }
    }
    seen.findings.push(...verifyCalled(await readRecords(objects, "called", called, tip, seen.findings), models));
    const tagRefs = remote === undefined ? "refs/tags/" : remoteTagRefs(remote);
    const trust = { signers, before: await commitsBeforeSigning(folder, tip, signers) };
    const about = { models: new Set(byModel.keys()), tagRefs, tip, trust };
    const tags = await verifyTags(objects, sound, expected, about);
    seen.findings.push(...tags.findings);
    seen.owed.push(...tags.owed);
    seen.damaged.push(...tags.damaged);
    seen.signatures = tags.signatures;
    if (remote === undefined && seen.findings.length === 0) await rememberBranch(objects, tip);
    return seen;
  } finally {
    await objects.close();
  }
}

/** The largest record, and the tree of 200,000 models. */
const MAX_OBJECT_BYTES = 64 * 1024 * 1024;

type RecordFile = ModelPath & { blob: string };

function sortRecords(files: ReadonlyMap<string, BranchFile>) {
  const findings: Finding[] = [];
  const byModel = new Map<string, RecordFile[]>();
  const called = new Map<string, string>();
  const accepted = new Map<CommitId, string>();
  const sources = new Set<BlobId>();
  for (const [path, { blob, mode }] of files) {
    const record = parsePath(path);
    // By its id: what is there under another one is as good as not there.
    if (mode === "100644" && sourceAt(path) === blob) sources.add(blob);
    else if (record === undefined || mode !== "100644")
      findings.push({
        code: "FILE_UNKNOWN",
        message: `${path} is no record of the registry.`,
        path,
        ...(mode === "100644" ? {} : { found: `mode ${mode}` }),
        hint: `See who added it with \`git log registry -- '${path}'\`.`,
      });
    else if (record.kind === "called") called.set(record.name, blob);
    else if (record.kind === "accepted") accepted.set(record.commit, blob);
    else {
      const ofModel = byModel.get(record.model) ?? [];
      ofModel.push({ ...record, blob });
      byModel.set(record.model, ofModel);
    }
  }
  return { byModel, called, sources, accepted, findings };
}

type Parsed<Kind extends RecordPath["kind"]> = ReturnType<typeof parseRecord<Kind>>;

/** The records of no model's folder, by what their paths name. */
async function readRecords<Kind extends "called" | "accepted">(
  objects: GitObjects,
  kind: Kind,
  files: ReadonlyMap<string, string>,
  tip: string,
  findings: Finding[],
): Promise<Map<string, Parsed<Kind>>> {
  const records = new Map<string, Parsed<Kind>>();
  for (const [name, blob] of files) {
    const path = formatPath(kind === "called" ? { kind: "called", name } : { kind: "accepted", commit: name });
    await taken(path, findings, async () => {
      const content = await contentOf(objects, blob);
      records.set(name, parseRecord(kind, content, path, tip));
      return content;
    });
  }
  return records;
}

/** Reads a record, and finds what is wrong with it as a file. */
async function taken(path: string, findings: Finding[], read: () => Promise<Buffer>): Promise<void> {
  const hint = `See who wrote it with \`git log registry -- '${path}'\`.`;
  try {
    const text = (await read()).toString();
    if (canonicalJson(JSON.parse(text)) !== text)
      findings.push({ code: "RECORD_NOT_CANONICAL", message: `${path} is not canonical JSON.`, path, hint });
  } catch (error) {
    if (!(error instanceof SlipwayError)) throw error;
    findings.push({ code: "RECORD_INVALID", message: error.message, path, hint });
  }
}

async function contentOf(objects: GitObjects, blob: string): Promise<Buffer> {
  return (await objects.read(blob, MAX_RECORD_BYTES))?.content ?? Buffer.alloc(0);
}

async function readModel(
  objects: GitObjects,
  model: string,
  files: readonly RecordFile[],
  tip: string,
  findings: Finding[],
  digests: Map<string, Sha256>,
): Promise<ModelRecords> {
  const records: ModelRecords = {
    model,
    record: undefined,
    versions: new Map(),
    decisions: new Map(),
    requests: new Map(),
    reviews: new Map(),
    comparisons: new Map(),
    evaluations: new Map(),
    changes: new Map(),
    acts: [],
    metadata: new Map(),
    registrations: new Map(),
  };
  for (const file of files) {
    const path = formatPath(file);
    await taken(path, findings, async () => {
      const content = await contentOf(objects, file.blob);
      keep(records, file, content, tip);
      digests.set(path, sha256(content));
      return content;
    });
  }
  return records;
}

function keep(records: ModelRecords, file: RecordFile, content: Buffer, tip: string): void {
  const path = formatPath(file);
  if (file.kind === "model") records.record = parseRecord(file.kind, content, path, tip);
  else if (file.kind === "decision") {
    const decision = parseRecord(file.kind, content, path, tip);
    records.decisions.set(file.id, decision);
    records.acts.push({ kind: "decision", decision });
  } else if (file.kind === "request") records.requests.set(file.id, parseRecord(file.kind, content, path, tip));
  else if (file.kind === "review") {
    const review = parseRecord(file.kind, content, path, tip);
    records.reviews.set(file.id, review);
    records.acts.push({ kind: "review", review });
  } else if (file.kind === "comparison")
    records.comparisons.set(path, { at: file, record: parseRecord(file.kind, content, path, tip) });
  else if (file.kind === "evaluation") {
    const evaluation = parseRecord(file.kind, content, path, tip);
    records.evaluations.set(path, { at: file, record: evaluation, blob: file.blob });
    records.acts.push({ kind: "evaluation", evaluation, blob: file.blob });
  } else if (file.kind === "change") {
    const change = parseRecord(file.kind, content, path, tip);
    records.changes.set(file.id, change);
    records.acts.push({ kind: "change", change });
  } else if (file.kind === "metadata") records.metadata.set(file.version, parseRecord(file.kind, content, path, tip));
  else if (file.kind === "registration")
    records.registrations.set(file.source, parseRecord(file.kind, content, path, tip));
  else {
    const manifest = parseRecord(file.kind, content, path, tip);
    records.versions.set(file.version, { manifest, blob: file.blob });
    records.acts.push({ kind: "version", manifest, blob: file.blob });
  }
}

function tagsOf(
  records: ModelRecords,
  addedIn: ReadonlyMap<string, string>,
  digests: ReadonlyMap<string, Sha256>,
): OwedTag[] {
  const wanted: (RegistryTag | undefined)[] = [
    ...[...records.versions.values()].map(({ manifest }) => versionTag(manifest)),
    ...[...records.decisions.values()].map(stageTag),
    ...[...records.changes.values()].flatMap(changeTags),
  ];
  return wanted.flatMap((tag) => {
    if (tag === undefined) return [];
    const [on, by] = [addedIn.get(formatPath({ kind: "version", ...tag.on })), addedIn.get(tag.record)];
    const digest = digests.get(tag.record);
    return on && by && digest ? [{ ...composeTag(tag, on, digest), on, by }] : [];
  });
}
