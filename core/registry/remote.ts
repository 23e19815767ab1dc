import type { CommitId } from "../../schemas/names.ts";
import { BoundedMap } from "../bounded-map.ts";
import { SlipwayError } from "../errors.ts";
import { refuseBranchesBelow } from "../git/branches-below.ts";
import type { GitObjects } from "../git/objects.ts";
import { runOnOwnRefs } from "../git/own-refs.ts";
import { fetchBranch, fetchRefs, pushRefs, type RefusedPush, remoteFailed, trackingRef } from "../git/remote.ts";
import type { Repository } from "../git/repository.ts";
import { writeObjects } from "../git/write.ts";
import type { ComposedTag } from "./compose.ts";
import { highWaterMark, highWaterMarkRef, raiseHighWaterMark } from "./high-water-mark.ts";
import { lastAdded, tagsOwed, writeMissingTags } from "./missing-tags.ts";
import { REGISTRY_REF } from "./paths.ts";
import { moved, refusedTag } from "./refusals.ts";
import { objectsOf, type RegistryBackend, signedGroup, tagsOf, tipOf } from "./registry-backend.ts";
import type { Signing } from "./sign-tags.ts";
import { formatTag } from "./tags.ts";

/** How many versions' commits are kept in memory at most. */
const MAX_KNOWN = 10_000;
/** The tags of more models than this are fetched with all others. */
const MANY = 30;

/** Where the remote's tags are kept: apart from the repository's own, so that neither hides the other. */
export function remoteTagRefs(remote: string): string {
  return `refs/slipway/${remote}/tags/`;
}

/**
 * Fetches the remote's branch, and it alone; undefined where the remote has none. Rejects with REGISTRY_REWRITTEN where the
 * remote does not have what this clone has seen there.
 */
export async function remoteTip(repository: Repository, objects: GitObjects, remote: string) {
  try {
    return await fetchTip(repository, objects, remote);
  } catch (error) {
    if (!(error instanceof SlipwayError && error.code === "REGISTRY_REWRITTEN")) throw error;
    // Another process may have fetched into this clone, and written an older answer than ours after it.
    return fetchTip(repository, objects, remote);
  }
}

async function fetchTip(repository: Repository, objects: GitObjects, remote: string) {
  const known = await highWaterMark(objects, remote);
  const tracking = await fetchBranch(repository, remote, REGISTRY_REF);
  const tip = tracking && (await objects.read(`${tracking}^{commit}`))?.id;
  await raiseHighWaterMark(objects, remote, known, tip);
  return tip;
}

/** Brings `remoteTagRefs` up to date for the tags that match (`*` for all). */
export async function fetchTags(repository: Repository, remote: string, patterns: readonly string[]): Promise<void> {
  const refspecs = patterns.map((pattern) => `+refs/tags/${pattern}:${remoteTagRefs(remote)}${pattern}`);
  const words = await fetchRefs(repository, remote, ["--prune", ...refspecs]);
  if (words !== undefined) throw remoteFailed(remote, words);
}

