import type { ProbotOctokit } from "probot";
import { z } from "zod";
import { eventKey } from "../intake/event-key.ts";
import type { Delivery } from "../intake/intake.ts";
import { findComments } from "./find-comments.ts";
import { findRuns } from "./find-runs.ts";
import { foundEvent, openPulls, type Search } from "./finding.ts";
import { Listings } from "./listings.ts";
import type { Installed } from "./repositories.ts";

const DAY = 86_400_000;
/** How far back: as far as the App looks. */
const DAYS = 3;
const MOST = 100;

const Run = z.object({
  id: z.int(),
  event: z.string(),
  status: z.string().nullish(),
  conclusion: z.string().nullish(),
  created_at: z.string(),
});

/** The run of the bot's workflow that looks, and the event that started it. */
export interface Looking {
  run: number;
  /** The workflow's file name. */
  workflow: string;
  event: string;
  payload: unknown;
  now: Date;
}

/**
 * The events that the bot's workflow never got to: GitHub keeps one run of a concurrency group waiting, and cancels it for
 * the next. They are found as the App finds what it missed, oldest first, from the first run that was dropped after the last
 * one that did its work. One call where nothing was dropped, which is nearly always.
 */
export async function droppedEvents(
  installed: Omit<Installed, "installation">,
  app: Search["app"],
  looking: Looking,
): Promise<Delivery[]> {
  const dropped = await droppedRuns(installed, looking);
  if (dropped.length === 0) return [];
  const own = eventKey(looking.event, looking.payload);
  const lists = { installed: { ...installed, installation: 0 }, listings: new Listings() };
  const search: Search = {
    ...{ ...lists, app, pulls: await openPulls(lists) },
    knows: (key) => key === own,
    // What the runs were started by may be a day older than they are.
    since: new Date(Math.min(...dropped.map(({ created_at }) => Date.parse(created_at))) - DAY),
  };
  const found = (await findRuns(search)) ?? [];
  for await (const comment of findComments(search)) found.push(comment);
  if (dropped.some(({ event }) => event === "push")) found.push(...(await pushed(search)));
  return found;
}

async function droppedRuns({ octokit, repository }: Omit<Installed, "installation">, { run, workflow, now }: Looking) {
  const since = new Date(now.getTime() - DAYS * DAY).toISOString().slice(0, 10);
  const about = { owner: repository.owner, repo: repository.name, workflow_id: workflow, created: `>=${since}` };
  const asked = octokit.rest.actions.listWorkflowRuns({ ...about, per_page: MOST });
  const { data } = await asked.catch((error: { status?: number }) => {
    if (error.status === 404) return { data: { workflow_runs: [] } };
    throw error;
  });
  const others = data.workflow_runs.map((each) => Run.parse(each)).filter(({ id }) => id < run);
  // GitHub lists the newest first.
  const done = others.findIndex(({ conclusion }) => conclusion === "success");
  return others.slice(0, done < 0 ? undefined : done).filter(({ conclusion }) => conclusion === "cancelled");
}

/** A push whose beginning nobody knows any more: all that it could have changed is looked at. */
async function pushed(search: Search): Promise<Delivery[]> {
  const { octokit, repository } = search.installed;
  const tip = await tipOf(octokit, repository);
  const about = { ref: `refs/heads/${repository.defaultBranch}`, before: "0".repeat(40), after: tip };
  return [foundEvent(search, "push", `push:${repository.id}:${tip}`, about)];
}

async function tipOf(octokit: ProbotOctokit, { owner, name: repo, defaultBranch }: Installed["repository"]) {
  const { data } = await octokit.rest.git.getRef({ owner, repo, ref: `heads/${defaultBranch}` });
  return data.object.sha;
}
