import { expect, test } from "vitest";
import { leftAlone } from "../../core/promotion/left-alone.ts";
import type { ActSource } from "../../schemas/act-source.ts";
import type { Decision } from "../../schemas/decision.ts";
import type { RolloutState } from "../../schemas/rollout.ts";

const SOURCE: ActSource = { kind: "monitor", repository: "local/models", id: "a".repeat(32), place: 0 };
const LIVE = { id: "a".repeat(32) } as Decision;
const about = { model: "penguins", stage: "production", live: LIVE, rollout: undefined };

test("what labels ask for is done while the stage is as they found it", () => {
  expect(leftAlone(SOURCE, about)).toBeUndefined();
});

test("whatever a person did in the stage since wins", () => {
  const since = { ...about, live: { id: "b".repeat(32) } as Decision };

  expect(leftAlone(SOURCE, since)).toMatchObject({ code: "OVERTAKEN" });
  expect(leftAlone(SOURCE, { ...about, live: undefined })).toMatchObject({ code: "OVERTAKEN" });
});

test("while another version is on its way there, people judge", () => {
  const rollout = { version: 4 } as RolloutState;

  expect(leftAlone(SOURCE, { ...about, rollout })).toMatchObject({ message: expect.stringContaining("Version 4") });
});

test("what a person asks for is not held back", () => {
  const comment: ActSource = { ...SOURCE, kind: "comment", id: "7" };

  expect(leftAlone(comment, { ...about, live: undefined, rollout: { version: 4 } as RolloutState })).toBeUndefined();
});
