import pino from "pino";
import { expect, test } from "vitest";
import type { EventContext } from "../../../app/github/event-context.ts";
import type { EventHandler } from "../../../app/github/event-handler.ts";
import { type Delivery, Intake } from "../../../app/intake/intake.ts";
import { Queue } from "../../../app/intake/queue.ts";
import type { Occasion } from "../../../app/repositories/context-source.ts";
import { openMetrics } from "../../../app/server/metrics.ts";

const repository = { id: 7, name: "models", owner: { login: "acme" }, default_branch: "main" };
const payload = { action: "created", repository, installation: { id: 70 } };

function setUp({ jobs = 10, tries = 1 } = {}) {
  const occasions: Occasion[] = [];
  const handled: unknown[] = [];
  const installed: unknown[] = [];
  const state = { fail: false };
  const handler: EventHandler<"issue_comment.created"> = async (host, given) => {
    handled.push([host.again, given.action]);
    if (state.fail) throw new Error("poison");
  };
  const queue = new Queue({
    workers: 1,
    limit: { jobs, bytes: 1000 },
    decideRetry: (_, attempt) => (attempt < tries ? { again: true, after: 1, why: "" } : { again: false, why: "" }),
    wait: async () => {},
  });
  const intake = new Intake({
    routes: { "issue_comment.created": handler },
    queue,
    contexts: {
      with(occasion, act) {
        occasions.push(occasion);
        return act({ again: occasion.again } as EventContext);
      },
    },
    metrics: openMetrics(() => ({ jobs: 0, longest: 0, repositories: 0 })),
    log: pino({ level: "silent" }),
    server: "https://github.com",
    installed: (about) => void installed.push(about),
  });
  const take = (delivery: Partial<Delivery> = {}) =>
    intake.take({ event: "issue_comment", delivery: "d-1", payload, size: 10, ...delivery });
  const concerns = (decide: (payload: Record<string, unknown>) => boolean) => {
    handler.concerns = (given) => decide(given as Record<string, unknown>);
  };
  return { take, intake, queue, occasions, handled, installed, state, concerns };
}

test("an event reaches its handler with the repository that it is about", async () => {
  const { take, queue, occasions, handled } = setUp();
  expect(take()).toBe("accepted");
  await queue.idle();
  expect(handled).toEqual([[false, "created"]]);
  expect(occasions).toMatchObject([
    {
      repository: { owner: "acme", name: "models", fullName: "acme/models", id: 7, defaultBranch: "main" },
      installation: 70,
      delivery: "d-1",
    },
  ]);
  expect(occasions[0]?.repository.url).toBe("https://github.com/acme/models");
});

test("a delivery that comes twice is handled once, while it waits and after", async () => {
  const { take, queue, handled } = setUp();
  expect([take(), take()]).toEqual(["accepted", "duplicate"]);
  await queue.idle();
  expect(take()).toBe("duplicate");
  expect(handled).toHaveLength(1);
});

test("one that was given up may be delivered again", async () => {
  const { take, queue, handled, state } = setUp();
  state.fail = true;
  take();
  await queue.idle();
  state.fail = false;
  expect(take()).toBe("accepted");
  await queue.idle();
  expect(handled).toHaveLength(2);
});

test("one that found the queue full may be delivered again", async () => {
  const { take, queue } = setUp({ jobs: 1 });
  expect([take(), take({ delivery: "d-2" })]).toEqual(["accepted", "overloaded"]);
  await queue.idle();
  expect(take({ delivery: "d-2" })).toBe("accepted");
});

test.each<[string, Partial<Delivery>]>([
  ["an event that nobody listens to", { event: "star" }],
  ["an action that nobody listens to", { payload: { ...payload, action: "edited" } }],
  ["an event about no repository", { payload: { action: "created", installation: { id: 1 } } }],
  ["an event of a webhook that is not the App's", { payload: { action: "created", repository } }],
  [
    "a repository with a branch that is no branch",
    { payload: { ...payload, repository: { ...repository, default_branch: "a:b" } } },
  ],
  [
    "a repository with a name that is a path",
    { payload: { ...payload, repository: { ...repository, name: "../x/y" } } },
  ],
])("%s is ignored", (_, delivery) => {
  const { take, queue } = setUp();
  expect(take(delivery)).toBe("ignored");
  expect(queue.depth).toBe(0);
});

test("what a handler says is nothing to it is ignored, opens no repository, and is remembered where it was caught up", async () => {
  const { take, intake, queue, occasions, concerns } = setUp();
  concerns(({ body }) => body !== "Thanks");
  expect(take({ delivery: "d-1", payload: { ...payload, body: "Thanks" } })).toBe("ignored");
  expect(take({ delivery: "d-2", payload: { ...payload, body: "Thanks" }, caughtUp: true })).toBe("ignored");
  expect([intake.knows("d-1"), intake.knows("d-2")]).toEqual([false, true]);
  expect(occasions).toEqual([]);
  expect(take({ delivery: "d-3" })).toBe("accepted");
  await queue.idle();
});

test("installations are told to the catch-up, which finds their repositories", () => {
  const { take, installed } = setUp();
  const about = { action: "added", installation: { id: 70 } };
  expect(take({ event: "installation_repositories", payload: about })).toBe("accepted");
  expect(installed).toEqual([about]);
});

test("a handler is told when an event may have been handled before", async () => {
  const late = { ...payload, comment: { created_at: new Date(Date.now() - 120_000).toISOString() } };
  const fresh = { ...payload, comment: { created_at: new Date().toISOString() } };
  const { take, queue, handled, state } = setUp({ tries: 2 });
  take({ delivery: "fresh", payload: fresh });
  take({ delivery: "late", payload: late });
  take({ delivery: "caught up", payload: fresh, caughtUp: true });
  await queue.idle();
  state.fail = true;
  take({ delivery: "tried twice", payload: fresh });
  await queue.idle();
  expect(handled.map((each) => (each as [boolean])[0])).toEqual([false, true, true, false, true]);
});

test("what waits is read again when its turn comes", async () => {
  const { take, queue, handled } = setUp();
  take({ reread: () => ({ ...payload, action: "created", from: "bytes" }) });
  await queue.idle();
  expect(handled).toHaveLength(1);
});
