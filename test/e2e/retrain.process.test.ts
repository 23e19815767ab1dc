import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { modelsRepository, type Place, prepared, retrained } from "./models-repository.ts";
import { POLICY, SPEC, tinyRows } from "./tiny-model.ts";

const BRANCH = "slipway/retrain-tiny";
const AUTO = { ...POLICY, promote: { staging: "auto" } };

/** Outside of the repositories, which are copied for each test. */
let rows = "";

/** Version 1 of a model whose training rows come to a folder outside; new versions ask for staging by themselves. */
const live = prepared(async () => {
  const place = await modelsRepository({ shared: true });
  rows = join(place.root, "live");
  await mkdir(rows);
  await writeFile(join(rows, "2026-01.csv"), tinyRows("a"));
  await place.spec({ data: { ...SPEC.data, train: `file://${rows}/*.csv` } });
  await place.policy(AUTO);
  await place.slipway("lock");
  await place.commit("live rows");
  await place.slipway("register", "tiny");
  return place;
});

const stages = async (place: Place) => (await place.json("show", "tiny")).result.model?.stages;

it("goes from data that moved to a version in production, and a person asks for that alone", async () => {
  const place = await live();
  expect(await stages(place)).toMatchObject({ staging: { version: 1 } });
  await writeFile(join(rows, "2026-02.csv"), tinyRows("b"));
  expect((await place.json("retrain")).result.models).toMatchObject([
    { model: "tiny", outcome: "opened", branch: BRANCH },
  ]);
  await place.git("merge", "--quiet", BRANCH);
  const { result } = await place.json("register", "tiny");
  expect(result).toMatchObject({
    outcome: "registered",
    version: 2,
    promotions: [{ stage: "staging", outcome: "promoted" }],
  });
  expect(result.manifest?.data.train?.rows).toBe(200);
  expect((await place.slipway("promote", "tiny@2", "production")).code).toBe(0);
  expect(await stages(place)).toMatchObject({ staging: { version: 2 }, production: { version: 2 } });
  expect((await place.slipway("verify")).code).toBe(0);
});

it("records what the policy asked for as any decision, with its reason", async () => {
  const place = await live();
  const { result } = await place.json("register", "tiny");
  const [{ decision } = { decision: undefined }] = result.promotions ?? [];
  expect(decision).toMatchObject({
    ...{ act: "promote", stage: "staging", version: 1, outcome: "promoted", reason: "promote: auto" },
    source: { kind: "policy", id: "tiny@1#staging" },
  });
});

it("asks once: what a person took out of the stage since is not brought back", async () => {
  const place = await live();
  await retrained(place, 50);
  await place.slipway("register", "tiny");
  await place.slipway("rollback", "tiny", "staging");
  expect(await stages(place)).toMatchObject({ staging: { version: 1 } });
  await place.slipway("register", "tiny");
  expect(await stages(place)).toMatchObject({ staging: { version: 1 } });
});

it("is asked the same gates, and its refusal says why, while the version is registered all the same", async () => {
  const place = await live();
  await place.policy({ ...AUTO, gates: { staging: [{ metric: "accuracy", "at-least": 0.99 }] } });
  await place.commit("a high bar");
  await retrained(place, 50);
  const said = await place.slipway("register", "tiny");
  expect(said).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("it stays out of staging, which the policy asks for"),
  });
  expect(said.stdout).toContain("[GATE_FAILED]");
  expect(await stages(place)).toMatchObject({ staging: { version: 1 } });
  expect((await place.slipway("verify")).code).toBe(0);
});

it("refuses a stage that the policy does not name", async () => {
  const place = await live();
  await place.policy({ ...AUTO, promote: { nowhere: "auto" } });
  await place.commit("a stage that is none");
  expect(await place.slipway("check")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("there is no stage nowhere"),
  });
});
