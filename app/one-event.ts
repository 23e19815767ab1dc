import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger, ProbotOctokit } from "probot";
import { SlipwayError } from "../core/errors.ts";
import { readSigningKey } from "../core/git/ssh/private-key.ts";
import { droppedEvents } from "./catch-up/dropped-events.ts";
import { AppOctokit } from "./github/connect.ts";
import type { EventContext } from "./github/event-context.ts";
import type { EventName, Payload } from "./github/event-handler.ts";
import type { EventRepository } from "./github/event-repository.ts";
import { readEventOrigin } from "./github/event-repository.ts";
import { watchedFetch } from "./github/watched-fetch.ts";
import { decideRetry } from "./intake/decide-retry.ts";
import { findRoute, ROUTES, type Routes } from "./intake/routes.ts";
import { botRemote } from "./repositories/bot-remote.ts";
import { openMirror } from "./repositories/mirror.ts";
import { openContext } from "./repositories/open-context.ts";

/** An event inside of a workflow that it started, and what the workflow may. */
export interface OneEvent {
  /** As GITHUB_EVENT_NAME and the file at GITHUB_EVENT_PATH say. */
  event: string;
  payload: unknown;
  /** The workflow's own: for REST. It cannot see who is in a team. */
  token: string;
  /** What may push to `registry`: an SSH private key, which signs tags too where it can, or another token, by HTTPS. */
  deployKey: string;
  /** SSH host keys, for another server than github.com. */
  knownHosts?: string | undefined;
  /** GitHub's REST API, and GitHub's own address; without a slash at the end. */
  api: string;
  server: string;
  /** A new folder; its owner removes it. */
  folder: string;
  /** The run and its attempt. */
  delivery: string;
  /** It was run before. */
  again: boolean;
  /** The workflow's own run, and its file's name, where GitHub may have dropped runs before it. */
  bot?: { run: number; workflow: string };
  log: Logger;
  signal: AbortSignal;
  clock?(): Date;
  routes?: Routes;
  /** How often it is tried. */
  tries?: number;
  wait?(milliseconds: number): Promise<unknown>;
}

export interface OneEventOutcome {
  outcome: "handled" | "ignored";
  /** Ids of the deployments that were opened: a workflow's own token starts no other workflow, so they are still to be done. */
  deployments: string[];
}

/** An event, as GitHub tells of it. */
type Told = Pick<OneEvent, "event" | "payload" | "delivery" | "again">;

/**
 * The App's work for one event, without a server, and before it for those whose own run GitHub has dropped. Rejects as a
 * handler does when it was tried often enough, after what can be done is done.
 */
export async function runOneEvent(one: OneEvent): Promise<OneEventOutcome> {
  const subject = readEventOrigin(one.payload, one.server);
  if (subject === undefined) return { outcome: "ignored", deployments: [] };
  const octokit = new AppOctokit({
    auth: { token: one.token },
    baseUrl: one.api,
    log: one.log.child({ name: "octokit" }),
    request: { fetch: watchedFetch({ call() {}, rateLimit() {} }) },
  });
  const deployments = noteDeployments(octokit);
  let failure: unknown;
  for (const dropped of await droppedBefore(one, subject.repository, octokit)) {
    one.log.info({ delivery: dropped.delivery }, "an event whose run was dropped");
    await handle(one, { ...dropped, again: true }, subject.repository, octokit).catch((error: unknown) => {
      failure ??= error;
    });
  }
  const outcome = await handle(one, one, subject.repository, octokit);
  if (failure !== undefined) throw failure;
  return { outcome, deployments: [...deployments] };
}

async function droppedBefore(one: OneEvent, repository: EventRepository, octokit: ProbotOctokit) {
  const { bot, event, payload, clock = () => new Date() } = one;
  if (bot === undefined) return [];
  const shown = (payload as { repository: Record<string, unknown> }).repository;
  const looking = { ...bot, event, payload, now: clock() };
  return droppedEvents({ repository, shown, octokit }, await actionsApp(octokit), looking);
}

async function handle(
  one: OneEvent,
  { event, payload, delivery, again }: Told,
  repository: EventRepository,
  octokit: ProbotOctokit,
): Promise<OneEventOutcome["outcome"]> {
  const { log, signal, routes = ROUTES, tries = 5, wait = sleep } = one;
  const handler = findRoute(routes, event, (payload as { action?: unknown } | null)?.action);
  if (handler === undefined || handler.concerns?.(payload, repository) === false) return "ignored";
  for (let attempt = 1; ; attempt += 1) {
    try {
      const told = { ...one, delivery, again };
      await withHost(told, repository, octokit, attempt, (context) => handler(context, payload as Payload<EventName>));
      return "handled";
    } catch (error) {
      const verdict = decideRetry(error, attempt, { tries, now: Date.now, random: Math.random });
      log.warn({ err: error, why: verdict.why }, "the handler failed");
      if (!verdict.again || signal.aborted) throw error;
      await wait(verdict.after);
    }
  }
}

async function withHost(
  one: OneEvent,
  repository: EventRepository,
  octokit: ProbotOctokit,
  attempt: number,
  act: (context: EventContext) => Promise<void>,
): Promise<void> {
  const { server, folder, knownHosts, delivery, log, signal, clock = () => new Date() } = one;
  const remote = await botRemote(repository, one.deployKey, { server, folder, knownHosts });
  const mirror = await openMirror({
    folder: join(folder, "mirror.git"),
    url: remote.url,
    defaultBranch: repository.defaultBranch,
    remoteEnvironment: async () => remote.environment,
    // Who may write the registry may stand for what it writes.
    signingKey: readSigningKey(one.deployKey),
  });
  try {
    const app = await actionsApp(octokit);
    const again = one.again || attempt > 1;
    const facts = { repository, octokit, app, log, clock, delivery, again, canReadTeams: false, signal };
    await act(openContext(mirror, { name: "bot", ...facts }));
  } finally {
    await mirror.close();
  }
}

/** The workflow's token acts as the App of GitHub Actions, whose number is another one on each server. */
async function actionsApp(octokit: ProbotOctokit): Promise<{ id: number; login: string }> {
  const { data } = await octokit.rest.apps.getBySlug({ app_slug: "github-actions" });
  if (!data) throw new SlipwayError("INTERNAL", "GitHub does not know its own App github-actions");
  return { id: data.id, login: "github-actions[bot]" };
}

/** A handler that runs again finds its deployment, and opens no second one: what was opened before counts as well. */
function noteDeployments(octokit: ProbotOctokit): Set<string> {
  const opened = new Set<string>();
  octokit.hook.after("request", ({ data, status }, { method, url }) => {
    if (method !== "POST" || !/\/deployments$/.test(url) || status !== 201) return;
    opened.add(String((data as { id: number }).id));
  });
  return opened;
}
