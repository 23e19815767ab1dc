import type { SlipwayError } from "../errors.ts";
import type { GitObjects } from "../git/objects.ts";
import { fetchBranch, fetchRefs, pushRefs, type RefusedPush, remoteFailed, trackingRef } from "../git/remote.ts";
import type { Repository } from "../git/repository.ts";
import { runGit } from "../git/run.ts";
import { writeObjects } from "../git/write.ts";
import { type ComposedTag, composeChange, recordsAddedBy } from "./compose.ts";
import { writeMissingTags } from "./missing-tags.ts";
import { REGISTRY_REF } from "./paths.ts";
import { moved, refusedTag } from "./refusals.ts";
import type { RegistryChange, RegistryTag } from "./registry.ts";

/** Where the remote's tags are kept: apart from the repository's own, so that neither hides the other. */
export function remoteTagRefs(remote: string): string {
  return `refs/slipway/${remote}/tags/`;
}

/** Fetches the remote's branch, and it alone; undefined where the remote has none. */
export async function remoteTip(repository: Repository, objects: GitObjects, remote: string) {
  const tracking = await fetchBranch(repository, remote, REGISTRY_REF);
  return tracking && (await objects.read(`${tracking}^{commit}`))?.id;
}

/** Brings `remoteTagRefs` up to date for the tags that match (`*` for all). */
export async function fetchTags(repository: Repository, remote: string, patterns: readonly string[]): Promise<void> {
  const refspecs = patterns.map((pattern) => `+refs/tags/${pattern}:${remoteTagRefs(remote)}${pattern}`);
  const words = await fetchRefs(repository, remote, ["--prune", ...refspecs]);
  if (words !== undefined) throw remoteFailed(remote, words);
}

/** `Registry.publish` by one push: all refs or none, and only while the branch is where it was. */
export async function publishToRemote(
  repository: Repository,
  objects: GitObjects,
  remote: string,
  change: RegistryChange,
  parent: string | undefined,
): Promise<string> {
  const tagRefs = remoteTagRefs(remote);
  if (parent !== undefined) await completeTags(repository, objects, remote, change.tags, parent);
  const composed = await composeChange(objects, change, parent, tagRefs);
  await writeObjects(repository.objectFolder, composed.objects);
  // The commit's parent is what the lease asks for: no push of ours can rewrite history.
  const branch = { ref: REGISTRY_REF, to: composed.commit, from: parent };
  const refused = await pushRefs(repository, remote, [branch, ...composed.tags.map(tagUpdate)]);
  if (refused === undefined) {
    // A mirror may have no refspec by which Git would do this. It is done already: where this fails, the next fetch tells.
    await runGit(repository.folder, ["update-ref", trackingRef(remote, REGISTRY_REF), composed.commit]);
    return composed.commit;
  }
  // Servers word a lost race in many ways, and a connection may break after the commit point: look again.
  const tip = await remoteTip(repository, objects, remote).catch(() => {
    throw remoteFailed(remote, refused.words);
  });
  if (tip === composed.commit) return composed.commit;
  if (tip !== parent || refused.words.includes(`cannot lock ref '${REGISTRY_REF}'`)) throw moved(parent);
  throw tagRefusal(refused, composed.tags) ?? remoteFailed(remote, refused.words);
}

/** `Registry.complete` on a remote. */
export async function completeOnRemote(repository: Repository, objects: GitObjects, remote: string): Promise<void> {
  const tip = await remoteTip(repository, objects, remote);
  if (tip !== undefined) await completeTags(repository, objects, remote, [], tip);
}

/** Pushes the tags that the newest commit still owes, on their own: only the newest commit can ever lack tags. */
async function completeTags(
  repository: Repository,
  objects: GitObjects,
  remote: string,
  following: readonly RegistryTag[],
  tip: string,
): Promise<void> {
  const tagRefs = remoteTagRefs(remote);
  const added = await recordsAddedBy(repository.folder, tip);
  const models = new Set([
    ...added.flatMap((record) => ("model" in record ? [record.model] : [])),
    ...following.map(({ on }) => on.model),
  ]);
  const patterns = [...models].flatMap((model) => [`${model}@*`, `${model}#*`]);
  if (patterns.length > 0) await fetchTags(repository, remote, patterns);
  const missing = await writeMissingTags(repository, objects, tip, added, tagRefs);
  if (missing.length === 0) return;
  const refused = await pushRefs(repository, remote, missing.map(tagUpdate));
  if (refused !== undefined) throw tagRefusal(refused, missing) ?? remoteFailed(remote, refused.words);
}

/** Without a lease: Git itself refuses to move a tag. */
function tagUpdate({ name, object }: ComposedTag) {
  return { ref: `refs/tags/${name}`, to: object.id };
}

function tagRefusal({ reasons }: RefusedPush, tags: readonly ComposedTag[]): SlipwayError | undefined {
  const taken = tags.find(({ name }) => /already exists|conflict/.test(reasons.get(`refs/tags/${name}`) ?? ""));
  return taken && refusedTag(taken.name, reasons.get(`refs/tags/${taken.name}`) ?? "");
}
