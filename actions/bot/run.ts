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
import type { ActionOutcome, ActionPorts } from "../job/ports.ts";
import { readEvent } from "../job/read-event.ts";
import { annotationLine } from "../job/workflow-text.ts";

/** Events whose workflow is the default branch's own file, whoever caused them. */
const TRUSTED = ["issue_comment", "push", "workflow_run"];

const Variables = z.object({
  GITHUB_EVENT_NAME: z.string(),
  GITHUB_REF: z.string(),
  GITHUB_RUN_ID: z.string(),
  GITHUB_RUN_ATTEMPT: z.string().default("1"),
  GITHUB_API_URL: z.url(),
  GITHUB_SERVER_URL: z.url(),
  RUNNER_TEMP: z.string().optional(),
});
const Event = z.object({ repository: z.object({ default_branch: z.string() }) });

/**
 * The App's handlers, for the event that started the workflow. Rejects with UNSUPPORTED where the workflow could be
 * somebody else's than the default branch's: whoever writes it could take the deploy key.
 */
export async function run(ports: ActionPorts, routes?: Routes): Promise<ActionOutcome> {
  const variables = Variables.parse(ports.env);
  const payload = await readEvent(ports.env);
  refuseUntrusted(variables, Event.parse(payload).repository.default_branch);
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
  const folder = await mkdtemp(join(variables.RUNNER_TEMP ?? tmpdir(), "slipway-bot-"));
  try {
    const { outcome, deployments } = await runOneEvent({
      ...{ event: variables.GITHUB_EVENT_NAME, payload, token, deployKey, folder },
      knownHosts: knownHosts === "" ? undefined : knownHosts,
      api: variables.GITHUB_API_URL.replace(/\/+$/, ""),
      server: variables.GITHUB_SERVER_URL.replace(/\/+$/, ""),
      delivery: `run-${variables.GITHUB_RUN_ID}`,
      again: variables.GITHUB_RUN_ATTEMPT !== "1",
      log: openLog("info", secrets, (line) => ports.log(annotationLine(line.trimEnd()))),
      signal: ports.signal,
      ...(routes && { routes }),
    });
    ports.output("outcome", outcome);
    ports.output("deployments", JSON.stringify(deployments));
    return { outcome: "succeeded" };
  } finally {
    await removeTree(folder);
  }
}

function refuseUntrusted({ GITHUB_EVENT_NAME: event, GITHUB_REF: ref }: z.infer<typeof Variables>, branch: string) {
  if (TRUSTED.includes(event) && ref === `refs/heads/${branch}`) return;
  throw new SlipwayError("UNSUPPORTED", "The bot runs in workflows of the default branch alone", {
    expected: `${TRUSTED.join(", ")} on ${branch}`,
    found: `${event} on ${ref}`,
    hint: "slipway init --github --bot writes a workflow that fits; keep the key in an environment of the default branch",
  });
}
