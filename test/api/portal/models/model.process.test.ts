import { expect, it } from "vitest";
import { deprecateModel, renameModel } from "../../../../core/acts/change-model.ts";
import { createModel } from "../../../../core/acts/create-model.ts";
import { editModel, type ModelEdit } from "../../../../core/acts/edit-model.ts";
import { importVersion } from "../../../../core/acts/import-version.ts";
import type { Ports } from "../../../../core/acts/ports.ts";
import { publishWithRetry } from "../../../../core/registry/commit-act.ts";
import { formatPath } from "../../../../core/registry/paths.ts";
import { registrationChange } from "../../../../core/registry/records.ts";
import type { GateResult } from "../../../../schemas/gate.ts";
import type { Manifest } from "../../../../schemas/manifest.ts";
import { policyYaml } from "../../../acts/hosts.ts";
import {
  ADA,
  commitId,
  hold,
  manifest,
  promote,
  register,
  request,
  source,
  WRITTEN,
} from "../../../registry/builders.ts";
import { rewriteTip } from "../../../registry/tamper.ts";
import { portalOf } from "../acts/models.ts";
import { type TestPortal, testPortal } from "../server.ts";

const GATE: GateResult = {
  gate: { metric: "accuracy", "at-least": 0.9 },
  ...{ origin: "spec", verdict: "pass", expected: "at least 0.9", found: "0.97" },
};
const HOSTILE = `<img src=x onerror="alert(1)"><svg onload=alert(1)>`;

const edit = (ports: Ports, edit: ModelEdit, model = "penguins") => editModel(ports, { model, by: ADA, edit });

/** A portal with so many versions; `about` changes each one's manifest. */
async function withVersions(
  count: number,
  about: (version: number) => Partial<Manifest> = () => ({}),
  options: Parameters<typeof testPortal>[1] = {},
): Promise<TestPortal> {
  const portal = await testPortal({}, options);
  for (let version = 1; version <= count; version += 1)
    await publishWithRetry(portal.ports.registry, async (snapshot) =>
      registrationChange({
        manifest: manifest({ version, registered_at: WRITTEN, ...about(version) }),
        record: await snapshot.model("penguins"),
      }),
    );
  return portal;
}

const measured = (accuracy: number): Manifest["evaluation"] => ({
  ...manifest().evaluation,
  metrics: {
    accuracy: {
      ...{ value: accuracy, function: "accuracy_score", greater_is_better: true },
      intervals: [{ level: 0.025, low: accuracy - 0.05, high: accuracy + 0.02 }],
    },
  },
});

it("a model that is not there is 404", async () => {
  const { get } = await testPortal();
  const { status, text } = await get("/m/nothing");
  expect(status).toBe(404);
  expect(text).toContain("MODEL_UNKNOWN");
});

it("which version is live, and why, stands on its page, with the way to the decision", async () => {
  const { get, ports } = await withVersions(1);
  await promote(ports.registry, 1, { gates: [GATE], reason: "the summer's data" });
  const { text } = await get("/m/penguins");
  expect(text).toContain("<strong>Version 1</strong></a> is in production since");
  expect(text).toContain("promoted by Ada; its gate passed");
  expect(text).toContain("the summer&#39;s data");
  expect(text).toContain('href="/m/penguins/v/1#stage-production"');
});

it("a stage without a version says so", async () => {
  const { get } = await withVersions(1);
  expect((await get("/m/penguins")).text).toContain("No version is in production.");
});

it("a model without a version has its page", async () => {
  const { get, ports } = await testPortal();
  await createModel(ports, { name: "new", by: ADA });
  const { status, text } = await get("/m/new");
  expect(status).toBe(200);
  expect(text).toContain("No version is registered yet.");
});

it("versions are listed with the metric that decides, its interval, and where each stands", async () => {
  const { get, ports } = await withVersions(2, () => ({ evaluation: measured(0.93), gates: [GATE] }));
  await promote(ports.registry, 1);
  await edit(ports, { act: "alias", alias: "champion", version: 2 });
  const { text } = await get("/m/penguins");
  expect(text).toContain('0.93 <span class="quiet">[0.88, 0.95]</span>');
  expect(text).toContain('<span class="badge good">production</span>');
  expect(text).toContain('<span class="badge">@champion</span>');
});

it("after a rollback the metrics that decided are shown as before", async () => {
  const auc = { value: 0.9, function: "roc_auc_score", greater_is_better: true };
  const evaluation = { ...measured(0.93), metrics: { ...measured(0.93).metrics, auc } };
  const { get, ports } = await withVersions(2, () => ({ evaluation }));
  const { id } = await promote(ports.registry, 1, { gates: [{ ...GATE, gate: { metric: "auc", "at-least": 0.8 } }] });
  await promote(ports.registry, 1, { act: "rollback", gates: [], restores: id });
  expect((await get("/m/penguins")).text).toContain("metric=auc");
});

