import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { METRIC_RULES, refuseProblems } from "../../core/acts/project.ts";
import { SlipwayError } from "../../core/errors.ts";
import { readDeploymentPayload } from "../../core/promotion/deployment-payload.ts";
import { removeTree } from "../../core/runtime/remove-tree.ts";
import { openCommit } from "../../core/source/commit.ts";
import { loadPolicy } from "../../core/spec/project.ts";
import { openDurableStore } from "../../core/stores/open/durable-store.ts";
import type { DeploymentPayload } from "../../schemas/deployment-payload.ts";
import { choiceInput } from "../job/inputs.ts";
import type { ActionOutcome, ActionPorts } from "../job/ports.ts";
import { openRunRepository } from "../job/repository.ts";
import { type JobFacts, readJobFacts } from "../job/run-facts.ts";
import { giveStoreCredentials } from "../job/store-credentials.ts";
import type { DeploymentPort } from "./deployments.ts";
import { promotedVersion } from "./promoted-version.ts";

export interface DeployPorts extends ActionPorts {
  deployments(token: string, fullName: string): DeploymentPort;
}

const DeploymentEvent = z.object({ deployment: z.object({ id: z.int().min(1), payload: z.unknown() }).optional() });

/**
 * Brings a deployment's version into a folder, once the registry agrees. Called again with `state`, it says how the
 * deployment ended. A failure of this Action is the deployment's failure, too.
 */
export async function run(ports: DeployPorts): Promise<ActionOutcome> {
  const facts = readJobFacts(ports.context);
  const token = ports.input("token");
  const deployments = ports.deployments(token, facts.repository.fullName);
  const { id, payload } = await deploymentOf(ports, deployments);
  const state = choiceInput(ports, "state", ["begin", "success", "failure"]);
  const { page } = facts;
  if (state !== "begin") {
    const description = state === "success" ? "Deployed" : "The deployment failed: see its run";
    await deployments.setStatus(id, { state, description, page, environmentUrl: urlInput(ports) });
    return { outcome: "succeeded" };
  }
  try {
    const wanted = promotionOf(payload);
    await deployments.setStatus(id, { state: "in_progress", description: "Bringing the artifact", page });
    const path = await bringArtifact(ports, facts, token, wanted);
    const { model, version, stage } = wanted;
    for (const [name, value] of Object.entries({ model, version, stage, path })) ports.output(name, String(value));
    return { outcome: "succeeded" };
  } catch (error) {
    const description = error instanceof SlipwayError ? error.message : "An error of Slipway's: see the run";
    await deployments.setStatus(id, { state: "failure", description, page });
    throw error;
  }
}

async function deploymentOf(
  ports: DeployPorts,
  deployments: DeploymentPort,
): Promise<{ id: number; payload: unknown }> {
  const { deployment } = DeploymentEvent.catch({}).parse(ports.context.payload);
  const asked = ports.input("deployment");
  if (asked === "" && deployment) return deployment;
  if (!/^[1-9]\d{0,14}$/.test(asked)) {
    throw new SlipwayError("USAGE", "There is no deployment to carry out", {
      expected: "the event deployment, or the input `deployment` with a deployment's id",
      found: asked === "" ? "another event, and no input" : JSON.stringify(asked.slice(0, 50)),
    });
  }
  const id = Number(asked);
  return id === deployment?.id ? deployment : { id, payload: await deployments.payload(id) };
}

/** Rejects with USAGE for another tool's deployment: anybody who may write deployments can create one. */
function promotionOf(payload: unknown): DeploymentPayload {
  const read = readDeploymentPayload(payload);
  if (read !== undefined) return read;
  throw new SlipwayError("USAGE", "The deployment is not one of Slipway's", {
    expected: "the payload of a promotion: {slipway: 1, model, version, stage, decision, artifact_sha256}",
    found: "another payload",
  });
}

/** Resolves to the folder, which stays for the job's next steps. */
async function bringArtifact(
  ports: DeployPorts,
  { repository: { url, defaultBranch } }: JobFacts,
  token: string,
  payload: DeploymentPayload,
): Promise<string> {
  const temporary = ports.env["RUNNER_TEMP"] || tmpdir();
  const home = await mkdtemp(join(temporary, "slipway-"));
  const repository = await openRunRepository(home, { url, defaultBranch }, token);
  const given = await giveStoreCredentials(ports, join(home, "credentials"), "data");
  try {
    const tree = await openCommit(repository.objects, await repository.tip());
    const { policy, problems, path, position } = await loadPolicy(tree, METRIC_RULES);
    // A policy that cannot be read names no signers: anybody's version would do.
    refuseProblems(problems);
    const { artifact } = await promotedVersion(repository, payload, policy.signers ?? []);
    const store = openDurableStore(policy.artifacts?.store, { file: path, ...position(["artifacts", "store"]) });
    const folder = join(await mkdtemp(join(temporary, "slipway-artifact-")), payload.model);
    await store.getFolder(artifact, folder);
    return folder;
  } finally {
    await given.remove();
    await repository.close();
    await removeTree(home);
  }
}

function urlInput(ports: DeployPorts): string | undefined {
  const text = ports.input("environment-url");
  if (text === "") return undefined;
  if (/^https?:\/\//i.test(text) && URL.canParse(text)) return text;
  throw new SlipwayError("USAGE", "The input `environment-url` is no address", { expected: "https://…" });
}
