import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { freePort } from "../free-port.ts";
import { type Server, startServer } from "../server-process.ts";

const ROWS = fileURLToPath(new URL("mlflow_rows.py", import.meta.url));

type Row = [method: string, path: string, sent: unknown, status: number, body: unknown];
type Check = (what: string, found: unknown, expected: unknown) => void;

/** Where ours answers otherwise, and on purpose. */
const OTHERWISE: readonly { row: RegExp; why: string }[] = [
  { row: /"max_results":(1001|200001)/, why: "other words: theirs come from a general check of parameters" },
  { row: /size/, why: "other words: to them it is a keyword of SQL" },
  { row: /"page_token":"nonsense"/, why: "other words: bytes as Python shows them" },
  { row: /rename .*"UpdateRMTest 2"/, why: "other words: theirs go on with their database's" },
  { row: /search \{\}/, why: "versions of one second may stand in another order: Git's times are whole seconds" },
  { row: /nowhere/, why: "they answer a page of HTML" },
  { row: /escaped|"\.\.\/\.\."/, why: "other words, and the same refusal" },
];

/** Each row of the API, asked of our server at `ours` and of the real one: each answer that is the same is a case. */
export async function compareRows(python: string, ours: string, folder: string, check: Check): Promise<void> {
  const real = await serveReal(python, folder);
  try {
    const answers = async (url: string) => JSON.parse((await execa(python, [ROWS, url])).stdout) as Row[];
    const [theirs, own] = [await answers(real.url), await answers(ours)];
    for (const [at, [method, path, sent, status, body]] of theirs.entries()) {
      const row = `${method} ${path} ${JSON.stringify(sent)}`;
      const [, , , ourStatus, ourBody] = own[at] as Row;
      if (OTHERWISE.some((each) => each.row.test(row))) check(row, ourStatus >= 400, status >= 400);
      else check(row, [ourStatus, plain(ourBody)], [status, plain(body)]);
    }
  } finally {
    await real.stop();
  }
}

/** Without what differs from run to run; empty texts are as good as none to every client. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(plain);
    const keyed = items.every(
      (item) => typeof item === "object" && item !== null && ("key" in item || "alias" in item),
    );
    return keyed ? items.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) : items;
  }
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value)
    .filter(([key, item]) => !key.endsWith("_timestamp") && (item !== "" || key === "value"))
    .map(([key, item]) => [key, key === "next_page_token" ? "…" : plain(item)] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * The real server, on SQLite, with one worker: MLflow's best setting. `first` is asked once it listens.
 */
export async function serveReal(python: string, folder: string, first = "/health"): Promise<Server> {
  await mkdir(folder, { recursive: true });
  return startServer({
    command: [
      ...([python, "-m", "mlflow", "server", "--workers", "1", "--host", "127.0.0.1"] as const),
      ...["--port", String(await freePort()), "--backend-store-uri", storeIn(folder)],
      ...["--artifacts-destination", join(folder, "artifacts")],
    ],
    env: { MLFLOW_SERVER_ENABLE_JOB_EXECUTION: "false" },
    listening: (said) => /running on (http:\S+)/.exec(said)?.[1],
    first,
  });
}

/** Where that server keeps its database. */
export function storeIn(folder: string): string {
  return `sqlite:///${join(folder, "mlflow.db")}`;
}
