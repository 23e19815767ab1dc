import type { CommitId, Timestamp } from "../../schemas/names.ts";
import { timestamp } from "../clock.ts";
import { parseCommit } from "../git/commit-object.ts";
import type { GitObjects } from "../git/objects.ts";

/** As records keep it; undefined where Git cannot read the commit, or no calendar has its time. */
export async function commitDate(
  { objects }: { objects: Pick<GitObjects, "read"> },
  commit: CommitId,
): Promise<Timestamp | undefined> {
  const content = (await objects.read(commit))?.content;
  const date = new Date(content === undefined ? Number.NaN : parseCommit(content).committed * 1_000);
  return Number.isNaN(date.getTime()) ? undefined : timestamp(date);
}
