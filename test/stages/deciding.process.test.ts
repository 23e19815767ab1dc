import { expect, it } from "vitest";
import { SPEC } from "../e2e/tiny-model.ts";
import { runByStages } from "./by-stages.ts";
import { arrangeModels } from "./models.ts";

const asked = (least: number) => ({ gates: { register: [{ metric: "accuracy", "at-least": least }] } });

async function change(from: number, to: number) {
  const models = await arrangeModels({ spec: asked(from), policy: { gates: {} } });
  await models.spec({ ...asked(to), train: { ...SPEC.train, params: { threshold: 45 } } });
  const commit = await models.repository.commit("a pull request");
  const about = { model: "tiny", commit, tip: models.commit, origin: "same-repository" } as const;
  return { ...models, run: (await runByStages(models.ports, models.root, about)).run };
}

it("says what the default branch's gates say, where a pull request loosens its own", async () => {
  const { run, commit } = await change(0.99, 0.3);
  expect(run.gates["register"]).toMatchObject([{ verdict: "pass" }]);
  expect(run.deciding).toMatchObject({
    commit,
    gates: { register: [{ verdict: "fail", gate: { "at-least": 0.99 } }] },
  });
});

it("says it once where the gates are the same", async () => {
  const { run } = await change(0.3, 0.3);
  expect(run.gates["register"]).toMatchObject([{ verdict: "pass" }]);
  expect(run.deciding).toBeUndefined();
});
