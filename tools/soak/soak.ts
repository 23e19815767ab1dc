// Serves under traffic while versions are promoted and rolled back, and looks whether a request fails or memory grows:
// npm run soak [-- --minutes 20] [--switches 100] [--rate 100]. Ends with 1 if one failed, or if memory grew.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { slipwayOnPath } from "../demo/slipway-on-path.ts";
import { residentMegabytes } from "./resident-megabytes.ts";
import { openTraffic } from "./traffic.ts";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "20" },
    switches: { type: "string", default: "100" },
    rate: { type: "string", default: "100" },
  },
});
const [minutes, switches, rate] = [values.minutes, values.switches, values.rate].map(Number) as [
  number,
  number,
  number,
];
if (![minutes, switches, rate].every((each) => each > 0)) {
  process.stderr.write("Usage: npm run soak [-- --minutes 20] [--switches 100] [--rate 100]\n");
  process.exit(2);
}

/** What is held after garbage was collected, the least of a fifth of the time, may be so much more at the end. */
const GROWTH = 1.1;
const SAMPLE_MS = 2_000;

const run = promisify(execFile);
const ada = { NAME: "Ada", EMAIL: "ada@example.org" };
const identity = ["AUTHOR", "COMMITTER"].map((who) =>
  Object.entries(ada).map(([key, value]) => [`GIT_${who}_${key}`, value]),
);
const env = {
  ...process.env,
  ...Object.fromEntries(identity.flat()),
  PATH: `${slipwayOnPath()}:${process.env["PATH"]}`,
};
const root = await mkdtemp(join(tmpdir(), "slipway-soak-"));
const folder = join(root, "repo");
const slipway = async (...args: string[]) => (await run("slipway", args, { cwd: folder, env })).stdout;

await run("slipway", ["init", folder], { cwd: root, env });
const spec = join(folder, "models/penguins/model.yaml");
for (const seed of [7, 8, 9]) {
  const text = await readFile(spec, "utf8");
  const edited = text
    // Each version may follow each: none is compared with another.
    .replace(/^ {4}- .*versus.*\n/m, "")
    // A machine that is busy with other work is slow, and that is no fault.
    .replace(/^ {2}timeout: 2s$/m, "  timeout: 60s")
    .replace(/^ {2}seed: \d+/m, `  seed: ${seed}`);
  await writeFile(spec, edited);
  await run("git", ["commit", "--quiet", "--allow-empty", "--all", "--message", `seed ${seed}`], { cwd: folder, env });
  await slipway("register", "penguins");
}
await slipway("promote", "penguins@1", "production");

const child = spawn("slipway", ["serve", "penguins", "--port", "0"], {
  cwd: folder,
  env,
  stdio: ["ignore", "pipe", "ignore"],
});
const url = await new Promise<string>((resolve, reject) => {
  let printed = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    printed += text;
    const [, found] = /(http:\S+)\/-\/status/.exec(printed) ?? [];
    if (found !== undefined) resolve(found);
  });
  child.once("close", () => reject(new Error(`slipway serve ended: ${printed}`)));
});
const pid = child.pid as number;
say(`${url}: ${rate} requests a second for ${minutes} minutes, ${switches} promotions and rollbacks`);

const traffic = openTraffic(`${url}/v1/models/penguins:predict`, rate);
const began = Date.now();
const memory: { serve: number; all: number }[] = [];
const sampling = setInterval(() => {
  void residentMegabytes(pid).then((found) => found && memory.push(found));
}, SAMPLE_MS);
const telling = setInterval(() => tell(), 60_000);

/** From 1 to 2 and back, from 1 to 3 and back: each promotion starts a version's programs, no rollback does. */
for (let done = 0; done < switches; done += 1) {
  const due = began + (done * minutes * 60_000) / switches;
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - Date.now())));
  const next = done % 4 === 0 ? 2 : 3;
  if (done % 2 === 1) await slipway("rollback", "penguins", "production");
  else await slipway("promote", `penguins@${next}`, "production");
  await untilLive(done % 2 === 1 ? 1 : next);
}
await new Promise((resolve) => setTimeout(resolve, Math.max(0, began + minutes * 60_000 - Date.now())));
const { failed } = await traffic.stop();
clearInterval(sampling);
clearInterval(telling);
tell();
const kept = await slipway("verify");
child.kill("SIGTERM");
const [code] = (await once(child, "close")) as [number | null];
await rm(root, { recursive: true, force: true });

const part = Math.max(1, Math.floor(memory.length / 5));
const grew = (["serve", "all"] as const).map((which) => {
  const numbers = memory.map((each) => each[which]);
  // The first fifth has the starts in it.
  const [first, last] = [least(numbers.slice(part, 2 * part)), least(numbers.slice(-part))];
  const what = which === "serve" ? "slipway serve" : "it and all programs";
  say(
    `memory of ${what}: at least ${first} MiB in the second fifth, ${last} MiB in the last, at most ${Math.max(...numbers)} MiB`,
  );
  return last / first > GROWTH;
});
if (failed.length > 0) say(`${failed.length} requests failed: ${failed.slice(0, 5).join("; ")}`);
say(`slipway serve ended with ${code}; ${kept.trim().split("\n").at(-1)}`);
process.exitCode = failed.length > 0 || grew.includes(true) || code !== 0 ? 1 : 0;

async function untilLive(version: number): Promise<void> {
  const end = Date.now() + 60_000;
  while (Date.now() < end) {
    const status = (await (await fetch(`${url}/-/status`)).json()) as { endpoints: { live?: { version: number } }[] };
    if (status.endpoints[0]?.live?.version === version) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`version ${version} was not live within a minute`);
}

function tell(): void {
  const { asked, failed: lost, p50, p99, longest } = traffic.figures();
  const { serve, all } = memory.at(-1) ?? { serve: 0, all: 0 };
  say(
    `${((Date.now() - began) / 60_000).toFixed(1)} min: ${asked} asked, ${lost} failed; ${p50} ms at the median, ${p99} ms at p99, ${longest} ms at most; ${serve} MiB, with programs ${all} MiB`,
  );
}

function least(numbers: readonly number[]): number {
  return Math.min(...numbers);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
