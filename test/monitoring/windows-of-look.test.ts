import { expect, test } from "vitest";
import type { AskedModel } from "../../core/monitoring/look-ports.ts";
import { idsSince, isAtEdge } from "../../core/monitoring/windows-of-look.ts";

const day = (n: number) => new Date(Date.UTC(2026, 0, 1 + n)).toISOString();

/** A model whose clients name rows themselves, looked at on day 100; its log keeps that many days. */
function asked(keep: number | undefined, id: string | undefined = "customer"): AskedModel {
  const loaded = { spec: { data: { id } } } as AskedModel["loaded"];
  return {
    ...{ model: "penguins", loaded, stage: "production", labels: "labels/*.csv", since: day(10), at: day(100) },
    ...{ keptSince: keep === undefined ? undefined : day(100 - keep), by: { name: "Ada", id: "ada" } },
    ...{ host: "cli", most: 10 },
  };
}

const windowOf = (n: number) => ({ window: { from: day(n), to: day(n + 1) } });

test.each([
  ["of 90 days' log the first 30", 90, [10, 39], [40, 99]],
  ["of 9 days' log the first 3", 9, [91, 93], [94, 99]],
])("%s tell no more which ids are new", (_, keep, edge, inside) => {
  for (const n of edge) expect(isAtEdge(windowOf(n), asked(keep))).toBe(true);
  for (const n of inside) expect(isAtEdge(windowOf(n), asked(keep))).toBe(false);
});

test("a log that is kept for good has no edge", () => {
  expect(isAtEdge(windowOf(10), asked(undefined))).toBe(false);
});

test("ids that a server makes come once, so no earlier rows are looked for", () => {
  const byServer = { ...asked(90), loaded: undefined };
  expect(isAtEdge(windowOf(10), byServer)).toBe(false);
  expect(idsSince(byServer)).toBe(day(10));
  expect(idsSince(asked(90))).toBe(day(-20));
});
