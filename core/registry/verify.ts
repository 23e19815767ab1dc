import type { BlobId } from "../../schemas/names.ts";
import type { Signer } from "../../schemas/signer.ts";
import { sha256 } from "../canonical.ts";
import { SlipwayError } from "../errors.ts";
import { type GitObjects, openObjects } from "../git/objects.ts";
import type { RemoteEnvironment } from "../git/repository.ts";
import { soundObjects } from "../git/sound-objects.ts";
import type { ArtifactStore } from "../stores/store.ts";
import { verifyTimes } from "./commit-times.ts";
import { composeTag } from "./compose.ts";
import type { Finding } from "./finding.ts";
import type { ModelPath, RecordKind, RecordOf } from "./kinds.ts";
import { type Held, type ModelRecords, modelRecords } from "./model-records.ts";
import type { OwedTag } from "./owed-tag.ts";
import { MAX_RECORD_BYTES, parseRecord } from "./parse.ts";
import { formatPath, parsePath } from "./paths.ts";
import { fetchTags, remoteTagRefs } from "./remote.ts";
import { openReplay } from "./replay.ts";
import { sourcePath } from "./sources.ts";
import { isTagged, tagsFollowing } from "./tags.ts";
import { verifyArtifacts, verifyEvaluated } from "./verify-artifacts.ts";
import { branchOf, rememberBranch } from "./verify-branch.ts";
import { type BranchFile, type BranchHistory, verifyHistory } from "./verify-history.ts";
import { type HeldInLedger, verifyLedger } from "./verify-ledger.ts";
import { verifyLocks } from "./verify-locks.ts";
import { verifyReferences } from "./verify-references.ts";
import { commitsBeforeSigning, type SignatureCounts } from "./verify-signatures.ts";
import { verifyTags } from "./verify-tags.ts";
import { triesByModel, verifyTries } from "./verify-tries.ts";

/** What was walked, and everything that is wrong. */
export interface Verification {
  commit: string | undefined;
  commits: number;
  models: number;
  versions: number;
  decisions: number;
  requests: number;
  reviews: number;
  tries: number;
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
  /** Holds what tries were asked and cost against the policies that they name. */
  recount?: Recount | undefined;
  /** The verifying clock's moment: commits that are later are findings. */
  now?: Date | undefined;
}

/** `ledger` are the records of all test sets, in the order of the commits that added them. */
export type DecideAgain = (
  records: ModelRecords,
  text: (blob: BlobId) => Promise<Buffer | undefined>,
  ledger: readonly HeldInLedger[],
) => Promise<Finding[]>;

export type Recount = (
  ledger: readonly HeldInLedger[],
  text: (blob: BlobId) => Promise<Buffer | undefined>,
) => Promise<Finding[]>;

/**
 * Walks the whole registry: objects, history, records, tags, what killed writers left, and the bytes in the store where one
 * is handed in. Findings are values; it rejects only where the repository itself cannot be read.
 */
