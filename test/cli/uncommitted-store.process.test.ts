import { rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { write } from "../data/setting.ts";
import { bareRepository, gitIn, workRepository } from "../registry/repositories.ts";
import { gitIdentity, slipway } from "./memory-host.ts";

gitIdentity();

const policy = (artifacts: string) => `slipway: 1\nartifacts: { store: ${artifacts} }\n`;

/** A repository whose main has the one policy, and whose work tree has the other; undefined: none. */
async function repository({ committed, edited }: { committed?: string; edited?: string }) {
  const cwd = await workRepository();
  if (committed !== undefined) {
    await write(cwd, { "slipway.yaml": committed });
    await gitIn(cwd, "add", "-A");
    await gitIn(cwd, "commit", "--quiet", "--message=policy");
  }
  if (edited === undefined) await rm(join(cwd, "slipway.yaml"), { force: true });
  else await write(cwd, { "slipway.yaml": edited });
  return { cwd };
}

const NOTE = "the store of main is used, until the edit is committed there";

it.each([["gc"], ["verify"], ["run"], ["lock"]])("%s says that an edited store does not count yet", async (command) => {
  const { stderr } = await slipway(
    [command],
    await repository({ committed: policy("file:one"), edited: policy("file:two") }),
  );
  expect(stderr.split("\n").filter((line) => line.includes("slipway.yaml"))).toEqual([
    `slipway.yaml of this work tree keeps artifacts in file:two, and that of main in file:one: ${NOTE}.`,
  ]);
});

it.each<[string, Parameters<typeof repository>[0], string]>([
  ["one that was never committed", { edited: policy("file:two") }, "file:two, and that of main in file:.slipway/store"],
  [
    "one that was taken out",
    { committed: policy("file:one") },
    "this work tree, without a slipway.yaml, keeps artifacts in file:.slipway/store, and that of main in file:one",
  ],
  [
    "another endpoint",
    { committed: policy("s3://box"), edited: policy("{ uri: s3://box, endpoint: http://localhost:1 }") },
    "s3://box, endpoint: http://localhost:1, and that of main in s3://box",
  ],
])("says it of %s", async (_, about, words) => {
  expect((await slipway(["lock"], await repository(about))).stderr).toContain(words);
});

it.each<[string, Parameters<typeof repository>[0]]>([
  ["the same store in other words", { committed: policy("file:one"), edited: policy("{ uri: file:one/ }") }],
  ["a policy that cannot be read", { committed: policy("file:one"), edited: "slipway: [" }],
  ["a committed policy that cannot be read", { committed: "slipway: [", edited: policy("file:two") }],
  ["the default store", { edited: policy("file:.slipway/store") }],
])("says nothing of %s", async (_, about) => {
  expect((await slipway(["gc"], await repository(about))).stderr).not.toContain(NOTE);
});

it("says nothing of it in a bare repository, nor before the first commit", async () => {
  expect((await slipway(["gc"], { cwd: await bareRepository() })).stderr).not.toContain(NOTE);
  const { cwd } = await repository({ edited: policy("file:two") });
  await gitIn(cwd, "update-ref", "-d", "HEAD");
  expect((await slipway(["gc"], { cwd })).stderr).not.toContain(NOTE);
});
