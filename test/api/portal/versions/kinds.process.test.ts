import { describe, expect, it } from "vitest";
import { changeVersion } from "../../../../core/acts/change-version.ts";
import { editVersion } from "../../../../core/acts/edit-version.ts";
import type { Evaluation, MetricResult } from "../../../../schemas/evaluation.ts";
import type { Manifest } from "../../../../schemas/manifest.ts";
import { ADA, digest, hold, manifest, request, source } from "../../../registry/builders.ts";
import { artifactOf, gate, registered } from "./registered.ts";

const HOSTILE = `<img src=x onerror=alert(1)><script>alert(2)</script>"'\u202egnp.`;
const EVERY = ["", "?tab=metrics", "?tab=charts", "?tab=errors", "?tab=data", "?tab=code", "?tab=files", "?tab=use"];
const IMPORTED = { act: "0".repeat(32), source: "runs:/abc/model", metrics: { accuracy: 0.99 } };
const usual = manifest();

function metric(value: number): MetricResult {
  return {
    value,
    intervals: [{ level: 0.025, low: value - 0.05, high: value + 0.05 }],
    function: "f",
    greater_is_better: true,
  };
}

function evaluation(about: Partial<Evaluation>): Evaluation {
  return { ...usual.evaluation, ...about };
}

/** A version of a program with a thousand params, five hundred files, two hundred slices and a hundred metrics. */
function large(): Partial<Manifest> {
  const many = <Value>(count: number, of: (at: number) => Value) => Array.from({ length: count }, (_, at) => of(at));
  const metrics = Object.fromEntries(many(100, (at) => [`metric_number_${at}`, metric(0.5 + at / 1_000)]));
  const slices = many(200, (at) => ({ slice: { island: `a rather long island ${at}` }, rows: 50 + at, metrics }));
  const pairs = Object.fromEntries(
    many(100, (at) => [
      `metric_number_${at}`,
      { candidate: 0.6, baseline: 0.5, difference: metric(0.1), greater_is_better: true },
    ]),
  );
  return {
    params: JSON.stringify(Object.fromEntries(many(1_000, (at) => [`param_${at}`, `value ${at} of a program`]))),
    artifact: artifactOf(many(500, (at) => ({ path: `weights/part-${at}.bin`, sha256: digest(at), size: at }))),
    environment: {
      ...usual.environment,
      locks: many(500, (at) => ({ path: `locks/lock-${at}.txt`, sha256: digest(at) })),
    },
    evaluation: evaluation({
      metrics,
      slices,
      comparisons: [{ stage: "production", version: 1, predictions: "kept", rows: 69, metrics: pairs }],
    }),
    gates: many(100, (at) => gate("pass", `metric_number_${at}`)),
  };
}

