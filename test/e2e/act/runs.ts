import { readFile } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import type { Manifest } from "../../../schemas/manifest.ts";
import { freePort } from "../../../tools/free-port.ts";
import { actEngine } from "../../../tools/sandbox/act/engine.ts";
import { packageAccess } from "../../../tools/sandbox/packages.ts";
import type { State, WorkflowRun } from "../../../tools/sandbox/state.ts";
import { program } from "../../../tools/servers/programs.ts";
import { type OciRegistry, startRegistry, type TokenAuth } from "../../../tools/servers/registry.ts";
import { startTokenServer } from "../../stores/token-server.ts";
import { type Models, type ModelsOptions, type OpenPull, openModels } from "../github/models.ts";

/** A models repository whose workflows act runs, with a real container registry as store: no folder is shared. */
export interface OnAct extends Models {
  /** Where the artifacts are. */
  packages: OciRegistry;
}

export async function openOnAct({
  policy,
  tokenAuth,
  ...options
}: Omit<ModelsOptions, "engine" | "pipeline"> & { tokenAuth?: TokenAuth } = {}): Promise<OnAct> {
  const registry = await startRegistry({ ...(tokenAuth && { tokenAuth }) });
  const at = await openModels({
    ...options,
    pipeline: "real",
    engine: actEngine({ act: program("act"), node: program("node24") }),
    policy: { artifacts: { store: `oci://${registry.host}/acme/models/models` }, ...policy },
    // As `oci://ghcr.io` is allowed: to each repository the packages of its own name.
    config: { SLIPWAY_STORES: [`oci://${registry.host}`], ...options.config },
  });
  const end = at.close.bind(at);
  const close = async () => {
    await end();
    await registry.stop();
  };
  return Object.assign(at, { packages: registry, close });
}

/** A models repository on act whose artifacts are in the stand-in's own container registry, as on GitHub in ghcr.io. */
export interface OnGitHubAlone extends Models {
  /** From now on, jobs' tokens open no package. */
  closePackages(closed: boolean): void;
}

/**
 * The same with nothing but GitHub: artifacts in the stand-in's own container registry, which knows a job's token by what its
 * `permissions:` ask for, and lets an App read nothing.
 */
export async function openOnGitHubAlone(options: Omit<ModelsOptions, "pipeline">): Promise<OnGitHubAlone> {
  let closed = false;
  let known: State | undefined;
  const tokens = await startTokenServer((_, password, name) =>
    known === undefined || closed ? [] : packageAccess(known, password, name),
  );
  const registry = await startRegistry({ tokenAuth: tokens.auth });
  const port = await freePort();
  const host = `containers.github.localhost:${port}`;
  const engine = options.engine ?? actEngine({ act: program("act"), node: program("node24") });
  const at = await openModels({
    ...options,
    pipeline: "real",
    ...{ port, packages: registry.url },
    engine: (attempt, scope) => {
      known = attempt.state;
      return engine(attempt, scope);
    },
    policy: { artifacts: { store: `oci://${host}/acme/models/models` }, ...options.policy },
    config: { SLIPWAY_STORES: [`oci://${host}`] },
  });
  const end = at.close.bind(at);
  const close = async () => {
    await end();
    await Promise.all([registry.stop(), tokens.stop()]);
  };
  const closePackages = (how: boolean) => {
    closed = how;
  };
  return Object.assign(at, { close, closePackages });
}

/** The jobs of a run's newest attempt, with how each ended; a job that did not run is not there. */
export function jobsOf(run: WorkflowRun): Record<string, string | null> {
  const jobs = run.jobs.filter(({ attempt, conclusion }) => attempt === run.attempt && conclusion !== "skipped");
  const named = jobs.map(({ name, conclusion }) => [name.replace(/result \d+ sha256:\w+$/, "result …"), conclusion]);
  return Object.fromEntries(named.sort());
}

/** What the job printed. */
export async function logOf(at: Models, run: WorkflowRun, name: string): Promise<string> {
  const job = run.jobs.findLast((each) => each.name === name);
  return await readFile(path.join(at.home.sandbox.state.folder, "logs", `${job?.id}.txt`), "utf8");
}

/** The outputs of the job's steps, of all steps together: act prints those of one step in any order. */
export async function outputsOf(at: Models, run: WorkflowRun, name: string): Promise<Record<string, string>> {
  const printed = (await logOf(at, run, name)).matchAll(/^##\[output\]([^=]+)=(.*)$/gm);
  return Object.fromEntries([...printed].map(([, output = "", value = ""]) => [output, value]));
}

/** The newest run of a pull request's head. */
export function runOf(at: Models, { number }: OpenPull): WorkflowRun {
  const head = at.repo.pulls.get(number)?.head.sha;
  const run = [...at.repo.runs.values()].findLast(({ headSha, event }) => headSha === head && event === "pull_request");
  if (!run) throw new Error(`nothing ran for #${number}`);
  return run;
}

/** What the newest attempt's jobs noted: `path:line title message`. */
export function notesOf(at: Models, run: WorkflowRun): string[] {
  const jobs = run.jobs.filter(({ attempt }) => attempt === run.attempt);
  return jobs.flatMap(({ id }) =>
    (at.repo.checks.get(id)?.annotations ?? []).map(
      ({ path, start_line, title, message }) => `${path}:${start_line} ${title} ${message}`,
    ),
  );
}

/** The newest run of the workflow of this name. */
export function newestRun(at: Models, workflow: string): WorkflowRun {
  const run = [...at.repo.runs.values()].findLast((each) => each.workflow.name === workflow);
  if (!run) throw new Error(`${workflow} did not run`);
  return run;
}

/** The digests of a version's files in its registry of packages, as oras sees them. */
export async function blobsOf({ artifact }: Manifest): Promise<string[]> {
  const address = artifact.uri.slice("oci://".length);
  const { stdout } = await execa(program("oras"), ["manifest", "fetch", "--plain-http", address]);
  const { layers } = JSON.parse(stdout) as { layers: { digest: string }[] };
  return layers.map(({ digest }) => digest.replace(/^sha256:/, ""));
}
