import { expect, it } from "vitest";
import { createModel } from "../../core/acts/create-model.ts";
import { openActIndex } from "../../core/registry/act-index.ts";
import { newestActs } from "../../core/registry/newest-acts.ts";
import { plainHost } from "../acts/plain-host.ts";
import { ADA } from "./builders.ts";

const EVE = { name: "Eve", id: "eve@example.org" };

/** Models made in turn by Ada and Eve, the first and third by Ada. */
async function history(count: number) {
  const host = await plainHost();
  const make = (n: number) => createModel(host, { name: `m${n}`, by: n % 2 === 1 ? ADA : EVE });
  for (let n = 1; n <= count; n += 1) await make(n);
  const index = openActIndex(host.objects);
  const tip = async () => (await host.registry.snapshot()).commit as string;
  const modelsOf = async (commits: readonly string[]) => {
    const acts = await newestActs(host.objects, await tip(), 100);
    return commits.map((commit) => acts.find((act) => act.commit === commit)?.model);
  };
  return { ...{ host, index, make, tip, modelsOf } };
}

it("finds what a filter asks for, newest first", async () => {
  const { index, tip, modelsOf } = await history(4);
  const { commits, stopped } = await index.search(await tip(), { by: "eve" }, { limit: 10 });
  expect(await modelsOf(commits)).toEqual(["m4", "m2"]);
  expect(stopped).toBeUndefined();
});

it("goes on before an act", async () => {
  const { index, tip, modelsOf } = await history(4);
  const first = await index.search(await tip(), { by: "ada" }, { limit: 1 });
  const second = await index.search(await tip(), { by: "ada" }, { limit: 1, before: first.stopped });
  expect(await modelsOf([...first.commits, ...second.commits])).toEqual(["m3", "m1"]);
});

it("sees an act that came since", async () => {
  const { index, tip, make, modelsOf } = await history(2);
  await index.search(await tip(), {}, { limit: 10 });
  await make(3);
  const { commits } = await index.search(await tip(), { by: "ada" }, { limit: 10 });
  expect(await modelsOf(commits)).toEqual(["m3", "m1"]);
});

it("shows no act of a branch that was written anew", async () => {
  const { index, tip, host } = await history(3);
  const newest = await tip();
  await index.search(newest, {}, { limit: 10 });
  const before = (await host.objects.read(`${newest}~1`))?.id as string;
  const { commits } = await index.search(before, {}, { limit: 10 });
  expect(commits).toHaveLength(2);
});

it("questions at the same time find the same", async () => {
  const { index, tip } = await history(3);
  const at = await tip();
  const asked = await Promise.all([1, 2, 3].map(() => index.search(at, {}, { limit: 10 })));
  for (const { commits } of asked) expect(commits).toHaveLength(3);
});
