import { existsSync, readdirSync, statSync } from "node:fs";
import { expect, it } from "vitest";
import { shedEnvironment } from "../../../actions/job/shed-environment.ts";
import { temporaryFolder } from "../../runtime/temporary.ts";

const SECRET = {
  ACTIONS_RUNTIME_TOKEN: "runtime",
  INPUT_SECRETS: '{"A":"b"}',
  "INPUT_OWN-METRICS": "",
  GITHUB_TOKEN: "t",
};
const OPEN = { PATH: "/usr/bin", GITHUB_OUTPUT: "/output" };

/** As `process.execve` would be called: the process that calls it is no more. */
function shed(env: Record<string, string | undefined>) {
  const calls: { file: string; args: readonly string[]; env: Record<string, string> }[] = [];
  shedEnvironment(env, (file, args, after) => void calls.push({ file, args, env: after }));
  return calls;
}

it("starts again without tokens, inputs and secrets, and gets them back in memory alone", () => {
  const temp = temporaryFolder();
  const [call, ...more] = shed({ ...SECRET, ...OPEN, RUNNER_TEMP: temp });
  expect(more).toEqual([]);
  expect(call).toMatchObject({ file: process.execPath, env: OPEN });
  expect(call?.args.slice(-1)).toEqual(process.argv.slice(-1));
  expect(JSON.stringify(call)).not.toMatch(/runtime|"A|GITHUB_TOKEN|INPUT_/);
  const note = call?.env["SLIPWAY_SHED"] ?? "";
  expect(statSync(note).mode & 0o777).toBe(0o600);

  const env: Record<string, string | undefined> = { ...call?.env };
  expect(shed(env)).toEqual([]);
  expect(env).toEqual({ ...SECRET, ...OPEN, RUNNER_TEMP: temp });
  expect(existsSync(note)).toBe(false);
});

it("goes on as it is where there is nothing to shed, or no way to", () => {
  const temp = temporaryFolder();
  expect(shed({ ...OPEN, RUNNER_TEMP: temp })).toEqual([]);
  const env = { ...SECRET, RUNNER_TEMP: temp };
  shedEnvironment(env, null);
  expect(env).toEqual({ ...SECRET, RUNNER_TEMP: temp });
  expect(readdirSync(temp)).toEqual([]);
});
