import type { CommitId, ModelName, Person, Timestamp } from "../../schemas/names.ts";
import { composeCommit } from "../git/compose-commit.ts";
import { encodeBlob } from "../git/encode.ts";
import type { GitObjects } from "../git/objects.ts";
import { openSharedBranch } from "../git/shared-branch.ts";
import { writeObjects } from "../git/write.ts";
import { changeOf, formatMessage } from "../registry/message.ts";
import { FILES_TRAILER, filesDigest } from "./files-trailer.ts";
import { MOST_RECORD_BYTES } from "./paths.ts";

/** The branch of what monitoring found: a record for each window of each version, aggregates alone. */
export const MONITORING_REF = "refs/heads/monitoring";

/** What a commit of the branch does. */
export interface MonitoringChange {
  files: readonly { path: string; content: string }[];
  removed?: readonly string[];
  act: "monitor" | "snooze" | "alarm";
  subject: string;
  /** The model that it is about, if it is about one. */
  model?: ModelName | undefined;
  by: Person;
  at: Timestamp;
  host: string;
  run?: string | undefined;
}

export interface Monitoring {
  /** The newest commit, as last refreshed, fetched or written. */
  tip(): Promise<CommitId | undefined>;
  /** Brings the branch here, where it is on a remote. Rejects with REMOTE_FAILED. Reading asks no remote. */
  refresh(): Promise<void>;
  /** The bytes of files, as last refreshed, fetched or written, in the order asked; undefined where there is none. */
  readMany(paths: readonly string[], maxBytes: number): Promise<(Buffer | undefined)[]>;
  /** The names in a folder; none where there is no such folder. */
  list(folder: string): Promise<string[]>;
  /**
   * Writes one commit on top of whatever is there: `change` is asked again where another writer was first, of the tip that is
   * there then, and answers undefined if nothing is to be written. Resolves to the newest commit, and whether it is this one.
   * Rejects with REMOTE_FAILED, REGISTRY_MOVED or NAME_TAKEN.
   */
  write(
    change: (tip: CommitId | undefined) => Promise<MonitoringChange | undefined>,
  ): Promise<{ commit: CommitId | undefined; isWritten: boolean }>;
}

/** The branch `monitoring` of a repository: its own, or with `remote` that remote's, as it is tracked here. */
export function openMonitoring(objects: GitObjects, remote: string | undefined): Monitoring {
  const branch = openSharedBranch(objects, remote, MONITORING_REF);
  return {
    tip: branch.tip,
    refresh: branch.refresh,
    async readMany(paths, maxBytes) {
      const tip = await branch.tip();
      if (tip === undefined) return paths.map(() => undefined);
      const found = await objects.readMany(
        paths.map((path) => `${tip}:${path}`),
        maxBytes,
      );
      return found.map((object) => (object?.type === "blob" ? object.content : undefined));
    },
    async list(folder) {
      return ((await objects.tree(`${branch.ref}:${folder}`)) ?? []).map(({ name }) => name);
    },
    async write(change) {
      let written: CommitId | undefined;
      const commit = await branch.advance(async (tip) => {
        written = undefined;
        const asked = await change(tip);
        if (asked === undefined) return undefined;
        const { act, subject, model, by, at, host, run } = asked;
        const { files, removed } = await changesOn(objects, tip, asked);
        if (files.length + removed.length === 0) return undefined;
        const { trailers } = changeOf({ act, subject, about: { Model: model, Run: run }, by, at, host }, []);
        const changed = [
          ...files.map(({ path, content }) => ({ path, blob: encodeBlob(content).id })),
          ...removed.map((path) => ({ path, blob: undefined })),
        ];
        const message = formatMessage({ subject, trailers: { ...trailers, [FILES_TRAILER]: filesDigest(changed) } });
        const composed = await composeCommit(objects, { parent: tip, files, removed, author: by, at, message });
        await writeObjects(objects.repository.objectFolder, composed.objects);
        written = composed.commit;
        return written;
      });
      return { commit, isWritten: commit !== undefined && commit === written };
    },
  };
}

/** What of a change the branch has not yet. */
async function changesOn(
  objects: GitObjects,
  tip: CommitId | undefined,
  { files, removed = [] }: MonitoringChange,
): Promise<{ files: MonitoringChange["files"]; removed: readonly string[] }> {
  if (tip === undefined) return { files, removed: [] };
  const paths = [...files.map(({ path }) => path), ...removed];
  const there = await objects.readMany(
    paths.map((path) => `${tip}:${path}`),
    MOST_RECORD_BYTES,
  );
  const ids = new Map(paths.map((path, index) => [path, there[index]?.id]));
  return {
    files: files.filter(({ path, content }) => ids.get(path) !== encodeBlob(content).id),
    removed: removed.filter((path) => ids.get(path) !== undefined),
  };
}
