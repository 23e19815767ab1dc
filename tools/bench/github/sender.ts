// Sends webhooks at times that are fixed beforehand, as GitHub does, whatever becomes of those before: a process of its
// own, forked with a `Job` as its first message. It says `started`, and in the end what came of it.
import { createHmac, randomUUID } from "node:crypto";
import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { rank } from "../measurement.ts";
import { EACH_TIME, type Job, type Sent } from "./job.ts";

const CONNECTIONS = 64;

process.once("message", async (job: Job) => {
  process.send?.("started");
  process.send?.(await sendAll(job));
  process.disconnect();
});

async function sendAll({ url, secret, perSecond, messages, order }: Job): Promise<Sent> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const statuses: Record<string, number> = {};
  const times: number[] = [];
  const late: number[] = [];
  const answers: Promise<void>[] = [];
  const start = performance.now() + 100;
  for (const [at, place] of order.entries()) {
    const due = start + (at * 1_000) / perSecond;
    const early = due - performance.now();
    if (early > 0) await sleep(Math.ceil(early));
    late.push(performance.now() - due);
    const { event = "", text = "" } = messages[place] ?? {};
    const body = text.replaceAll(String(EACH_TIME), String(1_000_000_000 + at));
    const answer = post(agent, url, event, body, secret).then((status) => {
      statuses[status] = (statuses[status] ?? 0) + 1;
      times.push(performance.now() - due);
    });
    answers.push(answer);
  }
  await Promise.all(answers);
  agent.destroy();
  times.sort((a, b) => a - b);
  late.sort((a, b) => a - b);
  const [median, p95, p99, worst] = [0.5, 0.95, 0.99, 1].map((share) => rank(times, share)) as [
    number,
    number,
    number,
    number,
  ];
  return { statuses, median, p95, p99, worst, lateness: rank(late, 0.99) };
}

/** Resolves to the answer's status, or to why there is none. */
function post(agent: Agent, url: string, event: string, body: string, secret: string): Promise<string> {
  const headers = {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    "user-agent": "GitHub-Hookshot/bench",
    "x-github-delivery": randomUUID(),
    "x-github-event": event,
    "x-hub-signature-256": `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`,
  };
  return new Promise((resolve) => {
    const asked = request(url, { agent, method: "POST", headers, timeout: 10_000 }, (answer) => {
      answer.resume().once("end", () => resolve(String(answer.statusCode)));
    });
    asked.once("timeout", () => asked.destroy(new Error("no answer in 10 s")));
    asked.once("error", (error) => resolve(error.message)).end(body);
  });
}
