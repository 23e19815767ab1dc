import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { ModelSpec } from "../../schemas/model-spec.ts";
import { Policy } from "../../schemas/policy.ts";
import { projectOf } from "./builders.ts";

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

it.each([...Object.keys(ModelSpec.shape), ...Object.keys(Policy.shape)])("the page explains the key %s", (key) => {
  expect(page).toMatch(new RegExp(`^\\|[^|]*\`[^\`]*${key}|\`${key}\`|\\| \`${key}[.\`]`, "m"));
});