export async function verifyRegistry(options: VerifyOptions): Promise<Verification> {
  const { folder, remote, remoteEnvironment, artifacts, signers = [], decide, recount, now = new Date() } = options;
  const objects = await openObjects(folder, { remoteEnvironment });
  try {
    const { repository } = objects;
    const none = { commits: 0, models: 0, versions: 0, decisions: 0, requests: 0, reviews: 0, tries: 0 };
    const signatures = { signed: 0, unsigned: 0, untrusted: 0, forged: 0 };
    const seen: Verification = { commit: undefined, ...none, signatures, findings: [], owed: [], damaged: [] };
    if (remote === undefined) seen.findings.push(...(await verifyLocks(repository)));
    const { tip, lost } = await branchOf(objects, remote);
    if (lost !== undefined) seen.findings.push(lost);
    if (remote !== undefined) await fetchTags(repository, remote, ["*"]);
    if (tip === undefined) return seen;
    seen.commit = tip;
    const sound = soundObjects(objects, MAX_OBJECT_BYTES);
    const replay = openReplay();
    const history = await verifyHistory(sound, tip, replay.follow);
    seen.commits = history.commits.length;
    seen.damaged.push(...history.damaged);
    seen.findings.push(...history.findings);
    // What cannot be read hides what else is wrong.
    if (!history.whole) return seen;
    seen.findings.push(...verifyTimes(history.commits, replay.accepted, now));
    const expected: OwedTag[] = [];
    const text = async (blob: BlobId) =>
      history.files.get(sourcePath(blob))?.blob === blob ? contentOf(objects, blob) : undefined;
    const byModel = filesByModel(history.files);
    const ledger = await readLedgers(objects, history, tip);
    seen.tries = ledger.filter(({ kind }) => kind === "try").length;
    const triesOf = triesByModel(ledger);
    seen.findings.push(...verifyLedger(ledger));
    if (recount !== undefined) seen.findings.push(...(await recount(ledger, text)));
    for (const [model, files] of byModel) {
      const records = await readModel(objects, model, files, tip);
      seen.models += 1;
      seen.versions += records.of("version").length;
      seen.decisions += records.of("decision").length;
      seen.requests += records.of("request").length;
      seen.reviews += records.of("review").length;
      seen.findings.push(...verifyReferences(records), ...verifyTries(records, triesOf.get(model) ?? []));
      if (decide !== undefined) seen.findings.push(...(await decide(records, text, ledger)));
      expected.push(...tagsOwed(records, history.addedIn));
      if (artifacts === undefined) continue;
      for (const { record } of records.of("version")) seen.findings.push(...(await verifyArtifacts(artifacts, record)));
      for (const { record } of records.of("evaluation"))
        seen.findings.push(...(await verifyEvaluated(artifacts, record)));
    }
    for (const [model, held] of triesOf) if (!byModel.has(model)) seen.findings.push(...verifyTries(undefined, held));
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

type RecordFile = { at: ModelPath; blob: string };

/** Each model's records; what else is on the branch says nothing of a model. */
function filesByModel(files: ReadonlyMap<string, BranchFile>): Map<string, RecordFile[]> {
  const byModel = new Map<string, RecordFile[]>();
  for (const [path, { blob, mode }] of files) {
    const at = parsePath(path);
    if (mode !== PLAIN || at === undefined || !("model" in at)) continue;
    const ofModel = byModel.get(at.model) ?? [];
    ofModel.push({ at, blob });
    byModel.set(at.model, ofModel);
  }
  return byModel;
}

const PLAIN = "100644";

async function contentOf(objects: GitObjects, blob: string): Promise<Buffer> {
  return (await objects.read(blob, MAX_RECORD_BYTES))?.content ?? Buffer.alloc(0);
}

async function readModel(
  objects: GitObjects,
  model: string,
  files: readonly RecordFile[],
  tip: string,
): Promise<ModelRecords> {
  const all: Held<ModelPath["kind"]>[] = [];
  for (const { at, blob } of files) {
    const content = await contentOf(objects, blob);
    const record = recordOr(at.kind, content, formatPath(at), tip);
    if (record !== undefined)
      all.push({ kind: at.kind, at, record, blob, digest: sha256(content) } as Held<ModelPath["kind"]>);
  }
  return modelRecords(model, all);
}

async function readLedgers(objects: GitObjects, history: BranchHistory, tip: string): Promise<HeldInLedger[]> {
  const held: HeldInLedger[] = [];
  for (const [path, { blob, mode }] of history.files) {
    const at = parsePath(path);
    if (mode !== PLAIN || at === undefined || !("test" in at)) continue;
    const record = recordOr(at.kind, await contentOf(objects, blob), path, tip);
    if (record !== undefined)
      held.push({ kind: at.kind, at, record, commit: history.addedIn.get(path) } as HeldInLedger);
  }
  return held;
}

/** What does not parse was found where its commit was looked at. */
function recordOr<Kind extends RecordKind>(kind: Kind, content: Buffer, path: string, tip: string) {
  try {
    return parseRecord(kind, content, path, tip);
  } catch (error) {
    if (!(error instanceof SlipwayError)) throw error;
    return undefined;
  }
}

function tagsOwed(records: ModelRecords, addedIn: ReadonlyMap<string, string>): OwedTag[] {
  return records.all.flatMap(({ kind, at, record, digest }) => {
    const by = addedIn.get(formatPath(at));
    if (by === undefined || !isTagged(kind)) return [];
    return tagsFollowing(kind, record as RecordOf<typeof kind>).flatMap((tag) => {
      const on = addedIn.get(formatPath({ kind: "version", ...tag.on }));
      return on === undefined ? [] : [{ ...composeTag(tag, on, digest), on, by }];
    });
  });
}
