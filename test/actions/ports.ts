import { createHash, randomUUID } from "node:crypto";
import { cp, mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { onTestFinished, vi } from "vitest";
import type { ActionPorts, Annotation, ArtifactPort, JobContext } from "../../actions/job/ports.ts";
import { SlipwayError } from "../../core/errors.ts";
import { git } from "../../core/git/run.ts";
import { temporaryFolder } from "../runtime/temporary.ts";

/** Artifacts in a folder, one folder each: what one job uploads another finds, and a test may tamper with it. */
export function folderArtifacts(root: string): ArtifactPort & { at(name: string): string } {
  let last = 100;
  const at = (name: string) => join(root, name);
  return {
    at,
    async upload(name, folder) {
      await rm(at(name), { recursive: true, force: true });
      await cp(folder, at(name), { recursive: true });
      last += 1;
      return { id: last, digest: createHash("sha256").update(name).digest("hex") };
    },
    async download(name, folder) {
      const there = await readdir(at(name)).catch(() => undefined);
      if (there === undefined) throw new SlipwayError("ARTIFACT_MISSING", `no artifact ${name}`);
      await cp(at(name), folder, { recursive: true });
    },
  };
}

export interface Told {
  outputs: Record<string, string>;
  annotations: (Annotation & { level: string })[];
  lines: string[];
  masks: string[];
  summary: string;
}

export interface EventFacts {
  name:
    | "pull_request"
    | "push"
    | "merge_group"
    | "workflow_dispatch"
    | "deployment"
    | "issue_comment"
    | "workflow_run"
    | "schedule";
  sha?: string;
  ref?: string;
  payload?: Record<string, unknown>;
}

/**
 * A runner's place for Actions on a repository: each `ports` is a job of its own, and what it told is kept. The
 * repository is fetched over Git, as from a server.
 */
export async function arrangeRunner(repository: { folder: string }, about: { root?: string; apiUrl?: string } = {}) {
  const root = about.root ?? temporaryFolder();
  const server = `http://${randomUUID()}.test`;
  // Git reaches the folder where it is asked for the server's address.
  vi.stubEnv("GIT_CONFIG_COUNT", "1");
  vi.stubEnv("GIT_CONFIG_KEY_0", `url.file://${repository.folder}/.git.insteadOf`);
  vi.stubEnv("GIT_CONFIG_VALUE_0", `${server}/acme/models.git`);
  onTestFinished(() => void vi.unstubAllEnvs());
  const artifacts = folderArtifacts(join(root, "artifacts"));

  let jobs = 0;
  const job = async (event: EventFacts, inputs: Record<string, string> = {}, env: Record<string, string> = {}) => {
    jobs += 1;
    const place = join(root, `job-${jobs}`);
    for (const folder of ["temp", "workspace"]) await mkdir(join(place, folder), { recursive: true });
    const told: Told = { outputs: {}, annotations: [], lines: [], masks: [], summary: "" };
    const variables: Record<string, string | undefined> = {
      PATH: process.env["PATH"],
      GITHUB_ACTIONS: "true",
      GITHUB_WORKSPACE: join(place, "workspace"),
      RUNNER_TEMP: join(place, "temp"),
      ACTIONS_RUNTIME_TOKEN: "runtime-token",
      ...env,
    };
    for (const [name, value] of Object.entries(inputs)) variables[`INPUT_${name.toUpperCase()}`] = value;
    const ports: ActionPorts = {
      input: (name) => (variables[`INPUT_${name.toUpperCase()}`] ?? "").trim(),
      output: (name, value) => {
        told.outputs[name] = value;
      },
      summary: async (markdown) => {
        told.summary += markdown;
      },
      annotate: (level, annotation) => told.annotations.push({ level, ...annotation }),
      log: (line) => told.lines.push(line),
      mask: (secret) => told.masks.push(secret),
      artifacts,
      idToken: async (audience) => `id-token for ${audience}`,
      context: { ...contextOf(event, server), ...(about.apiUrl === undefined ? {} : { apiUrl: about.apiUrl }) },
      env: variables,
      signal: new AbortController().signal,
    };
    return { ports, told, place };
  };
  return { job, artifacts, root };
}

/** What the runner says of the first attempt of a run in acme/models. */
export function contextOf(event: EventFacts, serverUrl: string, repository: object = {}): JobContext {
  const whole = { default_branch: "main", full_name: "acme/models", name: "models", owner: { login: "acme" } };
  return {
    ...{ eventName: event.name, sha: event.sha ?? "", ref: event.ref ?? "refs/heads/main" },
    ...{ runId: 77, runAttempt: 1, serverUrl, apiUrl: serverUrl },
    payload: { repository: { ...whole, ...repository }, ...event.payload },
  };
}

/** Events as GitHub sends them, as far as Actions read them. */
export const EVENTS = {
  push: (after: string, before = "0".repeat(40)): EventFacts => ({
    name: "push",
    sha: after,
    payload: { before, after },
  }),
  pullRequest: (head: string, base: string, from: string | null = "acme/models"): EventFacts => ({
    name: "pull_request",
    sha: head,
    ref: "refs/pull/1/merge",
    payload: {
      pull_request: {
        head: { sha: head, repo: from === null ? null : { full_name: from } },
        base: { sha: base, repo: { full_name: "acme/models" } },
      },
    },
  }),
  mergeGroup: (head: string, base: string): EventFacts => ({
    name: "merge_group",
    sha: head,
    ref: "refs/heads/gh-readonly-queue/main/pr-1",
    payload: { merge_group: { head_sha: head, base_sha: base } },
  }),
  dispatch: (sha: string): EventFacts => ({ name: "workflow_dispatch", sha, payload: {} }),
};

export async function commitId(folder: string, name = "HEAD"): Promise<string> {
  return (await git(folder, ["rev-parse", name])).toString().trim();
}

export async function jsonIn(file: string): Promise<unknown> {
  return JSON.parse(await readFile(file, "utf8"));
}
