import { readdirSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { earlierWeeks } from "../../../tools/replay/earlier-weeks.ts";
import { replayRequests } from "../../../tools/replay/replay-requests.ts";
import { gitIdentity, PACKAGE_ROOT, slipway, temporaryFolder } from "../../cli/memory-host.ts";

gitIdentity();

const LATER = path.join(PACKAGE_ROOT, "examples/rain/later");
const FILES = readdirSync(LATER).map((name) => path.join(LATER, name));

it("asks the live version days of 2014, which its log then holds at their own time", async () => {
  const cwd = await temporaryFolder();
  const run = async (...argv: string[]) => {
    const { code, stderr } = await slipway(argv, { cwd, env: process.env });
    expect(code, stderr).toBe(0);
  };
  await run("init", "--template", "rain");
  await run("register", "rain");
  await run("promote", "rain@1", "production");

  const versions = await replayRequests(earlierWeeks(FILES, "2014-03-30", "2014-04-04"), {
    folder: cwd,
    model: "rain",
  });

  expect([...versions]).toEqual([1]);
  const { stdout } = await slipway(["requests", "rain", "--since", "36500d", "--json"], { cwd, env: process.env });
  const { entries } = JSON.parse(stdout).result;
  expect(entries.slice(0, 2)).toMatchObject([
    { slipway_id: "2014-04-03", slipway_time: "2014-04-09T20:00:00.000Z", slipway_version: 1, temp_max: 13.3 },
    { slipway_id: "2014-03-30", slipway_time: "2014-04-02T20:00:00.000Z", slipway_version: 1 },
  ]);
});
