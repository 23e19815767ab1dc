import type { BlobId, CommitId } from "../../schemas/names.ts";
import { type Projection, parseDeployMessage } from "../deploy/message.ts";
import { RENDERER } from "../deploy/render.ts";
import { SlipwayError } from "../errors.ts";
import { parseCommit } from "../git/commit-object.ts";
import { present } from "../git/compose-commit.ts";
import type { GitObjects } from "../git/objects.ts";
import { git } from "../git/run.ts";
import { openSharedBranch } from "../git/shared-branch.ts";
import type { Finding } from "../registry/finding.ts";
import { isAncestor } from "../registry/high-water-mark.ts";
import { readSnapshot } from "../registry/snapshot.ts";
import { loadPolicy } from "../spec/project.ts";
import { checkDeploy, differences, filesBelow, foldersOf, renderAll } from "./check-deploy.ts";
import { DEPLOY_REF, type DeployPorts, NO_POLICY } from "./deploy.ts";
import { keptFiles } from "./kept-files.ts";
import { METRIC_RULES, refuseProblems } from "./project.ts";

const HINT =
  "See who wrote it with `git log deploy`. The files follow from the registry: set the branch back to Slipway's last good commit, then `slipway deploy`.";

/**
 * Whether the branch `deploy` is what it says: Slipway's commits alone, each of a newer commit of the registry, the newest one
 * with exactly the files that its registry and policy come to, and nothing that the registry asks for missing. What was found in
 * the registry already (`faulty`) may keep it from being read. Rejects with REMOTE_FAILED.
 */
export async function verifyDeploy(ports: DeployPorts, faulty: boolean): Promise<Finding[]> {
  try {
    return await findingsOf(ports);
  } catch (error) {
    if (!(error instanceof SlipwayError) || error.code === "REMOTE_FAILED") throw error;
    if (faulty) return [];
    const { code, message } = error;
    return [{ code: "DEPLOY_WRONG", message: `${code}: ${message}`, ref: DEPLOY_REF, hint: HINT }];
  }
}

async function findingsOf(ports: DeployPorts): Promise<Finding[]> {
  const { objects, remote } = ports;
  const branch = openSharedBranch(objects, remote, DEPLOY_REF);
  await branch.refresh();
  const tip = await branch.tip();
  if (tip !== undefined) {
    const found = await verifyHistory(ports, tip);
    if (found.length > 0) return found;
    const differing = await verifyTip(objects, tip);
    if (differing.length > 0) return differing;
  }
  const [first] = (await checkDeploy(ports))?.differences ?? [];
  return first === undefined ? [] : [behind(first.path, tip)];
}

/** The commits from the oldest on. */
async function verifyHistory({ objects, registry }: DeployPorts, tip: CommitId): Promise<Finding[]> {
  const listed = await git(objects.folder, ["rev-list", "--reverse", "--first-parent", "--parents", tip]);
  let before: Projection | undefined;
  for (const line of listed.toString().split("\n").filter(Boolean)) {
    const [commit = "", ...parents] = line.split(" ");
    const projection = parseDeployMessage(parseCommit((await present(objects, commit)).content).message);
    if (projection === undefined || parents.length > 1)
      return [wrong("Somebody else wrote the branch deploy", commit, "Slipway's commits alone", "another commit")];
    const inOrder =
      before === undefined ||
      before.registry === projection.registry ||
      (await isAncestor(objects.folder, before.registry, projection.registry));
    if (!inOrder)
      return [
        wrong(
          "The branch deploy went back in the registry",
          commit,
          `a commit after ${before?.registry}`,
          projection.registry,
        ),
      ];
    before = projection;
  }
  const { commit: newest } = await registry.snapshot();
  if (before === undefined || newest === undefined || (await isAncestor(objects.folder, before.registry, newest)))
    return [];
  return [
    wrong(
      "The branch deploy follows from no commit of the registry",
      tip,
      `a commit before ${newest}`,
      before.registry,
    ),
  ];
}

/** The newest commit's files, rendered again. Those of another renderer are not known here. */
async function verifyTip(objects: GitObjects, tip: CommitId): Promise<Finding[]> {
  const projection = parseDeployMessage(parseCommit((await present(objects, tip)).content).message);
  if (projection === undefined || projection.renderer !== RENDERER) return [];
  const targets = await targetsOf(objects, projection.policy);
  if (targets === undefined) return [];
  const there = await filesBelow(objects, tip);
  const snapshot = await readSnapshot(objects, projection.registry);
  const whole = await renderAll(snapshot, { targets }, (folder) => foldersOf(there).has(folder));
  return differences(whole, there).map(({ path, is }) => ({
    code: "DEPLOY_WRONG",
    message: `The branch deploy is not what its registry and policy come to: ${path} is ${is}.`,
    path,
    commit: tip,
    ref: DEPLOY_REF,
    hint: HINT,
  }));
}

/** What a policy says of stages; undefined where its bytes are not here, as in a clone without the history. */
async function targetsOf(objects: GitObjects, policy: BlobId) {
  if (policy === NO_POLICY) return {};
  const object = await objects.read(policy);
  if (object === undefined) return undefined;
  const files = await keptFiles({ blob: policy }, async () => object.content);
  const read = await loadPolicy(files, METRIC_RULES);
  refuseProblems(read.problems);
  return read.policy.deploy ?? {};
}

function wrong(message: string, commit: CommitId, expected: string, found: string): Finding {
  return { code: "DEPLOY_WRONG", message: `${message}.`, expected, found, commit, ref: DEPLOY_REF, hint: HINT };
}

function behind(path: string, commit: CommitId | undefined): Finding {
  return {
    code: "DEPLOY_BEHIND",
    message: `The branch deploy does not describe yet what the registry holds: ${path}.`,
    path,
    ref: DEPLOY_REF,
    ...(commit === undefined ? {} : { commit }),
    hint: "A writer was interrupted, or slipway.yaml changed: the next decision writes it, and `slipway deploy` does.",
  };
}
