import { mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createAppAuth } from "@octokit/auth-app";
import { Octokit } from "@octokit/rest";
import { stringify } from "yaml";
import { MARKER } from "../../../app/pulls/render/comment.ts";
import { readGitHubFiles } from "../../../cli/init/github.ts";
import { sha256 } from "../../../core/canonical.ts";
import { git } from "../../../core/git/run.ts";
import { WORKFLOWS } from "../../../core/github.ts";
import { modelFolder } from "../../../core/registry/paths.ts";
import { openFolderStore } from "../../../core/stores/file/folder.ts";
import type { RunResult } from "../../../schemas/run-result.ts";
import { type Clone, cloneAs } from "../../../tools/demo/github-home/clone.ts";
import { type GitHubHome, type HomeOptions, homeFolder, openGitHubHome } from "../../../tools/demo/github-home/home.ts";
import type { Level, Repo } from "../../../tools/sandbox/state.ts";
import type { NewApp } from "../../../tools/sandbox/world/apps.ts";
import { PACKAGE_ROOT } from "../../cli/memory-host.ts";
import { comparison, pair } from "../../gates/evidence.ts";
import { runResult } from "../../report/run-result.ts";
import { FILES, POLICY, SPEC } from "../tiny-model.ts";
import { type MadeRun, placeRun } from "./place-run.ts";

type Files = Readonly<Record<string, string>>;

export interface ModelsOptions
  extends Pick<
    HomeOptions,
    "bot" | "config" | "engine" | "environments" | "packages" | "port" | "secrets" | "toolCache"
  > {
  /** By name; default: `tiny` alone. What a spec says differently from tiny-model.ts. */
  models?: Readonly<Record<string, object>>;
  /** Over tiny-model.ts's policy. */
  policy?: object;
  files?: Files;
  /** `real`: the workflows of `slipway init --github` run. Default: runs are placed there as if they had run. */
  pipeline?: "real" | "placed";
  /** Whether merging asks for the App's check, as the third ruleset of `slipway init --github` wants it. */
  requireChecks?: boolean;
}

export interface OpenPull {
  number: number;
  branch: string;
  /** As it was opened. */
  head: string;
}

/** What somebody may want of a pull request. */
export interface Wish {
  title?: string;
  body?: string;
  /** From the person's own fork. */
  fork?: boolean;
}

/**
 * A repository of tiny models at home on the stand-in, with the real App, the rulesets of `slipway init --github`, and
 * people: ada and eve write, rolf maintains, mia reads, mallory is nobody. They do what they do by REST and Git alone.
 */
export interface Models {
  home: GitHubHome;
  repo: Repo;
  as(login: string): Octokit;
  /** The person's clone, or the one of their fork. */
  clone(login: string, fork?: boolean): Promise<Clone>;
  /** Pushes files (null removes one) to a branch, which begins at main; resolves to its new head. */
  push(login: string, branch: string, files: Readonly<Record<string, string | null>>, fork?: boolean): Promise<string>;
  pull(login: string, branch: string, files: Readonly<Record<string, string | null>>, wish?: Wish): Promise<OpenPull>;
  /** Resolves to the commit on main. */
  merge(login: string, pull: OpenPull, method?: "merge" | "squash" | "rebase"): Promise<string>;
  /** Writes a comment; resolves to the App's replies that came of it. */
  say(login: string, on: { number: number }, body: string): Promise<string[]>;
  issue(login: string, title?: string): Promise<{ number: number }>;
  /** A finished run on a pull request's head as GitHub has it now, or on main's tip. */
  ran(of: OpenPull | "main", made?: MadeRun): ReturnType<typeof placeRun>;
  /** The folder that the default branch's policy names as its store. */
  readonly store: string;
  /** What the default branch's own run reports of a model whose bytes are in the store. */
  stored(accuracy: number, about?: Partial<RunResult>): Promise<Partial<RunResult>>;
  /** A version of this accuracy, against what is live, of a push to main. */
  version(accuracy: number, model?: string): Promise<void>;
  /** The same of a pull request that is merged. */
  registered(branch: string, accuracy: number, model?: string): Promise<OpenPull>;

