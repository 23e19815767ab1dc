import { type GitOptions, git, runGit } from "../../../core/git/run.ts";

/** What GitHub's Git is given: none of the configuration of whoever started the stand-in. */
export const SERVER_ENVIRONMENT = { GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" };

/** Runs Git on the server's side, and resolves to what it printed, without the last newline. Rejects if it fails. */
export async function serverGit(folder: string, args: readonly string[], options: GitOptions = {}): Promise<string> {
  const env = { ...SERVER_ENVIRONMENT, ...options.env };
  return (await git(folder, args, { ...options, env })).toString().replace(/\n$/, "");
}

/** The same where failing is an answer: undefined then. */
export async function askGit(
  folder: string,
  args: readonly string[],
  options: GitOptions = {},
): Promise<string | undefined> {
  const env = { ...SERVER_ENVIRONMENT, ...options.env };
  const { code, stdout } = await runGit(folder, args, { ...options, env });
  return code === 0 ? stdout.toString().replace(/\n$/, "") : undefined;
}

/** The commit that a ref, a branch's short name or an id names; undefined if there is none. */
export function commitOf(folder: string, name: string): Promise<string | undefined> {
  return askGit(folder, ["rev-parse", "--verify", "--quiet", "--end-of-options", `${name}^{commit}`]);
}

/** The environment that makes an account the author and committer of what Git writes. */
export function identity(account: { name: string | null; login: string; email: string }): Record<string, string> {
  const name = account.name ?? account.login;
  const { email } = account;
  return { GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email, GIT_COMMITTER_NAME: name, GIT_COMMITTER_EMAIL: email };
}
