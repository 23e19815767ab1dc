import { setTimeout as sleep } from "node:timers/promises";
import { SlipwayError } from "../errors.ts";
import type { GitObjects } from "../git/objects.ts";
import type { Repository } from "../git/repository.ts";
import { gitEnvironment, runGit } from "../git/run.ts";
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
  const tracking = `refs/remotes/${remote}/registry`;
  const words = await fetchRefs(repository, remote, [`+${REGISTRY_REF}:${tracking}`]);
  if (words === undefined) return (await objects.read(`${tracking}^{commit}`))?.id;
  if (/couldn't find remote ref/.test(words)) return undefined;
  throw remoteFailed(remote, words);
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
  const refused = await push(repository, [
    `--force-with-lease=${REGISTRY_REF}:${parent ?? ""}`,
    remote,
    `${composed.commit}:${REGISTRY_REF}`,
    ...composed.tags.map(tagRefspec),
  ]);
  if (refused === undefined) return composed.commit;
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
  const models = new Set([...added.map(({ model }) => model), ...following.map(({ on }) => on.model)]);
  const patterns = [...models].flatMap((model) => [`${model}@*`, `${model}#*`]);
  if (patterns.length > 0) await fetchTags(repository, remote, patterns);
  const missing = await writeMissingTags(repository, objects, tip, added, tagRefs);
  if (missing.length === 0) return;
  const refused = await push(repository, [remote, ...missing.map(tagRefspec)]);
  if (refused !== undefined) throw tagRefusal(refused, missing) ?? remoteFailed(remote, refused.words);
}

interface Refused {
  /** By ref of the remote. */
  reasons: Map<string, string>;
  words: string;
}

async function push(repository: Repository, args: readonly string[]): Promise<Refused | undefined> {
  // The user's own hooks and push settings are about their branches.
  const options = ["--atomic", "--porcelain", "--no-verify", "--no-follow-tags", "--recurse-submodules=no"];
  const { failed, stdout, words } = await run(repository, ["push", ...options, ...args]);
  if (!failed) return undefined;
  const reasons = [...stdout.matchAll(/^!\t[^\t]*:([^\t]+)\t(.*)$/gm)].map(([, ref = "", why = ""]) => [ref, why]);
  return { reasons: new Map(reasons as [string, string][]), words: `${words}\n${stdout}`.trim() };
}

async function fetchRefs(repository: Repository, remote: string, args: readonly string[]): Promise<string | undefined> {
  const options = ["--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--no-auto-maintenance"];
  const [flags, refspecs] = [args.filter((arg) => arg.startsWith("--")), args.filter((arg) => !arg.startsWith("--"))];
  for (let attempt = 1; ; attempt += 1) {
    const { failed, words } = await run(repository, ["fetch", ...options, ...flags, remote, ...refspecs]);
    if (!failed) return undefined;
    // Two fetches into one clone meet at the tracking ref's lock.
    if (attempt === 5 || !/cannot lock ref|unable to update local ref/.test(words)) return words;
    await sleep(Math.random() * 100 * attempt);
  }
}

async function run({ folder, remoteEnvironment }: Repository, args: readonly string[]) {
  const env = (await remoteEnvironment?.()) ?? {};
  const { code, stdout, words } = await runGit(folder, [...(await sshWithoutPrompts(folder)), ...args], { env });
  return { failed: code !== 0, stdout: stdout.toString(), words: words.trim().slice(-2000) };
}

/** GIT_TERMINAL_PROMPT keeps Git from asking; ssh asks by itself, unless it is told not to. */
async function sshWithoutPrompts(folder: string): Promise<string[]> {
  const env = gitEnvironment();
  if (env["GIT_SSH_COMMAND"] !== undefined || env["GIT_SSH"] !== undefined) return [];
  const own = await runGit(folder, ["config", "core.sshCommand"]);
  return own.code === 0 ? [] : ["-c", "core.sshCommand=ssh -o BatchMode=yes"];
}

function tagRefspec({ name, object }: ComposedTag): string {
  return `${object.id}:refs/tags/${name}`;
}

function tagRefusal({ reasons }: Refused, tags: readonly ComposedTag[]): SlipwayError | undefined {
  const taken = tags.find(({ name }) => /already exists|conflict/.test(reasons.get(`refs/tags/${name}`) ?? ""));
  return taken && refusedTag(taken.name, reasons.get(`refs/tags/${taken.name}`) ?? "");
}

function remoteFailed(remote: string, words: string): SlipwayError {
  return new SlipwayError("REMOTE_FAILED", `The remote ${remote} could not be reached, or refused.`, {
    found: words,
    hint: `Check \`git remote -v\` and your access with \`git ls-remote ${remote}\`, then run the same command again.`,
  });
}
