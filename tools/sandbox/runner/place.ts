import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import type { CheckRun, Job, Permissions } from "../state.ts";
import { addToken } from "../world/accounts.ts";
import type { Attempt, Scope } from "./attempt.ts";
import { type Contexts, fillTexts } from "./expressions.ts";
import type { JobSpec } from "./workflow-file.ts";

export interface JobRequest {
  id: string;
  spec: JobSpec;
  job: Job;
  check: CheckRun;
  /** github, needs, matrix, strategy, inputs, secrets, vars. */
  contexts: Contexts;
  permissions: Permissions;
  cancel: AbortSignal;
}

/** Where a job runs, and what its steps leave for later ones. */
export interface Place {
  attempt: Attempt;
  scope: Scope;
  request: JobRequest;
  token: string;
  workspace: string;
  home: string;
  temp: string;
  log: string;
  github: Record<string, unknown>;
  runner: Record<string, string>;
  /** Texts that no log shows. */
  masks: Set<string>;
  /** What steps wrote to GITHUB_ENV and GITHUB_PATH. */
  env: Record<string, string>;
  path: string[];
  steps: Record<string, { outputs: Record<string, string>; outcome: string; conclusion: string }>;
  status: "success" | "failure" | "cancelled";
  /** Post steps, to run in reverse. */
  posts: (() => Promise<unknown>)[];
}

/** A clean place for one job, with a token of its own permissions. */
export async function openPlace(attempt: Attempt, scope: Scope, request: JobRequest): Promise<Place> {
  const { state, repo, options } = attempt;
  const { id, job, permissions } = request;
  const root = path.join(state.folder, "jobs", String(job.id));
  const [home, temp, logs] = [path.join(root, "home"), path.join(root, "temp"), path.join(state.folder, "logs")];
  const workspace = path.join(root, repo.name, repo.name);
  for (const folder of [home, temp, logs, workspace]) await mkdir(folder, { recursive: true });
  const expiresAt = new Date(Date.parse(state.now()) + 86_400_000).toISOString();
  const repositories = new Set([repo]);
  const token = addToken(state, {
    kind: "installation",
    app: state.actions,
    installation: undefined,
    permissions,
    repositories,
    expiresAt,
  });
  const event_path = path.join(temp, "event.json");
  await writeFile(event_path, JSON.stringify(attempt.trigger.payload));
  return {
    attempt,
    scope,
    request,
    token,
    workspace,
    home,
    temp,
    log: path.join(logs, `${job.id}.txt`),
    github: { ...(request.contexts["github"] as object), token, job: id, workspace, event_path },
    runner: {
      os: "Linux",
      arch: process.arch === "arm64" ? "ARM64" : "X64",
      name: "sandbox",
      environment: "self-hosted",
      temp,
      tool_cache: options.toolCache ?? path.join(root, "tools"),
    },
    masks: new Set([token, ...Object.values(scope.secrets)].flatMap((secret) => secret.split("\n")).filter(Boolean)),
    env: {},
    path: [],
    steps: {},
    status: "success",
    posts: [],
  };
}

/** Ends the token, and removes everything but the log. */
export async function closePlace({ attempt, token, workspace }: Place): Promise<void> {
  attempt.state.tokens.delete(token);
  await rm(path.dirname(path.dirname(workspace)), { recursive: true, force: true, maxRetries: 3 });
}

/** What a step's expressions may look into; `env` is the workflow's, the job's, what steps added, and the step's own. */
export function stepContexts(place: Place, own: unknown = {}): Contexts & { env: Record<string, string> } {
  const { scope, request, github, runner, steps, status, token } = place;
  const secrets = { ...scope.secrets, GITHUB_TOKEN: token };
  const contexts = { ...request.contexts, secrets, github, runner, steps, job: { status } };
  const before = { ...fillTexts(scope.file.env, contexts), ...fillTexts(request.spec.env, contexts), ...place.env };
  return { ...contexts, env: { ...before, ...fillTexts(own, { ...contexts, env: before }) } };
}

export function masked({ masks }: Place, line: string): string {
  return [...masks].reduce((left, mask) => left.replaceAll(mask, "***"), line);
}