it("of many versions a page shows fifty, and a page beyond the last is the last", async () => {
  const { get } = await withVersions(51);
  const rows = (text: string) => [...text.matchAll(/name="v" value="(\d+)"/g)].map(([, version]) => Number(version));
  expect(rows((await get("/m/penguins")).text)).toEqual(Array.from({ length: 50 }, (_, at) => 51 - at));
  expect(rows((await get("/m/penguins?page=7")).text)).toEqual([1]);
});

it("versions that are ticked are compared by a form that needs no script", async () => {
  const { get } = await withVersions(1);
  const { text } = await get("/m/penguins");
  expect(text).toMatch(/<form id="compare" method="get" action="\/m\/penguins\/compare"/);
  expect(text).toMatch(/name="v" value="1" form="compare"/);
});

it("a name that the model had before leads to the one that it has", async () => {
  const { get, ports } = await withVersions(1);
  await renameModel(ports, { model: "penguins", to: "Birds & bees 100 %", by: ADA });
  const { status, headers } = await get("/m/penguins?page=2");
  expect(status).toBe(303);
  const to = headers.get("location") as string;
  expect(to).toBe("/m/Birds%20%26%20bees%20100%20%25?page=2");
  expect((await get(to)).text).toContain("<h1>Birds &amp; bees 100 %</h1>");
});

it.each(["modèle", HOSTILE.slice(0, 90), "a?b#c", "100%25", "日本語"])(
  "a model called %s is found by its address",
  async (name) => {
    const { get, ports } = await testPortal();
    await createModel(ports, { name, by: ADA });
    const list = (await get("/")).text;
    const [, address = ""] = /<tr><td><a href="([^"]+)"/.exec(list) ?? [];
    const { status, text } = await get(address);
    expect(status).toBe(200);
    expect(text).not.toContain("<img src=x");
  },
);

it("what people wrote is text: descriptions, tags, reasons, gates", async () => {
  const { get, ports } = await withVersions(1, () => ({ description: HOSTILE }));
  await promote(ports.registry, 1, { reason: HOSTILE });
  await edit(ports, { act: "describe", description: HOSTILE });
  await edit(ports, { act: "tag", key: "team", value: HOSTILE });
  const { text } = await get("/m/penguins");
  expect(text).not.toMatch(/<img src=x|<svg/);
  expect(text).toContain("&lt;img src=x");
});

it("text that would turn the line around is shown as what it is", async () => {
  const { get, ports } = await withVersions(1);
  await edit(ports, { act: "describe", description: "good\u202Etxet" });
  expect((await get("/m/penguins")).text.match(/<p>good.*?<\/p>/)?.[0]).toBe("<p>good\ufffdtxet</p>");
});

it("a hold and requests that wait stand above all else", async () => {
  const { get, ports } = await withVersions(1);
  await request(ports.registry, 1, source(1));
  await hold(ports.registry, "hold", source(2));
  const { text } = await get("/m/penguins");
  expect(text).toContain("On hold by Grace");
  expect(text).toContain("Waiting for approvals");
});

it("a version that was imported is listed as one, without what nobody measured", async () => {
  const { get, ports } = await testPortal();
  await createModel(ports, { name: "churn", by: ADA });
  await importVersion(ports, { model: "churn", imported: { source: "s3://bucket/churn" }, by: ADA });
  expect((await get("/m/churn")).text).toContain('<span class="quiet">imported</span>');
  expect((await get("/")).text).toContain('<span class="quiet">imported</span>');
});

it("a version whose record is none leaves the others to be seen", async () => {
  const { get, ports } = await withVersions(2);
  await rewriteTip(ports.workspace.folder, {
    [formatPath({ kind: "version", model: "penguins", version: 2 })]: () => "{}",
  });
  const { text } = await get("/m/penguins");
  expect(text).toContain('value="1" form="compare"');
  expect(text).not.toContain('value="2" form="compare"');
  expect((await get("/")).text).toContain("version 2");
});

it("where a stage answers is linked, as the policy says it", async () => {
  const policy = "slipway: 1\ndeploy: { production: { url: 'https://serve.example.org/{model}' } }\n";
  const { get, ports } = await testPortal({ "slipway.yaml": policy });
  await register(ports.registry);
  await promote(ports.registry, 1);
  expect((await get("/m/penguins")).text).toContain('href="https://serve.example.org/penguins"');
});

it("what must not be handed out is not told as if it were sound", async () => {
  const { get, ports } = await withVersions(1);
  const { id } = await promote(ports.registry, 1);
  const path = formatPath({ kind: "decision", model: "penguins", id });
  await rewriteTip(ports.workspace.folder, { [path]: (text) => text.replace('"Ada"', '"Eve"') });
  expect((await get("/m/penguins")).text).toContain("Not to be used:");
});

it("a deprecated model says so", async () => {
  const { get, ports } = await withVersions(1);
  await deprecateModel(ports, { model: "penguins", by: ADA });
  expect((await get("/m/penguins")).text).toContain('<span class="badge bad">deprecated</span>');
});

