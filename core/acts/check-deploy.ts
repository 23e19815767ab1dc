import { dirname } from "node:path/posix";
import type { Refusal } from "../../schemas/decision.ts";
import type { DeployProblem } from "../../schemas/deploy.ts";
import type { BlobId, CommitId, ModelName, StageName } from "../../schemas/names.ts";
import { deployFolder, versionName } from "../deploy/names.ts";
import { README, renderStage } from "../deploy/render.ts";
import { SlipwayError } from "../errors.ts";
import { encodeBlob } from "../git/encode.ts";
import type { GitObjects } from "../git/objects.ts";
import { git } from "../git/run.ts";
import { openSharedBranch } from "../git/shared-branch.ts";
import type { RegistrySnapshot } from "../registry/registry.ts";
import { decidingBranch } from "./binding.ts";
import { distrust } from "./checked-version.ts";
import { askedAt, DEPLOY_REF, type DeployPorts, projectionAt } from "./deploy.ts";
import { renderStages } from "./deployed-models.ts";
import type { Asked } from "./edit-deploy.ts";
import { distrustOfRollout } from "./rolling-out.ts";

/**
 * Why the branch `deploy` does not describe what a stage holds of a model; undefined where it does, or where the policy wants
 * nothing described. It makes nothing of what it finds: `deploy` does. `tip` is the default branch's newest commit, where that is
 * known.
 */
export async function deployProblem(
  ports: DeployPorts,
  { model, stage }: { model: ModelName; stage: StageName },
  known: { tip?: CommitId | undefined } = {},
): Promise<Refusal | undefined> {
  const { objects } = ports;
  const asked = await askedAt(ports, known.tip ?? (await decidingBranch(ports)).commit);
  const target = asked?.targets[stage];
  if (asked === undefined || target === undefined) return undefined;
  try {
    const snapshot = await ports.registry.snapshot();
    const record = await snapshot.model(model);
    const found = record && (await renderStages(snapshot, record, { [stage]: target })).get(stage);
    if (found === undefined) return undefined;
    if (found.outcome === "refused") return found.refusal;
    const { version, rolling } = found;
    const branch = openSharedBranch(objects, ports.remote, DEPLOY_REF);
    await branch.refresh();
    const tip = await branch.tip();
    if (tip !== undefined) await projectionAt(objects, tip);
    const folder = deployFolder(model, stage);
    const files = new Map([...found.files].map(([name, text]) => [`${folder}/${name}`, text]));
    const there = tip === undefined ? new Map<string, BlobId>() : await filesBelow(objects, tip, folder);
    if (differences({ files, refused: new Map() }, there).length === 0) return undefined;
    const refusal =
      (await distrust(ports, snapshot, { model, version, stage }, asked.signers)) ??
      (rolling && (await distrustOfRollout(ports, snapshot, rolling, asked.signers)));
    return refusal ?? behind(`${stage}: ${versionName(model, version)}`);
  } catch (error) {
    if (error instanceof SlipwayError) return refusalOf(error);
    throw error;
  }
}

/** What the branch `deploy` has to hold by now, how it differs, and which folders stay as they are. Undefined where the policy describes no stage. */
export async function checkDeploy(
  ports: DeployPorts,
): Promise<(WholeBranch & { commit: CommitId | undefined; differences: Difference[] }) | undefined> {
  const { objects } = ports;
  const asked = await askedAt(ports, (await decidingBranch(ports)).commit);
  if (asked === undefined) return undefined;
  const branch = openSharedBranch(objects, ports.remote, DEPLOY_REF);
  await branch.refresh();
  const commit = await branch.tip();
  if (commit !== undefined) await projectionAt(objects, commit);
  const there = commit === undefined ? new Map<string, BlobId>() : await filesBelow(objects, commit);
  const folders = foldersOf(there);
  const whole = await renderAll(await ports.registry.snapshot(), asked, (folder) => folders.has(folder));
  return { ...whole, commit, differences: differences(whole, there) };
}

