import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { openRequestLog } from "../../core/serving/request-log/open-log.ts";
import { openNamedFolder } from "../../core/stores/file/named.ts";
import type { Signature } from "../../schemas/manifest.ts";
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

/** The hook's parent is Git; Git's is slipway. */
const KILL_BOTH = "kill -9 $(ps -o ppid= -p $PPID) $PPID";

it.each([
  ["when the branch's lock is held and nothing has moved", "prepared", "opened"],
  ["right after the branch moved", "committed", "open"],
])("killed %s, the same command again ends with one branch", async (_, state, outcome) => {
  const place = await live();
  await place.git("rm", "--quiet", "models/tiny/data.lock.json");
  await place.commit("nothing is pinned");
  await place.hook(
    "reference-transaction",
    `[ "$1" = ${state} ] || exit 0\ngrep -q slipway/retrain && ${KILL_BOTH}\nexit 0`,
  );
  expect((await place.slipway("retrain")).signal).toBe("SIGKILL");
  await rm(join(place.folder, ".git/hooks/reference-transaction"));
  expect((await place.json("retrain")).result.models).toMatchObject([{ outcome }]);
  expect(await place.git("diff", "--name-only", `main...${BRANCH}`)).toBe("models/tiny/data.lock.json");
  expect(await place.git("rev-list", "--count", `main..${BRANCH}`)).toBe("1");
});

it("killed at any moment, the same command again ends with one branch", async () => {
  const place = await live();
  await place.git("rm", "--quiet", "models/tiny/data.lock.json");
  await place.commit("nothing is pinned");
  for (const wait of [150, 250, 350, 450]) {
    const started = place.start(["retrain"]);
    await Promise.race([started.ended, sleep(wait)]);
    started.child.kill("SIGKILL");
    await started.ended;
  }
  expect((await place.slipway("retrain")).code).toBe(0);
  expect(await place.git("rev-list", "--count", `main..${BRANCH}`)).toBe("1");
});

it("trains on what was answered, once its labels came: a source beside the first data", async () => {
  const place = await modelsRepository();
  const folder = join(place.root, "answered");
  const labels = join(place.root, "labels.csv");
  const monitor = {
    ...{
      requests: { store: "file:.slipway/log" },
      labels: { tiny: `file://${labels}` },
      rows: { tiny: `file:${folder}` },
    },
  };
  await place.policy({ ...POLICY, monitor });
  await place.commit("watched");
  await place.slipway("register", "tiny");
  await place.slipway("promote", "tiny@1", "production", "--reason", "first");
  await answer(place, 30);
  await writeFile(labels, ["id,label", ...Array.from({ length: 30 }, (_, x) => `live${x},low`), ""].join("\n"));
  await place.slipway("monitor");
  expect(await readdir(join(folder, "tiny"))).toEqual([expect.stringMatching(/^\d{8}T000000Z\.csv$/)]);

  const train = ["data/train.csv", `file://${folder}/tiny/*.csv`];
  await place.spec({ data: { ...SPEC.data, train } });
  await place.commit("trains on what was answered, too");
  expect((await place.json("retrain")).result.models).toMatchObject([
    { outcome: "opened", changes: [expect.any(String), expect.stringContaining("new, 30 rows")] },
  ]);
  await place.git("merge", "--quiet", BRANCH);
  const { result } = await place.json("register", "tiny");
  expect(result, JSON.stringify(result)).toMatchObject({ outcome: "registered", version: 2 });
  expect(result.manifest?.data.train?.rows).toBe(130);
});

/** Has version 1 answer so many rows two days ago, as a server would that ends then. */
async function answer(place: Place, count: number): Promise<void> {
  const { result } = await place.json("show", "tiny@1");
  const signature = result.manifest?.signature as Signature;
  const at = Date.now() - 2 * 86_400_000;
  const log = await openRequestLog({
    ...{ store: openNamedFolder(join(place.folder, ".slipway/log")), spool: join(place.folder, ".slipway/requests") },
    ...{ replica: "000000a1", clock: () => at },
  });
  for (let x = 0; x < count; x += 1)
    log.record({
      ...{ id: `r${x}`, ids: [`live${x}`], at, ms: 1, rows: [{ x }], predictions: [{ prediction: "low" }] },
      version: { folder: "tiny", version: 1, stage: "production", signature, columns: {} },
    });
  await log.close(10_000);
}

it("killed between the registration and the stage that it asks for, the same command again asks", async () => {
  const place = await live();
  await retrained(place, 50);
  const script = `[ "$1" = prepared ] || exit 0\ngrep -q staging && ${KILL_BOTH}\nexit 0`;
  await place.hook("reference-transaction", script);
  expect((await place.slipway("register", "tiny")).signal).toBe("SIGKILL");
  await rm(join(place.folder, ".git/hooks/reference-transaction"));
  expect(await stages(place)).toMatchObject({ staging: { version: 1 } });
  const { result } = await place.json("register", "tiny");
  expect(result).toMatchObject({ outcome: "unchanged", promotions: [{ stage: "staging", outcome: "promoted" }] });
  expect(await stages(place)).toMatchObject({ staging: { version: 2 } });
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
