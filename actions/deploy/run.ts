import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { deployProblem } from "../../core/acts/check-deploy.ts";
import { METRIC_RULES, refuseProblems } from "../../core/acts/project.ts";
import { retireOlder } from "../../core/deploy/retire-older.ts";
import { milliseconds } from "../../core/duration.ts";
import { type ReasonCode, SlipwayError } from "../../core/errors.ts";
import { displayName } from "../../core/promotion/apply-change.ts";
import { readDeploymentPayload } from "../../core/promotion/deployment-payload.ts";
import { removeTree } from "../../core/runtime/remove-tree.ts";
import { openCommit } from "../../core/source/commit.ts";
import { loadPolicy } from "../../core/spec/project.ts";
import { openDurableStore } from "../../core/stores/open/durable-store.ts";
import type { DeploymentPayload } from "../../schemas/deployment-payload.ts";
import { Duration } from "../../schemas/names.ts";
import { choiceInput, namedInput } from "../job/inputs.ts";
import type { ActionOutcome, ActionPorts } from "../job/ports.ts";
import { openRunRepository, REMOTE, type RunRepository } from "../job/repository.ts";
import { type JobFacts, readJobFacts } from "../job/run-facts.ts";
import { giveStoreCredentials } from "../job/store-credentials.ts";
import { awaitAnswer } from "./await-answer.ts";
import type { DeploymentPort } from "./deployments.ts";
import { promotedVersion } from "./promoted-version.ts";

export interface DeployPorts extends ActionPorts {
  deployments(token: string, fullName: string): DeploymentPort;
}

/** Of the version's answer. */
const DEFAULT_WAIT = "15m";

const DeploymentEvent = z.object({ deployment: z.object({ id: z.int().min(1), payload: z.unknown() }).optional() });

/**
 * Brings a deployment's version into a folder, once the registry agrees. Called again with `state`, it says how the
 * deployment ended: a success only if the version answers where the policy says that it serves. A failure of this Action is
 * the deployment's failure, too.
 */
export async function run(ports: DeployPorts): Promise<ActionOutcome> {
  const facts = readJobFacts(ports.context);
  const token = ports.input("token");
  const deployments = ports.deployments(token, facts.repository.fullName);
  const { id, payload } = await deploymentOf(ports, deployments);
  const state = choiceInput(ports, "state", ["begin", "success", "failure"]);
  const { page } = facts;
  if (state === "failure") {
    const description = "The deployment failed: see its run";
    await deployments.setStatus(id, { state, description, page, environmentUrl: urlInput(ports) });
    return { outcome: "succeeded" };
  }
  try {
    const wanted = promotionOf(payload);
    const say = (description: string) => deployments.setStatus(id, { state: "in_progress", description, page });
    if (state === "begin") await begin(ports, facts, token, wanted, say);
    else {
      const { environmentUrl, description } = await succeed(ports, facts, token, wanted, say);
      await deployments.setStatus(id, { state, description, page, environmentUrl });
      await retireOlder(deployments, id, wanted);
    }
    return { outcome: "succeeded" };
  } catch (error) {
    const description = error instanceof SlipwayError ? error.message : "An error of Slipway's: see the run";
    await deployments.setStatus(id, { state: "failure", description, page });
    throw error;
  }
}

type Say = (description: string) => Promise<void>;

async function begin(ports: DeployPorts, facts: JobFacts, token: string, wanted: DeploymentPayload, say: Say) {
  await say("Bringing the artifact");
  const path = await bringArtifact(ports, facts, token, wanted);
  const { model, version, stage } = wanted;
  for (const [name, value] of Object.entries({ model, version, stage, path })) ports.output(name, String(value));
}

/** What is done is done once the registry still has it in the stage, the stage's manifests say it, and the version answers, where the policy says of either. */
async function succeed(ports: DeployPorts, facts: JobFacts, token: string, wanted: DeploymentPayload, say: Say) {
  const given = urlInput(ports);
  return withRepository(ports, facts, token, async (repository) => {
    const { policy } = await loadSoundPolicy(repository);
    const { model, version, stage } = wanted;
    const stillWanted = async () => void (await promotedVersion(repository, wanted, policy.signers ?? []));
    await stillWanted();
    const problem = await deployProblem({ ...repository, remote: REMOTE }, wanted);
    if (problem !== undefined) throw new SlipwayError(problem.code as ReasonCode, problem.message, problem);
    const record = await (await repository.registry.snapshot()).model(model);
    const called = record === undefined ? model : displayName(record);
    const url = policy.deploy?.[stage]?.url?.replaceAll("{model}", encodeURIComponent(called));
    if (url === undefined) return { description: "Deployed", environmentUrl: given };
    await say(`Waiting until version ${version} answers`);
    await awaitAnswer(
      { url, model: called, version },
      { limitMs: waitInput(ports), stillWanted, signal: ports.signal },
    );
    // A version that was replaced while it was waited for may have answered still.
    await stillWanted();
    return { description: `Version ${version} answers`, environmentUrl: given ?? url };
  });
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
  facts: JobFacts,
  token: string,
  payload: DeploymentPayload,
): Promise<string> {
  return withRepository(ports, facts, token, async (repository) => {
    const { policy, path, position } = await loadSoundPolicy(repository);
    const { artifact } = await promotedVersion(repository, payload, policy.signers ?? []);
    const store = openDurableStore(policy.artifacts?.store, { file: path, ...position(["artifacts", "store"]) });
    const temporary = await mkdtemp(join(temporaryOf(ports), "slipway-artifact-"));
    const folder = join(temporary, payload.model);
    await store.getFolder(artifact, folder);
    return folder;
  });
}

async function withRepository<Result>(
  ports: DeployPorts,
  { repository: { url, defaultBranch } }: JobFacts,
  token: string,
  act: (repository: RunRepository) => Promise<Result>,
): Promise<Result> {
  const home = await mkdtemp(join(temporaryOf(ports), "slipway-"));
  const repository = await openRunRepository(home, { url, defaultBranch }, token);
  const given = await giveStoreCredentials(ports, join(home, "credentials"), "data");
  try {
    return await act(repository);
  } finally {
    await given.remove();
    await repository.close();
    await removeTree(home);
  }
}

/** A policy that cannot be read names no signers: anybody's version would do. */
async function loadSoundPolicy(repository: RunRepository) {
  const loaded = await loadPolicy(await openCommit(repository.objects, await repository.tip()), METRIC_RULES);
  refuseProblems(loaded.problems);
  return loaded;
}

function temporaryOf({ env }: DeployPorts): string {
  return env["RUNNER_TEMP"] || tmpdir();
}

/** Milliseconds. */
function waitInput(ports: DeployPorts): number {
  if (ports.input("wait") === "") return milliseconds(DEFAULT_WAIT);
  return milliseconds(namedInput(ports, "wait", Duration, "a duration: 15m"));
}

function urlInput(ports: DeployPorts): string | undefined {
  const text = ports.input("environment-url");
  if (text === "") return undefined;
  if (/^https?:\/\//i.test(text) && URL.canParse(text)) return text;
  throw new SlipwayError("USAGE", "The input `environment-url` is no address", { expected: "https://…" });
}
