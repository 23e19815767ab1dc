import { describe, expect, it } from "vitest";
import { gate, registered, tipOf } from "./registered.ts";

describe("a version's page", () => {
  it("says that a stage was not asked, and asks it nothing", async () => {
    const { get } = await registered();
    const { status, text } = await get("/m/penguins/v/1");
    expect(status).toBe(200);
    expect(text).toContain("production: not asked yet");
  });

  it("shows a promotion that is on record, with its gates", async () => {
    const { get } = await registered({ promoted: { version: 1, gates: [gate("pass")] } });
    const { text } = await get("/m/penguins/v/1");
    expect(text).toContain("production: promoted");
    expect(text).toContain("The one gate passed.");
    expect(text).toContain("in production");
  });

  it("shows a refusal that is on record, and why", async () => {
    const refusals = [{ code: "GATE_FAILED", message: "accuracy is <b>too low</b>" }];
    const { get } = await registered({ promoted: { version: 1, outcome: "refused", gates: [gate("fail")], refusals } });
    const { text } = await get("/m/penguins/v/1");
    expect(text).toContain("production: refused");
    expect(text).toContain("accuracy is &lt;b&gt;too low&lt;/b&gt;");
  });

  it.each(["007", "1e3", "-1", "0", "1.0", "99", "1%20", "999999999999"])(
    "%s is no version's address: 404",
    async (number) => {
      const { get } = await registered();
      expect((await get(`/m/penguins/v/${number}`)).status).toBe(404);
    },
  );

  it("a model that is not there is 404", async () => {
    const { get } = await registered();
    const { status, text } = await get("/m/nobody/v/1");
    expect(status).toBe(404);
    expect(text).toContain("MODEL_UNKNOWN");
  });

  it("looking at every part changes neither the registry nor its ledger", async () => {
    const portal = await registered({ promoted: { version: 1 } });
    const before = await tipOf(portal.ports);
    for (const path of [
      "",
      "?tab=metrics",
      "?tab=data",
      "?tab=code",
      "?tab=charts",
      "?tab=errors",
      "?tab=files",
      "?tab=use",
    ])
      await portal.get(`/m/penguins/v/2${path}`);
    await portal.get("/m/penguins/compare?v=1,2");
    expect(await tipOf(portal.ports)).toBe(before);
  });

  it("a session that only looks gets no form", async () => {
    const { get } = await registered({ visitor: { readOnly: "Only to look." } });
    const { text } = await get("/m/penguins/v/1");
    expect(text).not.toContain('method="post"');
    expect(text).toContain("Only to look.");
  });
});
