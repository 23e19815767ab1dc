import { SlipwayError } from "../../core/errors.ts";
import { trackingRef } from "../../core/git/remote.ts";
import { runGit } from "../../core/git/run.ts";
import { REGISTRY_REF } from "../../core/registry/paths.ts";
import type { RegistrySnapshot } from "../../core/registry/registry.ts";
import { readSnapshot } from "../../core/registry/snapshot.ts";
import type { CommitId } from "../../schemas/names.ts";
import type { EventContext } from "../github/event-context.ts";
import { repositoryCache } from "./repository-cache.ts";

type InMirror = Pick<EventContext, "ports" | "repository">;

/** The default branch's tip, as last refreshed. Rejects with NO_COMMIT if the mirror has none. */
export async function defaultTip({ ports, repository }: InMirror): Promise<CommitId> {
  const tip = await commitAt(ports, tracked(ports, `refs/heads/${repository.defaultBranch}`));
  if (tip !== undefined) return tip;
  throw new SlipwayError("NO_COMMIT", `${repository.defaultBranch} has no commit here`, {
    hint: "push a first commit to the default branch",
  });
}

/** A pull request's head, as last refreshed. */
export function pullHead({ ports }: Pick<EventContext, "ports">, number: number): Promise<CommitId | undefined> {
  return commitAt(ports, `refs/pull/${number}/head`);
}

/** The registry, as last refreshed: reading it fetches nothing. */
export async function registryOf({ ports }: Pick<EventContext, "ports">): Promise<RegistrySnapshot> {
  return readSnapshot(ports.objects, await commitAt(ports, tracked(ports, REGISTRY_REF)));
}

/** Of two commits: what they share stays what it is. */
const basesOf = repositoryCache<string, CommitId | "none">();

/** The last commit that two commits have in common in their histories; undefined if there is none. */
export async function mergeBase(
  context: Pick<EventContext, "ports">,
  a: CommitId,
  b: CommitId,
): Promise<CommitId | undefined> {
  const bases = basesOf(context);
  const key = `${a} ${b}`;
  const base = bases.get(key) ?? (await askForBase(context, a, b));
  bases.set(key, base);
  return base === "none" ? undefined : base;
}

async function askForBase(
  { ports }: Pick<EventContext, "ports">,
  a: CommitId,
  b: CommitId,
): Promise<CommitId | "none"> {
  const { code, stdout, words } = await runGit(ports.workspace.folder, ["merge-base", a, b]);
  if (code === 0) return stdout.toString().trim();
  if (code === 1) return "none";
  throw new SlipwayError("GIT_FAILED", `git merge-base failed: ${words.trim().slice(-500)}`);
}

/** Whether `commit` is in the history of `tip`; false if the mirror does not have it. */
export async function isInHistory(
  { ports }: Pick<EventContext, "ports">,
  commit: CommitId,
  tip: CommitId,
): Promise<boolean> {
  const { code } = await runGit(ports.workspace.folder, ["merge-base", "--is-ancestor", commit, tip]);
  return code === 0;
}

/**
 * Whether `commit` is on the first-parent line of `tip`: a branch was there by itself. What is only in its history may be a
 * merged branch's inner commit.
 */
export async function isOnFirstParentLine(
  { ports }: Pick<EventContext, "ports">,
  commit: CommitId,
  tip: CommitId,
): Promise<boolean> {
  if (commit === tip) return true;
  const since = ["rev-list", "--first-parent", "--parents", `${commit}..${tip}`];
  const { code, stdout } = await runGit(ports.workspace.folder, since);
  const [, parent] = stdout.toString().trim().split("\n").at(-1)?.split(" ") ?? [];
  return code === 0 && parent === commit;
}

async function commitAt({ objects }: EventContext["ports"], ref: string): Promise<CommitId | undefined> {
  return (await objects.read(`${ref}^{commit}`))?.id;
}

/** A port without a remote is the repository itself. */
function tracked({ remote }: EventContext["ports"], branch: string): string {
  return remote === undefined ? branch : trackingRef(remote, branch);
}
