import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { Secrets } from "../../app/github/secrets.ts";
import type { Routes } from "../../app/intake/routes.ts";
import { runOneEvent } from "../../app/one-event.ts";
import { openLog } from "../../app/server/log.ts";
import { SlipwayError } from "../../core/errors.ts";
import { removeTree } from "../../core/runtime/remove-tree.ts";
import type { ActionOutcome, ActionPorts, JobContext } from "../job/ports.ts";
import { giveStoreCredentials } from "../job/store-credentials.ts";
import { annotationLine } from "../job/workflow-text.ts";

/** Events whose workflow is the default branch's own file, whoever caused them. */
const TRUSTED = ["issue_comment", "push", "schedule", "workflow_run"];

const Job = z.object({
  eventName: z.string(),
  ref: z.string(),
  runId: z.int(),
  apiUrl: z.url(),
  serverUrl: z.url(),
  payload: z.looseObject({ repository: z.looseObject({ default_branch: z.string() }) }),
});

/**
 * Runs the App's handlers for the event that started the workflow. Rejects with UNSUPPORTED if the workflow could be
 * another than the default branch's: its author could take the deploy key.
 */
export async function run(ports: ActionPorts, routes?: Routes): Promise<ActionOutcome> {
  const job = jobOf(await withRepository(ports));
  refuseUntrusted(job);
  const [token, deployKey, knownHosts] = ["token", "deploy-key", "known-hosts"].map(ports.input) as [
    string,
    string,
    string,
  ];
  if (deployKey === "") {
    throw new SlipwayError("USAGE", "The bot has no key that may write the registry", {
      expected: "the input `deploy-key`",
      hint: "slipway init --github --bot prints how to make it, and where to keep it",
    });
  }
  const secrets = new Secrets();
  for (const secret of [token, deployKey]) {
    ports.mask(secret);
    secrets.add(secret);
  }
  const folder = await mkdtemp(join(ports.env["RUNNER_TEMP"] || tmpdir(), "slipway-bot-"));
  // By these it reads the store; without them it goes by what runs attest.
  const given = await giveStoreCredentials(ports, join(folder, "credentials"), "data");
  try {
    const { outcome, deployments } = await runOneEvent({
      ...{ event: job.eventName, payload: job.payload, token, deployKey, folder },
      knownHosts: knownHosts === "" ? undefined : knownHosts,
      api: job.apiUrl.replace(/\/+$/, ""),
      server: job.serverUrl.replace(/\/+$/, ""),
      delivery: `run-${job.runId}`,
      again: ports.context.runAttempt > 1,
      bot: { run: job.runId, workflow: workflowFile(ports.env["GITHUB_WORKFLOW_REF"]) },
      log: openLog("info", secrets, (line) => ports.log(annotationLine(line.trimEnd()))),
      signal: ports.signal,
      ...(routes && { routes }),
    });
    ports.output("outcome", outcome);
    ports.output("deployments", JSON.stringify(deployments));
    return { outcome: "succeeded" };
  } finally {
    await given.remove();
    await removeTree(folder);
  }
}

/** The file that runs, by `owner/repo/.github/workflows/file@ref`; as `slipway init --github --bot` names it where nothing says it. */
function workflowFile(reference: string | undefined): string {
  return /\/([\w.-]+\.ya?ml)@/.exec(reference ?? "")?.[1] ?? "slipway-bot.yml";
}

/** GitHub may say nothing of the repository in a clock's event: then it is asked. */
async function withRepository({ context, env, input }: ActionPorts): Promise<JobContext> {
  const fullName = env["GITHUB_REPOSITORY"];
  const { eventName, payload } = context;
  if (eventName !== "schedule" || payload.repository?.["id"] !== undefined || !fullName) return context;
  const { githubApi } = await import("../job/github-api.ts");
  const { octokit, repository } = githubApi(input("token"), fullName, context.apiUrl);
  const { data } = await octokit.rest.repos.get({ owner: repository.owner, repo: repository.name });
  return { ...context, payload: { ...payload, repository: data as NonNullable<typeof payload.repository> } };
}

/** Rejects with USAGE if there is no event of a repository. */
function jobOf(context: JobContext): z.infer<typeof Job> {
  const job = Job.safeParse(context);
  if (job.success) return job.data;
  throw new SlipwayError("USAGE", "The event that started the run cannot be read", {
    expected: "a job of a workflow on GitHub",
    found: job.error.issues[0]?.path.join(".") ?? "something else",
    cause: job.error,
  });
}

function refuseUntrusted({ eventName: event, ref, payload }: z.infer<typeof Job>) {
  const branch = payload.repository.default_branch;
  if (TRUSTED.includes(event) && ref === `refs/heads/${branch}`) return;
  throw new SlipwayError("UNSUPPORTED", "The bot runs in workflows of the default branch alone", {
    expected: `${TRUSTED.join(", ")} on ${branch}`,
    found: `${event} on ${ref}`,
    hint: "slipway init --github --bot writes a workflow that fits; keep the key in an environment of the default branch",
  });
}
