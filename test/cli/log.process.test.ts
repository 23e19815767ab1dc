import { expect, it } from "vitest";
import { renameModel } from "../../core/acts/change-model.ts";
import { createModel } from "../../core/acts/create-model.ts";
import { importVersion } from "../../core/acts/import-version.ts";
import { promoteVersion } from "../../core/acts/promote.ts";
import { LOGGED_ACTS } from "../../core/registry/logged-acts.ts";
import { Change } from "../../schemas/change.ts";
import { LogResult } from "../../schemas/cli-output.ts";
import { Decision } from "../../schemas/decision.ts";
import { Review } from "../../schemas/review.ts";
import { plainHost } from "../acts/plain-host.ts";
import { ADA } from "../registry/builders.ts";
import { rewriteTip } from "../registry/tamper.ts";
import { gitIdentity, slipway } from "./memory-host.ts";

gitIdentity();

/** Made, imported, refused, renamed for a reason that a spreadsheet would run. */
async function history() {
  const host = await plainHost();
  await createModel(host, { name: "churn", by: ADA });
  await importVersion(host, { model: "churn", imported: { source: "s3://x" }, by: ADA });
  await promoteVersion(host, { model: "churn", stage: "production", reason: 'hurry, "please"', requestedBy: ADA });
  await renameModel(host, { model: "churn", to: "leavers", reason: "=1+1", by: ADA });
  const log = (...words: string[]) => slipway(["log", ...words], { cwd: host.workspace.folder });
  return { host, log };
}

it("tells why: what the person said, and what refused it", async () => {
  const { log } = await history();
  const { stdout } = await log("leavers", "--json");
  const { entries } = LogResult.parse(JSON.parse(stdout).result);
  expect(entries.map(({ act, reason }) => [act, reason])).toEqual([
    ["rename", "=1+1"],
    ["promote", 'hurry, "please"'],
    ["register", undefined],
    ["create", undefined],
  ]);
  expect(entries[1]?.refusals?.join()).toContain("[NOT_EVALUATED]");
  expect((await log("churn@1", "--act", "promote")).stdout).toContain('hurry, "please"');
});

it("exports JSON Lines, an act a line, and CSV with every act in the same columns", async () => {
  const { log } = await history();
  const lines = (await log("--format", "jsonl")).stdout.trimEnd().split("\n");
  expect(lines.map((line) => JSON.parse(line).act)).toEqual(["rename", "promote", "register", "create"]);
  const { stdout } = await log("--format", "csv", "--act", "rename");
  const [header, row, end] = stdout.split("\r\n");
  expect(header).toMatch(/^at,who,who_id,who_account,act,outcome,model,version,stage,what,why,/);
  expect(row).toMatch(/^\S+,Ada,ada@example.org,,rename,,churn,,,Rename churn to leavers,'=1\+1,/);
  expect(end).toBe("");
});

it("says so where a record of an act cannot be read, and hides no act", async () => {
  const { host, log } = await history();
  const { commit } = await host.registry.snapshot();
  const files = (await host.objects.tree(`${commit}:models/88/churn/changes`)) ?? [];
  await rewriteTip(host.workspace.folder, { [`models/88/churn/changes/${files[0]?.name}`]: () => "{}" });
  const { code, stdout } = await log("--json");
  expect(code).toBe(0);
  const { entries } = LogResult.parse(JSON.parse(stdout).result);
  expect(entries.find(({ act }) => act === "rename")?.unreadable).toContain("changes/");
});

it.each([
  [["--since", "yesterday"], "found     yesterday"],
  [["--until", "2026-02-30"], "found     2026-02-30"],
  [["--act", "promoted"], "promoted"],
  [["--format", "csv", "--json"], "take one of the two"],
])("refuses %j", async (words, said) => {
  const { workspace } = await plainHost();
  const { code, stderr } = await slipway(["log", ...words], { cwd: workspace.folder });
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(said) });
});

it("knows every act that a record names", () => {
  const named = [Decision.shape.act, Review.shape.verdict, Change.shape.act].flatMap(({ options }) => options);
  expect(LOGGED_ACTS).toEqual(expect.arrayContaining(named));
});
