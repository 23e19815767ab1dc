import { createHmac } from "node:crypto";
import { Hono } from "hono";
import pino from "pino";
import { Probot } from "probot";
import { expect, test } from "vitest";
import type { Delivery } from "../../../app/intake/intake.ts";
import { openMetrics } from "../../../app/server/metrics.ts";
import { pages } from "../../../app/server/pages.ts";
import { MAX_BODY } from "../../../app/server/read-body.ts";
import { Signatures } from "../../../app/server/signatures.ts";

const SECRET = "0123456789abcdef";
const probot = new Probot({ appId: 1, privateKey: "unused", secret: SECRET, log: pino({ level: "silent" }) });

async function setUp(outcome: "accepted" | "overloaded" | "duplicate" = "accepted") {
  await probot.ready();
  const taken: Delivery[] = [];
  const metrics = openMetrics(() => ({ jobs: 0, longest: 0, repositories: 0 }));
  const said: unknown[] = [];
  const signatures = new Signatures({ warn: (about: unknown) => void said.push(about) } as never);
  const app = pages({
    signatures,
    verify: (body, signature) => probot.webhooks.verify(body, signature),
    intake: {
      take(delivery) {
        taken.push(delivery);
        return outcome;
      },
    },
    metrics,
    registry: metrics.registry,
    ready: async () => {
      throw new Error("not asked here");
    },
    mlflow: new Hono(),
    portal: new Hono(),
  });
  const post = async (body: string | ReadableStream, headers: Record<string, string | undefined> = {}) => {
    const all: Record<string, string | undefined> = {
      "content-type": "application/json",
      "x-github-event": "push",
      "x-github-delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958",
      "x-hub-signature-256": typeof body === "string" ? sign(body) : undefined,
      ...headers,
    };
    const given = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const init = { method: "POST", body, headers: given, duplex: "half" };
    return app.request("/api/github/webhooks", init as RequestInit);
  };
  const counted = async (event: string, outcome: string) => {
    const { values } = (await metrics.registry.getSingleMetric("slipway_deliveries_total")?.get()) ?? { values: [] };
    return values.find(({ labels }) => labels["event"] === event && labels["outcome"] === outcome)?.value ?? 0;
  };
  return { app, post, taken, counted, signatures, said };
}

function sign(body: string, secret = SECRET): string {
  return `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
}

test("a signed webhook is taken, and answered 202", async () => {
  const { post, taken } = await setUp();
  const answer = await post('{"action":"opened","zen":"ü"}');
  expect(answer.status).toBe(202);
  expect(taken).toMatchObject([
    {
      event: "push",
      delivery: "72d3162e-cc78-11e3-81ab-4c9367dc0958",
      payload: { action: "opened", zen: "ü" },
      size: 30,
    },
  ]);
});

const body = '{"action":"opened"}';
test.each([
  ["without a signature", body, { "x-hub-signature-256": undefined }, 401],
  ["with an empty signature", body, { "x-hub-signature-256": "" }, 401],
  ["signed with another secret", body, { "x-hub-signature-256": sign(body, "another") }, 401],
  ["signed for another body", body, { "x-hub-signature-256": sign("{}") }, 401],
  ["with the old signature alone", body, { "x-hub-signature-256": undefined, "x-hub-signature": "sha1=00" }, 401],
  ["with a signature that is no digest", body, { "x-hub-signature-256": "sha256=é" }, 401],
  ["without a delivery's id", body, { "x-github-delivery": undefined }, 400],
  ["with an id that is more than an id", body, { "x-github-delivery": "a b" }, 400],
  ["without an event", body, { "x-github-event": undefined }, 400],
  ["with an event that is no word", body, { "x-github-event": "../push" }, 400],
  ["as a form", body, { "content-type": "application/x-www-form-urlencoded" }, 415],
  ["without a content type", body, { "content-type": "" }, 415],
  ["that is no JSON", "{", {}, 400],
  ["that is a list", "[]", {}, 400],
  ["that is null", "null", {}, 400],
  ["that is empty", "", { "x-hub-signature-256": "sha256=00" }, 401],
])("a webhook %s is refused and not taken", async (_, content, headers, status) => {
  const { post, taken, counted } = await setUp();
  expect((await post(content, headers)).status).toBe(status);
  expect(taken).toEqual([]);
  expect(await counted("unknown", "refused")).toBe(1);
});

test("a body whose length is over the cap is refused before it is read", async () => {
  const { post } = await setUp();
  let pulled = 0;
  const endless = new ReadableStream(
    {
      pull(controller) {
        pulled += 1;
        controller.enqueue(new Uint8Array(1024));
      },
    },
    { highWaterMark: 0 },
  );
  const answer = await post(endless, { "content-length": String(MAX_BODY + 1), "x-hub-signature-256": "sha256=00" });
  expect(answer.status).toBe(413);
  expect(pulled).toBe(0);
});

test("a body that hides its length is read up to the cap, and no further", async () => {
  const { post } = await setUp();
  let sent = 0;
  const endless = new ReadableStream(
    {
      pull(controller) {
        sent += 1024 * 1024;
        controller.enqueue(new Uint8Array(1024 * 1024));
      },
    },
    { highWaterMark: 0 },
  );
  expect((await post(endless, { "x-hub-signature-256": "sha256=00" })).status).toBe(413);
  expect(sent).toBeLessThanOrEqual(MAX_BODY + 2 * 1024 * 1024);
});

test("while others send too much at once, nobody is read any further", async () => {
  const { post } = await setUp();
  const chunk = new Uint8Array(5 * 1024 * 1024);
  const bodies = Array.from({ length: 8 }, () => {
    let left = 4;
    return new ReadableStream({
      pull(controller) {
        left -= 1;
        if (left < 0) return new Promise(() => {});
        controller.enqueue(chunk);
        return undefined;
      },
    });
  });
  const first = bodies.map((each) => post(each, { "x-hub-signature-256": "sha256=00" }));
  expect((await Promise.race(first)).status).toBe(503);
});

test("a full queue is answered 503, with when to come again", async () => {
  const { post } = await setUp("overloaded");
  const answer = await post(body);
  expect(answer.status).toBe(503);
  expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
});

test("a delivery that comes twice is thanked for like the first", async () => {
  const { post } = await setUp("duplicate");
  expect((await post(body)).status).toBe(202);
});

test("nothing else is served, and no other method", async () => {
  const { app } = await setUp();
  expect((await app.request("/api/github/webhooks")).status).toBe(404);
  expect((await app.request("/")).status).toBe(404);
  expect((await app.request("/healthz")).status).toBe(200);
});

test("metrics are in Prometheus' text format", async () => {
  const { app, post } = await setUp();
  await post("{}", { "x-hub-signature-256": "sha256=00" });
  const answer = await app.request("/metrics");
  expect(answer.headers.get("content-type")).toMatch(/^text\/plain; version=0\.0\.4/);
  expect(await answer.text()).toContain('slipway_deliveries_total{event="unknown",outcome="refused"} 1\n');
});

test("webhooks with a wrong signature are counted, and the log says once in a minute what is wrong", async () => {
  const { post, signatures, said } = await setUp();
  await post(body);
  for (const _ of [1, 2]) await post(body, { "x-hub-signature-256": sign(body, "another") });
  expect(signatures.counts).toEqual({ signed: 1, wrongly_signed: 2 });
  expect(said).toEqual([
    expect.objectContaining({ wrongly_signed: 1, hint: expect.stringContaining("WEBHOOK_SECRET") }),
  ]);
});
