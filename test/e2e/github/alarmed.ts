import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { canonicalJson, sha256 } from "../../../core/canonical.ts";
import { openRequestLog } from "../../../core/serving/request-log/open-log.ts";
import { openNamedFolder } from "../../../core/stores/file/named.ts";
import { SPEC, tinyRows } from "../tiny-model.ts";
import { type Models, tinySpec } from "./models.ts";

const DAY = 86_400_000;

/** What a watched model has outside of its repository: the folder of its training rows, and of its request log. */
export interface Watched {
  rows: string;
  log: string;
}

export async function watchedFolders(root: string): Promise<Watched> {
  const folder = await mkdtemp(join(root, "slipway-watched-"));
  const watched = { rows: join(folder, "rows"), log: join(folder, "log") };
  for (const each of Object.values(watched)) await mkdir(each);
  await writeFile(join(watched.rows, "1.csv"), tinyRows("a"));
  return watched;
}

/** The policy and the files of `tiny`, which trains on rows from outside, and whose requests are logged. */
export function watchedModel({ rows, log }: Watched): { policy: object; files: Record<string, string> } {
  const pattern = `${pathToFileURL(rows)}/*.csv`;
  const bytes = tinyRows("a");
  const file = { uri: `${pathToFileURL(rows)}/1.csv`, of: pattern, sha256: sha256(bytes), size: bytes.length };
  return {
    policy: { monitor: { requests: { store: `file:${log}` } } },
    files: {
      "models/tiny/model.yaml": tinySpec({ data: { ...SPEC.data, train: pattern } }),
      "models/tiny/data.lock.json": canonicalJson({ slipway: 1, files: [file] }),
    },
  };
}

/** Version 1 goes to production, and is asked on two days for what it seldom saw. */
export async function askForOtherRows(at: Models, { log }: Watched, login = "rolf"): Promise<void> {
  const issue = await at.issue(login);
  await at.say(login, issue, "/promote tiny@1 production");
  const today = Math.floor(Date.now() / DAY) * DAY;
  const spool = await mkdtemp(join(at.home.root, "spool-"));
  const store = openNamedFolder(log);
  const opened = await openRequestLog({
    ...{ store, spool, sample: undefined, keep: undefined },
    ...{ replica: "000000a1", clock: Date.now, every: 60_000 },
  });
  const signature = {
    inputs: [{ name: "x", type: "double" as const }],
    outputs: [{ name: "prediction", type: "string" as const }],
  };
  for (const day of [2, 1])
    for (let n = 0; n < 60; n += 1)
      opened.record({
        ...{ id: `d${day}n${n}`, at: today - day * DAY + n * 60_000, ms: 2, rows: [{ x: 95 }] },
        version: { folder: "tiny", version: 1, stage: "production", signature, columns: {} },
        predictions: [{ prediction: "high" }],
      });
  await opened.close(60_000);
}

/** The clock of slipway-monitor.yml comes round. */
export async function monitorRuns(at: Models): Promise<void> {
  at.home.sandbox.schedule(at.home.fullName);
  await at.home.settle();
}

/** Issues of alarms, as GitHub has them. */
export function alarmsOf({ repo }: Models) {
  return [...repo.issues.values()].filter(({ title, user }) => user.type === "Bot" && title.startsWith("Alarm: "));
}
