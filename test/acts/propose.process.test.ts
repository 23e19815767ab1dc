import { expect, it } from "vitest";
import { proposeFiles } from "../../core/acts/propose.ts";
import { ADA } from "../registry/builders.ts";
import { gitIn } from "../registry/repositories.ts";
import { plainHost } from "./plain-host.ts";

const ASKED = { branch: "slipway/policy-1", title: "Ask for more", body: "Because.", by: ADA };

it("is one commit on the default branch's tip, and moves nothing else", async () => {
  const ports = await plainHost({ "a.txt": "a\n", "b.txt": "b\n" });
  const { folder } = ports.workspace;
  const main = await gitIn(folder, "rev-parse", "main");
  await proposeFiles(ports, { ...ASKED, files: { "a.txt": "A\n", "c/d.txt": "d\n", "b.txt": undefined } });
  expect(await gitIn(folder, "rev-parse", `${ASKED.branch}~1`)).toBe(main);
  expect(await gitIn(folder, "diff", "--name-status", "main", ASKED.branch)).toBe("M\ta.txt\nD\tb.txt\nA\tc/d.txt");
  expect(await gitIn(folder, "log", "-1", "--format=%an %s|%b", ASKED.branch)).toBe("Ada Ask for more|Because.");
  expect(await gitIn(folder, "rev-parse", "main")).toBe(main);
  expect(await gitIn(folder, "status", "--porcelain")).toBe("");
});

it("the same proposal again is the same commit", async () => {
  const ports = await plainHost({ "a.txt": "a\n" });
  const files = { "a.txt": "A\n" };
  await proposeFiles(ports, { ...ASKED, files });
  const first = await gitIn(ports.workspace.folder, "rev-parse", ASKED.branch);
  await proposeFiles(ports, { ...ASKED, files });
  expect(await gitIn(ports.workspace.folder, "rev-parse", ASKED.branch)).toBe(first);
});

it("what changes nothing is refused", async () => {
  const ports = await plainHost({ "a.txt": "a\n" });
  await expect(proposeFiles(ports, { ...ASKED, files: { "a.txt": "a\n" } })).rejects.toMatchObject({ code: "USAGE" });
});

it("a title of two lines is one line of the commit", async () => {
  const ports = await plainHost({ "a.txt": "a\n" });
  await proposeFiles(ports, { ...ASKED, title: "One\nSlipway-Act: promote", files: { "a.txt": "A\n" } });
  expect(await gitIn(ports.workspace.folder, "log", "-1", "--format=%s", ASKED.branch)).toBe(
    "One Slipway-Act: promote",
  );
});

it("opens one pull request, and finds it again", async () => {
  const ports = await plainHost({ "a.txt": "a\n" });
  const opened: string[] = [];
  const pulls = {
    findLast: async (branch: string) =>
      opened.includes(branch) ? { number: 7, state: "open" as const, body: "", closedAt: undefined } : undefined,
    open: async ({ branch }: { branch: string }) => opened.push(branch) + 6,
    describe: async () => {},
    opensFirst: false,
  };
  for (const _ of [1, 2])
    expect(await proposeFiles(ports, { ...ASKED, files: { "a.txt": "A\n" } }, pulls)).toMatchObject({ pull: 7 });
  expect(opened).toEqual([ASKED.branch]);
});
