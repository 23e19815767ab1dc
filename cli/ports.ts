import { basename, dirname, join } from "node:path";
import type { Ports } from "../core/acts/ports.ts";
import { METRIC_RULES, refuseProblems } from "../core/acts/project.ts";
import { milliseconds } from "../core/duration.ts";
import { SlipwayError } from "../core/errors.ts";
import { defaultBranch } from "../core/git/default-branch.ts";
import { openObjects } from "../core/git/objects.ts";
import { makeStateFolder } from "../core/git/state-folder.ts";
import { openWorkspace, type Workspace } from "../core/git/workspace.ts";
import { registryOn } from "../core/registry/open.ts";
import type { RequestLogPlace } from "../core/serving/request-log/place.ts";
import { openCommit } from "../core/source/commit.ts";
import { openWorkTree } from "../core/source/worktree.ts";
import { type LoadedPolicy, loadPolicy, type SpecFiles } from "../core/spec/project.ts";
import { parseStore } from "../core/stores/address.ts";
import { openNamedStore } from "../core/stores/open/open-named.ts";
import { type OpenStoreOptions, openStore } from "../core/stores/open/open-store.ts";
import type { Policy, StoreChoice } from "../schemas/policy.ts";
import type { Problem } from "../schemas/problem.ts";
import type { Session } from "./command.ts";
import { noteElsewhere } from "./registry.ts";
import { showTransfers } from "./show-transfers.ts";
import { ownSigning } from "./signing.ts";

/** Opens what acts need of the repository that the session is in, hands it to `act`, and closes it. */
export async function withPorts<T>(
  session: Session,
  remote: string | undefined,
  act: (ports: Ports) => Promise<T>,
): Promise<T> {
  const workspace = await openWorkspace(session.folder);
  const objects = await openObjects(workspace.folder);
  try {
    await noteElsewhere(session, remote);
    const registry = await registryOn(objects, remote, ownSigning(objects, remote));
    const { policy, path, position, problems } = await storePolicy(session, workspace, objects);
    // A policy that cannot be read names no store: the default one would hold other artifacts, or none.
    refuseProblems(problems);
    const at = { file: path, ...position(["artifacts", "store"]) };
    const { signal, progress } = session;
    const open = (choice: StoreChoice | undefined, about: OpenStoreOptions) =>
      showTransfers(openStore(choice, storeBase(workspace), at, { ...about, signal }), progress);
    const store = open(policy.artifacts?.store, { remote: remote !== undefined });
    await makeStateFolder(workspace);
    const clock = () => new Date();
    const home = { name: "cli", identifiesUsers: false, runsUserCode: true } as const;
    const isService = parseStore(policy.artifacts?.store, at).scheme !== "file";
    const ownStore = isService ? open(undefined, {}) : undefined;
    const requestLog = requestLogPlace(workspace, policy, {
      file: path,
      ...position(["monitor", "requests", "store"]),
    });
    return await act({ ...home, workspace, objects, registry, store, ownStore, requestLog, remote, clock, signal });
  } finally {
    await objects.close();
  }
}

function requestLogPlace(
  workspace: Workspace,
  { monitor }: Policy,
  at: Pick<Problem, "file" | "line" | "column">,
): RequestLogPlace | undefined {
  const requests = monitor?.requests;
  if (requests === undefined) return undefined;
  return {
    store: openNamedStore(requests.store, storeBase(workspace), at),
    spool: join(workspace.state, "requests"),
    sample: requests.sample,
    keep: requests.keep === undefined ? undefined : milliseconds(requests.keep),
  };
}

/** Of a bare repository before its first commit. */
const NO_FILES: SpecFiles = {
  blobs: async (paths) => paths.map(() => undefined),
  readMany: async (paths) => paths.map(() => undefined),
  read: async () => undefined,
  folders: async () => [],
};

/**
 * The policy that says where artifacts are kept: the default branch's; the work tree's before there is a commit. Where the
 * work tree's slipway.yaml names another store, that is said.
 */
export async function storePolicy(
  session: Session,
  workspace: Workspace,
  objects: Ports["objects"],
): Promise<LoadedPolicy> {
  const here = async () => loadPolicy(await openWorkTree(workspace.folder), METRIC_RULES);
  const branch = await defaultBranch(workspace).catch((error: unknown) => {
    if (error instanceof SlipwayError && error.code === "NO_COMMIT") return undefined;
    throw error;
  });
  if (branch === undefined) return workspace.bare ? loadPolicy(NO_FILES, METRIC_RULES) : here();
  const committed = await loadPolicy(await openCommit(objects, branch.commit), METRIC_RULES);
  const edited = workspace.bare ? undefined : await here();
  // What is wrong in a policy is for others to say.
  const areSound = edited !== undefined && edited.problems.length + committed.problems.length === 0;
  if (areSound && addressOf(edited) !== addressOf(committed))
    session.progress.note(
      `${edited.blob === undefined ? "this work tree, without a slipway.yaml," : "slipway.yaml of this work tree"} keeps artifacts in ${addressOf(edited)}, and that of ${branch.name} in ${addressOf(committed)}: the store of ${branch.name} is used, until the edit is committed there.`,
    );
  return committed;
}

/** As a person reads it, with all that `artifacts.store` says. */
function addressOf({ policy: { artifacts } }: LoadedPolicy): string {
  const { store } = artifacts ?? {};
  if (typeof store === "string" || store === undefined) return parseStore(store).uri;
  const { uri: _, ...more } = store;
  return [parseStore(store).uri, ...Object.entries(more).map(([key, value]) => `${key}: ${value}`)].join(", ");
}

function storeBase({ bare, folder, commonFolder }: Workspace): string {
  if (bare) return commonFolder;
  return basename(commonFolder) === ".git" ? dirname(commonFolder) : folder;
}
