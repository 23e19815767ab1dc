import { SlipwayError } from "../errors.ts";
import { runAsVisitor, runOnOwnRefs } from "./own-refs.ts";
import type { Repository } from "./repository.ts";
import { type GitEnd, gitEnvironment, runGit } from "./run.ts";

/** What a remote's ref is to point at. */
export interface PushedRef {
  ref: string;
  to: string;
  /** What it must point at now, undefined for nothing; where the key is absent, Git's own rules alone hold. */
  from?: string | undefined;
}

/** Why a push was refused: by ref of the remote, and in Git's words. */
export interface RefusedPush {
  reasons: ReadonlyMap<string, string>;
  words: string;
}

/** Moves all refs of a remote or none. Resolves with undefined, or with why it was refused. */
export async function pushRefs(
  repository: Repository,
  remote: string,
  refs: readonly PushedRef[],
): Promise<RefusedPush | undefined> {
  // The user's own hooks and push settings are about their branches.
  const options = [
    "--atomic",
    "--porcelain",
    "--no-verify",
    "--no-signed",
    "--no-follow-tags",
    "--recurse-submodules=no",
  ];
  const leases = refs.flatMap((each) => ("from" in each ? [`--force-with-lease=${each.ref}:${each.from ?? ""}`] : []));
  const refspecs = refs.map(({ ref, to }) => `${to}:${ref}`);
  const end = await contact(
    repository,
    ["-c", "push.pushOption=", "push", ...options, ...leases, remote, ...refspecs],
    runAsVisitor,
  );
  if (end.code === 0) return undefined;
  const stdout = end.stdout.toString();
  const reasons = [...stdout.matchAll(/^!\t[^\t]*:([^\t]+)\t(.*)$/gm)].map(([, ref = "", why = ""]) => [ref, why]);
  return { reasons: new Map(reasons as [string, string][]), words: `${gitWords(end)}\n${stdout}`.trim() };
}

/** Fetches what the refspecs name, and it alone; `--prune` may be among them. Resolves with undefined, or with Git's words. */
export async function fetchRefs(
  repository: Repository,
  remote: string,
  args: readonly string[],
): Promise<string | undefined> {
  const options = ["--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--no-auto-maintenance"];
  const [flags, refspecs] = [args.filter((arg) => arg.startsWith("--")), args.filter((arg) => !arg.startsWith("--"))];
  const end = await contact(repository, ["fetch", ...options, ...flags, remote, ...refspecs], runOnOwnRefs);
  return end.code === 0 ? undefined : gitWords(end);
}

/**
 * Fetches one branch, and it alone: resolves to the ref that tracks it, or to undefined where the remote has none.
 * Rejects with REMOTE_FAILED, or NAME_TAKEN where what was fetched once stands in its way.
 */
export async function fetchBranch(repository: Repository, remote: string, branch: string): Promise<string | undefined> {
  const tracking = trackingRef(remote, branch);
  const words = await fetchRefs(repository, remote, [`+${branch}:${tracking}`]);
  if (words === undefined) return tracking;
  if (/couldn't find remote ref/.test(words)) return undefined;
  if (/'refs\/remotes\/[^']+' exists; cannot create/.test(words))
    throw new SlipwayError("NAME_TAKEN", `What this clone keeps of ${remote} has no room for ${tracking}`, {
      expected: `nothing below ${tracking}/, which ${remote} does not have any more`,
      found: words,
      hint: `git remote prune ${remote}`,
    });
  throw remoteFailed(remote, words);
}

/** Where a remote's branch (`refs/heads/…`) is kept here. */
export function trackingRef(remote: string, branch: string): string {
  return branch.replace(/^refs\/heads\//, `refs/remotes/${remote}/`);
}

/** One Git process that contacts a remote, with the host's credentials, and never with a prompt. */
export async function contact(
  repository: Repository,
  args: readonly string[],
  run: typeof runOnOwnRefs = ({ folder }, all, options) => runGit(folder, all, options),
): Promise<GitEnd> {
  const { folder, remoteEnvironment } = repository;
  // A host that brings credentials has said how its remotes are reached: there is nothing to ask Git.
  if (remoteEnvironment !== undefined) return run(repository, args, { env: await remoteEnvironment() });
  return run(repository, [...(await sshWithoutPrompts(folder)), ...args]);
}

export function gitWords({ words }: GitEnd): string {
  return words.trim().slice(-2000);
}

export function remoteFailed(remote: string, words: string): SlipwayError {
  return new SlipwayError("REMOTE_FAILED", `The remote ${remote} could not be reached, or refused.`, {
    found: words,
    hint: `Check \`git remote -v\` and your access with \`git ls-remote ${remote}\`, then run the same command again.`,
  });
}

/** GIT_TERMINAL_PROMPT keeps Git from asking; ssh asks by itself, unless it is told not to. */
function sshWithoutPrompts(folder: string): Promise<string[]> {
  const known = askedSsh.get(folder) ?? askSsh(folder);
  askedSsh.set(folder, known);
  return known;
}

/** Asked once for a repository, however often a process contacts its remote. */
const askedSsh = new Map<string, Promise<string[]>>();

async function askSsh(folder: string): Promise<string[]> {
  const env = gitEnvironment();
  if (env["GIT_SSH_COMMAND"] !== undefined || env["GIT_SSH"] !== undefined) return [];
  const own = await runGit(folder, ["config", "core.sshCommand"]);
  return own.code === 0 ? [] : ["-c", "core.sshCommand=ssh -o BatchMode=yes"];
}
