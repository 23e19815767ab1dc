// MLflow's API as `serve-registry` answers it: reads over HTTP, how they grow, and what the process takes.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type BenchOptions, type Measurement, repeat, timingOf } from "./measurement.ts";
import { build, name } from "./registry.ts";

const run = promisify(execFile);
const SLIPWAY = fileURLToPath(new URL("../../dist/slipway.js", import.meta.url));
const RUNS = 301;
const CLIENTS = 8;
/** A tenth of what MLflow's own server takes, measured on two cores at its best setting: 5.1 ms a read, 23 ms a page. */
const READ_TARGET = 0.51;
const PAGE_TARGET = 2.3;
const SECONDS = 3;

/** Registries that grow in models, and one that grows in versions. */
export async function bench({ full }: BenchOptions): Promise<Measurement[]> {
  const measured: Measurement[] = [];
  const sizes: [number, number][] = full
    ? [
        [10, 1],
        [1_000, 1],
        [10_000, 1],
        [1, 1_000],
      ]
    : [
        [10, 1],
        [1_000, 1],
        [1, 1_000],
      ];
  for (const [models, versions] of sizes) {
    const folder = await mkdtemp(join(tmpdir(), "slipway-bench-mlflow-"));
    try {
      await build(folder, models, versions);
      await run("git", ["-C", folder, "config", "user.name", "Ada"]);
      await run("git", ["-C", folder, "config", "user.email", "ada@example.org"]);
      const tree = (await run("git", ["-C", folder, "hash-object", "-w", "-t", "tree", "/dev/null"])).stdout.trim();
      const first = (await run("git", ["-C", folder, "commit-tree", "-m", "first", tree])).stdout.trim();
      await run("git", ["-C", folder, "update-ref", "refs/heads/main", first]);
      measured.push(...(await measureServer(folder, models, versions)));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  return measured;
}

async function measureServer(folder: string, models: number, versions: number): Promise<Measurement[]> {
  const size = `${models} × ${versions}`;
  const began = performance.now();
  const server = spawn(process.execPath, [SLIPWAY, "-C", folder, "serve-registry", "--port", "0"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ended = once(server, "close");
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
  try {
    const url = await addressOf(server.stderr);
    const get = (path: string) => ask(agent, `${url}/api/2.0/mlflow/${path}`);
    const middle = name(models >> 1);
    const last = versions;
    await get(`registered-models/get?name=${middle}`);
    const started = performance.now() - began;
    const measured: Measurement[] = [
      {
        what: "start to first answer",
        size,
        unit: "ms",
        bound: "starting Node; reading every model.json",
        target: 2_000,
        ...timingOf([started]),
      },
    ];
    // What Node's own server and this client cost, whatever is answered: what is above it is ours.
    measured.push({
      what: "a constant answer",
      size,
      unit: "ms",
      bound: "HTTP in Node, twice",
      ...(await constant(agent)),
    });
    const reads: [string, string][] = [
      ["get model", `registered-models/get?name=${middle}`],
      ["get version", `model-versions/get?name=${middle}&version=${last}`],
      ["latest versions", `registered-models/get-latest-versions?name=${middle}&stages=None`],
      ["page of 100 models", "registered-models/search?max_results=100"],
      [
        "page of 100, filtered",
        `registered-models/search?max_results=100&filter=${encodeURIComponent("name LIKE 'model-%' AND tag.`mlflow.prompt.is_prompt` != 'true'")}`,
      ],
      [
        "page of 100 versions of a model",
        `model-versions/search?max_results=100&filter=${encodeURIComponent(`name='${middle}'`)}`,
      ],
    ];
    for (const [what, path] of reads) {
      const timing = await repeat(RUNS, () => get(path));
      measured.push({
        what,
        size,
        unit: "ms",
        bound: "HTTP in Node; JSON",
        target: what.startsWith("page") ? PAGE_TARGET : READ_TARGET,
        ...timing,
      });
    }
    measured.push({
      what: "walk all models by 100",
      size,
      unit: "ms",
      bound: "HTTP; JSON",
      ...(await repeat(3, () => walk(get))),
    });
    const rate = await ratePerSecond(() => get(reads[1]?.[1] as string));
    measured.push({
      what: `reads a second, ${CLIENTS} clients`,
      size,
      unit: "1/s",
      bound: "one core",
      ...timingOf([rate]),
    });
    const memory = Number(/VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${server.pid}/status`, "utf8"))?.[1] ?? 0) / 1024;
    measured.push({ what: "memory", size, unit: "MiB", bound: "models in memory", target: 200, ...timingOf([memory]) });
    return measured;
  } finally {
    agent.destroy();
    server.kill("SIGTERM");
    await ended;
  }
}

/** A server in a process of its own that answers the same to everybody. */
async function constant(agent: Agent) {
  const answers =
    'require("http").createServer((_, r) => r.end("{}")).listen(0, "127.0.0.1", function () { console.error("is at http://127.0.0.1:" + this.address().port); })';
  const server = spawn(process.execPath, ["-e", answers], { stdio: ["ignore", "ignore", "pipe"] });
  try {
    const url = await addressOf(server.stderr);
    return await repeat(RUNS, () => ask(agent, url));
  } finally {
    server.kill();
  }
}

async function walk(get: (path: string) => Promise<string>): Promise<void> {
  for (let token = ""; ; ) {
    const page = JSON.parse(await get(`registered-models/search?max_results=100&page_token=${token}`));
    token = page.next_page_token ?? "";
    if (token === "") return;
  }
}

async function ratePerSecond(act: () => Promise<unknown>): Promise<number> {
  const end = performance.now() + SECONDS * 1_000;
  let done = 0;
  await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      while (performance.now() < end) {
        await act();
        done += 1;
      }
    }),
  );
  return done / SECONDS;
}

function ask(agent: Agent, url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => {
        const body = Buffer.concat(chunks).toString();
        if (response.statusCode === 200) resolve(body);
        else reject(new Error(`${response.statusCode} ${url}: ${body.slice(0, 500)}`));
      });
    });
    sent.on("error", reject).end();
  });
}

async function addressOf(stream: NodeJS.ReadableStream): Promise<string> {
  let said = "";
  for await (const chunk of stream) {
    said += String(chunk);
    const found = /is at (http:\S+)/.exec(said)?.[1];
    if (found !== undefined) {
      stream.resume();
      return found;
    }
  }
  throw new Error(`serve-registry ended: ${said}`);
}