  // What GitHub holds.
  /** The App's comments, oldest first. */
  comments(on: { number: number }): Promise<string[]>;
  /** The one comment on a pull request. */
  report(on: { number: number }): Promise<string>;
  /** The App's newest check of this name on a commit, or on a pull request's head. */
  check(on: string | OpenPull, name?: string): Promise<{ conclusion: string | null; title: string; text: string }>;
  /** A record of the branch `registry`; undefined where there is none. */
  record(path: string): Promise<unknown>;
  /** Paths below a folder of the branch `registry`. */
  records(folder: string): Promise<string[]>;
  /** `registry` as a commit; undefined before anything was registered. */
  registry(): Promise<string | undefined>;
  /** Versions of a model, oldest first. */
  versions(model?: string): Promise<Version[]>;
  /** The version in a stage. */
  live(model?: string, stage?: string): Promise<number | undefined>;
  tags(): Promise<string[]>;
  /** `<model> <version> → <environment>`, oldest first. */
  deployments(): Promise<string[]>;
  page(on: { number: number }): Promise<string>;
  /** What Git prints in the repository on GitHub. */
  git(...args: string[]): Promise<string>;
  close(): Promise<void>;
}

interface Version {
  version: number;
  source: { commit: string; pull_request?: number };
  evaluation: { metrics: Record<string, { value: number }> };
}

const OWNER = "acme";
const NAME = "models";
const PEOPLE: Readonly<Record<string, Level>> = { ada: "write", eve: "write", rolf: "maintain", mia: "read" };
const where = { owner: OWNER, repo: NAME };

/** A spec of tiny-model.ts that says some things differently. */
export function tinySpec(changes: object = {}): string {
  return stringify({ ...SPEC, ...changes });
}

/** What a change of a model alone is: another threshold. */
export function threshold(value: number, model = "tiny", changes: object = {}): Record<string, string> {
  const train = { ...SPEC.train, params: { threshold: value } };
  return { [`models/${model}/model.yaml`]: tinySpec({ train, ...changes }) };
}

function modelFiles(name: string, changes: object): Record<string, string> {
  const files = Object.entries(FILES).map(([path, content]) => [`models/${name}/${path}`, content]);
  return { ...Object.fromEntries(files), [`models/${name}/model.yaml`]: tinySpec(changes) };
}

