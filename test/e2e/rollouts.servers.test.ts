import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { sha256 } from "../../core/canonical.ts";
import { figuresOf, sumFigures } from "../../core/rollout/figures.ts";
import { type RolloutRecord, SignedReport } from "../../schemas/rollout.ts";
import { makeKey } from "../git/ssh/keys.ts";
import { s3Server } from "../helpers/real-server.ts";
import type { Place } from "./models-repository.ts";
import { type Served, seenBy, serve, servedPlace, setMoods, THRESHOLDS } from "./serving-place.ts";

const [FIRST, SECOND, THIRD] = THRESHOLDS;
const KEYS = Array.from({ length: 24 }, (_, at) => `user-${at}`);
/** Requests a second, of both replicas together. */
const PER_SECOND = 60;
const MOST_AT_ONCE = 32;
/** A machine that is busy with other work takes its time. */
const PATIENCE = { timeout: 90_000, interval: 50 };

/** A request, and what came of it. */
interface Asked {
  replica: number;
  key: string;
  id: string;
  began: number;
  ended: number;
  threshold?: number;
  error?: unknown;
}

/** Asks the replicas in turn at a steady pace until it is stopped; each key comes to each of them again and again. */
function traffic(replicas: readonly Served[]): { asked(): number; stop(): Promise<Asked[]> } {
  const asked: Promise<Asked>[] = [];
  let waiting = 0;
  const ask = async (at: number): Promise<Asked> => {
    const replica = at % replicas.length;
    const key = KEYS[Math.floor(at / replicas.length) % KEYS.length] as string;
    const id = `asked-${at}`;
    const began = performance.now();
    waiting += 1;
    const outcome = await (replicas[replica] as Served).ask(1, id, key).then(
      (threshold) => ({ threshold }),
      (error: unknown) => ({ error: String(error) }),
    );
    waiting -= 1;
    return { ...{ replica, key, id, began, ended: performance.now() }, ...outcome };
  };
  const timer = setInterval(() => {
    if (waiting < MOST_AT_ONCE) asked.push(ask(asked.length));
  }, 1_000 / PER_SECOND);
  return {
    asked: () => asked.length,
    stop() {
      clearInterval(timer);
      return Promise.all(asked);
    },
  };
}

/** A remote with a bucket beside it: two clones serve, a third one decides. */
async function setting() {
  const server = await s3Server();
  const { endpoint, region } = server;
  const reporter = await makeKey();
  const at = (prefix: string) => ({ uri: `s3://models/${prefix}`, endpoint, region });
  const made = await servedPlace({
    timeout: "60s",
    policy: {
      artifacts: { store: at("kept") },
      monitor: { requests: { store: at("requests") } },
      rollout: {
        reporter: reporter.text,
        production: {
          steps: [{ shadow: "3s" }, { share: 0.5, for: "4s" }, { share: 1 }],
          abort: [
            { metric: "error_rate", "at-most": 0.2, "min-requests": 20 },
            { metric: "disagreement", "at-most": 0.2, "min-requests": 20 },
          ],
        },
      },
    },
    env: {
      AWS_ACCESS_KEY_ID: server.accessKeyId,
      AWS_SECRET_ACCESS_KEY: server.secretAccessKey,
      SLIPWAY_SERVE_REPORT_KEY: reporter.secret,
    },
  });
  const origin = join(made.root, "origin.git");
  await made.git("clone", "-q", "--bare", made.folder, origin);
  const clone = async (name: string): Promise<Place> => {
    await made.git("clone", "-q", origin, join(made.root, name));
    return made.at(join(made.root, name));
  };
  const [one, two, operator] = [await clone("one"), await clone("two"), await clone("operator")];
  return {
    ...{ one, two, operator },
    /** The reports of a step that are in the bucket, by their digests. */
    async reports({ decision }: RolloutRecord, step: number) {
      const folder = join(server.folder, "models/requests/rollouts", decision, String(step));
      const bytes = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name))));
      return new Map(bytes.map((each) => [sha256(each), SignedReport.parse(JSON.parse(each.toString())).report]));
    },
  };
}

