import { chmod, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { runtimeToken } from "../results.ts";
import { type Attempt, baseContexts, type Scope } from "../runner/attempt.ts";
import { HOSTED } from "../runner/labels.ts";
import { CHECKOUT } from "../runner/workflow-file.ts";

/** Where the two programs are. */
export interface ActPrograms {
  act: string;
  /** Node 24, which starts every JavaScript action. */
  node: string;
}

export interface ActCommand {
  program: string;
  args: readonly string[];
  folder: string;
  /** The whole environment: act hands what it has on to the jobs. */
  env: Readonly<Record<string, string>>;
}

interface Setting {
  programs: ActPrograms & { tree: string };
  root: string;
  tree: string;
  token: string;
}

/** How act is started for one attempt of a run: in host mode, with nothing of this process's environment. */
export async function actCommand(attempt: Attempt, scope: Scope, at: Setting): Promise<ActCommand> {
  const { state, repo, run, trigger, options } = attempt;
  const { root, tree, token, programs } = at;
  const [home, cache, event] = [path.join(root, "home"), path.join(root, "jobs"), path.join(root, "event.json")];
  for (const folder of [home, cache]) await mkdir(folder, { recursive: true });
  await writeFile(event, JSON.stringify(trigger.payload));
  const secrets = path.join(root, "secrets");
  const all = { ...scope.secrets, ...environmentSecrets(attempt), GITHUB_TOKEN: token };
  await writeFile(
    secrets,
    Object.entries(all)
      .map(([name, value]) => `${name}=${quoted(value)}\n`)
      .join(""),
  );
  const { token: _, ...github } = baseContexts(attempt, scope)["github"] as Record<string, unknown>;
  const variables = Object.entries(github)
    .filter((entry): entry is [string, string] => typeof entry[1] === "string")
    .map(([name, value]) => [`GITHUB_${name.toUpperCase()}`, value]);
  const named = (name: string) => namedIn([tree, programs.tree], name);
  const runtime = {
    ACTIONS_RESULTS_URL: `${state.url}/`,
    ACTIONS_RUNTIME_TOKEN: runtimeToken(state, run, run.worker ?? { id: 0 }),
  };
  return {
    program: programs.act,
    folder: tree,
    args: [
      ...[trigger.event, "-W", run.workflow.path, "-e", event, "--json", "--rm", "--no-cache-server"],
      ...["--action-cache-path", cache, "--actor", run.actor.login, "--defaultbranch", repo.defaultBranch],
      ...HOSTED.flatMap((label) => ["-P", `${label}=-self-hosted`]),
      ...["--secret-file", secrets, "--env-file", "", "--var-file", "", "--input-file", ""],
      ...[...variables, ...Object.entries(runtime)].flatMap(([name, value]) => ["--env", `${name}=${value}`]),
      ...(await named(options.packaged.name)).map((uses) => `${uses}=${programs.tree}`).flatMap(local),
      ...(await named("actions/checkout")).map((uses) => `${uses}=${CHECKOUT}`).flatMap(local),
    ],
    env: {
      HOME: home,
      PATH: [
        await nodeOfJobs(programs.node, root, path.join(state.folder, "act-compiled")),
        "/usr/local/bin",
        "/usr/bin",
        "/bin",
      ].join(":"),
      LANG: "C.UTF-8",
      NO_COLOR: "1",
      CI: "true",
    },
  };
}

const local = (repository: string) => ["--local-repository", repository];

/** How the workflows of these trees name a repository whose workflows or Actions they use: `owner/name@ref`. */
async function namedIn(trees: readonly string[], name: string): Promise<string[]> {
  const refs = new Set<string>();
  for (const folder of trees.map((tree) => path.join(tree, ".github/workflows")))
    for (const file of await readdir(folder))
      for (const [, ref = ""] of (await readFile(path.join(folder, file), "utf8")).matchAll(
        new RegExp(`uses: ${name}(?:/[^@\\s]+)?@(\\S+)`, "g"),
      ))
        refs.add(ref);
  return [...refs].map((ref) => `${name}@${ref}`);
}

/**
 * A folder whose `node` gives each job's actions a home and a tool cache of its own, as hosted runners do; act has one. act
 * asks `node` for its own path before each action and starts that path, so `node` names itself. Jobs of a run share a
 * machine of few cores here, and so what Node compiled of the same files, in `compiled`.
 */
async function nodeOfJobs(node: string, root: string, compiled: string): Promise<string> {
  const folder = path.join(root, "bin");
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, "node");
  // Other shells drop variables that they cannot name, as the input of `fetch-depth`.
  const script = `#!/bin/bash
case "$*" in
  *" -e console.log(process.execPath)") echo ${file}; exit ;;
esac
case "$RUNNER_TEMP" in
  ?*) export HOME="$RUNNER_TEMP/../home" RUNNER_TOOL_CACHE="$RUNNER_TEMP/../tools"; mkdir -p "$HOME" "$RUNNER_TOOL_CACHE"
    export NODE_COMPILE_CACHE=${compiled} ;;
esac
exec ${node} "$@"
`;
  await writeFile(file, script);
  await chmod(file, 0o755);
  return folder;
}

/** Of environments whose branch rule lets this run in. act knows no environments, so all its jobs could name them. */
function environmentSecrets({ options, repo, trigger }: Attempt): Readonly<Record<string, string>> {
  const environments = Object.values(options.environments?.[repo.fullName] ?? {});
  const open = environments.filter(({ branches }) => branches.some((branch) => trigger.ref === `refs/heads/${branch}`));
  return Object.assign({}, ...open.map(({ secrets }) => secrets));
}

/** A value in a dotenv file. */
function quoted(value: string): string {
  return `"${value.replace(/[\\"$]/g, "\\$&").replaceAll("\n", "\\n")}"`;
}
