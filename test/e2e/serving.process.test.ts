import { execFile } from "node:child_process";
import { once } from "node:events";
import { readdir, rename } from "node:fs/promises";
import { createServer } from "node:net";
import { promisify } from "node:util";
import { expect, it, onTestFinished } from "vitest";
import { until } from "../helpers/app-process.ts";
import type { Place } from "./models-repository.ts";
import { processes, processIds } from "./processes.ts";
import { putInto, seen, serve, servedPlaces, setMoods, THRESHOLDS } from "./serving-place.ts";

const [FIRST, SECOND, THIRD] = THRESHOLDS;
const copied = servedPlaces();
const SERVING = /^node serve\.mjs$/;

/** Version 1 is in production. */
async function place(): Promise<Place> {
  const made = await copied();
  await putInto(made, 1);
  return made;
}

const workers = (here: Place) => processes(here, SERVING);

it("answers by what is in production, and by itself by what is promoted next", async () => {
  const here = await place();
  const served = await serve(here, "tiny");
  expect(await served.ask()).toBe(FIRST);
  await putInto(here, 2);
  await until(async () => (await served.ask()) === SECOND);
});

it("prints a request that works as it is typed", async () => {
  const here = await place();
  const started = here.start(["serve", "--port", "0"]);
  onTestFinished(() => void started.child.kill());
  let printed = "";
  started.child.stdout?.on("data", (text: string) => {
    printed += text;
  });
  await until(async () => printed.includes("/-/status"));
  expect(printed).toContain("✓ tiny version 1 answers in production");
  const curl = /^curl .*?(?=\n\n)/ms.exec(printed)?.[0] ?? "";
  const { stdout } = await promisify(execFile)("sh", ["-c", curl]);
  expect(JSON.parse(stdout)).toEqual({ predictions: [{ prediction: expect.any(String), threshold: FIRST }] });
});

it("takes the version before back without starting it again", async () => {
  const here = await place();
  const served = await serve(here);
  await putInto(here, 2);
  await served.hook();
  await until(async () => (await served.ask()) === SECOND);
  const before = await workers(here);
  expect(before).toHaveLength(2);
  await putInto(here, 1);
  await served.hook();
  await until(async () => (await served.ask()) === FIRST);
  expect(await served.status()).toMatchObject({ endpoints: [{ live: { version: 1 }, before: { version: 2 } }] });
  expect(await workers(here)).toEqual(before);
});

it("goes on with the old version if the new one does not start, and says why", async () => {
  const here = await place();
  const served = await serve(here);
  await setMoods(here, { [SECOND]: "fail" });
  await putInto(here, 2);
  await served.hook();
  await served.said("version 2 does not answer");
  expect(await served.ask()).toBe(FIRST);
  const { endpoints } = await served.status();
  expect(endpoints[0]).toMatchObject({ live: { version: 1 }, next: { version: 2, phase: "failed" } });
  expect(endpoints[0]?.problem).toContain("no module named numpy");
});

it.each(["crash", "hang", "huge"])("does not switch to a version that goes wrong at its warm-up: %s", async (mood) => {
  const here = await place();
  const served = await serve(here);
  await setMoods(here, { [SECOND]: mood });
  await putInto(here, 2);
  await served.hook();
  await served.said("version 2 does not answer");
  expect(await served.ask()).toBe(FIRST);
});

it("gives up a version that never gets ready when another is promoted", async () => {
  const here = await place();
  const served = await serve(here);
  await setMoods(here, { [SECOND]: "never-ready" });
  await putInto(here, 2);
  await served.hook();
  await until(async () => (await workers(here)).length === 2);
  await putInto(here, 3);
  await served.hook();
  await until(async () => (await served.ask()) === THIRD);
  await until(async () => (await workers(here)).length === 2);
});

it("loses with a worker that is killed what it was asked, and nothing else", async () => {
  const here = await place();
  const served = await serve(here);
  await setMoods(here, { [FIRST]: "slow" });
  const lost = served.ask(1, "lost");
  await until(async () => (await seen(here)).includes("lost"));
  for (const pid of await processIds(here, SERVING)) process.kill(pid, "SIGKILL");
  await expect(lost).rejects.toThrow("500");
  await setMoods(here, {});
  await until(async () => (await served.ask().catch(() => undefined)) === FIRST);
});

it("leaves no process after kill -9, and the next start leaves no folder", async () => {
  const here = await place();
  const folders = async () => (await readdir(`${here.root}/tmp`)).filter((name) => name.startsWith("slipway-")).length;
  const served = await serve(here);
  const usual = await folders();
  served.child.kill("SIGKILL");
  await served.ended;
  await until(async () => (await workers(here)).length === 0);
  const again = await serve(here);
  expect(await again.ask()).toBe(FIRST);
  expect(await folders()).toBe(usual);
});

it("answers by what is in production after it was killed in the middle of a switch", async () => {
  const here = await place();
  const served = await serve(here);
  await setMoods(here, { [SECOND]: "never-ready" });
  await putInto(here, 2);
  await served.hook();
  await until(async () => (await workers(here)).length === 2);
  served.child.kill("SIGKILL");
  await served.ended;
  await until(async () => (await workers(here)).length === 0);
  await setMoods(here, {});
  const again = await serve(here);
  expect(await again.ask()).toBe(SECOND);
});