it("rolls a version out over two replicas by their signed reports, and ends one that errors, without a request lost", async () => {
  const { one, two, operator, reports } = await setting();
  const remotely = async (...args: string[]) => {
    const ended = await operator.slipway(...args, "--remote", "origin");
    if (ended.code !== 0) throw new Error(ended.stderr);
  };
  await remotely("promote", "tiny@1", "production");
  const replicas = await Promise.all([one, two].map((place) => serve(place, "tiny", "--remote", "origin")));
  const running = traffic(replicas);
  const endpoints = async () => (await Promise.all(replicas.map((each) => each.status()))).map((it) => it.endpoints[0]);
  const hook = () => Promise.all(replicas.map((each) => each.hook()));
  const rolling = async () =>
    (await endpoints()).map((each) => each?.rollout && [each.rollout.version, each.rollout.step, each.rollout.phase]);
  const bothAt = async (version: number, step: number) => {
    await hook();
    await expect.poll(rolling, PATIENCE).toEqual([
      [version, step, "ready"],
      [version, step, "ready"],
    ]);
  };
  /** Looks again and again, until a step is taken. */
  const stepped = async (): Promise<{ record: RolloutRecord; asked: number }> => {
    let taken: RolloutRecord | undefined;
    let asked = 0;
    await expect
      .poll(async () => {
        asked = performance.now();
        const { result } = await operator.json("rollout", "--remote", "origin");
        taken = result.rollouts[0]?.record;
        return taken !== undefined && taken.act !== "pause";
      }, PATIENCE)
      .toBe(true);
    return { record: taken as RolloutRecord, asked };
  };
  /** It rests on what both replicas counted, and on nothing else. */
  const isTheSum = async ({ record }: { record: RolloutRecord }, step: number) => {
    const kept = await reports(record, step);
    const counted = (record.reports ?? []).map((digest) => kept.get(digest));
    expect(counted).toHaveLength(2);
    expect(record.figures).toEqual(
      sumFigures(counted.map((each) => each?.figures ?? figuresOf({ ms: 0, failed: true }))),
    );
    expect(counted.every((each) => (each?.figures.requests ?? 0) > 0)).toBe(true);
  };

  const promoted = performance.now();
  await remotely("promote", "tiny@2", "production");
  await bothAt(2, 1);
  const shadowed = await stepped();
  expect(shadowed.record).toMatchObject({ act: "advance", step: 1, figures: { errors: 0, disagreed: 0 } });
  await isTheSum(shadowed, 0);

  await bothAt(2, 2);
  const [shared, before] = [performance.now(), running.asked()];
  // Nobody looks before each key came to each replica, however long that takes.
  await expect.poll(() => running.asked() - before, PATIENCE).toBeGreaterThan(6 * KEYS.length);
  const completed = await stepped();
  expect(completed.record).toMatchObject({ act: "complete", step: 2, figures: { errors: 0, compared: 0 } });
  await isTheSum(completed, 1);
  await hook();
  await expect
    .poll(async () => (await endpoints()).map((each) => [each?.live?.version, each?.rollout]), PATIENCE)
    .toEqual([
      [2, undefined],
      [2, undefined],
    ]);
  const live = performance.now();

  await remotely("promote", "tiny@3", "production");
  await bothAt(3, 1);
  await setMoods(operator, { [THIRD]: "error" });
  const stopped = async () => (await endpoints()).map((each) => each?.rollout?.stopped ?? "");
  const why = expect.stringContaining("error_rate is");
  await expect.poll(stopped, PATIENCE).toEqual([why, why]);
  const { record: ended } = await stepped();
  expect(ended).toMatchObject({ act: "abort", cause: "figures", version: 3, step: 0, reason: why });
  await hook();
  await expect.poll(rolling, PATIENCE).toEqual([undefined, undefined]);
  expect((await endpoints()).map((each) => each?.live?.version)).toEqual([2, 2]);

  const asked = await running.stop();
  expect(asked.filter(({ error }) => error !== undefined)).toEqual([]);
  expect(asked.length).toBeGreaterThan(300);

  // Whoever was asked before the promotion, or after its completion, met the version that was live then.
  const between = (from: number, to: number) => asked.filter(({ began, ended: at }) => began >= from && at <= to);
  const answeredBy = (some: readonly Asked[]) => new Set(some.map(({ threshold }) => threshold));
  expect(answeredBy(between(0, shadowed.asked))).toEqual(new Set([FIRST]));
  expect(answeredBy(between(promoted, live))).toEqual(new Set([FIRST, SECOND]));
  expect(answeredBy(between(live, Number.POSITIVE_INFINITY))).toEqual(new Set([SECOND]));

  // In the share's step a key meets one version, whichever replica it comes to.
  const inShare = between(shared, completed.asked);
  expect(answeredBy(inShare)).toEqual(new Set([FIRST, SECOND]));
  expect(new Set(inShare.map(({ replica }) => replica)).size).toBe(2);
  for (const key of KEYS) expect(answeredBy(inShare.filter((each) => each.key === key)).size).toBeLessThan(2);

  // Each request was handed once to the version that answered it; besides, at most once to the one that was shadowed.
  const handed = await seenBy(operator);
  const timesOf = new Map<string, number>();
  for (const { threshold, id } of handed)
    timesOf.set(`${threshold} ${id}`, (timesOf.get(`${threshold} ${id}`) ?? 0) + 1);
  expect(asked.filter(({ threshold, id }) => timesOf.get(`${threshold} ${id}`) !== 1)).toEqual([]);
  expect([...timesOf].filter(([line, times]) => line.includes(" asked-") && times > 1)).toEqual([]);
  await remotely("verify");
});