/** Ends with `close`. */
export async function openModels(options: ModelsOptions = {}): Promise<Models> {
  const { models = { tiny: {} }, pipeline = "placed", requireChecks = false } = options;
  const { root, store } = await homeFolder();
  const { files: ours } = await readGitHubFiles(PACKAGE_ROOT, "main", options.bot ?? false);
  const workflow =
    pipeline === "real"
      ? Object.fromEntries(ours)
      : Object.fromEntries([WORKFLOWS.pulls, WORKFLOWS.register].map(({ path }) => [path, INERT]));
  const policy = { ...POLICY, artifacts: { store: `file:${store}` }, ...options.policy };
  const home = await openGitHubHome(root, {
    ...(options.config && { config: options.config }),
    ...(options.secrets && { secrets: options.secrets }),
    ...(options.engine && { engine: options.engine }),
    ...(options.environments && { environments: options.environments }),
    ...(options.bot && { bot: true }),
    ...(options.toolCache !== undefined && { toolCache: options.toolCache }),
    ...(options.port !== undefined && { port: options.port }),
    ...(options.packages !== undefined && { packages: options.packages }),
    people: PEOPLE,
    files: {
      ...Object.assign({}, ...Object.entries(models).map(([name, changes]) => modelFiles(name, changes))),
      "slipway.yaml": stringify(policy),
      ...workflow,
      ...options.files,
    },
  });
  home.sandbox.addUser("mallory");
  await home.settle();
  for (const [file, text] of ours) {
    if (!file.startsWith(".github/rulesets/") || (file.endsWith("checks.json") && !requireChecks)) continue;
    const ruleset = JSON.parse(String(text).replace(/(actor_id|integration_id)": 0/g, `$1": ${home.added.id}`));
    await home.octokit("owner").request("POST /repos/{owner}/{repo}/rulesets", { ...where, ...ruleset });
  }
  return new ModelsAtHome(home, store, options.bot === true ? "github-actions" : "slipway");
}

/** The pipeline's place, where nothing runs by itself. */
const INERT = "name: Slipway\non: workflow_dispatch\njobs: {}\n";

class ModelsAtHome implements Models {
  readonly home: GitHubHome;
  readonly repo: Repo;
  readonly store: string;
  readonly #clones = new Map<string, Promise<Clone>>();

  /** The App that answers. */
  readonly #app: string;

  constructor(home: GitHubHome, store: string, app: string) {
    const repo = home.sandbox.state.repositories.get(home.fullName);
    if (repo === undefined) throw new Error("no repository");
    this.home = home;
    this.repo = repo;
    this.store = store;
    this.#app = app;
  }

  as(login: string): Octokit {
    return this.home.octokit(login);
  }

  clone(login: string, fork = false): Promise<Clone> {
    const key = `${login} ${fork}`;
    const known = this.#clones.get(key) ?? (fork ? this.#fork(login) : this.home.clone(login));
    this.#clones.set(key, known);
    return known;
  }

  async #fork(login: string): Promise<Clone> {
    await this.as(login).rest.repos.createFork(where);
    const { sandbox, root } = this.home;
    return cloneAs(login, sandbox.gitUrl(login, `${login}/${NAME}`), join(root, "clones", `${login}-fork`));
  }

  async push(login: string, branch: string, files: Readonly<Record<string, string | null>>, fork = false) {
    const clone = await this.clone(login, fork);
    const known = await clone.git("branch", "--list", branch);
    await (known === "" ? clone.branch(branch) : clone.switch(branch));
    if (branch === "main") await clone.git("pull", "--quiet", "--rebase", "origin", "main");
    for (const [path, content] of Object.entries(files)) {
      if (content === null) await clone.remove(path);
      else await clone.write({ [path]: content });
    }
    const head = await clone.push(`Change ${branch}`);
    await this.home.settle();
    return head;
  }

  async pull(login: string, branch: string, files: Readonly<Record<string, string | null>>, wish: Wish = {}) {
    const { title = branch, body, fork = false } = wish;
    const head = await this.push(login, branch, files, fork);
    const { data } = await this.as(login).rest.pulls.create({
      ...{ ...where, title, base: "main", head: fork ? `${login}:${branch}` : branch },
      ...(body === undefined ? {} : { body }),
    });
    await this.home.settle();
    return { number: data.number, branch, head };
  }

  async merge(login: string, { number }: OpenPull, method: "merge" | "squash" | "rebase" = "merge") {
    const about = { ...where, pull_number: number, merge_method: method };
    const { data } = await this.as(login).rest.pulls.merge(about);
    await this.home.settle();
    return data.sha;
  }

  async say(login: string, on: { number: number }, body: string) {
    const before = (await this.#replies(on)).length;
    await this.as(login).rest.issues.createComment({ ...where, issue_number: on.number, body });
    await this.home.settle();
    return (await this.#replies(on)).slice(before);
  }

  async #replies(on: { number: number }) {
    const all = (await this.comments(on)).filter((body) => /^<!-- slipway:reply (?!registration)/.test(body));
    return all.map((body) => body.replace(/^<!--.*-->\n/, ""));
  }

  async issue(login: string, title = "A place to talk") {
    const { data } = await this.as(login).rest.issues.create({ ...where, title });
    return { number: data.number };
  }

  async ran(of: OpenPull | "main", made: MadeRun = {}) {
    // Of a run that is placed whole, its end alone is news.
    this.home.sandbox.faults.deliveries({ kind: "lost", event: "workflow_run", times: 2 });
    const run = await placeRun(this.home.sandbox, this.repo, of === "main" ? undefined : of.number, made);
    await this.home.settle();
    return run;
  }

  async stored(accuracy: number, about: Partial<RunResult> = {}): Promise<Partial<RunResult>> {
    const folder = await mkdtemp(join(this.home.root, "artifact-"));
    await writeFile(join(folder, "model.json"), sha256(folder));
    const kept = openFolderStore(this.store, `file:${this.store}`);
    const found = measured(accuracy, about.model === undefined ? await this.live() : await this.live(about.model));
    return {
      artifact: await kept.putFolder(folder),
      predictions: await kept.putFile(join(folder, "model.json")),
      ...{ binding: true, evaluation: { ...found, binding: true }, fingerprint: sha256(folder) },
      ...about,
    };
  }

  async version(accuracy: number, model = "tiny") {
    await this.push("owner", "main", threshold(accuracy * 50, model));
    await this.ran("main", { results: { [model]: await this.stored(accuracy, { model }) } });
  }

  async registered(branch: string, accuracy: number, model = "tiny") {
    const pull = await this.pull("ada", branch, threshold(accuracy * 50, model));
    await this.merge("ada", pull);
    await this.ran("main", { results: { [model]: await this.stored(accuracy, { model }) } });
    return pull;
  }

  async comments(on: { number: number }) {
    const { data } = await this.as("mia").rest.issues.listComments({
      ...{ ...where, issue_number: on.number, per_page: 100 },
    });
    return data.filter(({ user }) => user?.login === `${this.#app}[bot]`).map(({ body }) => body ?? "");
  }

  async report(on: { number: number }) {
    const [report, ...more] = (await this.comments(on)).filter((body) => body.startsWith(MARKER));
    if (report === undefined || more.length > 0) throw new Error(`${more.length + (report ? 1 : 0)} reports`);
    return report;
  }

  async check(on: string | OpenPull, name = "Slipway") {
    const ref = typeof on === "string" ? on : (await this.#pull(on)).head.sha;
    const { data } = await this.as("mia").rest.checks.listForRef({
      ...{ ...where, ref, check_name: name, filter: "all", per_page: 100 },
    });
    const own = data.check_runs.filter(({ app }) => app?.slug === this.#app).sort((a, b) => b.id - a.id);
    const [{ conclusion, output } = { conclusion: null, output: undefined }] = own;
    const { title, summary, text } = output ?? {};
    return { conclusion, title: title ?? "", text: `${summary ?? ""}\n${text ?? ""}` };
  }

  async #pull({ number }: OpenPull) {
    return (await this.as("mia").rest.pulls.get({ ...where, pull_number: number })).data;
  }

  async record(path: string) {
    const text = await this.git("show", `registry:${path}`).catch(() => undefined);
    return text === undefined ? undefined : JSON.parse(text);
  }

  async records(folder: string) {
    const text = await this.git("ls-tree", "-r", "--name-only", "registry", `${folder}/`).catch(() => "");
    return text.split("\n").filter(Boolean);
  }

  registry() {
    return this.git("rev-parse", "--verify", "--quiet", "refs/heads/registry").catch(() => undefined);
  }

  async versions(model = "tiny") {
    const paths = await this.records(`${modelFolder(model)}/versions`);
    const all = (await Promise.all(paths.map((path) => this.record(path)))) as Version[];
    return all.sort((a, b) => a.version - b.version);
  }

  async live(model = "tiny", stage = "production") {
    const record = (await this.record(`${modelFolder(model)}/model.json`)) as
      | { stages: Record<string, { version: number }> }
      | undefined;
    return record?.stages[stage]?.version;
  }

  async tags() {
    return (await this.git("tag", "--list")).split("\n").filter(Boolean);
  }

  async deployments() {
    const { data } = await this.as("mia").rest.repos.listDeployments({ ...where, per_page: 100 });
    return data.reverse().map(({ payload, environment }) => {
      const { model, version } = payload as unknown as { model: string; version: number };
      return `${model} ${version} → ${environment}`;
    });
  }

  async page(on: { number: number }) {
    return (await fetch(`${this.home.sandbox.url}/${this.home.fullName}/pull/${on.number}`)).text();
  }

  async git(...args: string[]) {
    return (await git(this.home.bare, args)).toString().trim();
  }

  close() {
    return this.home.close();
  }
}

/** A client with the token of an App of somebody else's, installed on the repository. */
export async function appOctokit(home: GitHubHome, wanted: Omit<NewApp, "events">): Promise<Octokit> {
  const { sandbox, fullName } = home;
  const added = await sandbox.addApp({ ...wanted, events: [] });
  const installationId = await added.install(fullName);
  const auth = { appId: added.id, privateKey: added.privateKey, installationId };
  return new Octokit({ authStrategy: createAppAuth, auth, baseUrl: sandbox.url });
}

/** Of this accuracy, and compared with the version that is live, which has 0.9. */
function measured(accuracy: number, live: number | undefined): NonNullable<RunResult["evaluation"]> {
  const { evaluation } = runResult();
  const found = evaluation?.metrics["accuracy"];
  if (evaluation === undefined || found === undefined) throw new Error("the builder measures accuracy");
  const against = comparison({ accuracy: pair(accuracy, 0.9) }, live === undefined ? {} : { version: live });
  return {
    ...evaluation,
    metrics: { ...evaluation.metrics, accuracy: { ...found, value: accuracy } },
    slices: [],
    comparisons: live === undefined ? evaluation.comparisons : [against],
  };
}

/** What a run reports of a model of this accuracy. */
export function reported(accuracy: number, live?: number): Partial<RunResult> {
  return { evaluation: measured(accuracy, live) };
}
