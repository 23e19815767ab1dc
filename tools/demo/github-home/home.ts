import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, realpath, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Octokit } from "@octokit/rest";
import { type HostedApp, type HostedOptions, startHostedApp } from "../../../test/helpers/hosted-app.ts";
import { freePort } from "../../free-port.ts";
import { servePackages } from "../../sandbox/packages.ts";
import type { Engine, Environment } from "../../sandbox/runner/attempt.ts";
import { workflowRunner } from "../../sandbox/runner/runner.ts";
import type { Level } from "../../sandbox/state.ts";
import { type Clone, cloneAs } from "./clone.ts";
import { releaseRefs } from "./release-refs.ts";

export interface HomeOptions extends Pick<HostedOptions, "config"> {
  /** Leave clones and store in `root` when it ends. */
  keep?: boolean;
  /** What the owner pushes to main, with what `slipway init --github` writes. */
  files: Readonly<Record<string, string | Buffer>>;
  /** Login → what they may do in it, besides the owner. */
  people: Readonly<Record<string, Level>>;
  /** Secrets of the repository, by name. */
  secrets?: Readonly<Record<string, string>>;
  /** Environments that the default branch alone gets into: secrets by name, by the environment's name. */
  environments?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** The workflow `slipway-bot.yml` does the App's work, with its deploy key in an environment: the App is not installed. */
  bot?: boolean;
  /** What runs workflows. Default: the stand-in's own runner. */
  engine?: Engine;
  /** Where the stand-in listens. Default: any free port. */
  port?: number;
  /** Have the App show its portal, and people sign in to it. */
  portal?: boolean;
  /** A container registry's address, which then is the stand-in's own. */
  packages?: string;
  /** A folder of tools that jobs share, as on one's own runner. Default: each has an empty one, as on hosted runners. */
  toolCache?: string;
}

/** A models repository at home on GitHub: the stand-in for GitHub with its runner, the real App on it, and people. */
export interface GitHubHome extends Omit<HostedApp, "settled"> {
  readonly fullName: string;
  readonly repository: { owner: string; repo: string };
  /** The bare repository on the stand-in. */
  readonly bare: string;
  /** Holds clones and the artifact store. */
  readonly root: string;
  octokit(login: string): Octokit;
  clone(login: string): Promise<Clone>;
  /** Resolves when no webhook, run or handler is left to do. */
  settle(): Promise<void>;
}

const OWNER = "acme";
const NAME = "models";
const REPOSITORY_ID = 812_345_678;
const RELEASE_TREE = fileURLToPath(new URL("../../build/release-tree.mjs", import.meta.url));

/** A folder for a home: the repository's own folder in the App's store, which its policy names, lies in it. */
export async function homeFolder(folder?: string): Promise<{ root: string; store: string }> {
  if (folder !== undefined) await mkdir(folder, { recursive: true });
  const root = await realpath(folder ?? (await mkdtemp(join(tmpdir(), "slipway-github-"))));
  const store = join(storesIn(root), String(REPOSITORY_ID));
  await mkdir(storesIn(root));
  await mkdir(store);
  return { root, store };
}

function storesIn(root: string): string {
  return join(root, "store");
}

/** Starts it all and installs the App on the repository; ends with `close`, which removes `root` too, but with `keep`. */
export async function openGitHubHome(root: string, options: HomeOptions): Promise<GitHubHome> {
  const folder = join(root, "package");
  execFileSync(process.execPath, [RELEASE_TREE, folder]);
  // DuckDB is found here, so that the data's jobs need not fetch it.
  await symlink(fileURLToPath(new URL("../../../node_modules", import.meta.url)), join(folder, "node_modules"));
  const environments: Record<string, Record<string, Environment>> = {};
  const runner = workflowRunner({
    packaged: { name: "slipway/slipway", folder, refs: await releaseRefs() },
    environments,
    ...(options.toolCache !== undefined && { toolCache: options.toolCache }),
    ...(options.engine && { engine: options.engine }),
    ...(options.secrets && { secrets: { [`${OWNER}/${NAME}`]: options.secrets } }),
  });
  const hosted = await startHostedApp({
    ...(options.portal === true && { port: await freePort() }),
    sandbox: {
      ...(options.port !== undefined && { port: options.port }),
      runner: (state, server) => {
        if (options.packages !== undefined) servePackages(server, options.packages);
        return runner(state, server);
      },
    },
    config: { SLIPWAY_STORES: [`file:${storesIn(root)}`], ...options.config },
  });
  const { sandbox, added } = hosted;
  const people: HomeOptions["people"] = { ...options.people, owner: "admin" };
  for (const login of Object.keys(people)) sandbox.addUser(login);
  const repo = await sandbox.addRepository({
    owner: OWNER,
    name: NAME,
    id: REPOSITORY_ID,
    collaborators: people,
    files: { "README.md": "# Models\n" },
  });
  const tied = Object.entries(options.environments ?? {}).map(([name, secrets]) => {
    return [name, { branches: [repo.defaultBranch], secrets }] as const;
  });
  environments[repo.fullName] = Object.fromEntries(tied);
  if (options.bot === true) {
    const { token } = sandbox.addDeployKey(repo.fullName, "slipway-bot");
    const slipway = { branches: [repo.defaultBranch], secrets: { SLIPWAY_DEPLOY_KEY: token } };
    environments[repo.fullName] = { ...environments[repo.fullName], slipway };
  } else await added.install(repo.fullName);
  await hosted.settled();
  let clones = 0;
  const home = Object.assign(hosted, {
    fullName: repo.fullName,
    repository: { owner: OWNER, repo: NAME },
    bare: repo.folder,
    root,
    octokit: (login: string) => sandbox.octokit(login),
    clone(login: string) {
      clones += 1;
      return cloneAs(login, sandbox.gitUrl(login, repo.fullName), join(root, "clones", `${login}-${clones}`));
    },
    settle: hosted.settled,
    close: endingWith(hosted.close, async () => {
      if (options.keep !== true) await rm(root, { recursive: true, force: true });
    }),
  });
  const owner = await home.clone("owner");
  await owner.write(options.files);
  await owner.push("Start from Slipway's template");
  return home;
}

function endingWith(first: () => Promise<void>, last: () => Promise<void>): () => Promise<void> {
  return async () => {
    await first();
    await last();
  };
}
