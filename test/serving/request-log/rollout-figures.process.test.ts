import { expect, it } from "vitest";
import { rolloutFigures } from "../../../core/serving/request-log/rollout-figures.ts";
import { AT, entry, places } from "./setting.ts";

const DECISION = "d".repeat(32);
const STEP = { model: "penguins", decision: DECISION, step: 0, since: new Date(AT) };
const shadow = { decision: DECISION, step: 0, role: "shadow" } as const;
const rows = [{ island: "a" }, { island: "b" }];
const predictions = [{ prediction: "adelie" }, { prediction: "gentoo" }];

it("counts the new version's requests of the step, by request and by row, and nobody else's", async () => {
  const { open, store, spool } = await places();
  const log = await open();
  log.record(entry({ id: "1", ms: 5, rows, predictions, rollout: { ...shadow, disagrees: [true, false] } }));
  log.record(entry({ id: "1", ms: 300.5, predictions: undefined, error: "SERVE_TIMEOUT", rollout: shadow }));
  log.record(entry({ id: "2", ms: 2_000_000, rollout: { ...shadow, role: "candidate" } }));
  log.record(entry({ id: "3", rollout: { ...shadow, role: "stable" } }));
  log.record(entry({ id: "4", rollout: { ...shadow, step: 1 } }));
  log.record(entry({ id: "5", rollout: { ...shadow, decision: "e".repeat(32) } }));
  log.record(entry({ id: "6", at: AT - 60_000, rollout: shadow }));
  log.record(entry({ id: "7" }));
  await log.close(10_000);
  expect(await rolloutFigures({ store, spool }, STEP)).toEqual({
    ...{ requests: 3, errors: 1, compared: 2, disagreed: 1 },
    latency_ms: { "5.01": 1, "316": 1, "1000000": 1 },
  });
});

it("counts nothing where nothing was logged", async () => {
  const { store, spool } = await places();
  expect(await rolloutFigures({ store, spool }, STEP)).toMatchObject({ requests: 0, latency_ms: {} });
});
