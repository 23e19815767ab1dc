import { appendFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { serverGit } from "../git/run.ts";
import type { Account, Level, Repo, State } from "../state.ts";

/** Contents by path. */
export type Files = Readonly<Record<string, string | Buffer>>;

export interface NewRepository {
  owner: Account;
  name: string;
  /** Where something has to name it before it is there; GitHub chooses it. */
  id?: number;
  description?: string;
  private?: boolean;
  collaborators?: Readonly<Record<string, Level>>;
  /** The first commit's files, by path. */
  files?: Files;
  /** Instead of `files`: a repository (folder or bundle) whose branches and tags are taken over. */
  source?: string;
  parent?: Repo;
}

/** Git's settings of every repository here: what GitHub serves, and what it never lets a pusher touch. */
const settings = (hooks: string) => `[http]
	receivepack = true
[receive]
	hideRefs = refs/pull
	maxInputSize = 2g
[uploadpack]
	allowFilter = true
	allowAnySHA1InWant = true
[core]
	hooksPath = ${JSON.stringify(hooks)}
	logAllRefUpdates = false
[gc]
	auto = 0
`;

/** Makes a bare repository and its record. The branch `main` is the default one, or else the source's HEAD. */
export async function createRepository(state: State, wanted: NewRepository): Promise<Repo> {
  const { owner, name, files, source, parent } = wanted;
  const fullName = `${owner.login}/${name}`;
  if (state.repositories.has(fullName.toLowerCase())) throw new Error(`${fullName} is taken`);
  const folder = join(state.folder, "git", `${fullName}.git`);
  await mkdir(folder, { recursive: true });
  await serverGit(folder, ["init", "-q", "--bare", "-b", "main"]);
  await appendFile(join(folder, "config"), settings(join(state.folder, "hooks")));
  if (source !== undefined) await takeOver(folder, source);
  if (files !== undefined) await commitFiles(folder, files, owner);
  const head = await serverGit(folder, ["symbolic-ref", "--short", "HEAD"]);
  const levels = Object.entries(wanted.collaborators ?? {});
  const repo: Repo = {
    id: wanted.id ?? state.nextId(),
    owner,
    name,
    fullName,
    description: wanted.description ?? null,
    private: wanted.private ?? false,
    folder,
    defaultBranch: head,
    collaborators: new Map(levels.map(([login, level]) => [login.toLowerCase(), level])),
    parent,
    nextNumber: 1,
    issues: new Map(),
    pulls: new Map(),
    comments: new Map(),
    suites: new Map(),
    checks: new Map(),
    deployments: new Map(),
    rulesets: new Map(),
    labels: new Map(),
    workflows: new Map(),
    runs: new Map(),
    artifacts: new Map(),
    createdAt: state.now(),
    pushedAt: state.now(),
  };
  state.repositories.set(fullName.toLowerCase(), repo);
  return repo;
}

export function findRepo(state: State, fullName: string): Repo | undefined {
  return state.repositories.get(fullName.toLowerCase());
}

async function takeOver(folder: string, source: string): Promise<void> {
  await serverGit(folder, ["fetch", "-q", source, "+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"]);
  const [line = ""] = (await serverGit(folder, ["ls-remote", "--symref", source, "HEAD"])).split("\n");
  const head = /^ref: (refs\/heads\/\S+)\tHEAD$/.exec(line)?.[1];
  if (head !== undefined) await serverGit(folder, ["symbolic-ref", "HEAD", head]);
}

/** One process, whatever the number of files. */
async function commitFiles(folder: string, files: Files, by: Account): Promise<void> {
  const data = (content: string | Buffer) => {
    const bytes = Buffer.from(content);
    return [`data ${bytes.length}\n`, bytes, "\n"];
  };
  const parts = [
    `commit refs/heads/main\ncommitter ${by.name ?? by.login} <${by.email}> now\n`,
    ...data("Initial commit\n"),
    ...Object.entries(files).flatMap(([path, text]) => [`M 100644 inline ${JSON.stringify(path)}\n`, ...data(text)]),
  ];
  const input = Buffer.concat(parts.map((part) => Buffer.from(part)));
  await serverGit(folder, ["fast-import", "--quiet", "--date-format=now"], { input });
}
