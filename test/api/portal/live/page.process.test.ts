import { expect, it } from "vitest";
import { snoozeModel } from "../../../../core/acts/snooze.ts";
import type { WindowRecord } from "../../../../schemas/monitoring.ts";
import { alarmedHost, keepLook, labels } from "../../../acts/alarmed-host.ts";
import { brokenRule, drifted, driftTest } from "../../../drift/builders.ts";
import { daysAgo as moment } from "../../../monitoring/watched-host.ts";
import { ADA, register } from "../../../registry/builders.ts";
import { testPortal } from "../server.ts";

const daysAgo = (n: number) => new Date(moment(n)).toISOString();

/** `penguins`, of which version 2 is live and was looked at on two days: bills moved, and labels are below the bar. */
async function watched(about: Parameters<typeof testPortal>[1] = {}) {
  const watchedHost = await alarmedHost(2);
  const traffic = { rows: 200, requests: 100, errors: 3, sample: 1, p50_ms: 2.5, p99_ms: 40 };
  const look = (n: number, changes: Partial<WindowRecord>) =>
    keepLook(watchedHost, n, { version: 2, traffic, ...changes });
  await look(3, { version: 1, tests: [driftTest()] });
  await look(2, { tests: [drifted(), driftTest({ column: "island" })], rules: [brokenRule()] });
  await labels(watchedHost, 1, 2, 60, 200);
  const portal = await testPortal({}, { ...about, ports: watchedHost.ports, now: watchedHost.ports.clock });
  return { ...portal, watchedHost };
}

const LIVE = "/m/penguins/live";

it("says where a model stands, and of an alarm since when, on which windows and what it rests on", async () => {
  const { get } = await watched();
  const { status, text } = await get(LIVE);
  expect(status).toBe(200);
  expect(text).toContain("version 2 is alarmed");
  expect(text).toContain("surely broken, over all labels so far");
  expect(text).toContain("labels, surely");
  expect(text).toContain(daysAgo(1).slice(0, 10));
});

it("holds live metrics against their bars, with the bets against them", async () => {
  const { get } = await watched();
  const { text } = await get(LIVE);
  expect(text).toContain("accuracy at least 0.8");
  expect(text).toContain("over a million");
});

it("shows traffic, latency, drift and broken rules of a window that is picked", async () => {
  const { get } = await watched();
  const { text } = await get(`${LIVE}?window=${daysAgo(2)}`);
  expect(text).toContain("bill_length_mm: distribution");
  expect(text).toContain("age: min");
  expect(text).toContain("40 ms");
  expect(text).toContain('answered by <a href="/m/penguins/v/2">version 2</a>');
});

it("shows one version's windows, or those of a time", async () => {
  const { get } = await watched();
  expect((await get(`${LIVE}?version=1`)).text).toContain("version 1</a>");
  const { text } = await get(`${LIVE}?from=${daysAgo(1).slice(0, 10)}`);
  expect(text).not.toContain(daysAgo(2).slice(0, 10));
  expect((await get(`${LIVE}?version=7`)).text).toContain("No window is like that");
});

it("draws each picture that the page names", async () => {
  const { get } = await watched();
  const sources = [...(await get(LIVE)).text.matchAll(/<img class="chart" src="([^"]+)"/g)].map(([, src = ""]) => src);
  expect(sources.map((src) => new URLSearchParams(src.split("?")[1]?.replaceAll("&amp;", "&")).get("of"))).toEqual([
    ...["bar-1", "heat", "volume", "latency"],
  ]);
  for (const src of sources) {
    const { status, headers, text } = await get(src.replaceAll("&amp;", "&"));
    expect(status).toBe(200);
    expect(headers.get("content-type")).toBe("image/svg+xml");
    expect(text).toMatch(/^<svg /);
  }
});

it("has nothing to draw of a model that is not there", async () => {
  const { get } = await watched();
  expect((await get("/charts/live.svg?model=nobody&of=heat")).status).toBe(404);
  expect((await get("/charts/live.svg?model=penguins&of=made-up")).status).toBe(404);
});

it("lets a person snooze, retrain and roll back", async () => {
  const { get, send } = await watched();
  const { text } = await get(LIVE);
  for (const act of ["snooze", "retrain", "rollback"]) expect(text).toContain(`action="/acts/${act}"`);
  await send("/acts/snooze", { model: "penguins", days: "7", reason: "calibration", back: LIVE });
  expect((await get(LIVE)).text).toContain("Ada snoozed its alarms");
  await send("/acts/rollback", { model: "penguins", stage: "production", reason: "bills", back: LIVE });
  expect((await get("/timeline?act=rollback")).text).toContain("bills");
});

it("shows no forms in a session that changes nothing", async () => {
  const { get } = await watched({ visitor: { readOnly: "Only to look." } });
  const { text } = await get(LIVE);
  expect(text).toContain("Only to look.");
  expect(text).not.toContain("/acts/");
});

it("leads to the records on GitHub", async () => {
  const { get } = await watched({ host: { url: "https://github.com/acme/models" } });
  expect((await get(LIVE)).text).toMatch(
    /href="https:\/\/github\.com\/acme\/models\/blob\/[0-9a-f]{40}\/models\/[0-9a-f]{2}\/penguins\/windows\/2\/\d{8}T\d{6}Z\.json"/,
  );
});

it("says how models come to be watched where no requests are kept", async () => {
  const { get, ports } = await testPortal();
  await register(ports.registry);
  const { text } = await get(LIVE);
  expect(text).toContain("requests: { store:");
});

it("says what to do where nobody looked yet", async () => {
  const host = await alarmedHost(1);
  const { get } = await testPortal({}, { ports: host.ports });
  expect((await get(LIVE)).text).toContain("<code>slipway monitor penguins</code>");
});

it("refuses picks that nobody can follow", async () => {
  const { get } = await watched();
  const { status, text } = await get(`${LIVE}?from=yesterday`);
  expect(status).toBe(400);
  expect(text).toContain("2026-03-01");
});

it("markup in a column, a rule and a reason is text", async () => {
  const { get, watchedHost } = await watched();
  const evil = '"><script>alert(1)</script>';
  await keepLook(watchedHost, 4, {
    version: 2,
    tests: [drifted({ column: evil })],
    rules: [brokenRule({ column: evil })],
  });
  await snoozeModel(watchedHost.ports, { model: "penguins", lasts: "7d", reason: evil, by: ADA });
  for (const path of [`${LIVE}?window=${daysAgo(4)}`, "/charts/live.svg?model=penguins&of=heat"]) {
    const { text } = await get(path);
    expect(text).toContain("&lt;script&gt;");
    expect(text).not.toContain("<script>alert");
  }
});
