import { z } from "zod";
import { emit } from "../events/emit.ts";
import { commitOf } from "../git/run.ts";
import type { Call, Route } from "../http/call.ts";
import { notFound, Refusal } from "../http/refusal.ts";
import type { Deployment, DeploymentStatus } from "../state.ts";
import { showDeployment, showDeploymentStatus } from "../views/deployment.ts";

const READ = { app: ["deployments:read"], person: "read" } as const;
const WRITE = { app: ["deployments:write"], person: "write" } as const;

const NewDeployment = z.object({
  ref: z.string(),
  task: z.string().default("deploy"),
  auto_merge: z.boolean().optional(),
  required_contexts: z.array(z.string()).optional(),
  payload: z.union([z.record(z.string(), z.unknown()), z.string()]).default({}),
  environment: z.string().default("production"),
  description: z.string().nullish(),
  transient_environment: z.boolean().default(false),
  production_environment: z.boolean().optional(),
});
const NewStatus = z.object({
  state: z.enum(["error", "failure", "inactive", "pending", "success", "queued", "in_progress"]),
  description: z.string().max(140).default(""),
  environment: z.string().optional(),
  environment_url: z.string().default(""),
  log_url: z.string().optional(),
  target_url: z.string().default(""),
  auto_inactive: z.boolean().default(true),
});

export const deploymentRoutes: readonly Route[] = [
  { on: "POST /repos/:owner/:repo/deployments", needs: WRITE, handle: createDeployment },
  {
    on: "GET /repos/:owner/:repo/deployments",
    needs: READ,
    handle: (call) => {
      const [environment, task, ref, sha] = ["environment", "task", "ref", "sha"].map(call.query);
      const list = [...call.repo.deployments.values()]
        .filter((one) => (environment ?? one.environment) === one.environment && (task ?? one.task) === one.task)
        .filter((one) => (ref ?? one.ref) === one.ref && (sha ?? one.sha) === one.sha)
        .reverse();
      return { list, show: (one: Deployment) => showDeployment(call.state, call.repo, one) };
    },
  },
  {
    on: "GET /repos/:owner/:repo/deployments/:id",
    needs: READ,
    handle: (call) => ({ body: showDeployment(call.state, call.repo, deploymentOf(call)) }),
  },
  {
    on: "GET /repos/:owner/:repo/deployments/:id/statuses",
    needs: READ,
    handle: (call) => {
      const deployment = deploymentOf(call);
      const show = (one: DeploymentStatus) => showDeploymentStatus(call.state, call.repo, deployment, one);
      return { list: deployment.statuses.toReversed(), show };
    },
  },
  { on: "POST /repos/:owner/:repo/deployments/:id/statuses", needs: WRITE, handle: createStatus },
];

function deploymentOf(call: Call): Deployment {
  const deployment = call.repo.deployments.get(call.number("id"));
  if (deployment === undefined) throw notFound();
  return deployment;
}

const appOf = ({ actor }: Call) => (actor.kind === "installation" || actor.kind === "user" ? actor.app : undefined);

async function createDeployment(call: Call) {
  const { state, repo, account: creator, actor } = call;
  const wanted = await call.body(NewDeployment);
  const { ref, task, environment, payload, description = null, transient_environment: transient } = wanted;
  const sha = await commitOf(repo.folder, ref);
  if (sha === undefined) throw new Refusal(422, `No ref found for: ${ref}`);
  const failing = wanted.required_contexts?.find((name) => !passed(call, sha, name));
  if (failing !== undefined) throw new Refusal(409, `Conflict: Commit status checks failed for ${ref}.`);
  const production = wanted.production_environment ?? environment === "production";
  const times = { createdAt: state.now(), updatedAt: state.now() };
  const what = { sha, ref, task, environment, production, transient, description, payload, creator, app: appOf(call) };
  const deployment: Deployment = { id: state.nextId(), ...what, ...times, statuses: [] };
  repo.deployments.set(deployment.id, deployment);
  const body = showDeployment(state, repo, deployment);
  emit(
    state,
    repo,
    "deployment",
    { action: "created", deployment: body, workflow: null, workflow_run: null },
    { sender: creator, actor },
  );
  return { status: 201, body };
}

function passed({ repo }: Call, sha: string, name: string): boolean {
  const check = [...repo.checks.values()].findLast((one) => one.name === name && one.suite.headSha === sha);
  return ["success", "neutral", "skipped"].includes(check?.conclusion ?? "");
}

async function createStatus(call: Call) {
  const { state, repo, account: creator, actor } = call;
  const deployment = deploymentOf(call);
  const wanted = await call.body(NewStatus);
  const status: DeploymentStatus = {
    id: state.nextId(),
    state: wanted.state,
    description: wanted.description,
    environment: wanted.environment ?? deployment.environment,
    logUrl: wanted.log_url ?? wanted.target_url,
    environmentUrl: wanted.environment_url,
    creator,
    app: appOf(call),
    createdAt: state.now(),
  };
  deployment.statuses.push(status);
  deployment.updatedAt = state.now();
  if (status.state === "success" && wanted.auto_inactive) retireOlder(call, deployment, status);
  const body = showDeploymentStatus(state, repo, deployment, status);
  const payload = { action: "created", deployment_status: body, deployment: showDeployment(state, repo, deployment) };
  emit(state, repo, "deployment_status", payload, { sender: creator, actor });
  return { status: 201, body };
}

/** A success makes earlier deployments of the same environment inactive, but for production ones and transient ones. */
function retireOlder({ state, repo }: Call, deployment: Deployment, status: DeploymentStatus): void {
  for (const older of repo.deployments.values()) {
    const live = older.statuses.at(-1)?.state === "success";
    if (older === deployment || older.environment !== deployment.environment || !live) continue;
    if (!older.production && !older.transient)
      older.statuses.push({ ...status, id: state.nextId(), state: "inactive" });
  }
}
