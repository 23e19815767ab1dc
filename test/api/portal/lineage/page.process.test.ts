import { expect, it } from "vitest";
import { renameModel } from "../../../../core/acts/change-model.ts";
import { createModel } from "../../../../core/acts/create-model.ts";
import { importVersion } from "../../../../core/acts/import-version.ts";
import { ADA, digest, promote, register } from "../../../registry/builders.ts";
import { testPortal } from "../server.ts";

/** Versions 1 and 2 of `penguins`, both tested on the same rows; 2 is in production in place of 1. */
async function lineage(about: Parameters<typeof testPortal>[1] = {}) {
  const portal = await testPortal({}, about);
  const { registry } = portal.ports;
  await register(registry);
  await promote(registry, 1);
  await register(registry);
  await promote(registry, 2);
  return portal;
}

const IMAGE = /<img class="chart" src="([^"]+)" alt="([^"]+)"/;

it("leads to each model", async () => {
  const { get } = await lineage();
  expect((await get("/lineage")).text).toContain('href="/lineage?model=penguins"');
  expect((await get("/lineage?q=gull")).text).toContain("No model is called so");
});

it("says what to do where there is no model", async () => {
  const { get } = await testPortal();
  expect((await get("/lineage")).text).toContain("No model is registered yet");
});

it("shows data, commit, version, decisions and what it was made after, of what is live", async () => {
  const { get } = await lineage();
  const { status, text } = await get("/lineage?model=penguins");
  expect(status).toBe(200);
  expect(text).toContain('href="/m/penguins/v/2"');
  expect(text).toContain(`href="/lineage?data=${digest(5)}"`);
  expect(text).toContain("models/penguins/model.yaml");
  expect(text).toContain('href="/m/penguins/v/1">penguins version 1</a>');
  expect(text).toContain("production");
  expect(text).toContain("Ada");
});

it("tells in words what the picture shows, and draws it", async () => {
  const { get } = await lineage();
  const [, src = "", alt = ""] = IMAGE.exec((await get("/lineage?model=penguins&version=1")).text) ?? [];
  expect(alt).toContain("Version: version penguins 1. Stage: was in production");
  const { status, headers, text } = await get(src.replaceAll("&amp;", "&"));
  expect(status).toBe(200);
  expect(headers.get("content-type")).toBe("image/svg+xml");
  expect(text).toContain("penguins 1");
});

it("leads to the commit and the deployments on GitHub", async () => {
  const { get } = await lineage({ host: { url: "https://github.com/acme/models" } });
  const { text } = await get("/lineage?model=penguins");
  expect(text).toContain('href="https://github.com/acme/models/commit/');
  expect(text).toContain('href="https://github.com/acme/models/deployments/production"');
});

it("says of an imported version where it was before", async () => {
  const { get, ports } = await lineage();
  const imported = { source: "s3://b/m", run_id: "r1", run_link: "javascript:alert(1)" };
  await importVersion(ports, { model: "penguins", imported, by: ADA });
  const { text } = await get("/lineage?model=penguins&version=3");
  expect(text).toContain("s3://b/m");
  expect(text).toContain("nobody here knows what it was trained on");
  expect(text).not.toContain('href="javascript:');
});

it("a model or version that is not there is 404, and so is its picture", async () => {
  const { get } = await lineage();
  for (const query of ["model=nobody", "model=penguins&version=9", "model=penguins&version=0x1"])
    for (const path of ["/lineage", "/charts/lineage.svg"]) expect((await get(`${path}?${query}`)).status).toBe(404);
});

it("finds the newest and live versions that use a data set", async () => {
  const { get, ports } = await lineage();
  await createModel(ports, { name: "empty", by: ADA });
  const { text } = await get(`/lineage?data=${digest(5).toUpperCase()}`);
  expect(text).toContain('<a href="/lineage?model=penguins&amp;version=2">penguins</a>');
  expect(text).toContain("tested on it");
  expect(text).not.toContain("version=1");
  expect((await get(`/lineage?data=${digest(7)}`)).text).toContain("newest or live version uses it");
});

it("finds a version that came since", async () => {
  const { get, ports } = await lineage();
  await get(`/lineage?data=${digest(5)}`);
  await register(ports.registry, "gulls");
  expect((await get(`/lineage?data=${digest(5)}`)).text).toContain("model=gulls");
});

it("refuses what is no digest", async () => {
  const { get } = await lineage();
  const { status, text } = await get("/lineage?data=%3Cb%3E");
  expect(status).toBe(400);
  expect(text).toContain('value="&lt;b&gt;"');
});

it("markup in a name is text, in the page and in the picture", async () => {
  const { get, ports } = await lineage();
  const name = "<script>x";
  await renameModel(ports, { model: "penguins", to: name, by: ADA });
  for (const path of ["/lineage", "/charts/lineage.svg"]) {
    const { text } = await get(`${path}?model=${encodeURIComponent(name)}`);
    expect(text).toContain("&lt;script&gt;");
    expect(text).not.toContain("<script>x");
  }
});
