import type { CommitId } from "../../schemas/names.ts";
import { SlipwayError } from "../errors.ts";
import { contact, fetchBranch, gitWords, remoteFailed, trackingRef } from "./remote.ts";
import type { Repository } from "./repository.ts";
import { git, runGit } from "./run.ts";
import type { Workspace } from "./workspace.ts";

export interface DefaultBranch {
  name: string;
  commit: CommitId;
}

const USUAL = ["main", "master"];
/** Slipway's own branches: nobody works on them. */
const OWN = ["registry", "experiments", "deploy", "monitoring", "slipway"];
const isOwn = (name: string) => OWN.some((own) => name === own || name.startsWith(`${own}/`));
const HEADS = "refs/heads/";

interface Branches {
  /** The repository's own, by name. */
  here: Map<string, CommitId>;
  /** Where each remote's HEAD points, as far as it is known here. */
  remoteHeads: { remote: string; name: string; commit: CommitId }[];
}

/**
 * The branch that binds, the same for every act and host. Of a bare repository: what its HEAD names, if that has a commit.
 * Otherwise the first of these that says one: the repository's own `init.defaultBranch`; the HEAD of its remote (origin, or
 * the only one); main; master; the only branch; the person's `init.defaultBranch`. A remote's branch that has none of its
 * name here is taken as it was fetched last. Rejects with NO_COMMIT where there is no branch, with
 * WRONG_BRANCH where several could be meant, or the one that is named is not there.
 */
export async function defaultBranch(workspace: Pick<Workspace, "folder" | "bare">): Promise<DefaultBranch> {
  const branches = await readBranches(workspace);
  const { here, remoteHeads } = branches;
  const at = (name: string | undefined) => {
    const commit = name === undefined ? undefined : here.get(name);
    return name === undefined || commit === undefined ? undefined : { name, commit };
  };
  const head = await symbolicHead(workspace);
  const bareHead = workspace.bare ? at(head) : undefined;
  if (bareHead) return bareHead;
  const configured = await configuredName(workspace, ["--local"]);
  if (configured !== undefined) return at(configured) ?? refuse(branches, head, configured);
  const remote = remoteHeads.find((each) => each.remote === "origin") ?? only(remoteHeads);
  if (remote) return at(remote.name) ?? { name: remote.name, commit: remote.commit };
  const found = USUAL.map(at).find((each) => each !== undefined) ?? at(only([...here.keys()]));
  return found ?? at(await configuredName(workspace, [])) ?? refuse(branches, head, undefined);
}

function only<Item>(items: readonly Item[]): Item | undefined {
  return items.length === 1 ? items[0] : undefined;
}

/** Another code where there are branches: nobody may go on as if nothing was there yet. */
function refuse({ here }: Branches, head: string | undefined, configured: string | undefined): never {
  const names = [...here.keys()].sort();
  if (names.length === 0)
    throw new SlipwayError("NO_COMMIT", "The default branch has no commit yet", {
      expected: `a commit on ${configured ?? head ?? USUAL.join(" or ")}`,
      found: "no branch",
      hint: "git add -A && git commit",
    });
  throw new SlipwayError("WRONG_BRANCH", "Which branch is the default one?", {
    expected:
      configured === undefined
        ? "main, master, the only branch, or the one that a remote's HEAD names"
        : `${configured}, as init.defaultBranch of this repository names it`,
    found: `branches ${names.slice(0, 5).join(", ")}${names.length > 5 ? " …" : ""}`,
    hint: "say which one versions are registered from: git config init.defaultBranch <name>",
  });
}

async function readBranches({ folder }: Pick<Workspace, "folder">): Promise<Branches> {
  const format = "--format=%(objectname) %(refname) %(symref)";
  const lines = (await git(folder, ["for-each-ref", format, HEADS, "refs/remotes/*/HEAD"])).toString().split("\n");
  const branches: Branches = { here: new Map(), remoteHeads: [] };
  for (const line of lines.filter(Boolean)) {
    const [commit = "", ref = "", target = ""] = line.split(" ");
    const name = ref.slice(HEADS.length);
    if (ref.startsWith(HEADS)) {
      if (!isOwn(name)) branches.here.set(name, commit);
      continue;
    }
    const remote = ref.slice("refs/remotes/".length, -"/HEAD".length);
    const prefix = `refs/remotes/${remote}/`;
    if (target.startsWith(prefix)) branches.remoteHeads.push({ remote, name: target.slice(prefix.length), commit });
  }
  return branches;
}

