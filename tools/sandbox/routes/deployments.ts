import { z } from "zod";
import { emit } from "../events/emit.ts";
import { commitOf } from "../git/run.ts";
import { created, list } from "../http/answer.ts";
import type { Call } from "../http/call.ts";
import { Refusal } from "../http/refusal.ts";
import type { AddRoute } from "../http/serve-api.ts";
import { passes } from "../rules/required-checks.ts";
import type { Deployment, DeploymentStatus } from "../state.ts";
import { showDeployment, showDeploymentStatus } from "../views/deployment.ts";

const READ = { app: ["deployments:read"], person: "read" } as const;
const WRITE = { app: ["deployments:write"], person: "write" } as const;

const NewDeployment = z.object({
  ref: z.string(),
  task: z.string().default("deploy"),
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

export function deploymentRoutes(on: AddRoute): void {
  on("POST deployments", WRITE, createDeployment);
  on("GET deployments", READ, (call) => {
    const asked = ["environment", "task", "ref", "sha"] as const;
    const found = [...call.repo.deployments.values()].filter((one) =>
      asked.every((name) => call.asks(name, one[name])),
    );
    return list(found.reverse(), call.as(showDeployment));
  });
  on("GET deployments/:id", READ, (call) => call.show(showDeployment, deploymentOf(call)));
  on("GET deployments/:id/statuses", READ, (call) => {
    const deployment = deploymentOf(call);
    const show = (status: DeploymentStatus) => showDeploymentStatus(call.state, call.repo, deployment, status);
    return list(deployment.statuses.toReversed(), show);
  });
  on("POST deployments/:id/statuses", WRITE, createStatus);
}

const deploymentOf = (call: Call): Deployment => call.pick(call.repo.deployments);

async function createDeployment(call: Call) {
  const { state, repo, account: creator, app } = call;
  const { transient_environment: transient, production_environment, ...wanted } = await call.body(NewDeployment);
  const { required_contexts = [], description = null, ...what } = wanted;
  const sha = await commitOf(repo.folder, what.ref);
  if (sha === undefined) throw new Refusal(422, `No ref found for: ${what.ref}`);
  if (required_contexts.some((name) => !passes(repo, sha, name))) {
    throw new Refusal(409, `Conflict: Commit status checks failed for ${what.ref}.`);
  }
  const production = production_environment ?? what.environment === "production";
  const made = { creator, app, createdAt: state.now(), updatedAt: state.now() };
  const id = state.nextId();
  const deployment: Deployment = { id, sha, ...what, description, production, transient, ...made, statuses: [] };
  repo.deployments.set(id, deployment);
  const body = call.show(showDeployment, deployment);
  const payload = { action: "created", deployment: body, workflow: null, workflow_run: null };
  emit(call, "deployment", payload);
  return created(body);
}

async function createStatus(call: Call) {
  const { state, repo, account: creator, app } = call;
  const deployment = deploymentOf(call);
  const { target_url, log_url, environment_url, auto_inactive, ...wanted } = await call.body(NewStatus);
  const { environment = deployment.environment } = wanted;
  const urls = { logUrl: log_url ?? target_url, environmentUrl: environment_url };
  const made = { creator, app, createdAt: state.now() };
  const status: DeploymentStatus = { id: state.nextId(), ...wanted, environment, ...urls, ...made };
  deployment.statuses.push(status);
  deployment.updatedAt = state.now();
  if (status.state === "success" && auto_inactive) retireOlder(call, deployment, status);
  const body = showDeploymentStatus(state, repo, deployment, status);
  const payload = { action: "created", deployment_status: body, deployment: call.show(showDeployment, deployment) };
  emit(call, "deployment_status", payload);
  return created(body);
}

/** A success makes earlier deployments of its environment inactive, but for production ones and transient ones. */
function retireOlder({ state, repo }: Call, deployment: Deployment, status: DeploymentStatus): void {
  for (const older of repo.deployments.values()) {
    if (older === deployment || older.environment !== deployment.environment) continue;
    if (older.production || older.transient || older.statuses.at(-1)?.state !== "success") continue;
    older.statuses.push({ ...status, id: state.nextId(), state: "inactive" });
  }
}
