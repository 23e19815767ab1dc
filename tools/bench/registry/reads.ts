import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { installedMlflow } from "../../conformance/real-tools.ts";
import { type Server, startServer } from "../../server-process.ts";
import { type Measurement, once, repeat, type Timing, timingOf } from "../measurement.ts";
import { name } from "./fixture.ts";
import { type HttpClient, openClient } from "./http-client.ts";
import { API } from "./servers.ts";

const RUNS = 301;
const THEIR_RUNS = 61;
const CLIENTS = 8;
const SECONDS = 3;
const CONSTANT = fileURLToPath(new URL("constant-server.mjs", import.meta.url));
const CLIENT = fileURLToPath(new URL("mlflow_client.py", import.meta.url));

/** Every read over plain HTTP on keep-alive connections, beside MLflow's own server with as much in it. */
export async function measureReads(
  ours: Server,
  theirs: Server,
  models: number,
  versions: number,
): Promise<Measurement[]> {
  const size = `${models} × ${versions}`;
  const [client, other] = [openClient(ours.url), openClient(theirs.url)];
  try {
    const measured: Measurement[] = [];
    for (const [what, path] of reads(models, versions)) {
      const timing = await repeat(RUNS, () => client.get(path));
      const peer = await repeat(THEIR_RUNS, () => other.get(path));
      measured.push({ what, size, unit: "ms", bound: "HTTP in Node; JSON", peer: beside(peer, timing, 10), ...timing });
    }
    if (models > 100) {
      const timing = await repeat(3, () => walk(client));
      const peer = beside(await repeat(1, () => walk(other)), timing, 10);
      measured.push({ what: "walk all models by 100", size, unit: "ms", bound: "JSON", peer, ...timing });
    }
    measured.push(...(await measureServers(ours, theirs, size, reads(models, versions)[1]?.[1] as string)));
    return measured;
  } finally {
    client.end();
    other.end();
  }
}

/** An alias that both servers were given is read too. */
export async function nameAlias(server: Server, models: number, versions: number): Promise<void> {
  const client = openClient(server.url);
  const body = { name: name(models >> 1), alias: "bench", version: String(versions) };
  await client.send("POST", `${API}/registered-models/alias`, body);
  client.end();
}

function reads(models: number, versions: number): [string, string][] {
  const middle = name(models >> 1);
  const filter = (text: string) => `filter=${encodeURIComponent(text)}`;
  const tagged = "name LIKE 'model-%' AND tag.`mlflow.prompt.is_prompt` != 'true'";
  return [
    ["get model", `${API}/registered-models/get?name=${middle}`],
    ["get version", `${API}/model-versions/get?name=${middle}&version=${versions}`],
    ["get version by alias", `${API}/registered-models/alias?name=${middle}&alias=bench`],
    ["latest versions", `${API}/registered-models/get-latest-versions?name=${middle}&stages=None`],
    ["page of 100 models", `${API}/registered-models/search?max_results=100`],
    ["page of 100 models, filtered", `${API}/registered-models/search?max_results=100&${filter(tagged)}`],
    ["page of 100 versions of a model", `${API}/model-versions/search?max_results=100&${filter(`name='${middle}'`)}`],
  ];
}

async function measureServers(ours: Server, theirs: Server, size: string, path: string): Promise<Measurement[]> {
  const [rate, peer] = [await readsPerSecond(ours, path), await readsPerSecond(theirs, path)];
  return [
    {
      ...{ what: `reads a second, ${CLIENTS} clients`, size, unit: "1/s", bound: "one core", target: 5_000 },
      ...{ peer: { what: "MLflow", median: peer, ratio: rate / peer }, ...once(rate) },
    },
    {
      ...{ what: "start to first answer", size, unit: "ms", bound: "starting Node; reading every model.json" },
      ...{ target: 2_000, peer: beside(once(theirs.started), once(ours.started)), ...once(ours.started) },
    },
    await measureMemory(ours, theirs, size),
  ];
}

async function measureMemory(ours: Server, theirs: Server, size: string): Promise<Measurement> {
  const [memory, peer] = [await ours.memory(), await theirs.memory()];
  const about = { what: "memory, after all that", size, unit: "MiB", bound: "models in memory", target: 200 } as const;
  return { ...about, peer: beside(once(peer), once(memory)), ...once(memory) };
}

/** What is asked, at which size, and at which smaller one. */
const GROWTH: readonly [string, string, string][] = [
  ["get model", "10 × 1", "1000 × 1"],
  ["get model", "10 × 1", "10000 × 1"],
  ["get model", "10 × 1", "1 × 1000"],
  ["get version", "10 × 1", "10000 × 1"],
  ["get version", "10 × 1", "1 × 1000"],
  ["page of 100 models", "1000 × 1", "10000 × 1"],
];

/** How much longer a read takes in a larger registry: none longer, it was promised. */
export function measureGrowth(measured: readonly Measurement[]): Measurement[] {
  const median = (what: string, size: string) =>
    measured.find((line) => line.what === what && line.size === size)?.median ?? Number.NaN;
  return GROWTH.map(([what, from, to]) => {
    const growth = once(median(what, to) / median(what, from));
    return {
      what: `${what}, times as long`,
      size: `${from} to ${to}`,
      unit: "×",
      target: 1.5,
      bound: "noise",
      ...growth,
    };
  });
}

/** MLflow's own client: what it takes through our server, beside what it takes where the answer is a constant. */
export async function measureClient(
  ours: Server,
  theirs: Server,
  models: number,
  versions: number,
): Promise<Measurement[]> {
  const constant = await startServer({
    command: [process.execPath, CONSTANT, ours.url],
    listening: (said) => /is at (http:\S+)/.exec(said)?.[1],
    first: `${API}/registered-models/get?name=${name(0)}`,
  });
  try {
    const args = ["-W", "ignore", CLIENT, name(models >> 1), String(versions), ours.url, constant.url, theirs.url];
    const { stdout } = await execa(await installedMlflow(), args);
    const taken = Object.entries(JSON.parse(stdout) as Record<string, [number[], number[], number[]]>);
    return taken.map(([call, all]): Measurement => {
      const [through, bare, other] = all.map(timingOf) as [Timing, Timing, Timing];
      const about = { what: `MLflow's client: ${call}, above a constant`, size: `${models} × ${versions}` };
      const above = { median: through.median - bare.median, p95: through.p95 - bare.p95, runs: through.runs };
      const bound = `the client: ${bare.median.toFixed(2)} ms of ${through.median.toFixed(2)} (MLflow's server: ${other.median.toFixed(1)})`;
      return { ...about, unit: "ms", target: 0.5, bound, ...above };
    });
  } finally {
    await constant.stop();
  }
}

export function beside(peer: Timing, ours: Timing, atLeast?: number): NonNullable<Measurement["peer"]> {
  const ratio = peer.median / ours.median;
  return { what: "MLflow", median: peer.median, ratio, atLeast };
}

async function walk(client: HttpClient): Promise<void> {
  for (let token = ""; ; ) {
    const page = JSON.parse(await client.get(`${API}/registered-models/search?max_results=100&page_token=${token}`));
    token = page.next_page_token ?? "";
    if (token === "") return;
  }
}

async function readsPerSecond(server: Server, path: string): Promise<number> {
  const end = performance.now() + SECONDS * 1_000;
  let done = 0;
  await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      const client = openClient(server.url);
      while (performance.now() < end) {
        await client.get(path);
        done += 1;
      }
      client.end();
    }),
  );
  return done / SECONDS;
}
