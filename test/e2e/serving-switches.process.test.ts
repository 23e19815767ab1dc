import { expect, it } from "vitest";
import { putInto, type Served, seen, serve, servedPlaces, THRESHOLDS } from "./serving-place.ts";

const SWITCHES = 50;
const PER_SECOND = 200;
/** A machine that is busy with other work gets fewer: nothing piles up that its own time-outs would end. */
const MOST_AT_ONCE = 32;

const copied = servedPlaces({ timeout: "60s" });

/** A request, and what came of it. */
interface Asked {
  id: string;
  began: number;
  ended: number;
  threshold?: number;
  error?: unknown;
}

/** Asks at a steady pace until it is stopped. */
function traffic(served: Served): { stop(): Promise<Asked[]> } {
  const asked: Promise<Asked>[] = [];
  let waiting = 0;
  const ask = async (id: string): Promise<Asked> => {
    const began = performance.now();
    waiting += 1;
    const outcome = await served.ask(1, id).then(
      (threshold) => ({ threshold }),
      (error: unknown) => ({ error }),
    );
    waiting -= 1;
    return { id, began, ended: performance.now(), ...outcome };
  };
  const start = performance.now();
  let left = 0;
  const timer = setInterval(() => {
    const due = ((performance.now() - start) * PER_SECOND) / 1_000;
    while (asked.length + left < due) {
      if (waiting < MOST_AT_ONCE) asked.push(ask(`asked-${asked.length}`));
      else left += 1;
    }
  }, 5);
  return {
    stop() {
      clearInterval(timer);
      return Promise.all(asked);
    },
  };
}

it(`fails and doubles no request of ${PER_SECOND} a second during ${SWITCHES} promotions and rollbacks`, async () => {
  const place = await copied();
  await putInto(place, 1);
  const served = await serve(place, "tiny");
  const running = traffic(served);
  // Back to the version before and on to one that has to start: 1, 2, 1, 2, 3, 2, 3, 1 …
  const order = Array.from({ length: SWITCHES }, (_, at) => [2, 1, 2, 3, 2, 3, 1, 3, 1][at % 9] as number);
  /** When each may have been live: from its promotion on, and until the next was seen to be. */
  const windows = [{ version: 1, from: 0, to: Number.POSITIVE_INFINITY }];
  for (const version of order) {
    const last = windows.at(-1) as (typeof windows)[number];
    windows.push({ version, from: performance.now(), to: Number.POSITIVE_INFINITY });
    await putInto(place, version);
    await served.hook();
    const liveNow = async () => (await served.status()).endpoints[0]?.live?.version;
    await expect.poll(liveNow, { interval: 20 }).toBe(version);
    last.to = performance.now();
  }
  const asked = await running.stop();
  expect(asked.filter(({ error }) => error !== undefined)).toEqual([]);
  expect(asked.length).toBeGreaterThan(SWITCHES * 5);

  const ids = (await seen(place)).filter((id) => id.startsWith("asked-"));
  expect(ids).toHaveLength(asked.length);
  expect(new Set(ids).size).toBe(ids.length);

  const wasLive = ({ began, ended, threshold }: Asked) =>
    windows.some(({ version, from, to }) => THRESHOLDS[version - 1] === threshold && from <= ended && began <= to);
  expect(asked.filter((each) => !wasLive(each))).toEqual([]);
});
