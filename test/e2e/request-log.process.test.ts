import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { cliOutput, RequestsResult } from "../../schemas/cli-output.ts";
import { until } from "../helpers/app-process.ts";
import type { Place } from "./models-repository.ts";
import { putInto, serve, servedPlaces, setMoods, THRESHOLDS } from "./serving-place.ts";

const copied = servedPlaces();

/** Version 1 is in production, and what is asked is kept. */
async function place(): Promise<Place> {
  const made = await copied();
  const policy = await readFile(join(made.folder, "slipway.yaml"), "utf8");
  await made.write({ "slipway.yaml": `${policy}\nmonitor: { requests: { store: file:.slipway/log } }\n` });
  await made.commit();
  await putInto(made, 1);
  return made;
}

async function requests(here: Place): Promise<RequestsResult> {
  const { stdout, stderr, code } = await here.slipway("requests", "tiny", "--json", "--limit", "1000");
  if (code !== 0) throw new Error(stderr);
  return (cliOutput(RequestsResult).parse(JSON.parse(stdout)) as { result: RequestsResult }).result;
}

const ids = async (here: Place) => (await requests(here)).entries.map((each) => each["slipway_request"]);

it("keeps what was asked through a kill -9, and sends it once", async () => {
  const here = await place();
  const served = await serve(here);
  const asked = Array.from({ length: 20 }, (_, at) => `request-${at}`);
  for (const id of asked) await served.ask(1, id);
  await until(async () => (await ids(here)).length === asked.length);
  served.child.kill("SIGKILL");
  await served.ended;
  const next = await serve(here);
  await next.ask(1, "after");
  await until(async () => (await readdir(join(here.folder, ".slipway/requests"))).length === 1);
  next.child.kill("SIGTERM");
  await next.ended;
  expect(await readdir(join(here.folder, ".slipway/requests"))).toEqual([]);
  expect((await ids(here)).sort()).toEqual(["after", ...asked].sort());
});

it("counts by version what was asked, and what its program could not answer", async () => {
  const here = await place();
  const served = await serve(here);
  await served.ask(1);
  await setMoods(here, { [THRESHOLDS[0]]: "crash" });
  await expect(served.ask(1)).rejects.toThrow("500");
  served.child.kill("SIGTERM");
  await served.ended;
  const { versions, entries } = await requests(here);
  expect(versions).toMatchObject([{ version: 1, stage: "production", role: "stable", requests: 2, errors: 1 }]);
  expect(entries.map((each) => each["slipway_error"])).toEqual(["SERVE_CRASHED", null]);
});
