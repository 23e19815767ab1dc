import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Octokit } from "@octokit/rest";
import { sha256 } from "../../core/canonical.ts";
import { git } from "../../core/git/run.ts";
import { WORKFLOWS } from "../../core/github.ts";
import { formatResultName } from "../../core/stages/result-name.ts";
import { openFolderStore } from "../../core/stores/file/folder.ts";
import type { RunResult } from "../../schemas/run-result.ts";
import type { Conclusion, Pull, Repo, WorkflowRun } from "../../tools/sandbox/state.ts";
import { zipOf } from "../attested/zip.ts";
import { type HostedApp, type HostedOptions, startHostedApp } from "../helpers/hosted-app.ts";
import { runResult } from "../report/run-result.ts";

export const REPOSITORY = "acme/models";
/** Names the repository's own folder in the App's store. */
export const REPOSITORY_ID = 812_345_678;
const [OWNER, REPO] = ["acme", "models"];

/** A run that somebody could have made: what its results say, and what tampers with it. */
export interface MadeRun {
  /** By model; each is said to be of this run, and of its commit. */
  results?: Record<string, Partial<RunResult>>;
  conclusion?: Conclusion;
  /** Instead of the pipeline's. */
  path?: string;
  title?: string;
  event?: string;
  headSha?: string;
  headBranch?: string;
  /** Over what would be uploaded and attested. */
  jobs?: (attested: { name: string }[]) => { name: string; conclusion?: Conclusion; attempt?: number }[];
  /** The run of which this is the next attempt. */
  again?: WorkflowRun;
  zip?: (result: RunResult) => Buffer;
}

/** A repository of models on a stand-in for GitHub, the App, and people with their rights. */
export interface ModelsOnGitHub {
  hosted: HostedApp;
  store: string;
  ada: Octokit;
  repo: Repo;
  /** Commits files (null removes one) to a branch of its own on top of main, and pushes it as ada. */
  push(
    branch: string,
    files: Record<string, string | null>,
    options?: { from?: string; force?: boolean },
  ): Promise<string>;
  openPull(branch: string, files: Record<string, string | null>): Promise<Pull>;
  /** A finished run of the pull request's head, or of main. */
  run(of: Pull | "main", made?: MadeRun): Promise<WorkflowRun>;
  merge(pull: Pull, method?: "merge" | "squash" | "rebase"): Promise<string>;
  /** A binding result whose bytes are in the durable store. */
  stored(about?: Partial<RunResult>): Promise<Partial<RunResult>>;
  comments(pull: Pull): string[];
  /** The newest check of a name on a commit. */
  check(
    commit: string,
    name: string,
  ): {
    status: string;
    conclusion: string | null;
    title: string;
    summary: string;
    text: string;
    annotations: unknown[];
  };
  /** The App's calls of REST since the last time. */
  calls(): string[];
  end(): Promise<void>;
}

export function specOf(about: { gate?: number; trees?: number; extra?: string } = {}): string {
  return `slipway: 1
task: classification
data: { train: data/train.csv, test: data/test.csv, label: species }
train: { run: node train.mjs, params: { trees: ${about.trees ?? 50} } }
predict: { run: node predict.mjs }
metrics:
  accuracy: { metric: accuracy_score }
gates:
  register:
    - { metric: accuracy, at-least: ${about.gate ?? 0.8} }
  production:
    - { metric: accuracy, at-least: 0.85 }
    - { metric: accuracy, versus: production, max-regression: 0.01 }
${about.extra ?? ""}`;
}

export function modelFiles(name = "penguins", spec = specOf()): Record<string, string> {
  const folder = `models/${name}`;
  return {
    [`${folder}/model.yaml`]: spec,
    [`${folder}/train.mjs`]: "// trains\n",
    [`${folder}/predict.mjs`]: "// predicts\n",
    [`${folder}/data/train.csv`]: "bill,species\n1,a\n2,b\n",
    [`${folder}/data/test.csv`]: "bill,species\n3,a\n4,b\n",
  };
}

