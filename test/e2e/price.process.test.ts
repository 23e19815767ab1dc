import { expect, it } from "vitest";
import { modelsRepository } from "./models-repository.ts";

const GATES = {
  register: [{ metric: "accuracy", "at-least": 0.3 }],
  production: [
    { metric: "accuracy", "at-least": 0.6, confidence: 0.95 },
    { metric: "accuracy", versus: "production", "max-regression": 0.001, confidence: 0.95 },
  ],
};

it("shows the price of a try before it is paid: what the rows can see, how many tries are left, which margin is too small", async () => {
  const place = await modelsRepository();
  await place.spec({ gates: GATES });
  await place.commit();
  await place.slipway("register", "tiny");
  expect((await place.slipway("promote", "tiny@1", "production")).code).toBe(0);
  expect((await place.json("check")).result.warnings).toEqual([]);
  await place.spec({ train: { run: "node train.mjs", params: { threshold: 50 }, seed: 7 } });
  await place.commit();
  const registered = await place.slipway("register", "tiny");
  expect(registered.stdout).toContain("2 of 4 gates have a confidence");
  expect(registered.stdout).toContain("Try 2 of 20 on this test set: after it 18 were left");

  const shown = (await place.json("show", "tiny@2")).result.test_set;
  expect(shown).toMatchObject({ rows: 100, budget: 20, confidence: 0.95, spent: 2, left: 18 });
  expect(shown?.sees.map(({ gate, level }) => [Object.keys(gate)[1], level])).toEqual([
    ["at-least", 0.0025],
    ["versus", 0.0025],
  ]);
  expect((await place.json("show", "tiny")).result.test_set).toEqual(shown);
  expect((await place.slipway("show", "tiny")).stdout).toContain("18 of 20 tries are left at 95 % confidence");

  const { warnings } = (await place.json("check")).result;
  expect(warnings).toEqual([
    expect.objectContaining({ code: "MARGIN_UNSEEN", file: "models/tiny/model.yaml", line: expect.any(Number) }),
  ]);
});
