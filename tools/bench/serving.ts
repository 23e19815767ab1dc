// `slipway serve` beside the user's own program, `mlflow models serve` and KServe's Python server, with one linear model.
import { join } from "node:path";
import type { Server } from "../server-process.ts";
import type { BenchOptions, Measurement } from "./measurement.ts";
import { once } from "./measurement.ts";
import { buildServedModels, type ServedFixture } from "./serving/fixture.ts";
import { measureIdle } from "./serving/idle.ts";
import { atOnce, atRate, type Latency, openAsker } from "./serving/load.ts";
import { startProgram } from "./serving/program.ts";
import { type Asked, INVOCATION, serveKserve, serveMlflowModel, serveModels, V1 } from "./serving/servers.ts";
import { measureSwitches } from "./serving/switches.ts";

const RATE = 500;
const ROUNDS = 5;
const SECONDS = 6;
/** Seconds of a turn. */
const TURN = 3;
/** Seconds until a program's hot places are compiled. */
const WARM = 5;
const CLIENTS = 8;

export async function bench({ full, folder }: BenchOptions): Promise<Measurement[]> {
  const say = (what: string) => process.stderr.write(`serving: ${what} …\n`);
  say("a linear model of scikit-learn's, trained and registered twice");
  const fixture = await buildServedModels(join(folder, "models"));
  const measured: Measurement[] = [];
  say("beside the program itself");
  measured.push(...(await besideProgram(fixture)));
  say("beside mlflow models serve and KServe's Python server");
  measured.push(...(await besideServers(fixture, folder)));
  say("switches under load");
  measured.push(await measureSwitches(fixture, full ? 50 : 10));
  say("a hundred models, idle");
  measured.push(await measureIdle(fixture));
  return measured;
}

async function besideProgram(fixture: ServedFixture): Promise<Measurement[]> {
  const program = await startProgram(fixture);
  const server = await serveModels(fixture.folder);
  const asker = openAsker(server.url, INVOCATION);
  try {
    await atRate(RATE, WARM, program.ask);
    await atRate(RATE, WARM, asker.ask);
    const rounds: { own: Latency; ours: Latency }[] = [];
    for (let round = 0; round < ROUNDS; round += 1)
      rounds.push({ own: await atRate(RATE, SECONDS, program.ask), ours: await atRate(RATE, SECONDS, asker.ask) });
    const size = `${RATE}/s, 1 row`;
    return [
      added(rounds, "median", 1, size),
      added(rounds, "p99", 3, size),
      {
        what: "refused, as too many wait",
        ...{ size, unit: "calls", ...once(rounds.reduce((sum, { ours }) => sum + ours.refused, 0)), target: 1 },
        bound: "what the machine takes beside all else that runs there",
      },
      {
        what: "start to first answer, over the program's",
        ...{ size: "1 model", unit: "ms", ...once(server.started - program.started), target: 1_000 },
        bound: "Node, the registry, its checks, the artifact by its digest",
        peer: { what: "the program", median: program.started, ratio: program.started / server.started },
      },
    ];
  } finally {
    asker.end();
    await Promise.all([program.stop(), server.stop()]);
  }
}

/** What Slipway adds, by the rounds' median. */
function added(
  rounds: readonly { own: Latency; ours: Latency }[],
  share: "median" | "p99",
  target: number,
  size: string,
): Measurement {
  const sorted = rounds.map(({ own, ours }) => ours[share] - own[share]).sort((a, b) => a - b);
  const middle = (of: "own" | "ours") =>
    rounds.map((each) => each[of][share]).sort((a, b) => a - b)[Math.floor(rounds.length / 2)] as number;
  return {
    what: `added at the ${share}`,
    ...{ size, unit: "ms", median: sorted[Math.floor(sorted.length / 2)] as number, p95: sorted.at(-1) as number },
    ...{ runs: rounds.length, target },
    bound: "HTTP, checks, a line to the program and back; two cores for three processes",
    peer: { what: "the program", median: middle("own"), ratio: middle("own") / middle("ours") },
  };
}

