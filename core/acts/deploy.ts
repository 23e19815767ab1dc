import type { DeployProblem } from "../../schemas/deploy.ts";
import type { BlobId, CommitId, ModelName } from "../../schemas/names.ts";
import { formatDeployMessage, type Projection, parseDeployMessage } from "../deploy/message.ts";
import { RENDERER } from "../deploy/render.ts";
import { SlipwayError } from "../errors.ts";
import { parseCommit } from "../git/commit-object.ts";
import { composeCommit, present } from "../git/compose-commit.ts";
import { encodeBlob } from "../git/encode.ts";
import type { GitObjects } from "../git/objects.ts";
import { openSharedBranch } from "../git/shared-branch.ts";
import { writeObjects } from "../git/write.ts";
import { isAncestor } from "../registry/high-water-mark.ts";
import { parsePathOf } from "../registry/paths.ts";
import type { RegistrySnapshot } from "../registry/registry.ts";
import { changedPaths } from "../source/changes.ts";
import { POLICY_PATH } from "../spec/project.ts";
import { decidingBranch } from "./binding.ts";
import { type Asked, editDeploy } from "./edit-deploy.ts";
import { readPolicy } from "./policy.ts";
import type { Ports } from "./ports.ts";

/** The branch that describes what is to run: it follows from the registry and the policy. */
export const DEPLOY_REF = "refs/heads/deploy";

export type DeployPorts = Pick<Ports, "objects" | "registry" | "workspace" | "remote">;

export type Deployed =
  /** The policy describes no stage, and never did. */
  | { outcome: "off" }
  /** `problems`: folders that stay as they were, since what the registry asks for cannot be rendered or must not be believed. */
  | { outcome: "written" | "unchanged"; commit: CommitId | undefined; problems: DeployProblem[] };

/**
 * Brings the branch `deploy` up to the registry as it stands: one commit, by a compare-and-swap of its own. It only moves to
 * newer commits of the registry; whoever writes next completes what an interrupted writer left out. Rejects with
 * DEPLOY_CONFLICT where somebody else wrote the branch, and as `SharedBranch.advance` and `readPolicy` do. `tip` is the default
 * branch's newest commit, where that is known.
 */
export async function deploy(ports: DeployPorts, known: { tip?: CommitId | undefined } = {}): Promise<Deployed> {
  const { objects, remote } = ports;
  const branch = openSharedBranch(objects, remote, DEPLOY_REF);
  const asked = await askedAt(ports, known.tip ?? (await decidingBranch(ports)).commit);
  if (asked === undefined && (await branch.tip()) === undefined) return { outcome: "off" };
  let problems: DeployProblem[] = [];
  let written: CommitId | undefined;
  const commit = await branch.advance(async (tip) => {
    problems = [];
    written = undefined;
    const snapshot = await ports.registry.snapshot();
    const next = await nextCommit(ports, snapshot, asked ?? NOTHING, tip, problems);
    if (next === undefined) return undefined;
    await writeObjects(objects.repository.objectFolder, next.objects);
    written = next.commit;
    return written;
  });
  return { outcome: commit !== undefined && commit === written ? "written" : "unchanged", commit, problems };
}

/**
 * After an act: what the branch `deploy` lacks. The act stands whatever comes of this: `deployProblem` says it then, and the next
 * act tries again.
 */
export async function completeDeploy(ports: DeployPorts, tip?: CommitId): Promise<void> {
  try {
    // Who edits without a look at the default branch need not look for this alone, where nothing was ever deployed so.
    const isThere = async () => (await openSharedBranch(ports.objects, ports.remote, DEPLOY_REF).tip()) !== undefined;
    if (tip !== undefined || (await isThere())) await deploy(ports, { tip });
  } catch (error) {
    if (!(error instanceof SlipwayError)) throw error;
  }
}

/** Git's id of no bytes: what a commit names where the policy describes no stage any more. */
export const NO_POLICY: BlobId = encodeBlob("").id;
const NOTHING: Asked = { targets: {}, signers: [], policy: NO_POLICY };

