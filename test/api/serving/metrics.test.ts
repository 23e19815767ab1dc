import { expect, it } from "vitest";
import type { EndpointState } from "../../../core/serving/served.ts";
import { live, served, testFace } from "./face.ts";

const ROWS = { instances: [{ bill_length_mm: 39.1, island: "Dream" }] };

async function metrics(endpoints: readonly EndpointState[] = [live(served())]): Promise<string> {
  const face = await testFace({ endpoints });
  await face.post("/v1/models/penguins:predict", ROWS, { "x-request-id": "secret-id" });
  await face.post("/v1/models/secret-model:predict", ROWS);
  await face.get("/secret-path");
  return (await face.get("/metrics")).text;
}

it("requests are counted by route and code", async () => {
  const text = await metrics();
  expect(text).toContain('slipway_serve_requests_total{route="v1.predict",code="200"} 1');
  expect(text).toContain('slipway_serve_requests_total{route="v1.predict",code="404"} 1');
  expect(text).toContain('slipway_serve_requests_total{route="none",code="404"} 1');
  expect(text).toContain('slipway_serve_request_seconds_count{route="v1.predict"} 2');
});

it("what answers is told with its version and digest", async () => {
  const digest = "d".repeat(64);
  const labels = 'model="penguins",version="3",stage="production"';
  const text = await metrics();
  expect(text).toContain(`slipway_serve_version_info{${labels},digest="${digest}"} 1`);
  expect(text).toContain(`slipway_serve_workers_ready{${labels}} 1`);
  expect(text).toContain(`slipway_serve_queue{${labels}} 0`);
});

it("a model whose newest version does not answer is told of", async () => {
  const text = await metrics([{ ...live(served()), problem: "it did not start" }]);
  expect(text).toContain('slipway_serve_problem{model="penguins",stage="production"} 1');
});

it("what rolls out beside is told of: its step, what was counted, and whether routing to it stopped", async () => {
  const figures = { requests: 7, errors: 2, latency_ms: {}, compared: 5, disagreed: 1 };
  const rollout = { version: 4, decision: "d", step: 1, steps: 3, stopped: "error_rate is 0.3", figures };
  const text = await metrics([{ ...live(served()), rollout }]);
  const labels = 'model="penguins",stage="production",version="4"';
  expect(text).toContain(`slipway_serve_rollout_step{${labels}} 1`);
  expect(text).toContain(`slipway_serve_rollout_stopped{${labels}} 1`);
  expect(text).toContain(`slipway_serve_rollout_count{${labels},of="errors"} 2`);
});

it("nothing of a request is a label", async () => {
  expect(await metrics()).not.toContain("secret");
});