describe("a version's page", () => {
  it.each(EVERY)("is small, whatever the version holds: %s", async (tab) => {
    const { get } = await registered({
      versions: [large(), large()],
      promoted: { version: 2, gates: large().gates ?? [] },
    });
    const { status, text } = await get(`/m/penguins/v/2${tab}`);
    expect(status).toBe(200);
    expect(text.length).toBeLessThan(100_000);
  });

  it("of large versions side by side is small", async () => {
    const { get } = await registered({ versions: Array.from({ length: 10 }, large) });
    const { status, text } = await get("/m/penguins/compare?v=1,2,3,4,5,6,7,8,9,10");
    expect(status).toBe(200);
    expect(text.length).toBeLessThan(100_000);
  });

  it.each(EVERY)("shows what people wrote as text alone: %s", async (tab) => {
    const { get, ports } = await registered({
      versions: [
        {
          description: HOSTILE,
          params: JSON.stringify({ [HOSTILE]: HOSTILE }),
          artifact: artifactOf([{ path: `${HOSTILE.replace("/", "")}`, sha256: digest(1), size: 1 }]),
          evaluation: evaluation({
            labels_reason: HOSTILE,
            metrics: { f: metric(0.5), matrix: { ...metric(0), matrix: { labels: [HOSTILE], values: [[1]] } } },
            slices: [{ slice: { [HOSTILE]: HOSTILE }, rows: 9, metrics: { f: metric(0.4) } }],
          }),
          registered_by: { name: HOSTILE, id: "mallory" },
        },
      ],
      promoted: {
        version: 1,
        outcome: "refused",
        reason: HOSTILE,
        refusals: [{ code: "GATE_FAILED", message: HOSTILE, hint: HOSTILE }],
      },
    });
    await editVersion(ports, {
      model: "penguins",
      version: 1,
      edit: { act: "tag", key: "who", value: HOSTILE },
      by: ADA,
    });
    const { status, text } = await get(`/m/penguins/v/1${tab}`);
    expect(status).toBe(200);
    expect(text).not.toContain("<img src=x");
    expect(text).not.toContain("<script>alert");
    // What a form sends back is as it was written.
    expect(text.replace(/<textarea.*?<\/textarea>/s, "")).not.toContain("\u202e");
  });

  it("of what was imported says that nobody measured it", async () => {
    const { get } = await registered({
      versions: [{ imported: IMPORTED, artifact_from: "imported", evaluation: evaluation({ metrics: {} }) }],
    });
    const { text } = await get("/m/penguins/v/1");
    expect(text).toContain("Registered: imported");
    expect(text).toContain("The platform measured none of this");
    expect((await get("/m/penguins/v/1?tab=metrics")).text).toContain("slipway evaluate penguins@1");
    expect((await get("/m/penguins/v/1?tab=code")).text).toContain("no code of this repository");
  });

  it("of what was withdrawn says so, and offers no stage", async () => {
    const { get, ports } = await registered();
    await changeVersion(ports, {
      act: "withdraw",
      model: "penguins",
      version: 1,
      reason: "<b>wrong</b> rows",
      by: ADA,
    });
    const { text } = await get("/m/penguins/v/1");
    expect(text).toContain("withdrawn");
    expect(text).toContain("&lt;b&gt;wrong&lt;/b&gt; rows");
    expect(text).not.toContain("Promote version 1");
  });

  it("of a model on hold says so", async () => {
    const { get, ports } = await registered();
    await hold(ports.registry, "hold", source(1));
    expect((await get("/m/penguins/v/1")).text).toContain("is on hold since");
  });

  it("offers a yes and a no to a request that waits", async () => {
    const { get, ports } = await registered();
    const { id } = await request(ports.registry, 1, source(2));
    const { text } = await get("/m/penguins/v/1");
    expect(text).toContain("Waits for approval");
    expect(text).toContain(`name="request" value="${id}"`);
    expect((await get("/m/penguins/v/2")).text).not.toContain("Waits for approval");
  });

  it("of values in steps shows them as they are recorded, and no matrix", async () => {
    const stepped = { accuracy: { ...metric(0.8), step: 0.1 } };
    const { get } = await registered({
      versions: [{ evaluation: evaluation({ values: "steps", labels: "sealed", metrics: stepped }) }],
    });
    const { text } = await get("/m/penguins/v/1");
    expect(text).toContain("in steps, too coarse to climb on");
    expect(text).toContain("sealed: no job");
    expect((await get("/charts/confusion.svg?model=penguins&version=1")).status).toBe(404);
  });
});

describe("versions side by side", () => {
  it("are chosen from a form, if fewer than two are named", async () => {
    const { get } = await registered();
    const { status, text } = await get("/m/penguins/compare?v=1");
    expect(status).toBe(200);
    expect(text).toContain('type="checkbox" name="v" value="2"');
  });

  it.each(["1,99", "1,abc", "1,1e0", "1,-2", "01,2"])("?v=%s names a version that is not there: 404", async (v) => {
    const { get } = await registered();
    expect((await get(`/m/penguins/compare?v=${v}`)).status).toBe(404);
  });

  it("are ten at most", async () => {
    const { get } = await registered();
    expect((await get("/m/penguins/compare?v=1,2,3,4,5,6,7,8,9,10,11")).status).toBe(400);
  });

  it("mark the best value, by the metric's own direction", async () => {
    const of = (value: number, better: boolean) =>
      evaluation({ metrics: { loss: { ...metric(value), greater_is_better: better } } });
    const { get } = await registered({ versions: [{ evaluation: of(0.2, false) }, { evaluation: of(0.4, false) }] });
    const { text } = await get("/m/penguins/compare?v=1,2");
    expect(text).toMatch(
      /<td>loss<\/td><td class="num"><span class="mark better"[^>]*>▲<\/span> 0\.2 .*<td class="num">0\.4 /,
    );
  });

  it("mark nothing that was measured on other rows", async () => {
    const test = { ...usual.evaluation.test, sha256: digest(55) };
    const { get } = await registered({
      versions: [{}, { evaluation: evaluation({ test, metrics: { accuracy: metric(0.1) } }) }],
    });
    const { text } = await get("/m/penguins/compare?v=1,2");
    expect(text).toContain("Measured on different test rows");
    expect(text).not.toContain("mark better");
  });

  it("are drawn with their intervals", async () => {
    const { get } = await registered({
      versions: [
        { evaluation: evaluation({ metrics: { f: metric(0.4) } }) },
        { evaluation: evaluation({ metrics: { f: metric(0.6) } }) },
      ],
    });
    const { text } = await get("/m/penguins/compare?v=1,2");
    expect(text).toContain("/charts/versions.svg?model=penguins&amp;v=1%2C2&amp;metric=f");
    const svg = await get("/charts/versions.svg?model=penguins&v=1,2&metric=f");
    expect(svg.text).toContain("version 2: 0.6");
    expect((await get("/charts/versions.svg?model=penguins&v=1,2&metric=g")).status).toBe(404);
  });
});