/** What the branch has to hold by now, whatever it holds. Undefined where the policy describes no stage. */
export async function renderNow(ports: DeployPorts): Promise<WholeBranch | undefined> {
  const asked = await askedAt(ports, (await decidingBranch(ports)).commit);
  return asked && renderAll(await ports.registry.snapshot(), asked);
}

function behind(what: string): Refusal {
  return {
    code: "DEPLOY_BEHIND",
    message: `The branch deploy does not describe it yet: ${what}`,
    hint: "Whoever writes the registry next completes it, and `slipway deploy` does.",
  };
}

function refusalOf({ code, message, problems }: SlipwayError): Refusal {
  const hint = problems[0]?.hint;
  return { code, message, ...(hint === undefined ? {} : { hint }) };
}

/** All that a branch has to hold. */
export interface WholeBranch {
  /** Texts by their paths. */
  files: ReadonlyMap<string, string>;
  /** What cannot be rendered, by its folder, which stays as it is. */
  refused: ReadonlyMap<string, DeployProblem>;
}

/** Every model in every stage that the policy describes. `isThere` says of a folder that cannot be rendered whether the branch has it. */
export async function renderAll(
  snapshot: RegistrySnapshot,
  { targets }: Pick<Asked, "targets">,
  isThere: (folder: string) => boolean = () => false,
): Promise<WholeBranch> {
  const files = new Map<string, string>();
  const refused = new Map<string, DeployProblem>();
  const stages = new Map<StageName, ModelName[]>();
  for (const model of await snapshot.models()) {
    const record = await snapshot.model(model);
    if (record === undefined) continue;
    for (const [stage, rendering] of await renderStages(snapshot, record, targets)) {
      const folder = deployFolder(model, stage);
      const isRendered = rendering.outcome === "rendered";
      if (isRendered) for (const [name, text] of rendering.files) files.set(`${folder}/${name}`, text);
      else refused.set(folder, { ...rendering.refusal, model, stage });
      if (isRendered || isThere(folder)) stages.set(stage, [...(stages.get(stage) ?? []), model]);
    }
  }
  for (const [stage, models] of stages) {
    const { name, content } = renderStage(models);
    files.set(`${stage}/${name}`, content);
  }
  if (files.size > 0) files.set(README.path, README.content);
  return { files, refused };
}

export interface Difference {
  path: string;
  is: "missing" | "different" | "unknown";
}

/** How a branch differs from what it has to hold. */
export function differences({ files, refused }: WholeBranch, there: ReadonlyMap<string, BlobId>): Difference[] {
  const found: Difference[] = [];
  for (const [path, text] of files) {
    const id = there.get(path);
    if (id === undefined) found.push({ path, is: "missing" });
    else if (id !== encodeBlob(text).id) found.push({ path, is: "different" });
  }
  for (const path of there.keys())
    if (!files.has(path) && !refused.has(dirname(path))) found.push({ path, is: "unknown" });
  return found;
}

export function foldersOf(files: ReadonlyMap<string, BlobId>): Set<string> {
  return new Set([...files.keys()].map((path) => dirname(path)));
}

const PLAIN = "100644";

/** The files of a commit, or of a folder in it, and their blobs: of a link, or of what is executable, no blob's id but its mode too. */
export async function filesBelow(
  { folder }: Pick<GitObjects, "folder">,
  commit: CommitId,
  below = "",
): Promise<Map<string, BlobId>> {
  const args = ["ls-tree", "-r", "-z", "--full-tree", commit, ...(below === "" ? [] : ["--", `${below}/`])];
  const lines = (await git(folder, args)).toString("utf8").split("\0").filter(Boolean);
  return new Map(
    lines.map((line) => {
      const [about = "", path = ""] = line.split("\t");
      const [mode, , id = ""] = about.split(" ");
      return [path, mode === PLAIN ? id : `${mode}:${id}`];
    }),
  );
}
