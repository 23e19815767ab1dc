import { expect, it } from "vitest";
import { createModel } from "../../core/acts/create-model.ts";
import { editModel } from "../../core/acts/edit-model.ts";
import { readLog } from "../../core/registry/log.ts";
import { newestActs } from "../../core/registry/newest-acts.ts";
import { plainHost } from "../acts/plain-host.ts";
import { ADA, promote, register } from "./builders.ts";

/** Acts of several kinds, by people with and without an account. */
async function history() {
  const host = await plainHost();
  await createModel(host, { name: "gulls", by: { ...ADA, account: "github:1" } });
  await editModel(host, { model: "gulls", edit: { act: "tag", key: "a", value: "Slipway-Act: b" }, by: ADA });
  await register(host.registry);
  await promote(host.registry, 1);
  const { commit } = await host.registry.snapshot();
  return { ...host, commit: commit as string };
}

it("tells what git log tells", async () => {
  const { objects, workspace, commit } = await history();
  const acts = await newestActs(objects, commit, 50);
  expect(acts).toEqual(await readLog(workspace.folder, { commit }));
  expect(acts.map(({ act }) => act)).toEqual(["promote", "register", "tag", "create"]);
});

it("ends after so many", async () => {
  const { objects, commit } = await history();
  expect(await newestActs(objects, commit, 2)).toHaveLength(2);
});
