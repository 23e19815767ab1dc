import { describe, expect, it } from "vitest";
import { SPEC } from "../../../e2e/tiny-model.ts";
import { tipOf } from "./registered.ts";
import { trained } from "./trained.ts";

const EVERY = ["", "?tab=metrics", "?tab=charts", "?tab=errors", "?tab=data", "?tab=code", "?tab=files", "?tab=use"];

describe("a version that a run made", () => {
  it("shows the rows that it got wrong by their ids alone", async () => {
    const { get } = await trained();
    const { text } = await get("/m/tiny/v/1?tab=errors");
    expect(text).toContain("18 of 100 test rows wrong");
    expect(text).toContain("<td>t7</td>");
    expect(text).not.toMatch(/<td[^>]*>(?:low|high)<\/td>/);
  });

  it("shows its curves, each with a table", async () => {
    const { get } = await trained();
    const { text } = await get("/m/tiny/v/1?tab=charts");
    expect(text).toContain("/charts/rows.svg?model=tiny&amp;version=1&amp;chart=roc");
    expect(text).toContain("True positives</th>");
    const svg = await get("/charts/rows.svg?model=tiny&version=1&chart=calibration");
    expect(svg.headers.get("content-type")).toBe("image/svg+xml");
    expect(svg.text).toContain("Calibration");
  });

  it("shows neither curves nor wrong rows where values are in steps", async () => {
    const { get, asVersion } = await trained();
    await asVersion(2, ({ evaluation }) => ({ evaluation: { ...evaluation, values: "steps" } }));
    expect((await get("/m/tiny/v/2?tab=errors")).text).toContain("got wrong is not shown");
    expect((await get("/m/tiny/v/2?tab=charts")).text).toContain("The curves of tiny version 2 are not shown");
    expect((await get("/charts/rows.svg?model=tiny&version=2&chart=roc")).status).toBe(400);
  });

  it("shows what changed in its code since what is live, and no row of its data", async () => {
    const { get, again } = await trained();
    await again(50, {
      "models/tiny/train.mjs": "import './more.mjs';\n",
      "models/tiny/more.mjs": `import { writeFileSync } from "node:fs";\n// <script>alert(1)</script>\nwriteFileSync(process.env.SLIPWAY_MODEL + "/model.json", '{"threshold":50}');\n`,
      "models/tiny/data/train.csv": "id,x,y\nsecret1,1,low\nsecret2,99,high\n",
    });
    const { text } = await get("/m/tiny/v/2?tab=code");
    expect(text).toContain('<span class="added">+// &lt;script&gt;alert(1)&lt;/script&gt;');
    expect(text).toContain("models/tiny/model.yaml");
    expect(text).not.toContain("secret1");
  });

  it("leads to the run that made it, where that is kept", async () => {
    const { get } = await trained();
    const [, path = ""] = /href="(\/experiments\/runs\/[^"]+)"/.exec((await get("/m/tiny/v/1")).text) ?? [];
    expect((await get(path)).status).toBe(200);
  });

  it("shows aggregates of its training data, and of a sensitive column its nulls alone", async () => {
    const columns = { ...SPEC.data.columns, x: { type: "double", sensitive: true } };
    const { get } = await trained({ data: { ...SPEC.data, columns } });
    const { text } = await get("/m/tiny/v/1?tab=data");
    expect(text).toContain("100 rows, sha256");
    expect(text).toMatch(
      /<th scope="row">x<\/th><td>double<\/td><td class="num">0<\/td><td class="num">–<\/td><td class="num">–<\/td>/,
    );
  });

  it("has lines that get at it", async () => {
    const { get } = await trained();
    const { text } = await get("/m/tiny/v/1?tab=use");
    expect(text).toContain("slipway pull tiny@1");
    expect(text).toContain("curl http://127.0.0.1:8080/invocations");
  });

  it("is looked at without a try being spent, whatever part of it", async () => {
    const { get, again, ports } = await trained();
    await again(50);
    const before = await tipOf(ports);
    for (const tab of EVERY) expect((await get(`/m/tiny/v/2${tab}`)).status).toBe(200);
    for (const path of ["/m/tiny/compare?v=1,2", "/m/tiny/compare?v=2,1"]) expect((await get(path)).status).toBe(200);
    expect(await tipOf(ports)).toBe(before);
  });
});

describe("versions side by side", () => {
  it("show the paired differences that are on record", async () => {
    const { get, again } = await trained();
    await again(50);
    const { text } = await get("/m/tiny/compare?v=1,2");
    expect(text).toContain("Differences from version 1");
    expect(text).toMatch(/<td>accuracy<\/td><td class="num">.*▲.* \+0\.08 \[/);
  });

  it("show the same from the other side", async () => {
    const { get, again } = await trained();
    await again(50);
    const { text } = await get("/m/tiny/compare?v=1,2&base=2");
    expect(text).toContain("Differences from version 2");
    expect(text).toMatch(/<td>accuracy<\/td><td class="num">.*▼.* -0\.08 \[/);
  });

  it("compare nothing that nobody compared", async () => {
    const { get, again } = await trained();
    await again(50);
    await again(60);
    const { text } = await get("/m/tiny/compare?v=2,3");
    expect(text).toContain("Version 3: not compared yet.");
    expect(text).not.toMatch(/[+-]\d\.\d+ \[/);
  });

  it("show params that differ, and which files do", async () => {
    const { get, again } = await trained();
    await again(50);
    const { text } = await get("/m/tiny/compare?v=1,2");
    expect(text).toContain("<td>threshold</td><td>40</td><td>50</td>");
    expect(text).toContain("/m/tiny/v/2?tab=code&amp;since=1");
  });
});
