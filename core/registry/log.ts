import { ModelName } from "../../schemas/names.ts";
import { openObjects } from "../git/objects.ts";
import { git } from "../git/run.ts";
import { type LogEntry, logEntry } from "./log-entry.ts";
import { TRAILERS } from "./message.ts";
import { REGISTRY_REF } from "./paths.ts";

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
  const told = new Map(TRAILERS.map((key, at) => [key as string, trailers[at]]));
  const trailer = (key: string) => told.get(key);
  return logEntry({ commit, seconds: Number(seconds), author: { name, id }, subject, trailer });
}
