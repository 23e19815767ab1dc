import { expect, it } from "vitest";
import { createModel } from "../../../../core/acts/create-model.ts";
import { editModel } from "../../../../core/acts/edit-model.ts";
import { sha256 } from "../../../../core/canonical.ts";
import { publishWithRetry } from "../../../../core/registry/commit-act.ts";
import { registrationChange } from "../../../../core/registry/records.ts";
import type { Registry } from "../../../../core/registry/registry.ts";
import { ADA, hold, manifest, promote, register, request, source, WRITTEN } from "../../../registry/builders.ts";
import { testPortal } from "../server.ts";

/** Registers a model's first version with a value of accuracy. */
async function withAccuracy(registry: Registry, model: string, value: number): Promise<void> {
  await publishWithRetry(registry, async () => {
    const made = manifest({
      model,
      registered_at: WRITTEN,
      source: { ...manifest().source, commit: sha256(model).slice(0, 40) },
    });
    const accuracy = { value, function: "accuracy_score", greater_is_better: true };
    return registrationChange({
      manifest: { ...made, evaluation: { ...made.evaluation, metrics: { accuracy } } },
      record: undefined,
    });
  });
}

const names = (text: string) => [...text.matchAll(/<tr><td><a href="\/m\/([^"]+)">/g)].map(([, name]) => name);

it("a model shows its latest version, what is live, and the value that decides", async () => {
  const { get, ports } = await testPortal();
  await register(ports.registry);
  await promote(ports.registry, 1);
  await register(ports.registry);
  const { text } = await get("/");
  expect(text).toContain('<a href="/m/penguins/v/2">version 2</a>');
  expect(text).toContain('href="/m/penguins/v/1">production: 1</a>');
  expect(text).toContain("0.97");
});

it("the latest version is compared with what is live by a click", async () => {
  const { get, ports } = await testPortal();
  await register(ports.registry);
  await promote(ports.registry, 1);
  await register(ports.registry);
  expect((await get("/")).text).toContain('href="/m/penguins/compare?v=1%2C2"');
});

it("what was decided of the latest version is shown, and nothing is asked anew", async () => {
  const { get, ports } = await testPortal();
  await register(ports.registry);
  await promote(ports.registry, 1, { outcome: "refused", refusals: [{ code: "GATE_FAILED", message: "no" }] });
  expect((await get("/")).text).toContain("production refused</a>");
});

it("a hold and requests that wait are told", async () => {
  const { get, ports } = await testPortal();
  await register(ports.registry);
  await request(ports.registry, 1, source(1));
  await hold(ports.registry, "hold", source(2));
  const { text } = await get("/");
  expect(text).toContain("on hold");
  expect(text).toContain("1 request waits");
});

it("a request that was answered waits no more", async () => {
  const { get, ports } = await testPortal();
  await register(ports.registry);
  const asked = await request(ports.registry, 1, source(1));
  await get("/");
  await promote(ports.registry, 1, { request: asked.id });
  expect((await get("/")).text).not.toContain("waits");
});

it("who answers for a model is read from its spec, and read again when that changes", async () => {
  const { get, ports } = await testPortal({ "models/penguins/model.yaml": 'slipway: 1\nowner: "@acme/ml"\n' });
  await register(ports.registry);
  expect((await get("/")).text).toContain("@acme/ml");
});

it.each([
  ["peng", ["penguins"]],
  ["name LIKE 'ad%'", ["adelie"]],
  ["metrics.accuracy > 0.9", ["adelie", "penguins"]],
  ["metrics.accuracy > 0.9 AND state = 'live'", ["penguins"]],
  ["stage = 'production'", ["penguins"]],
  ["tags.team = 'ads'", ["gentoo"]],
  ["state = 'held'", ["penguins"]],
])("%s is found", async (filter, found) => {
  const { get, ports } = await testPortal();
  await register(ports.registry);
  await promote(ports.registry, 1);
  await hold(ports.registry, "hold", source(1));
  await withAccuracy(ports.registry, "adelie", 0.95);
  await withAccuracy(ports.registry, "gentoo", 0.5);
  await editModel(ports, { model: "gentoo", by: ADA, edit: { act: "tag", key: "team", value: "ads" } });
  const { text } = await get(`/?q=${encodeURIComponent(filter)}`);
  expect(names(text)).toEqual(found);
});

it("models are sorted by a metric, either way", async () => {
  const { get, ports } = await testPortal();
  await withAccuracy(ports.registry, "adelie", 0.5);
  await withAccuracy(ports.registry, "gentoo", 0.9);
  expect(names((await get("/?sort=-accuracy")).text)).toEqual(["gentoo", "adelie"]);
  expect(names((await get("/?sort=accuracy")).text)).toEqual(["adelie", "gentoo"]);
});

it("a filter that is wrong is told above all models, and stays in its box", async () => {
  const { get, ports } = await testPortal();
  await register(ports.registry);
  const { status, text } = await get("/?q=name%20LIKE");
  expect(status).toBe(200);
  expect(text).toContain("SEARCH_INVALID");
  expect(text).toContain('value="name LIKE"');
  expect(names(text)).toEqual(["penguins"]);
});

it("a search without a result says so, and leads back", async () => {
  const { get, ports } = await testPortal();
  await register(ports.registry);
  const { text } = await get("/?q=nothing-like-it");
  expect(text).toContain("No model is found");
  expect(text).toContain('<a href="/">Show all models</a>');
});

it("a page beyond the last is the last", async () => {
  const { get, ports } = await testPortal();
  for (let at = 0; at < 51; at += 1) await createModel(ports, { name: `m${String(at).padStart(2, "0")}`, by: ADA });
  expect(names((await get("/?page=9")).text)).toEqual(["m50"]);
  expect(names((await get("/?page=-1")).text)).toHaveLength(50);
});
