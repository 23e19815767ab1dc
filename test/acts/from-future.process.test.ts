import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { acceptTimes } from "../../core/acts/accept-times.ts";
import { createModel } from "../../core/acts/create-model.ts";
import { editModel } from "../../core/acts/edit-model.ts";
import type { Ports } from "../../core/acts/ports.ts";
import { verifyAll } from "../../core/acts/verify-all.ts";
import { readLog } from "../../core/registry/log.ts";
import { ADA } from "../registry/builders.ts";
import { gitIn } from "../registry/repositories.ts";
import { plainHost } from "./plain-host.ts";

const NOW = "2026-03-01T09:00:00.000Z";
const LATER = "2031-03-01T09:00:00.000Z";

/** A host whose clock says what it is set to, with a model that was made at `NOW`. */
async function clocked() {
  let now = NOW;
  const host = await plainHost({}, { clock: () => new Date(now) });
  const set = (at: string) => {
    now = at;
  };
  await createModel(host, { name: "penguins", by: ADA });
  return { host, set };
}

const tag = (host: Ports, value: string) =>
  editModel(host, { model: "penguins", edit: { act: "tag", key: "team", value }, by: ADA });
const tipOf = ({ workspace }: Ports) => gitIn(workspace.folder, "rev-parse", "registry");
const codes = async (host: Ports) => (await verifyAll(host)).findings.map(({ code }) => code);

/** The registry's newest commit is five years ahead. */
async function ahead() {
  const { host, set } = await clocked();
  set(LATER);
  await tag(host, "ahead");
  set(NOW);
  return { host, set, tip: await tipOf(host) };
}

/** A commit by hand that says when it was made. */
async function byHand({ workspace: { folder } }: Ports, seconds: number): Promise<string> {
  const person = `Eve <eve@example.org> ${seconds} +0000`;
  const [tree, parent] = [
    await gitIn(folder, "rev-parse", "registry^{tree}"),
    await gitIn(folder, "rev-parse", "registry"),
  ];
  const commands = `commit refs/heads/registry\nauthor ${person}\ncommitter ${person}\ndata 0\nfrom ${parent}\n`;
  execFileSync("git", ["-C", folder, "fast-import", "--quiet", "--force"], { input: commands });
  expect(await gitIn(folder, "rev-parse", "registry^{tree}")).toBe(tree);
  return gitIn(folder, "rev-parse", "registry");
}

describe("a commit from the future", () => {
  it("is nothing to build on: the refusal says its time, whose it is, and the way out", async () => {
    const { host, tip } = await ahead();
    const refusal = await tag(host, "now").catch((error: unknown) => error);
    expect(refusal).toMatchObject({
      code: "REGISTRY_FROM_FUTURE",
      message: expect.stringMatching(new RegExp(`${tip} of Ada <ada@example.org>, is dated 2031-03-01T09:00:00Z`)),
      problems: [{ hint: expect.stringContaining(`slipway verify --accept ${tip}`) }],
    });
    expect(await tipOf(host)).toBe(tip);
  });

  it("is a finding", async () => {
    expect(await codes((await ahead()).host)).toEqual(["COMMIT_FUTURE"]);
  });

  it("is none where clocks differ by a few minutes, and is built on", async () => {
    const { host, set } = await clocked();
    set("2026-03-01T08:55:00.000Z");
    expect(await codes(host)).toEqual([]);
    await tag(host, "behind");
    set(NOW);
    expect(await codes(host)).toEqual([]);
  });

  it("is one from the first second on that is more", async () => {
    const { host, set } = await clocked();
    set("2026-03-01T08:54:59.000Z");
    await expect(tag(host, "behind")).rejects.toMatchObject({ code: "REGISTRY_FROM_FUTURE" });
    expect(await codes(host)).toEqual(["COMMIT_FUTURE"]);
  });

  it("is built on once a person accepts it, and whoever follows is dated by their own clock again", async () => {
    const { host, tip } = await ahead();
    const acceptance = await acceptTimes(host, { commit: tip, by: ADA });
    expect(acceptance).toEqual({ slipway: 1, commit: tip, by: ADA, at: NOW, host: "mlflow" });
    await tag(host, "now");
    expect(await codes(host)).toEqual([]);
    const entries = await readLog(host.workspace.folder, {});
    expect(entries.map(({ act, at }) => `${act} ${at}`)).toEqual([
      "tag 2026-03-01T09:00:00Z",
      "accept 2026-03-01T09:00:00Z",
      "tag 2031-03-01T09:00:00Z",
      "create 2026-03-01T09:00:00Z",
    ]);
  });

  it("is accepted once", async () => {
    const { host, tip } = await ahead();
    const first = await acceptTimes(host, { commit: tip, by: ADA });
    const commit = await tipOf(host);
    expect(await acceptTimes(host, { commit: tip.slice(0, 10), by: { name: "Eve", id: "eve" } })).toEqual(first);
    expect(await tipOf(host)).toBe(commit);
  });

  it("accepts all before it, and nothing that comes after", async () => {
    const { host, set } = await ahead();
    set(LATER);
    await tag(host, "ahead again");
    set(NOW);
    expect(await codes(host)).toEqual(["COMMIT_FUTURE", "COMMIT_FUTURE"]);
    await acceptTimes(host, { commit: await tipOf(host), by: ADA });
    expect(await codes(host)).toEqual([]);
    set(LATER);
    await tag(host, "ahead once more");
    set(NOW);
    expect(await codes(host)).toEqual(["COMMIT_FUTURE"]);
    await expect(tag(host, "now")).rejects.toMatchObject({ code: "REGISTRY_FROM_FUTURE" });
  });

  it("is accepted by its own name alone: an older commit's leaves it refused", async () => {
    const { host } = await ahead();
    const older = await gitIn(host.workspace.folder, "rev-parse", "registry^");
    await expect(acceptTimes(host, { commit: older, by: ADA })).rejects.toMatchObject({ code: "REGISTRY_FROM_FUTURE" });
  });

  it.each(["main", "f".repeat(40), "HEAD", "--all", ""])("is not accepted by the name %j", async (commit) => {
    const { host } = await ahead();
    await expect(acceptTimes(host, { commit, by: ADA })).rejects.toMatchObject({ code: "USAGE" });
  });

  it("is what a commit of 1970 makes of the one below it", async () => {
    const { host } = await clocked();
    await byHand(host, 0);
    await tag(host, "after");
    expect(await codes(host)).toEqual(["FORMAT_UNKNOWN", "COMMIT_FUTURE"]);
  });

  it("may say a year that no date has", async () => {
    const { host } = await clocked();
    const tip = await byHand(host, 99_999_999_999_999);
    await expect(tag(host, "after")).rejects.toMatchObject({ code: "REGISTRY_FROM_FUTURE" });
    await acceptTimes(host, { commit: tip, by: ADA });
    expect(await codes(host)).toEqual(["FORMAT_UNKNOWN"]);
  });
});