export async function startModels(
  options: { files?: Record<string, string>; policy?: string; hosted?: HostedOptions } = {},
): Promise<ModelsOnGitHub> {
  const work = await mkdtemp(join(tmpdir(), "slipway-models-"));
  const stores = join(work, "stores");
  const store = join(stores, String(REPOSITORY_ID));
  await mkdir(stores);
  const config = { SLIPWAY_STORES: [`file:${stores}`], ...options.hosted?.config };
  const hosted = await startHostedApp({ ...options.hosted, config });
  const { sandbox, added } = hosted;
  sandbox.addUser("ada");
  sandbox.addUser("bob");
  const policy = `slipway: 1\nartifacts: { store: "file:${store}" }\n${options.policy ?? ""}`;
  const repo = await sandbox.addRepository({
    ...{ owner: OWNER, name: REPO, id: REPOSITORY_ID, collaborators: { ada: "write", bob: "read" } },
    files: {
      ...modelFiles(),
      "slipway.yaml": policy,
      [WORKFLOWS.pulls.path]: "name: Slipway\non: pull_request\n",
      [WORKFLOWS.register.path]: "name: Slipway register\non: push\n",
      ...options.files,
    },
  });
  await added.install(REPOSITORY);
  await hosted.settled();
  const clone = join(work, "clone");
  await git(work, ["clone", "-q", sandbox.gitUrl("ada", REPOSITORY), clone]);
  const ada = sandbox.octokit("ada");
  let seen = 0;

  const setting: ModelsOnGitHub = {
    ...{ hosted, store, ada, repo },
    async push(branch, files, { from = "origin/main", force = false } = {}) {
      await git(clone, ["fetch", "-q", "origin"]);
      const known = (await git(clone, ["branch", "-r", "--list", `origin/${branch}`])).length > 0;
      await git(clone, ["checkout", "-q", "-B", branch, known && !force ? `origin/${branch}` : from]);
      for (const [path, content] of Object.entries(files)) {
        const target = join(clone, path);
        await mkdir(dirname(target), { recursive: true });
        if (content === null) await rm(target, { recursive: true });
        else await writeFile(target, content);
      }
      await git(clone, ["add", "-A"]);
      const who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"];
      await git(clone, [...who, "commit", "-q", "--allow-empty", "-m", `change ${branch}`]);
      await git(clone, ["push", "-q", "--force", "origin", branch]);
      await hosted.settled();
      return (await git(clone, ["rev-parse", "HEAD"])).toString().trim();
    },
    async openPull(branch, files) {
      await setting.push(branch, files);
      const { data } = await ada.rest.pulls.create({
        owner: OWNER,
        repo: REPO,
        title: branch,
        head: branch,
        base: "main",
      });
      await hosted.settled();
      return repo.pulls.get(data.number) as Pull;
    },
    async run(of, made = {}) {
      const {
        results = {},
        zip = (result) => zipOf({ name: "result.json", content: JSON.stringify(result) }),
        ...rest
      } = made;
      const uploads = (run: WorkflowRun) =>
        Object.entries(results).map(([model, about]): [string, Buffer] => {
          const commit = run.headSha;
          const result = runResult({
            ...{ model, spec: `models/${model}/model.yaml`, run: `${run.id}-${run.attempt}-${model}` },
            source: { commit, dirty: false },
            ...about,
          });
          return [`slipway-result-${model}`, zip(result)];
        });
      const event = made.event ?? (of === "main" ? "push" : "pull_request");
      const { path, name } = event === "push" ? WORKFLOWS.register : WORKFLOWS.pulls;
      const run = await sandbox.addFinishedRun(REPOSITORY, {
        ...{ path: made.path ?? path, name, event },
        ...(of === "main" ? {} : { pull: of }),
        ...(made.title === undefined ? {} : { title: made.title }),
        ...(rest.headSha === undefined ? {} : { headSha: rest.headSha }),
        ...(rest.headBranch === undefined ? {} : { headBranch: rest.headBranch }),
        ...(rest.conclusion === undefined ? {} : { conclusion: rest.conclusion }),
        ...(rest.again === undefined ? {} : { again: rest.again }),
        artifacts: (run) => Object.fromEntries(uploads(run)),
        jobs: (artifacts) => {
          const attested = artifacts.map(({ id, name, digest }) => {
            const result = formatResultName({ artifact: id, sha256: digest.replace("sha256:", "") });
            return { name: `pipeline / ${name.replace("slipway-result-", "")} / ${result}` };
          });
          return rest.jobs?.(attested) ?? attested;
        },
      });
      await hosted.settled();
      return run;
    },
    async merge(pull, method = "merge") {
      const pull_number = pull.issue.number;
      const { data } = await ada.rest.pulls.merge({ owner: OWNER, repo: REPO, pull_number, merge_method: method });
      await hosted.settled();
      return data.sha;
    },
    async stored(about = {}) {
      const folder = await mkdtemp(join(work, "artifact-"));
      await writeFile(join(folder, "model.json"), sha256(folder));
      const kept = openFolderStore(store, `file:${store}`);
      const base = runResult(about);
      return {
        artifact: await kept.putFolder(folder),
        predictions: await kept.putFile(join(folder, "model.json")),
        binding: true,
        ...(base.evaluation ? { evaluation: { ...base.evaluation, binding: true } } : {}),
        fingerprint: sha256(folder),
        ...about,
      };
    },
    comments: (pull) => [...repo.comments.values()].filter(({ issue }) => issue === pull.issue).map(({ body }) => body),
    check(commit, name) {
      const found = [...repo.checks.values()].findLast((each) => each.name === name && each.suite.headSha === commit);
      if (found === undefined) throw new Error(`no check ${name} on ${commit}`);
      const { status, conclusion, output, annotations } = found;
      return {
        status,
        conclusion,
        title: output.title ?? "",
        summary: output.summary ?? "",
        text: output.text ?? "",
        annotations,
      };
    },
    calls() {
      const all = sandbox.state.requests.slice(seen);
      seen = sandbox.state.requests.length;
      return all
        .filter(({ by, path }) => by.startsWith("slipway") && path.startsWith("/repos/"))
        .map(({ method, path }) => `${method} ${path.replace(/^\/repos\/[^/]+\/[^/]+/, "")}`);
    },
    async end() {
      await hosted.close();
      await rm(work, { recursive: true, force: true });
    },
  };
  return setting;
}
