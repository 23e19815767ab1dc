import { fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type Conversation, startConversation } from "../../../test/app/commands/conversation.ts";
import { specOf } from "../../../test/app/models-on-github.ts";
import type { Repo } from "../../sandbox/state.ts";
import { once as counted, type Measurement } from "../measurement.ts";
import { readMetrics, startBundledApp, untilIdle } from "./bundled-app.ts";
import type { Job, Sent } from "./job.ts";
import { RESULT } from "./reports.ts";
import { type Message, makeTraffic, PER_SECOND } from "./traffic.ts";
import { openWatch } from "./watch.ts";

const SECONDS = 30;
const REPOSITORIES = 40;
/** Milliseconds, for all but one webhook in a hundred. */
const TARGET = 100;
/** Of this many seconds one has somebody ask `/status`, or a run of the pipeline that begins, goes on and ends. */
const EVERY = { status: 2, run: 10 };

/** A busy installation's webhooks, sent by a process of its own to the App's: what it answers, does, and holds in memory. */
export async function measureIntake(): Promise<Measurement[]> {
  const watch = openWatch();
  // As people configure it: GitHub's limit on writes is kept too.
  const start = (environment: Readonly<Record<string, string>>) =>
    startBundledApp({ ...environment, SLIPWAY_WRITES_PER_MINUTE: "60" });
  const talk = await startConversation({ hosted: { start, sandbox: { observer: watch.observer } } });
  const { sandbox, added, config } = talk.hosted;
  try {
    await talk.registered("first", 60);
    const pulls = [];
    for (let at = 0; at < SECONDS / EVERY.run; at += 1) {
      pulls.push(await talk.openPull(`run-${at}`, { "models/penguins/model.yaml": specOf({ trees: 100 + at }) }));
    }
    // From here on the App hears what the sender sends, and nothing else.
    const app = sandbox.state.apps.get(added.id);
    if (app === undefined) throw new Error("no App");
    app.webhook = undefined;
    const repositories = await addRepositories(talk);
    const installation = app.installations[0]?.id ?? 0;
    watch.take();
    const thread = await talk.issue();
    const own = new Map<number, Message[]>();
    for (let second = 0; second < SECONDS; second += 1) {
      const pull = second % EVERY.run === 1 ? pulls[(second - 1) / EVERY.run] : undefined;
      if (second % EVERY.status === 0) await talk.say("ada", thread, "/status penguins");
      if (pull !== undefined) await talk.run(pull, { results: { penguins: RESULT } });
      own.set(second, messagesOf(watch.take(), installation));
    }
    const traffic = makeTraffic(sandbox.state, repositories, installation, { seconds: SECONDS, own });

    const { url } = talk.hosted.app;
    const job = { ...traffic, url: `${url}/api/github/webhooks`, secret: config.WEBHOOK_SECRET, perSecond: PER_SECOND };
    const before = await readMetrics({ url });
    const { sent, memory, drained } = await sendTo(url, job);
    const after = await readMetrics({ url });

    const asked = [...own.values()].flat().filter(({ event }) => event === "issue_comment").length;
    if (talk.replies(thread).length !== asked) throw new Error(`${talk.replies(thread).length} of ${asked} replies`);
    for (const pull of pulls) {
      if (!talk.comments(pull)[0]?.includes("All 3 gates pass")) throw new Error(`#${pull.issue.number}: no report`);
    }
    const became = (outcome: string) =>
      after.sum("slipway_deliveries_total", `outcome="${outcome}"`) -
      before.sum("slipway_deliveries_total", `outcome="${outcome}"`);
    const [ignored, handled] = [became("ignored"), became("handled")];
    const others = ["refused", "overloaded", "duplicate", "failed", "given-up", "left"].map(became);
    const amiss = [
      ...others,
      Math.abs(became("accepted") - handled),
      Math.abs(job.order.length - ignored - handled),
      Math.abs(job.order.length - (sent.statuses["202"] ?? 0)),
    ];
    const { statuses: _statuses, lateness, worst: _worst, ...answer } = sent;
    const size = `${PER_SECOND}/s for ${SECONDS} s`;
    const about = { size, unit: "ms" as const, target: TARGET, runs: job.order.length };
    return [
      {
        what: "webhook due → answered",
        ...about,
        bound: `one core: reading and checking JSON; the sender's own ${lateness.toFixed(0)} ms (p99)`,
        ...answer,
      },
      {
        what: "webhooks lost, refused or done twice",
        ...{ size: `${ignored} ignored, ${handled} handled`, unit: "deliveries", target: 1, bound: "" },
        ...counted(Math.max(...amiss)),
      },
      {
        what: "the last sent → all handled",
        size,
        unit: "s",
        bound: "60 writes a minute, as GitHub asks",
        ...counted(drained),
      },
      ...memory.map(({ when, bytes }): Measurement => {
        const bound = "V8's heap; ids of 50,000 deliveries";
        return { what: `App's memory ${when}`, size, unit: "MiB", bound, ...counted(bytes / 2 ** 20) };
      }),
    ];
  } finally {
    await talk.end();
  }
}

/** The rest of the installation: repositories with nothing of Slipway's. */
async function addRepositories({ hosted, repo }: Conversation): Promise<Repo[]> {
  const repositories = [repo];
  for (let at = 1; at < REPOSITORIES; at += 1) {
    const files = { "README.md": `# Project ${at}\n` };
    const added = await hosted.sandbox.addRepository({ owner: repo.owner.login, name: `project-${at}`, files });
    await hosted.added.install(added.fullName);
    repositories.push(added);
  }
  return repositories;
}

/** What the App would have been sent of it. */
function messagesOf(moments: ReturnType<ReturnType<typeof openWatch>["take"]>, installation: number): Message[] {
  return moments.flatMap(({ what, payload }) => {
    const [, event = ""] = /^webhook (issue_comment|workflow_run)\./.exec(what) ?? [];
    return event === "" ? [] : [{ event, text: JSON.stringify({ ...payload, installation: { id: installation } }) }];
  });
}

/** Sends it all, and reads the App's memory meanwhile; `drained` in seconds. */
async function sendTo(url: string, job: Job) {
  const memory: { when: string; bytes: number }[] = [];
  const weigh = async (when: string) =>
    void memory.push({ when, bytes: (await readMetrics({ url })).sum("process_resident_memory_bytes") });
  await weigh("before");
  const file = fileURLToPath(new URL("sender.ts", import.meta.url));
  const sender = fork(file, { execArgv: ["--import", "tsx"] });
  sender.send(job);
  await once(sender, "message");
  const ended = once(sender, "message") as Promise<[Sent]>;
  await sleep(10_000);
  await weigh("after 10 s");
  await sleep((SECONDS - 10) * 1_000);
  await weigh(`after ${SECONDS} s`);
  const [sent] = await ended;
  const since = performance.now();
  await untilIdle({ url });
  const drained = (performance.now() - since) / 1_000;
  await sleep(10_000);
  await weigh("idle again");
  return { sent, memory, drained };
}
