import { expect, it } from "vitest";
import { changeVersion } from "../../core/acts/change-version.ts";
import { createModel } from "../../core/acts/create-model.ts";
import { editModel } from "../../core/acts/edit-model.ts";
import { importVersion } from "../../core/acts/import-version.ts";
import { type LogFilter, matches, searchLog } from "../../core/registry/search-log.ts";
import { plainHost } from "../acts/plain-host.ts";
import { ADA } from "./builders.ts";

const EVE = { name: "Eve", id: "eve@example.org" };

/** Acts of two people on two models; the clock is set back between them. */
async function history() {
  const times = ["05T12:00:00", "06T12:00:00", "06T11:56:00", "07T12:00:00", "08T12:00:00"].map(
    (time) => new Date(`2026-03-${time}Z`),
  );
  const host = await plainHost({}, { clock: () => times.shift() ?? new Date("2026-03-09T12:00:00Z") });
  await createModel(host, { name: "churn", by: ADA });
  await createModel(host, { name: "gulls", by: EVE });
  await editModel(host, { model: "gulls", edit: { act: "tag", key: "a", value: "b" }, by: ADA });
  await importVersion(host, { model: "churn", imported: { source: "s3://x" }, by: EVE });
  await changeVersion(host, { model: "churn", version: 1, act: "withdraw", by: ADA });
  const { commit } = await host.registry.snapshot();
  return async (filter: LogFilter, page?: number) => {
    const found: string[] = [];
    for await (const { act, model } of searchLog(host.workspace.folder, commit as string, filter, page))
      found.push(`${act} ${model}`);
    return found;
  };
}

it("finds all acts, page by page", async () => {
  const search = await history();
  const all = ["withdraw churn", "register churn", "tag gulls", "create gulls", "create churn"];
  for (const page of [1, 2, 5, 2_000]) expect(await search({}, page)).toEqual(all);
});

it("finds by model, version, act, person and time, whatever the clock did", async () => {
  const search = await history();
  expect(await search({ model: "churn", act: "register" })).toEqual(["register churn"]);
  expect(await search({ version: 1 })).toEqual(["withdraw churn", "register churn"]);
  expect(await search({ by: "EVE@example.org" })).toEqual(["register churn", "create gulls"]);
  expect(await search({ by: "eve" })).toEqual(["register churn", "create gulls"]);
  expect(await search({ by: "ev" })).toEqual([]);
  const [since, until] = [new Date("2026-03-05T12:00:00Z"), new Date("2026-03-06T12:00:00Z")];
  expect(await search({ until })).toContain("create churn");
  expect(await search({ since, until })).toEqual(expect.arrayContaining(["create gulls", "create churn"]));
  expect(await search({ since: new Date("2026-03-08T00:00:00Z") })).toEqual(["withdraw churn"]);
});

it("finds a person by a whole word of the name", () => {
  const act = { at: "2026-03-05T12:00:00Z", actor: { name: "Grace Hopper", id: "grace@example.org" } };
  expect(["hopper", "GRACE", "Grace Hopper", "hop"].map((by) => matches(act, { by }))).toEqual([
    true,
    true,
    true,
    false,
  ]);
});
