import { constants } from "node:fs";
import { lstat, open, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Sha256 } from "../../schemas/names.ts";
import { type PipelineStage, StageRecord, type StageRecordOf } from "../../schemas/stage-record.ts";
import { canonicalJson, sha256 } from "../canonical.ts";
import { SlipwayError } from "../errors.ts";
import { openFolderStore } from "../stores/file/folder.ts";
import { listFolder } from "../stores/listing.ts";
import type { ArtifactStore } from "../stores/store.ts";

const RECORD = "record.json";
const STORE = "store";
const MAX_RECORD_BYTES = 64 * 1024 * 1024;

/** What a stage handed over: a folder with a record, which names each of its files by digest. */
export interface Bundle<Stage extends PipelineStage> {
  record: StageRecordOf<Stage>;
  /** The record's, where the bundle came from another job. */
  sha256?: Sha256 | undefined;
  /** The bundle's own files. Checks every digest on the way out, as `kept` does. */
  store: ArtifactStore;
  /** Holds what is kept of the run: model, predictions, profile. The durable store where that is at hand, or the bundle's own. */
  kept: ArtifactStore;
}

/** What a stage takes: a bundle of this process, or one of another job. */
export type Handed<Stage extends PipelineStage> = Bundle<Stage> | BundleAt;

/** Where another job's bundle lies, and the digest of its record as it came by another way: GitHub's side attests it. */
export interface BundleAt {
  folder: string;
  sha256: Sha256;
  /** Brings the folder here, where it is not yet. */
  bring?(): Promise<void>;
}

/** The store of a bundle that is being made in `folder`; `uri` starts the URIs of what it holds. */
export function bundleStore(folder: string, uri: string): ArtifactStore {
  return openFolderStore(join(folder, STORE), uri, { scratch: true });
}

/** Makes a bundle ready to travel: writes its record, and resolves with the record's digest. */
export async function sealBundle(folder: string, record: StageRecord): Promise<Sha256> {
  const text = canonicalJson(StageRecord.parse(record));
  await writeFile(join(folder, RECORD), text);
  return sha256(text);
}

/**
 * Opens what a stage handed over. The folder is anybody's until its record has the digest; whatever else it holds counts
 * only where the record names it. Rejects with HANDOVER_CORRUPT, SYMLINK_REFUSED, UNSUPPORTED or OUTPUT_TOO_LARGE.
 */
export async function openBundle<Stage extends PipelineStage>(
  stage: Stage,
  model: string,
  { folder, sha256: expected, bring }: BundleAt,
): Promise<Bundle<Stage>> {
  await bring?.();
  if (!(await lstat(folder).catch(() => undefined))?.isDirectory()) throw corrupt(stage, "a folder", "none");
  await listFolder(folder);
  const content = await readRecord(stage, join(folder, RECORD));
  const found = sha256(content);
  if (found !== expected) throw corrupt(stage, `a record with sha256 ${expected}`, `one with ${found}`);
  const parsed = StageRecord.safeParse(parsedJson(content));
  if (!parsed.success) throw corrupt(stage, "a stage's record", "something else");
  const record = parsed.data;
  if (record.stage !== stage || record.model !== model) {
    throw corrupt(stage, `the record of ${stage} of ${model}`, `that of ${record.stage} of ${record.model}`);
  }
  const store = bundleStore(folder, "bundle:");
  return { record: record as StageRecordOf<Stage>, sha256: expected, store, kept: store };
}

async function readRecord(stage: PipelineStage, path: string): Promise<Buffer> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(() => {
    throw corrupt(stage, RECORD, "no such file");
  });
  try {
    const about = await file.stat();
    if (!about.isFile()) throw corrupt(stage, RECORD, "something that is no file");
    if (about.size > MAX_RECORD_BYTES) throw corrupt(stage, `at most ${MAX_RECORD_BYTES} bytes`, `${about.size}`);
    return await file.readFile();
  } finally {
    await file.close();
  }
}

function parsedJson(content: Buffer): unknown {
  try {
    return JSON.parse(content.toString("utf8"));
  } catch {
    return undefined;
  }
}

function corrupt(stage: PipelineStage, expected: string, found: string): SlipwayError {
  return new SlipwayError("HANDOVER_CORRUPT", `What the stage ${stage} handed over is not what it attested`, {
    expected,
    found,
    hint: "Run all jobs of the workflow again. If it happens again, something changes artifacts between the jobs.",
  });
}