/** A remote's branch and tags: fetched for every look, and written by push alone. */
export function remoteBackend(objects: GitObjects, remote: string, signing?: Signing): RegistryBackend {
  const { repository } = objects;
  const tagRefs = remoteTagRefs(remote);
  /** The newest commit that is known to have all its tags there. */
  let complete: CommitId | undefined;
  /** What this process published: its tags are there, and need not be fetched to find a version's commit. */
  const versions = new BoundedMap<string, CommitId>(MAX_KNOWN);
  const tip = () => remoteTip(repository, objects, remote);
  const refuseBelow = () => refuseBranchesBelow(repository, remote, REGISTRY_REF);

  /** By a push of its own, before anything is put on top: so only what was published last can ever lack tags. */
  async function completeTags(at: CommitId): Promise<void> {
    if (complete === at) return;
    const commits = await lastAdded(objects, at);
    const models = commits.flatMap(({ added }) => added.flatMap((record) => ("model" in record ? [record.model] : [])));
    let owed: ComposedTag[] | undefined;
    for (let attempt = 1; ; attempt += 1) {
      await fetchTagsOf(repository, remote, models);
      owed ??= await tagsOwed(objects, commits, tagRefs);
      const missing = await writeMissingTags(repository, objects, owed, tagRefs, signing);
      if (missing.length === 0) break;
      const refused = await pushRefs(repository, remote, missing.map(tagUpdate));
      if (refused === undefined) break;
      // Another writer may have completed them at the same time, with a key of its own.
      if (attempt === 2) throw tagRefusal(refused, missing) ?? remoteFailed(remote, refused.words);
    }
    complete = at;
  }

  return {
    tagRefs,
    tip,
    knownCommit: ({ model, version }) => versions.get(`${model}@${version}`),
    async bringTags(wanted) {
      const unknown = wanted.filter(({ model, version }) => versions.get(`${model}@${version}`) === undefined);
      const found = await objects.readMany(unknown.map((on) => tagRefs + formatTag({ kind: "version", ...on })));
      const models = unknown.filter((_, at) => found[at] === undefined).map(({ model }) => model);
      await fetchTagsOf(repository, remote, models);
    },
    async publish(drafted) {
      const group = await signedGroup(drafted, signing);
      const { parent, changes } = group;
      const written = writeObjects(repository.objectFolder, objectsOf(group));
      const [completed, stored] = await Promise.allSettled([parent ? completeTags(parent) : refuseBelow(), written]);
      if (completed.status === "rejected") throw completed.reason;
      if (stored.status === "rejected") throw stored.reason;
      const [next, tags] = [tipOf(group), tagsOf(group)];
      // The first commit's parent is what the lease asks for: no push of ours can rewrite history.
      const branch = { ref: REGISTRY_REF, to: next, from: parent };
      const refused = await pushRefs(repository, remote, [branch, ...tags.map(tagUpdate)]);
      if (refused !== undefined) {
        // Servers word a lost race in many ways, and a connection may break after the commit point: look again.
        const now = await tip().catch((error: SlipwayError) => {
          throw error.code === "REGISTRY_REWRITTEN" ? error : remoteFailed(remote, refused.words);
        });
        if (now === next) return;
        if (now !== parent || refused.words.includes(`cannot lock ref '${REGISTRY_REF}'`)) throw moved(parent);
        throw tagRefusal(refused, tags) ?? remoteFailed(remote, refused.words);
      }
      // A mirror may have no refspec by which Git would do this. It is done already: where this fails, the next fetch tells.
      const branches = [trackingRef(remote, REGISTRY_REF), highWaterMarkRef(remote)].map((ref) => ({ ref, to: next }));
      const ours = tags.map(({ name, object }) => ({ ref: tagRefs + name, to: object.id }));
      const seen = [...branches, ...ours].map(({ ref, to }) => `update ${ref} ${to}\n`);
      await runOnOwnRefs(repository, ["update-ref", "--stdin"], { input: seen.join("") });
      complete = next;
      for (const { commit, adds } of changes) for (const version of adds) versions.set(version, commit);
    },
    async complete() {
      const at = await tip();
      await (at === undefined ? refuseBelow() : completeTags(at));
    },
  };
}

/** The same, for the tags of these models. */
export function fetchTagsOf(repository: Repository, remote: string, models: readonly string[]): Promise<void> {
  const asked = [...new Set(models)];
  if (asked.length === 0) return Promise.resolve();
  // Git holds every tag against every pattern.
  const patterns = asked.length > MANY ? ["*"] : asked.flatMap((model) => [`${model}@*`, `${model}#*`]);
  return fetchTags(repository, remote, patterns);
}

/** Without a lease: Git itself refuses to move a tag. */
function tagUpdate({ name, object }: ComposedTag) {
  return { ref: `refs/tags/${name}`, to: object.id };
}

function tagRefusal({ reasons }: RefusedPush, tags: readonly ComposedTag[]): SlipwayError | undefined {
  const taken = tags.find(({ name }) => /already exists|conflict/.test(reasons.get(`refs/tags/${name}`) ?? ""));
  return taken && refusedTag(taken.name, reasons.get(`refs/tags/${taken.name}`) ?? "");
}