async function configuredName({ folder }: Pick<Workspace, "folder">, scope: string[]): Promise<string | undefined> {
  const { code, stdout } = await runGit(folder, ["config", ...scope, "--get", "init.defaultBranch"]);
  return code === 0 ? stdout.toString().trim() || undefined : undefined;
}

async function symbolicHead({ folder }: Pick<Workspace, "folder">): Promise<string | undefined> {
  const { code, stdout } = await runGit(folder, ["symbolic-ref", "--quiet", "HEAD"]);
  return code === 0 ? stdout.toString().trim().replace(HEADS, "") : undefined;
}

/**
 * The remote's: where its HEAD points, otherwise `main`, `master`, or its only branch. Brings it here as refs/remotes/<remote>/…, and
 * fetches nothing where that is here already. Rejects with REMOTE_FAILED, or with NO_COMMIT where it has no commit yet.
 */
export async function fetchDefaultBranch(workspace: Repository, remote: string): Promise<DefaultBranch> {
  const { name, tip } = await remoteHead(workspace, remote);
  const branch = `refs/heads/${name}`;
  const tracking = trackingRef(remote, branch);
  if (tip !== undefined && (await commitAt(workspace, tracking)) === tip) return { name, commit: tip };
  // It may have moved since it was asked for: what was fetched is what is here.
  const fetched = tip === undefined ? undefined : await fetchBranch(workspace, remote, branch);
  const commit = fetched && (await commitAt(workspace, fetched));
  if (commit === undefined) {
    throw new SlipwayError("NO_COMMIT", "The default branch has no commit yet", {
      expected: `a commit on ${name} of ${remote}`,
      found: "no such branch",
      hint: `git push ${remote} ${name}`,
    });
  }
  await git(workspace.folder, ["symbolic-ref", `refs/remotes/${remote}/HEAD`, tracking]);
  return { name, commit };
}

/** Which branch HEAD names, and where that stands; where HEAD names none, a second question: what else is there? */
async function remoteHead(workspace: Repository, remote: string): Promise<{ name: string; tip: CommitId | undefined }> {
  const asked = await listed(workspace, remote, ["HEAD", ...USUAL.map((name) => HEADS + name)]);
  const at = (ref: string) => asked.find(([value = "", name]) => name === ref && /^[0-9a-f]{40}$/.test(value))?.[0];
  const symbolic = asked.find(([value = "", name]) => name === "HEAD" && value.startsWith(`ref: ${HEADS}`))?.[0];
  if (symbolic !== undefined) return { name: symbolic.slice(`ref: ${HEADS}`.length), tip: at("HEAD") };
  const usual = USUAL.find((each) => at(HEADS + each) !== undefined);
  if (usual !== undefined) return { name: usual, tip: at(HEADS + usual) };
  const others = (await listed(workspace, remote, [`${HEADS}*`])).flatMap(([tip, ref = ""]) =>
    OWN.includes(ref.slice(HEADS.length)) ? [] : [{ name: ref.slice(HEADS.length), tip }],
  );
  return only(others) ?? { name: "main", tip: undefined };
}

async function listed(workspace: Repository, remote: string, patterns: readonly string[]): Promise<string[][]> {
  const asked = await contact(workspace, ["ls-remote", "--symref", remote, ...patterns]);
  if (asked.code !== 0) throw remoteFailed(remote, gitWords(asked));
  const lines = asked.stdout.toString().split("\n").filter(Boolean);
  return lines.map((line) => line.split("\t"));
}

async function commitAt({ folder }: Repository, ref: string): Promise<CommitId | undefined> {
  const { code, stdout } = await runGit(folder, ["rev-parse", "--verify", "--quiet", `${ref}^{commit}`]);
  return code === 0 ? stdout.toString().trim() : undefined;
}