it("a session that only looks is offered no act, and told why", async () => {
  const { get } = await withVersions(1, undefined, { visitor: { readOnly: "Only to look." } });
  const { text } = await get("/m/penguins");
  expect(text).not.toContain('method="post"');
  expect(text).toContain("Only to look.");
});

it("a version is promoted from the page's own form", async () => {
  const { get, send } = await withVersions(1);
  const { text } = await get("/m/penguins");
  expect(text).toContain('action="/acts/promote"');
  const answer = await send("/acts/tag", { model: "penguins", key: "team", value: "field", back: "/m/penguins" });
  expect(answer.location).toBe("/m/penguins");
  expect((await get("/m/penguins")).text).toContain("team: field");
});

it("pull requests whose runs reported of it, and that are no version yet, are named", async () => {
  const about = (version: number) => ({ source: { ...manifest({ version }).source, pull_request: 7 } });
  const { get, ports, host } = await withVersions(1, about);
  const files = { "pulls/7/penguins.json": "{}", "pulls/9/penguins.json": "{}", "pulls/8/other.json": "{}" };
  await host.experiments.write({ files, subject: "runs", author: ADA, at: ports.clock() });
  const { text } = await get("/m/penguins");
  expect(text).toContain("<dt>Pull requests</dt><dd>#9 ");
  expect(text).not.toMatch(/<dd>#[78]/);
});

it("deciding metrics are drawn over versions, live ones filled, with no reference to elsewhere", async () => {
  const { get } = await withVersions(3, (version) => ({ evaluation: measured(0.9 + version / 100) }));
  const { text } = await get("/m/penguins");
  expect(text).toContain('src="/charts/trend.svg?model=penguins&amp;metric=accuracy"');
  const chart = await get("/charts/trend.svg?model=penguins&metric=accuracy");
  expect(chart.headers.get("content-type")).toBe("image/svg+xml");
  expect(chart.text).toContain("accuracy");
});

it.each(["model=penguins&metric=none", "model=none&metric=accuracy", ""])("no chart of %s", async (query) => {
  const { get } = await withVersions(1);
  expect((await get(`/charts/trend.svg?${query}`)).status).toBe(404);
});

it("stays under 100 kB, however much people wrote", async () => {
  const long = `${HOSTILE}${"W".repeat(1_900)}`;
  const classes = Array.from({ length: 30 }, (_, at) => ({ class: `${at}${"C".repeat(500)}`, value: 0.5 }));
  const recall = { value: null, function: "recall_score", greater_is_better: true, classes };
  const { get, ports } = await withVersions(50, (version) => ({
    description: long.repeat(30),
    source: { ...manifest({ version }).source, commit: commitId(version) },
    evaluation: { ...manifest().evaluation, metrics: { recall } },
    gates: classes.map((each) => ({ ...GATE, gate: { metric: "recall", class: each.class, "at-least": 0.5 } })),
  }));
  await promote(ports.registry, 50, { reason: long });
  for (let at = 0; at < 30; at += 1) {
    await edit(ports, { act: "tag", key: `key ${at}${"K".repeat(240)}`, value: long });
    await edit(ports, { act: "alias", alias: `alias${at}${"A".repeat(240)}`, version: 50 });
  }
  const { text } = await get("/m/penguins");
  expect(Buffer.byteLength(text)).toBeLessThan(100_000);
  expect(Buffer.byteLength((await get("/")).text)).toBeLessThan(100_000);
});

it("reading every page changes nothing in the registry", async () => {
  const { get, ports } = await withVersions(2);
  const before = (await ports.registry.snapshot()).commit;
  for (const page of ["/", "/m/penguins", "/m/penguins/card", "/charts/trend.svg?model=penguins&metric=accuracy"])
    await get(page);
  expect((await ports.registry.snapshot()).commit).toBe(before);
});

const STEPS = `rollout:
  production:
    steps: [{ shadow: 1h }, { share: 1 }]
    abort: [{ metric: error_rate, at-most: 0.02, min-requests: 200 }]
`;

it("a version that is rolled out stands in its stage, with the ways to pause, go on and end it", async () => {
  const portal = await portalOf(2, { "slipway.yaml": `${policyYaml(0)}${STEPS}` });
  const stage = { model: "penguins", stage: "production" };
  for (const version of ["1", "2"]) await portal.send("/acts/promote", { ...stage, version });
  const { text } = await portal.get("/m/penguins");
  expect(text).toContain('<a href="/m/penguins/v/2">Version 2</a> is being rolled out here: step 1, since');
  expect(text).toContain('aria-label="Pause the rollout of production"');
  expect(text).toContain('aria-label="End the rollout of production"');
  await portal.send("/acts/rollout", { ...stage, what: "pause" });
  const paused = (await portal.get("/m/penguins")).text;
  expect(paused).toContain("</time>, paused.");
  expect(paused).toContain('aria-label="Go on with the rollout of production"');
  await portal.send("/acts/rollout", { ...stage, what: "abort" });
  expect((await portal.get("/m/penguins")).text).not.toContain("is being rolled out here");
});
