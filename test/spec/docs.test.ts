import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { ModelSpec } from "../../schemas/model-spec.ts";
import { Policy } from "../../schemas/policy.ts";
import { projectOf, specWith } from "./builders.ts";

const page = await readFile(new URL("../../docs/spec.md", import.meta.url), "utf8");
const examples = [...page.matchAll(/```yaml\n(.*?)```/gs)].map((match) => match[1] as string);

it("the documented spec and policy have no problem together", async () => {
  const [spec = "", policy = ""] = examples;
  const { problems, warnings, models } = await projectOf({
    "models/penguins/model.yaml": spec,
    "slipway.yaml": policy,
  });
  expect([...problems, ...warnings]).toEqual([]);
  expect([...models.keys()]).toEqual(["penguins"]);
});

it("the documented floors hold for the models that they name", async () => {
  const gates = await readFile(new URL("../../docs/gates.md", import.meta.url), "utf8");
  const policy = /```yaml\n# slipway.yaml\n(metrics:.*?)```/s.exec(gates)?.[1];
  const house = specWith("task: regression", "metrics: { mae: { metric: mean_absolute_error } }");
  const churn = specWith("metrics: { accuracy: { metric: accuracy_score }, recall: { metric: recall_score } }").replace(
    "  label: species",
    '  label: { column: churned, positive: "yes" }',
  );
  const { problems, models } = await projectOf({
    "models/house/model.yaml": house,
    "models/churn/model.yaml": churn,
    "slipway.yaml": `slipway: 1\n${policy}`,
  });
  expect(problems).toEqual([]);
  expect([...models.keys()]).toEqual(["churn", "house"]);
});

it.each([...Object.keys(ModelSpec.shape), ...Object.keys(Policy.shape)])("the page explains the key %s", (key) => {
  expect(page).toMatch(new RegExp(`^\\|[^|]*\`[^\`]*${key}|\`${key}\`|\\| \`${key}[.\`]`, "m"));
});
