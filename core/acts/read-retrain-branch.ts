import type { CommitId, Sha256, Timestamp } from "../../schemas/names.ts";
import { sha256 } from "../canonical.ts";
import type { RetrainStanding } from "../drift/decide-retrain.ts";
import { parseCommit } from "../git/commit-object.ts";
import { present } from "../git/compose-commit.ts";
import type { GitObjects } from "../git/objects.ts";
import { git } from "../git/run.ts";
import { isAncestor } from "../registry/high-water-mark.ts";
import { changedPaths } from "../source/changes.ts";
import { parseRetrainMessage } from "./retrain-message.ts";

/** A branch that has more of its own is somebody's, and not looked through. */
const MOST_COMMITS = 50;
const MOST_LOCK = 16 * 1024 * 1024;

/** The place of a model's pins, and where the default branch stands. */
export interface RetrainPlace {
  model: string;
  /** data.lock.json beside its spec. */
  file: string;
  /** The default branch's tip. */
  base: CommitId;
}

/**
 * What is on a retrain branch at `tip`. Slipway's own is a commit that says so, changes data.lock.json alone, and has the pins
 * that it names: a person who amends it has made it theirs. What was merged, also squashed or rebased, counts as none.
 */
export async function readRetrainBranch(
  objects: GitObjects,
  { model, file, base }: RetrainPlace,
  tip: CommitId | undefined,
): Promise<RetrainStanding["branch"]> {
  const { folder } = objects;
  if (tip === undefined || (await isAncestor(folder, tip, base))) return { is: "none" };
  const { pins, at } = await saysOf(objects, tip);
  const about = { pins, at };
  const listed = await git(folder, ["rev-list", `--max-count=${MOST_COMMITS + 1}`, tip, `^${base}`, "--"]);
  const commits = listed.toString().trim().split("\n");
  if (commits.length > MOST_COMMITS) return { is: "edited", ...about };
  for (const commit of commits) if (!(await isOwn(objects, { model, file, commit }))) return { is: "edited", ...about };
  if (pins === undefined) return { is: "begun", ...about };
  return pins === (await lockAt(objects, base, file)) ? { is: "none" } : { is: "own", ...about };
}

async function saysOf(
  objects: GitObjects,
  commit: CommitId,
): Promise<{ model: string | undefined; pins: Sha256 | undefined; at: Timestamp; parents: string[] }> {
  const { message, committed, parents } = parseCommit((await present(objects, commit)).content);
  const said = parseRetrainMessage(message);
  return { model: said?.model, pins: said?.pins, at: new Date(committed * 1000).toISOString(), parents };
}

async function isOwn(
  objects: GitObjects,
  { model, file, commit }: { model: string; file: string; commit: CommitId },
): Promise<boolean> {
  const said = await saysOf(objects, commit);
  const [parent, ...more] = said.parents;
  if (said.model !== model || parent === undefined || more.length > 0) return false;
  const changed = await changedPaths(objects.folder, parent, commit);
  if (said.pins === undefined) return changed.length === 0;
  return changed.every((path) => path === file) && (await lockAt(objects, commit, file)) === said.pins;
}

/** The digest of data.lock.json as a commit has it. */
export async function lockAt(objects: GitObjects, commit: CommitId, file: string): Promise<Sha256 | undefined> {
  const found = await objects.read(`${commit}:${file}`, MOST_LOCK);
  return found?.type === "blob" ? sha256(found.content) : undefined;
}

/** When the pins that a commit has were committed; undefined if it has none. */
export async function pinnedAt(
  objects: GitObjects,
  { base, file }: Pick<RetrainPlace, "base" | "file">,
): Promise<Timestamp | undefined> {
  const asked = ["log", "-1", "--first-parent", "--format=%ct", base, "--", `:(literal,top)${file}`];
  const seconds = (await git(objects.folder, asked)).toString().trim();
  return seconds === "" ? undefined : new Date(Number(seconds) * 1000).toISOString();
}

/** Whether a work tree of this repository has the branch checked out: moving it would change what its files are compared with. */
export async function isCheckedOut({ folder }: GitObjects, branch: string): Promise<boolean> {
  const asked = await git(folder, ["for-each-ref", "--format=%(worktreepath)", `refs/heads/${branch}`]);
  return asked.toString().trim() !== "";
}
