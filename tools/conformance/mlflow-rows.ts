import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { execa } from "execa";

const ROWS = fileURLToPath(new URL("mlflow_rows.py", import.meta.url));
const PATIENCE = 120_000;

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

/** The real server, on SQLite, with one worker. */
export async function serveReal(python: string, folder: string): Promise<{ url: string; stop(): Promise<void> }> {
  await mkdir(folder, { recursive: true });
  const port = await freePort();
  const child = spawn(
    join(dirname(python), "mlflow"),
    [
      ...["server", "--workers", "1", "--port", String(port), "--backend-store-uri", `sqlite:///${folder}/mlflow.db`],
      ...["--artifacts-destination", join(folder, "artifacts")],
    ],
    { env: { ...process.env, MLFLOW_SERVER_ENABLE_JOB_EXECUTION: "false" }, stdio: "ignore", detached: true },
  );
  const ended = once(child, "close");
  const stop = async () => {
    // Its workers are in its group.
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGTERM");
    await ended;
  };
  const url = `http://127.0.0.1:${port}`;
  const until = Date.now() + PATIENCE;
  for (;;) {
    const healthy = await fetch(`${url}/health`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (healthy) return { url, stop };
    if (child.exitCode !== null || Date.now() > until) {
      await stop();
      throw new Error("the real MLflow server did not start");
    }
    await pause(200);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  return typeof address === "object" && address !== null ? address.port : 0;
}
