import { readdir, rm, utimes } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { until } from "../helpers/app-process.ts";
import { modelsRepository, type Place, prepared, retrained, type Started } from "./models-repository.ts";
import { processes } from "./processes.ts";
import { FILES, SPEC } from "./tiny-model.ts";

const plain = prepared(() => modelsRepository({ shared: true }));

/** Two versions, the second one better; neither is in a stage. */
const two = prepared(async () => {
  const place = await modelsRepository({ shared: true });
  await place.slipway("register", "tiny");
  await retrained(place, 50);
  await place.slipway("register", "tiny");
  return place;
});

/** SIGKILL for `slipway` and all that it started, as when the machine goes down. */
function killAll({ child }: Started): void {
  try {
    process.kill(-(child.pid as number), "SIGKILL");
  } catch {
    // It had ended.
  }
}

async function clean(place: Place): Promise<void> {
  expect((await place.json("verify")).result.findings).toEqual([]);
}

/** What Git does in a transaction's commit before it is killed: the branch's lock is renamed, and no tag's. */
const MOVE_BRANCH = 'cd "$(git rev-parse --absolute-git-dir)" && mv refs/heads/registry.lock refs/heads/registry';
/** The hook's parent is Git; Git's is slipway. */
const KILL_BOTH = "kill -9 $(ps -o ppid= -p $PPID) $PPID";

describe("kill -9", () => {
  it("at any moment of register loses nothing: the same command again makes one version", async () => {
    const place = await plain();
    for (let round = 1; round <= 12; round++) {
      const started = place.start(["register", "tiny"], { group: true });
      await Promise.race([started.ended, sleep(100 + round * 80)]);
      killAll(started);
      await started.ended;
      if (round % 4 > 0) continue;
      expect(await place.json("register", "tiny")).toMatchObject({ code: 0, result: { version: round / 4 } });
      await retrained(place, 40 + round);
    }
    const { result } = await place.json("show", "tiny");
    expect(result.versions?.map(({ version }) => version)).toEqual([3, 2, 1]);
    await clean(place);
  });

  it.each([
    ["when every lock is held and nothing has moved", KILL_BOTH, ""],
    ["between the branch and its tag", `${MOVE_BRANCH}; ${KILL_BOTH}`, "registry"],
  ])("of register %s: the same command again ends with one version and its tag", async (_, script, moved) => {
    const place = await plain();
    await place.hook("reference-transaction", `[ "$1" = prepared ] || exit 0\n${script}`);
    expect((await place.slipway("register", "tiny")).signal).toBe("SIGKILL");
    expect(await place.git("branch", "--list", "--format=%(refname:short)", "registry")).toBe(moved);
    expect(await place.git("tag", "--list")).toBe("");
    await rm(join(place.folder, ".git/hooks/reference-transaction"));
    expect(await place.json("register", "tiny")).toMatchObject({ code: 0, result: { version: 1 } });
    expect(await place.git("tag", "--list")).toBe("tiny@v1.0.0");
    await clean(place);
  });

  it("of promote between the branch and its tag: the same command again completes it", async () => {
    const place = await two();
    await place.hook("reference-transaction", `[ "$1" = prepared ] || exit 0\n${MOVE_BRANCH}; ${KILL_BOTH}`);
    expect((await place.slipway("promote", "tiny@2", "production")).signal).toBe("SIGKILL");
    expect(await place.git("tag", "--list", "*#production#1")).toBe("");
    expect((await place.json("show", "tiny")).result.model.stages["production"]?.version).toBe(2);
    await rm(join(place.folder, ".git/hooks/reference-transaction"));
    expect(await place.json("promote", "tiny@2", "production")).toMatchObject({ code: 0, result: { version: 2 } });
    await clean(place);
  });

  it("leaves user code to the next run's clearing up, and data for a day at most", async () => {
    const place = await modelsRepository({ spec: { train: { run: "sleep 876543", timeout: "1m" } } });
    const started = place.start(["register", "tiny"]);
    await started.said("train");
    await until(async () => (await processes(place, /^sleep 876543/)).length > 0);
    started.child.kill("SIGKILL");
    await started.ended;
    const temporary = join(place.root, "tmp");
    const yesterday = Date.now() / 1_000 - 100_000;
    for (const name of await readdir(temporary)) await utimes(join(temporary, name), yesterday, yesterday);
    await place.spec({ train: SPEC.train });
    await place.commit();
    expect((await place.slipway("register", "tiny")).code).toBe(0);
    expect(await processes(place, /^sleep 876543/)).toEqual([]);
    expect(await readdir(temporary)).toEqual([]);
  });
});