async function besideServers(fixture: ServedFixture, folder: string): Promise<Measurement[]> {
  const program = await startProgram(fixture);
  const asked: [Server, Asked][] = [
    [await serveModels(fixture.folder), INVOCATION],
    [await serveMlflowModel(fixture, folder, 18_321), INVOCATION],
    [await serveKserve(fixture, 18_322), V1],
  ];
  const askers = asked.map(([server, what]) => openAsker(server.url, what));
  const targets = [
    program,
    ...asked.map(([server], at) => ({ ...server, ask: (askers[at] as (typeof askers)[0]).ask })),
  ];
  const [own, ours, mlflow, kserve] = await inTurns(targets).finally(async () => {
    for (const asker of askers) asker.end();
    await Promise.all([program.stop(), ...asked.map(([server]) => server.stop())]);
  });
  return [["mlflow models serve", mlflow] as const, ["KServe's server", kserve] as const].flatMap(
    ([what, theirs]): Measurement[] => [
      {
        what: `requests a second, beside ${what}`,
        ...{ size: `${CLIENTS} clients, 1 row`, unit: "1/s", ...once(ours.many.perSecond) },
        bound: `the program itself: ${Math.round(own.many.perSecond)}/s`,
        peer: {
          ...{ what, median: theirs.many.perSecond, ratio: ours.many.perSecond / theirs.many.perSecond, atLeast: 5 },
        },
      },
      {
        what: `an answer, beside ${what}`,
        ...{ size: "1 client, 1 row", unit: "ms", median: ours.one.median, p95: ours.one.p99, runs: ours.one.answered },
        bound: `the program itself: ${own.one.median.toFixed(2)} ms`,
        peer: { what, median: theirs.one.median, ratio: theirs.one.median / ours.one.median, atLeast: 2 },
      },
      {
        what: `CPU of an answer, beside ${what}`,
        ...{ size: `${CLIENTS} clients, 1 row`, unit: "ms", ...once(ours.cpu) },
        bound: `the program itself: ${own.cpu.toFixed(2)} ms`,
        peer: { what, median: theirs.cpu, ratio: theirs.cpu / ours.cpu },
      },
      {
        what: `memory, beside ${what}`,
        ...{ size: "1 model, 1 worker", unit: "MiB", ...once(ours.memory) },
        bound: `the program itself: ${Math.round(own.memory)} MiB`,
        peer: { what, median: theirs.memory, ratio: theirs.memory / ours.memory, atLeast: 1 },
      },
    ],
  );
}

interface Share {
  one: Latency;
  many: Latency & { perSecond: number };
  /** Milliseconds of CPU that an answer took. */
  cpu: number;
  memory: number;
}

/** Asks each for a while, in turns, so that what else the machine does meets all; a line is its rounds' median. */
async function inTurns(
  targets: readonly (Pick<Server, "cpu" | "memory"> & { ask(): Promise<unknown> })[],
): Promise<[Share, Share, Share, Share]> {
  const rounds: Share[][] = targets.map(() => []);
  for (const { ask } of targets) await atOnce(CLIENTS, WARM, ask);
  for (let round = 0; round < ROUNDS; round += 1)
    for (const [at, { ask, cpu, memory }] of targets.entries()) {
      const one = await atOnce(1, TURN, ask);
      const before = await cpu();
      const many = await atOnce(CLIENTS, TURN, ask);
      rounds[at]?.push({ one, many, cpu: ((await cpu()) - before) / many.answered, memory: await memory() });
    }
  const middle = (shares: readonly Share[], of: (share: Share) => number) =>
    [...shares].sort((a, b) => of(a) - of(b))[Math.floor(shares.length / 2)] as Share;
  return rounds.map((shares) => ({
    one: middle(shares, ({ one }) => one.median).one,
    many: middle(shares, ({ many }) => many.perSecond).many,
    cpu: middle(shares, ({ cpu }) => cpu).cpu,
    memory: middle(shares, ({ memory }) => memory).memory,
  })) as [Share, Share, Share, Share];
}
