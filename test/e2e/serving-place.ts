import { createHmac } from "node:crypto";
import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { openRegistry } from "../../core/registry/open.ts";
import type { ServingStatus } from "../../core/serving/serving-host.ts";
import { cliOutput, ServeResult } from "../../schemas/cli-output.ts";
import { promote } from "../registry/builders.ts";
import { modelsRepository, type Place, prepared, retrained, type Started } from "./models-repository.ts";

/**
 * Says which threshold it has, and notes each request that it is asked in the file that SEEN names. In the file that MOODS
 * names, it finds how it is to go wrong, by its threshold.
 */
const SERVE = `import { appendFileSync, existsSync, readFileSync, writeSync } from "node:fs";
import { Socket } from "node:net";
import { createInterface } from "node:readline";
const { threshold } = JSON.parse(readFileSync(process.env.SLIPWAY_MODEL + "/model.json", "utf8"));
const { SEEN, MOODS = "" } = process.env;
const mood = () => (existsSync(MOODS) ? JSON.parse(readFileSync(MOODS, "utf8"))[threshold] : undefined);
const say = (message) => {
  const bytes = Buffer.from(JSON.stringify(message) + "\\n");
  for (let at = 0; at < bytes.length; ) at += writeSync(4, bytes, at);
};
if (mood() === "fail") throw new Error("no module named numpy");
if (mood() !== "never-ready") say({ ready: true });
for await (const line of createInterface({ input: new Socket({ fd: 3 }) })) {
  const { id, rows } = JSON.parse(line);
  if (SEEN) appendFileSync(SEEN, threshold + " " + id + "\\n");
  const now = mood();
  if (now === "crash") process.exit(3);
  if (now === "hang") continue;
  while (mood() === "slow") await new Promise((resolve) => setTimeout(resolve, 20));
  if (now === "error") {
    say({ id, error: "no such island" });
    continue;
  }
  const label = (x) => (now === "huge" ? "x".repeat(100_000_000) : x < threshold ? "low" : "high");
  say({ id, predictions: rows.map(({ x }) => ({ prediction: label(x), threshold })) });
}
`;

/** The ids of the requests that programs were asked, in order. */
export async function seen(place: Place): Promise<string[]> {
  return (await seenBy(place)).map(({ id }) => id);
}

/** The same, each with the threshold of the version that was asked. */
export async function seenBy(place: Place): Promise<{ threshold: number; id: string }[]> {
  const text = await readFile(place.env["SEEN"] as string, "utf8").catch(() => "");
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => line.split(" ") as [string, string])
    .map(([threshold, id]) => ({ threshold: Number(threshold), id }));
}

/** Sets how a version's program goes wrong. */
export async function setMoods(place: Place, moods: Readonly<Record<number, string>>): Promise<void> {
  const file = place.env["MOODS"] as string;
  await writeFile(`${file}.next`, JSON.stringify(moods));
  // At once: a program that answers may be reading it.
  await rename(`${file}.next`, file);
}

/** Each is right on enough rows to pass the gates. */
export const THRESHOLDS = [48, 49, 50] as const;

interface About {
  timeout?: string;
  policy?: Readonly<Record<string, unknown>>;
  env?: Readonly<Record<string, string>>;
  shared?: boolean;
}

/** A repository with versions 1, 2 and 3 of `tiny`, whose thresholds are THRESHOLDS; none is in a stage. */
export async function servedPlace({ timeout = "10s", policy, env, shared = false }: About = {}): Promise<Place> {
  const place = await modelsRepository({
    files: { "models/tiny/serve.mjs": SERVE },
    spec: { serve: { run: "node serve.mjs", timeout }, environment: { pass: ["SEEN", "MOODS"] } },
    policy: { environment: { pass: ["SEEN", "MOODS"] }, ...policy },
    shared,
  });
  Object.assign(place.env, env);
  for (const threshold of THRESHOLDS) {
    await retrained(place, threshold);
    await registered(place);
  }
  return withFiles(place);
}

/** Copies of such a repository, which is made once. */
export function servedPlaces(about: About = {}): () => Promise<Place> {
  const copy = prepared(() => servedPlace({ ...about, shared: true }));
  return async () => withFiles(await copy());
}

function withFiles(place: Place): Place {
  place.env["SEEN"] = join(place.root, "seen");
  place.env["MOODS"] = join(place.root, "moods");
  return place;
}

export async function registered(place: Place): Promise<void> {
  const { code, stderr } = await place.slipway("register", "tiny");
  if (code !== 0) throw new Error(stderr);
}

/** Puts a version into production, as an act writes it; the gates are not asked. */
export async function putInto(place: Place, version: number, stage = "production", model = "tiny"): Promise<void> {
  const registry = await openRegistry({ folder: place.folder });
  try {
    await promote(registry, version, { model, stage, decided_at: new Date().toISOString() });
  } finally {
    await registry.close();
  }
}

export interface Served extends Started {
  url: string;
  status(): Promise<ServingStatus>;
  /** The threshold of the version that answers; rejects if none does. */
  ask(x?: number, id?: string, key?: string): Promise<number>;
  /** GitHub's webhook of a push to `registry`. */
  hook(): Promise<void>;
}

const SECRET = "the webhook's secret";

/** `slipway serve`, from the moment on that it answers. */
export async function serve(place: Place, ...args: string[]): Promise<Served> {
  place.env["SLIPWAY_SERVE_WEBHOOK_SECRET"] = SECRET;
  const started = place.start(["serve", "--port", "0", "--json", ...args]);
  onTestFinished(async () => {
    started.child.kill("SIGKILL");
    await started.ended;
  });
  let printed = "";
  const document = new Promise<string>((resolve, reject) => {
    started.child.stdout?.on("data", (text: string) => {
      printed += text;
      if (printed.trimEnd().endsWith("\n}")) resolve(printed);
    });
    started.ended.then(({ stderr }) => reject(new Error(stderr)), reject);
  });
  const { url } = (cliOutput(ServeResult).parse(JSON.parse(await document)) as { result: ServeResult }).result;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever was answered.
  const json = async (path: string, init?: RequestInit): Promise<any> => {
    const response = await fetch(`${url}${path}`, init);
    const body: unknown = await response.json();
    if (!response.ok) throw new Error(`${response.status} ${JSON.stringify(body)}`);
    return body;
  };
  return {
    ...{ ...started, url },
    status: () => json("/-/status"),
    async ask(x = 1, id, key) {
      const headers = {
        "content-type": "application/json",
        ...(id === undefined ? {} : { "x-request-id": id }),
        ...(key === undefined ? {} : { "x-request-key": key }),
      };
      const body = JSON.stringify({ inputs: [{ name: "x", shape: [1], datatype: "FP64", data: [x] }] });
      const { outputs } = await json("/v2/models/tiny/infer", { method: "POST", headers, body });
      const output = outputs.find(({ name }: { name: string }) => name === "threshold");
      return output.data[0];
    },
    async hook() {
      const body = JSON.stringify({ ref: "refs/heads/registry" });
      const signature = `sha256=${createHmac("sha256", SECRET).update(body).digest("hex")}`;
      const headers = {
        "x-github-event": "push",
        "x-hub-signature-256": signature,
        "content-type": "application/json",
      };
      await json("/-/webhook", { method: "POST", headers, body });
    },
  };
}
