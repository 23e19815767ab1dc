import type { Person } from "../../schemas/names.ts";
import { ModelName } from "../../schemas/names.ts";
import { timestamp, toSecond } from "../clock.ts";
import { openObjects } from "../git/objects.ts";
import { git } from "../git/run.ts";
import { TRAILERS } from "./message.ts";
import { REGISTRY_REF } from "./paths.ts";
import { parsePersonLine } from "./person-line.ts";

/** One act, as its commit tells it. Fields that the act does not have are absent; `act` too, for a commit made by hand. */
export interface LogEntry {
  commit: string;
  /** UTC, to the second. */
  at: string;
  actor: Person;
  subject: string;
  act?: string;
  outcome?: string;
  model?: string;
  version?: number;
  stage?: string;
  decision?: string;
  /** The act's key on GitHub: a promotion's is its request. */
  request?: string;
  review?: string;
  /** The id under changes/. */
  change?: string;
  /** Of a rollout's record: its number beside the decision that began it. */
  rollout?: number;
  /** Where it was done: cli, app, bot, mlflow; absent for a registration. */
  host?: string;
  /** The source commit of a registration. */
  source?: string;
}

const FIELDS = 5 + TRAILERS.length;

/**
 * The audit log, newest first: at most `limit` entries (default 100) after the entry `after`, of one
 * model or of all. `commit` is where to start, by default the local branch's tip; empty where there is no
 * registry. Acts are told apart by their commits' trailers: `git log registry` shows the same.
 */
export async function readLog(
  folder: string,
  {
    model,
    limit = 100,
    after,
    commit,
  }: { model?: string | undefined; limit?: number; after?: string; commit?: string | undefined } = {},
): Promise<LogEntry[]> {
  if (model !== undefined && !ModelName.safeParse(model).success) return [];
  const start = await startOf(folder, after ?? commit ?? REGISTRY_REF);
  if (start === undefined) return [];
  const trailer = (key: string) => `%(trailers:key=Slipway-${key},valueonly,unfold,separator=%x20)`;
  const output = await git(folder, [
    ...["log", "--first-parent", "-z", "--no-mailmap", "--no-show-signature", "--encoding=UTF-8"],
    `--format=tformat:${["%H", "%ct", "%an", "%ae", "%s", ...TRAILERS.map(trailer)].join("%x00")}`,
    ...(model === undefined ? [] : ["--basic-regexp", `--grep=^Slipway-Model: ${model}$`]),
    ...(after === undefined ? [] : ["--skip=1"]),
    `--max-count=${limit}`,
    start,
    "--",
  ]);
  const values = output.toString().split("\0");
  return Array.from({ length: Math.floor(values.length / FIELDS) }, (_, at) =>
    entry(values.slice(at * FIELDS, (at + 1) * FIELDS)),
  );
}

async function startOf(folder: string, expression: string): Promise<string | undefined> {
  const objects = await openObjects(folder);
  try {
    return (await objects.read(`${expression}^{commit}`))?.id;
  } finally {
    await objects.close();
  }
}

function entry(values: readonly string[]): LogEntry {
  const [commit = "", seconds = "", name = "", id = "", subject = "", ...trailers] = values;
  const [act, outcome, model, version, stage, decision, source, request, review, change, , rollout, actor, host] =
    trailers.map((value) => value || undefined);
  const { account } = parsePersonLine(actor ?? "") ?? {};
  return {
    commit,
    at: toSecond(timestamp(new Date(Number(seconds) * 1000))),
    actor: { name, id, ...(account && { account }) },
    subject,
    ...(act && { act }),
    ...(outcome && { outcome }),
    ...(model && { model }),
    ...(version && { version: Number(version) }),
    ...(stage && { stage }),
    ...(decision && { decision }),
    ...(source && { source }),
    ...(request && { request }),
    ...(review && { review }),
    ...(change && { change }),
    ...(rollout && { rollout: Number(rollout) }),
    ...(host && { host }),
  };
}
