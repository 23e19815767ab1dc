import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { modelIndex } from "../../../../api/portal/model-index/open-index.ts";
import { openPortalHost } from "../../../../api/portal/open-host.ts";
import { plainHost } from "../../../acts/plain-host.ts";
import { gitIn } from "../../../registry/repositories.ts";

async function hostOf(files: Record<string, string>) {
  const ports = await plainHost(files);
  const { folder } = ports.workspace;
  const commit = async (path: string, text: string) => {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
    await gitIn(folder, "add", "-A");
    await gitIn(folder, "commit", "-qm", path);
  };
  return { index: modelIndex(openPortalHost(ports)), commit };
}
const called = (name: string, displayName = name) => ({ name, displayName });

it("an owner that changed is known with the next question", async () => {
  const { index, commit } = await hostOf({ "models/a/model.yaml": "slipway: 1\nowner: Ada\n" });
  expect((await index.setup()).owner(called("a"))).toBe("Ada");
  await commit("models/a/model.yaml", "slipway: 1\nowner: Grace\n");
  expect((await index.setup()).owner(called("a"))).toBe("Grace");
});

it("a spec is found by the name that the model has now, or else by its folder's", async () => {
  const { index } = await hostOf({
    "models/old/model.yaml": "slipway: 1\nowner: Ada\n",
    "models/new/model.yaml": "slipway: 1\nowner: Grace\n",
  });
  const { owner } = await index.setup();
  expect(owner(called("old", "new"))).toBe("Grace");
  expect(owner(called("old", "other"))).toBe("Ada");
});

it.each([
  'owner: "@acme/ml" # they know',
  "slipway: 1\nowner: '@acme/ml'\ntask: classification\n",
  "{ slipway: 1, owner: '@acme/ml' }",
  "description: |\n  owner: Eve\nowner: '@acme/ml'",
  "owner: >-\n  @acme/ml",
])("of %j the owner is @acme/ml", async (text) => {
  const { index } = await hostOf({ "models/a/model.yaml": text });
  expect((await index.setup()).owner(called("a"))).toBe("@acme/ml");
});

it.each(["owner: [", "owner: 7", "owner: &a x\nb: *a", "", "\u0000"])(
  "a spec that says %j has no owner",
  async (text) => {
    const { index } = await hostOf({ "models/a/model.yaml": text, "models/b/model.yaml": "owner: Ada" });
    const { owner } = await index.setup();
    expect([owner(called("a")), owner(called("b"))]).toEqual([undefined, "Ada"]);
  },
);

it("stages are the policy's, and the usual ones while it cannot be read", async () => {
  const { index, commit } = await hostOf({ "slipway.yaml": "slipway: 1\nstages: [test, live]\n" });
  expect((await index.setup()).stages).toEqual(["test", "live"]);
  await commit("slipway.yaml", "stages: [");
  expect((await index.setup()).stages).toEqual(["staging", "production"]);
});
