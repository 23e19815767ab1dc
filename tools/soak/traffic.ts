import { Agent, request } from "node:http";

export interface Figures {
  asked: number;
  failed: number;
  /** Milliseconds, of all so far. */
  p50: number;
  p99: number;
  longest: number;
}

/** A machine that is busy with other work gets fewer: nothing piles up that time-outs would end. */
const MOST_AT_ONCE = 64;
const BODY = JSON.stringify({
  instances: [
    {
      island: "Dream",
      sex: "male",
      bill_length_mm: 49.2,
      bill_depth_mm: 18.2,
      flipper_length_mm: 195,
      body_mass_g: 4400,
    },
  ],
});

/** Posts a penguin, so many times a second, until it is stopped. */
export function openTraffic(url: string, perSecond: number) {
  const agent = new Agent({ keepAlive: true });
  const failed: string[] = [];
  /** How many took up to so many tenths of a millisecond. */
  const took = new Map<number, number>();
  const waiting = new Set<Promise<void>>();
  let asked = 0;

  async function ask(): Promise<void> {
    const began = performance.now();
    const outcome = await post(url, agent);
    const tenths = Math.ceil(10 * (performance.now() - began));
    took.set(tenths, (took.get(tenths) ?? 0) + 1);
    if (outcome !== undefined) failed.push(outcome);
  }

  const start = performance.now();
  let left = 0;
  const timer = setInterval(() => {
    const due = ((performance.now() - start) * perSecond) / 1_000;
    while (asked + left < due) {
      if (waiting.size >= MOST_AT_ONCE) {
        left += 1;
        continue;
      }
      asked += 1;
      const asking = ask().finally(() => waiting.delete(asking));
      waiting.add(asking);
    }
  }, 5);

  return {
    figures(): Figures {
      const sorted = [...took].sort(([a], [b]) => a - b);
      const count = sorted.reduce((sum, [, each]) => sum + each, 0);
      const at = (share: number) => {
        let below = 0;
        for (const [tenths, each] of sorted) {
          below += each;
          if (below >= share * count) return tenths / 10;
        }
        return 0;
      };
      return { asked, failed: failed.length, p50: at(0.5), p99: at(0.99), longest: at(1) };
    },
    async stop(): Promise<{ failed: readonly string[] }> {
      clearInterval(timer);
      await Promise.all(waiting);
      agent.destroy();
      return { failed };
    },
  };
}

/** Why it failed; undefined if it was answered. */
function post(url: string, agent: Agent): Promise<string | undefined> {
  return new Promise((resolve) => {
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(BODY) };
    const sent = request(url, { agent, method: "POST", headers }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
      response.once("end", () => resolve(response.statusCode === 200 ? undefined : `${response.statusCode} ${text}`));
    });
    sent.once("error", (error) => resolve(String(error)));
    sent.end(BODY);
  });
}
