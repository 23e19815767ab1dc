import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { openExperiments } from "../../core/experiments/open.ts";
import { openObjects } from "../../core/git/objects.ts";
import { ADA } from "../registry/builders.ts";
import { bareRepository, gitIn, temporaryFolder } from "../registry/repositories.ts";

const AT = new Date("2026-01-31T09:00:00.000Z");
const about = (files: Record<string, string>, subject = "Report on #7") => ({ files, subject, author: ADA, at: AT });

async function experimentsIn(folder: string, remote?: string) {
  const objects = await openObjects(folder);
  onTestFinished(() => objects.close());
  return openExperiments(objects, remote);
}

/** A bare mirror as a server keeps it: a remote, and no refspec. */
async function mirrorOf(url: string): Promise<string> {
  const folder = await bareRepository();
  await gitIn(folder, "config", "remote.origin.url", url);
  return folder;
}

it("keeps files on an orphan branch, a commit for each write", async () => {
  const folder = await bareRepository();
  const experiments = await experimentsIn(folder);
  expect(await experiments.read("7/penguins/result.json")).toBeUndefined();
  expect(await experiments.list("7")).toEqual([]);
  await experiments.write(about({ "7/penguins/result.json": "{}\n", "7/penguins/charts/roc.svg": "<svg/>" }));
  const last = await experiments.write(about({ "7/penguins/result.json": "{ }\n" }));
  expect((await experiments.read("7/penguins/result.json"))?.toString()).toBe("{ }\n");
  expect(await experiments.list("7/penguins")).toEqual(["charts", "result.json"]);
  expect(await gitIn(folder, "rev-list", "--count", "experiments")).toBe("2");
  expect(await gitIn(folder, "rev-parse", "experiments")).toBe(last);
});

it("makes no commit where nothing changes", async () => {
  const folder = await bareRepository();
  const experiments = await experimentsIn(folder);
  const first = await experiments.write(about({ "a.json": "1" }));
  expect(await experiments.write(about({ "a.json": "1" }))).toBe(first);
});

it("lets nobody's branch name forge a second line of the message", async () => {
  const folder = await bareRepository();
  const experiments = await experimentsIn(folder);
  await experiments.write(about({ "a.json": "1" }, "Report on x\n\nSlipway-Act: promote"));
  expect(await gitIn(folder, "log", "-1", "--format=%B", "experiments")).toBe("Report on x Slipway-Act: promote");
});

it("caps what it reads before it reads it", async () => {
  const experiments = await experimentsIn(await bareRepository());
  await experiments.write(about({ "a.json": "x".repeat(100) }));
  await expect(experiments.read("a.json", 99)).rejects.toMatchObject({ code: "FILE_TOO_LARGE" });
});

it("refuses a path that leaves its folder", async () => {
  const experiments = await experimentsIn(await bareRepository());
  await expect(experiments.write(about({ "7/../../x": "1" }))).rejects.toThrow("bad path");
});

it("loses no write of two servers that write a remote's branch at once", async () => {
  const remote = await bareRepository();
  const servers = await Promise.all([1, 2, 3].map(async () => experimentsIn(await mirrorOf(remote), "origin")));
  const names = ["a", "b", "c", "d"];
  await Promise.all(
    servers.flatMap((server, at) => names.map((name) => server.write(about({ [`${at}/${name}`]: name })))),
  );
  const files = (await gitIn(remote, "ls-tree", "-r", "--name-only", "experiments")).split("\n");
  expect(files).toEqual([0, 1, 2].flatMap((at) => names.map((name) => `${at}/${name}`)));
  expect(await gitIn(remote, "rev-list", "--count", "experiments")).toBe("12");
});

it("reads what others wrote after a refresh, and asks no remote before that", async () => {
  const remote = await bareRepository();
  const [one, other] = await Promise.all([
    experimentsIn(await mirrorOf(remote), "origin"),
    experimentsIn(await mirrorOf(remote), "origin"),
  ]);
  await one.write(about({ "a.json": "1" }));
  expect((await one.read("a.json"))?.toString()).toBe("1");
  expect(await other.read("a.json")).toBeUndefined();
  await other.refresh();
  expect((await other.read("a.json"))?.toString()).toBe("1");
});

it("starts anew where the remote's branch was deleted", async () => {
  const remote = await bareRepository();
  const experiments = await experimentsIn(await mirrorOf(remote), "origin");
  await experiments.write(about({ "a.json": "1" }));
  await gitIn(remote, "update-ref", "-d", "refs/heads/experiments");
  await experiments.write(about({ "b.json": "1" }));
  expect(await gitIn(remote, "ls-tree", "--name-only", "experiments")).toBe("b.json");
});

it("says so where the remote refuses", async () => {
  const remote = await bareRepository();
  await writeFile(join(remote, "hooks/pre-receive"), "#!/bin/sh\necho not here >&2; exit 1\n", { mode: 0o755 });
  const experiments = await experimentsIn(await mirrorOf(remote), "origin");
  await expect(experiments.write(about({ "a.json": "1" }))).rejects.toMatchObject({
    code: "REMOTE_FAILED",
    problems: [{ found: expect.stringContaining("not here") }],
  });
  const gone = await experimentsIn(await mirrorOf(join(await temporaryFolder(), "absent")), "origin");
  await expect(gone.write(about({ "a.json": "1" }))).rejects.toMatchObject({ code: "REMOTE_FAILED" });
});
