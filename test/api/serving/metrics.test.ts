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

it("nothing of a request is a label", async () => {
  expect(await metrics()).not.toContain("secret");
});
