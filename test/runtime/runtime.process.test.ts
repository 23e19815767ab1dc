import { chmodSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { detectRuntime, programsOf } from "../../core/runtime/runtime.ts";
import { temporaryFolder } from "./temporary.ts";

it.each([
  ["node train.mjs", ["node"]],
  ["OMP_NUM_THREADS=1 env A=b exec python3 -m train", ["python3"]],
  ["uv run python train.py", ["python", "uv"]],
  ["cd src && Rscript train.R | tee log; ./finish.sh", ["Rscript", "tee"]],
  [".venv/bin/python train.py", []],
  ['"node" x', ["node"]],
])("finds the programs of %j", (command, programs) => {
  expect(programsOf([command])).toEqual(programs);
});

it("records platform, architecture and what a program says its version is", async () => {
  expect(await detectRuntime(["node train.mjs"])).toEqual({
    platform: process.platform,
    arch: process.arch,
    programs: { node: process.version },
  });
});

it("takes the first line, from standard error where standard output is empty, and says what it could not find", async () => {
  const bin = temporaryFolder({
    loud: "#!/bin/sh\nprintf '\\033[1mloud 2.1\\033[0m\\nmore\\n' >&2\n",
    mute: "#!/bin/sh\nexit 1\n",
  });
  for (const name of ["loud", "mute"]) chmodSync(join(bin, name), 0o755);
  const { programs } = await detectRuntime(["loud x", "mute", "absent"], `${bin}:/bin:/usr/bin`);
  expect(programs).toEqual({ loud: "loud 2.1", mute: "unknown", absent: "not found" });
});
