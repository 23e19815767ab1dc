import type { Observer } from "../../sandbox/state.ts";

/** What the stand-in sent or answered, and when: `performance.now()`. */
interface Moment {
  /** `webhook <event>.<action>`, or `<method> <path>`. */
  what: string;
  at: number;
  /** Of a webhook. */
  payload?: Record<string, unknown>;
}

/** Notes what the stand-in does, for whoever asks how long something took. */
export function openWatch(): { observer: Observer; take(): Moment[] } {
  let moments: Moment[] = [];
  const note = (what: string, payload?: Record<string, unknown>) =>
    void moments.push({ what, at: performance.now(), ...(payload && { payload }) });
  return {
    observer: {
      webhook: ({ event, payload }) => note(`webhook ${event}.${payload["action"]}`, payload),
      answer: ({ method, path }) => note(`${method} ${path.replace(/\?.*/, "").replace(/^\/repos\/[^/]+\/[^/]+/, "")}`),
    },
    /** What it noted since it was last asked. */
    take() {
      const taken = moments;
      moments = [];
      return taken;
    },
  };
}

/** Milliseconds from the first webhook of that name to the last answer that fits. Rejects if there are not `count`. */
export function timeTo(moments: readonly Moment[], webhook: string, answer: RegExp, count: number): number {
  const from = moments.findIndex(({ what }) => what === `webhook ${webhook}`);
  const answers = moments.slice(from + 1).filter(({ what }) => answer.test(what));
  const [start, end] = [moments[from], answers.at(-1)];
  if (start === undefined || end === undefined || answers.length !== count) {
    throw new Error(`${webhook}: ${count} answers expected, found ${JSON.stringify(moments.map(({ what }) => what))}`);
  }
  return end.at - start.at;
}
