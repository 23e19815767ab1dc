import { setTimeout as sleep } from "node:timers/promises";
import { rank } from "../measurement.ts";
import { type HttpClient, openClient } from "../registry/http-client.ts";
import type { Asked } from "./servers.ts";

/** Milliseconds. */
export interface Latency {
  median: number;
  p99: number;
  worst: number;
  /** Requests that were answered, and that were refused: more came than the machine takes. */
  answered: number;
  refused: number;
}

/** Asks at fixed times whatever became of those before; a time runs from the moment at which a request was sent. */
export async function atRate(perSecond: number, seconds: number, ask: () => Promise<unknown>): Promise<Latency> {
  const times: number[] = [];
  let refused = 0;
  const answers: Promise<unknown>[] = [];
  const start = performance.now();
  for (let at = 0; at < perSecond * seconds; ) {
    const due = Math.floor(((performance.now() - start) * perSecond) / 1_000);
    for (; at <= due && at < perSecond * seconds; at += 1) {
      const sent = performance.now();
      const answered = () => times.push(performance.now() - sent);
      answers.push(ask().then(answered, () => (refused += 1)));
    }
    await sleep(1);
  }
  await Promise.all(answers);
  return { ...latencyOf(times), refused };
}

/** Clients that ask one thing after another. */
export async function atOnce(
  clients: number,
  seconds: number,
  ask: () => Promise<unknown>,
): Promise<Latency & { perSecond: number }> {
  const times: number[] = [];
  const start = performance.now();
  const until = start + seconds * 1_000;
  const one = async () => {
    for (let sent = performance.now(); sent < until; sent = performance.now()) {
      await ask();
      times.push(performance.now() - sent);
    }
  };
  await Promise.all(Array.from({ length: clients }, one));
  const perSecond = (times.length * 1_000) / (performance.now() - start);
  return { ...latencyOf(times), perSecond };
}

/** Asks a server for one row over connections that are kept: as many as there are requests on their way. */
export function openAsker(url: string, { path, body }: Asked): { ask(): Promise<string>; end(): void } {
  const free: HttpClient[] = [];
  const all: HttpClient[] = [];
  return {
    async ask() {
      const client = free.pop() ?? openClient(url);
      if (!all.includes(client)) all.push(client);
      const answer = await client.send("POST", path, body);
      free.push(client);
      return answer;
    },
    end() {
      for (const client of all) client.end();
    },
  };
}

function latencyOf(times: number[]): Latency {
  const sorted = [...times].sort((a, b) => a - b);
  return {
    median: rank(sorted, 0.5),
    p99: rank(sorted, 0.99),
    worst: rank(sorted, 1),
    answered: times.length,
    refused: 0,
  };
}