/** What the policy asks for at a commit of the default branch; undefined where it describes no stage. */
export async function askedAt({ objects }: Pick<Ports, "objects">, tip: CommitId): Promise<Asked | undefined> {
  const file = await objects.read(`${tip}:${POLICY_PATH}`);
  // Most repositories deploy nothing by this branch: each act of theirs need not read YAML for it.
  if (file === undefined || !file.content.includes("deploy")) return undefined;
  const { deploy: targets = {}, signers = [] } = await readPolicy({ objects }, tip);
  return Object.keys(targets).length === 0 ? undefined : { targets, signers, policy: file.id };
}

/** The commit that follows on the branch's tip; undefined where nothing does. */
async function nextCommit(
  ports: DeployPorts,
  snapshot: RegistrySnapshot,
  asked: Asked,
  tip: CommitId | undefined,
  problems: DeployProblem[],
) {
  const { objects } = ports;
  if (snapshot.commit === undefined) return undefined;
  const next: Projection = { registry: snapshot.commit, policy: asked.policy, renderer: RENDERER };
  const last = tip === undefined ? undefined : await projectionAt(objects, tip);
  if (last !== undefined && !(await follows(objects, next, last))) return undefined;
  const changed = await changedModels(objects, snapshot, next, last);
  const edit = await editDeploy(ports, snapshot, asked, tip, changed, problems);
  if (edit.files.length + edit.removed.length === 0) return undefined;
  const { author, committed } = parseCommit((await present(objects, snapshot.commit)).content);
  const [, name = "", id = ""] = /^(.*) <([^<>]*)> /.exec(author) ?? [];
  return composeCommit(objects, {
    ...{ parent: tip, files: edit.files, removed: edit.removed },
    author: { name, id },
    // Whoever completes it writes the same bytes.
    at: new Date(committed * 1000).toISOString(),
    message: formatDeployMessage(edit.changes, next),
  });
}

/** What the tip follows from. Rejects with DEPLOY_CONFLICT where Slipway did not write it. */
export async function projectionAt(objects: GitObjects, tip: CommitId): Promise<Projection> {
  const projection = parseDeployMessage(parseCommit((await present(objects, tip)).content).message);
  if (projection !== undefined) return projection;
  throw new SlipwayError("DEPLOY_CONFLICT", `Somebody else wrote the branch deploy: commit ${tip.slice(0, 10)}`, {
    expected: "Slipway's commits alone, with Registry: and Renderer:",
    found: `commit ${tip}`,
    hint: "Set the branch back to Slipway's last commit, or rename it if it is your own; then `slipway deploy`.",
  });
}

/** Whether `next` is newer than what is there. Rejects with DEPLOY_CONFLICT where the two cannot be put in order. */
async function follows(objects: GitObjects, next: Projection, last: Projection): Promise<boolean> {
  if (last.renderer > next.renderer)
    throw new SlipwayError("DEPLOY_CONFLICT", "A newer slipway wrote the branch deploy", {
      expected: `renderer ${next.renderer}`,
      found: `renderer ${last.renderer}`,
      hint: "Upgrade slipway here: an older one would undo what the newer one describes.",
    });
  if (last.registry === next.registry) return last.policy !== next.policy || last.renderer !== next.renderer;
  if (await isAncestor(objects.folder, last.registry, next.registry)) return true;
  if (await isAncestor(objects.folder, next.registry, last.registry)) return false;
  throw new SlipwayError("DEPLOY_CONFLICT", "The branch deploy follows from a commit that the registry does not have", {
    expected: `a commit before ${next.registry}`,
    found: last.registry,
    hint: "See who wrote it with `git log deploy`, set the branch back to a commit whose Registry: is there, then `slipway deploy`.",
  });
}

/** The models whose files may differ; undefined for all of them. */
async function changedModels(
  { repository }: GitObjects,
  snapshot: RegistrySnapshot,
  next: Projection,
  last: Projection | undefined,
): Promise<readonly ModelName[] | undefined> {
  if (last === undefined || last.policy !== next.policy || last.renderer !== next.renderer) return undefined;
  const paths = await changedPaths(repository.folder, last.registry, snapshot.commit);
  return [...new Set(paths.flatMap((path) => parsePathOf("model", path)?.model ?? []))].sort();
}