it("answers what it was asked before it ends, and says that it is no failure", async () => {
  const here = await place();
  const served = await serve(here);
  await setMoods(here, { [FIRST]: "slow" });
  const last = served.ask(1, "last");
  await until(async () => (await seen(here)).includes("last"));
  served.child.kill("SIGTERM");
  await served.said("once more to leave at once");
  await setMoods(here, {});
  expect(await last).toBe(FIRST);
  expect(await served.ended).toMatchObject({ code: 0 });
  expect(await workers(here)).toEqual([]);
});

it("ends at once when it is told twice", async () => {
  const here = await place();
  const served = await serve(here);
  await setMoods(here, { [FIRST]: "hang" });
  const last = served.ask(1, "last");
  await until(async () => (await seen(here)).includes("last"));
  served.child.kill("SIGTERM");
  await served.said("once more to leave at once");
  served.child.kill("SIGTERM");
  await expect(last).rejects.toThrow();
  expect(await served.ended).toMatchObject({ code: 143 });
  await until(async () => (await workers(here)).length === 0);
});

it("answers by itself by what is promoted on a remote", async () => {
  const here = await copied();
  const origin = `${here.root}/origin.git`;
  await here.git("clone", "-q", "--bare", here.folder, origin);
  await here.git("remote", "add", "origin", origin);
  await putInto(here.at(origin), 1);
  const served = await serve(here, "--remote", "origin");
  await putInto(here.at(origin), 2);
  await until(async () => (await served.ask()) === SECOND);
});

it("follows a remote, and keeps what answers while that is away", async () => {
  const here = await copied();
  const origin = `${here.root}/origin.git`;
  await here.git("clone", "-q", "--bare", here.folder, origin);
  await here.git("remote", "add", "origin", origin);
  await putInto(here.at(origin), 1);
  const served = await serve(here, "--remote", "origin");
  expect(await served.ask()).toBe(FIRST);
  await rename(origin, `${origin}-away`);
  await served.hook();
  await served.said("the registry cannot be followed");
  expect(await served.ask()).toBe(FIRST);
  expect((await served.status()).registry.problem?.message).toContain("could not be reached");
  const metrics = async () => (await fetch(`${served.url}/metrics`)).text();
  expect(await metrics()).toContain("slipway_serve_registry_problem 1");
  await rename(`${origin}-away`, origin);
  await putInto(here.at(origin), 2);
  await served.hook();
  await until(async () => (await served.ask()) === SECOND);
  expect((await served.status()).registry.problem).toBeUndefined();
  expect(await metrics()).toContain("slipway_serve_registry_problem 0");
});

it("refuses a port that is taken", async () => {
  const here = await place();
  const other = createServer().listen(0, "127.0.0.1");
  onTestFinished(() => void other.close());
  await until(async () => other.listening);
  const { port } = other.address() as { port: number };
  const { code, stderr } = await here.slipway("serve", "--port", String(port));
  expect(code).toBe(2);
  expect(stderr).toContain(`--port ${port + 1}`);
  expect(await workers(here)).toEqual([]);
});

it.each([
  [["--host", "0.0.0.0"], "SLIPWAY_SERVE_TOKEN"],
  [["--port", "70000"], "70000 is no port"],
  [["--token-file", "nowhere"], "the token's file cannot be read"],
  [["tinny"], "tinny is not in the registry"],
  [["--stage", "prodution"], "There is no stage prodution"],
])("refuses %j", async (args, message) => {
  const { code, stderr } = await (await place()).slipway("serve", "--port", "0", ...args);
  expect(code).toBe(2);
  expect(stderr).toContain(message);
});

it("asks for the token that a file holds", async () => {
  const here = await place();
  await here.write({ "token.txt": "hush\n" });
  const served = await serve(here, "--token-file", "token.txt");
  expect((await fetch(`${served.url}/-/status`)).status).toBe(401);
  const headers = { authorization: "Bearer hush" };
  expect((await fetch(`${served.url}/-/status`, { headers })).status).toBe(200);
  expect((await fetch(`${served.url}/v2/health/ready`)).status).toBe(200);
});

it("starts no program before the first request if it is lazy", async () => {
  const here = await place();
  const served = await serve(here, "--lazy");
  expect(await workers(here)).toEqual([]);
  expect(await served.ask()).toBe(FIRST);
  expect(await workers(here)).toHaveLength(1);
});

it("answers, and ends, though nobody reads its log: lines are dropped, and the next one says how many", async () => {
  const here = await place();
  const served = await serve(here);
  let said = "";
  served.child.stderr?.on("data", (text: string) => {
    said += text;
  });
  served.child.stderr?.pause();
  const id = "a".repeat(128);
  const ask = async () => {
    const answer = await fetch(`${served.url}/v2/models/none/infer`, {
      method: "POST",
      headers: { "x-request-id": id },
    });
    await answer.arrayBuffer();
    return answer.status;
  };
  for (let at = 0; at < 300; at += 1)
    expect(new Set(await Promise.all(Array.from({ length: 20 }, ask)))).toEqual(new Set([404]));
  served.child.stderr?.resume();
  await until(async () => {
    await ask();
    return /\d+ lines were dropped here: nobody read them in time/.test(said);
  });
  served.child.stderr?.pause();
  for (let at = 0; at < 100; at += 1) await Promise.all(Array.from({ length: 20 }, ask));
  served.child.kill("SIGTERM");
  await once(served.child, "exit");
});