describe("Ctrl-C", () => {
  it("ends training, exits with 130, records it, and leaves neither processes nor temporary folders", async () => {
    const place = await modelsRepository({ spec: { train: { run: "setsid sleep 765432 & sleep 765432" } } });
    const started = place.start(["run", "tiny", "--json"]);
    await until(async () => (await processes(place, /^sleep 765432/)).length === 2);
    started.child.kill("SIGINT");
    const { code, stdout } = await started.ended;
    expect({ code, error: JSON.parse(stdout).error.code }).toEqual({ code: 130, error: "INTERRUPTED" });
    const [run = ""] = await readdir(join(place.folder, ".slipway/runs"));
    const record = JSON.parse(await place.read(`.slipway/runs/${run}/result.json`));
    expect(record).toMatchObject({ outcome: "failed", problem: { code: "INTERRUPTED" } });
    expect(await processes(place, /^sleep 765432/)).toEqual([]);
    expect(await readdir(join(place.root, "tmp"))).toEqual([]);
  });

  it("of register registers nothing, and the same command again does", async () => {
    const place = await modelsRepository({
      files: {
        "models/tiny/train.mjs": `${FILES["train.mjs"]}\nif (!process.env.QUICK) await new Promise((end) => setTimeout(end, 60_000));`,
      },
      policy: { environment: { pass: ["QUICK"] } },
      spec: { environment: { pass: ["QUICK"] } },
    });
    const started = place.start(["register", "tiny"]);
    await started.said("trained on");
    started.child.kill("SIGINT");
    const { code, stderr } = await started.ended;
    expect({ code, versions: (await place.json("ls")).result.models }).toEqual({ code: 130, versions: [] });
    expect(stderr).toContain("[INTERRUPTED]");
    place.env.QUICK = "1";
    expect(await place.json("register", "tiny")).toMatchObject({ code: 0, result: { version: 1 } });
  });
});

describe("at once", () => {
  it("two registrations of one commit make one version", async () => {
    const place = await plain();
    const both = await Promise.all([place.json("register", "tiny"), place.json("register", "tiny")]);
    expect(both.map(({ code, result }) => [code, result.version])).toEqual([
      [0, 1],
      [0, 1],
    ]);
    expect((await place.json("show", "tiny")).result.versions).toHaveLength(1);
    await clean(place);
  });

  it("registrations of two models make a version of each", async () => {
    const place = await plain();
    await place.addModel("other");
    await place.commit();
    const both = await Promise.all([place.json("register", "tiny"), place.json("register", "other")]);
    expect(both.map(({ result }) => [result.outcome, result.model, result.version])).toEqual([
      ["registered", "tiny", 1],
      ["registered", "other", 1],
    ]);
    await clean(place);
  });

  it("promotions of two versions make one history, each decided on what the other left", async () => {
    const place = await two();
    await Promise.all([
      place.slipway("promote", "tiny@1", "production"),
      place.slipway("promote", "tiny@2", "production"),
    ]);
    const { entries } = (await place.json("log", "tiny")).result;
    const acts = entries.filter(({ stage }) => stage).map(({ version, outcome }) => `${version} ${outcome}`);
    // Newest first. Version 1 is worse, so that it is refused where it came second.
    expect(["2 promoted, 1 promoted", "1 refused, 2 promoted"]).toContain(acts.join(", "));
    expect((await place.json("show", "tiny#production")).result.manifest?.version).toBe(2);
    await clean(place);
  });
});
