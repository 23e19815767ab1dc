import { setTimeout as sleep } from "node:timers/promises";
import type { Measurement } from "../measurement.ts";
import { rank } from "../measurement.ts";
import type { ServedFixture } from "./fixture.ts";
import { atRate, openAsker } from "./load.ts";
import { INVOCATION, serveModels } from "./servers.ts";

const RATE = 200;
/** Milliseconds in which nothing happens, before a switch. */
const QUIET = 1_000;
/** Seconds in which a switch is to be over. */
const WITHIN = 10;

/**
 * The longest time between two answers from the moment at which a promotion begins until its version is live. Beside it the same
 * time without a promotion, as long as the machine itself makes it.
 */
export async function measureSwitches({ folder, slipway }: ServedFixture, switches: number): Promise<Measurement> {
  const server = await serveModels(folder);
  const asker = openAsker(server.url, INVOCATION);
  const gaps: number[] = [];
  const quiet: number[] = [];
  let last = performance.now();
  let gap = 0;
  const ask = async () => {
    await asker.ask();
    const now = performance.now();
    gap = Math.max(gap, now - last);
    last = now;
  };
  try {
    let isOver = false;
    const load = (async () => {
      while (!isOver) await atRate(RATE, 1, ask);
    })();
    await sleep(2_000);
    for (let at = 0; at < switches; at += 1) {
      gap = 0;
      await sleep(QUIET);
      quiet.push(gap);
      gap = 0;
      const wanted = at % 2 === 0 ? 2 : 1;
      await slipway("promote", `linear@${wanted}`, "production");
      await liveAt(server.url, wanted);
      gaps.push(gap);
    }
    isOver = true;
    await load;
  } finally {
    asker.end();
    await server.stop();
  }
  const sorted = gaps.sort((a, b) => a - b);
  const still = rank(
    quiet.sort((a, b) => a - b),
    0.5,
  );
  return {
    what: "longest gap between answers at a switch",
    ...{ size: `${switches} switches, ${RATE}/s`, unit: "ms", median: rank(sorted, 0.5), p95: rank(sorted, 0.95) },
    ...{ p99: sorted.at(-1) as number, runs: switches, target: 50 },
    bound: "two cores: a promotion and a starting program beside what answers",
    peer: { what: "no switch", median: still, ratio: still / rank(sorted, 0.5) },
  };
}

async function liveAt(url: string, version: number): Promise<void> {
  for (const until = Date.now() + WITHIN * 1_000; Date.now() < until; await sleep(50)) {
    const status = (await (await fetch(`${url}/-/status`)).json()) as { endpoints: { live?: { version: number } }[] };
    if (status.endpoints[0]?.live?.version === version) return;
  }
  throw new Error(`version ${version} was not live within ${WITHIN} s`);
}
