import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

function demo(
  script: string,
  ...args: string[]
): Promise<{ code: number | string | null; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, ["--import", "tsx", `tools/demo/${script}`, ...args], (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    );
  });
}

describe.each(["demo.ts", "demo-git.ts"])("%s says in one line, and exits with 2,", (script) => {
  it.each([["--ones"], ["--dir"], ["--once=yes"], ["somewhere"]])("that it does not understand %s", async (...args) => {
    const { code, stdout, stderr } = await demo(script, ...args);
    expect({ code, stdout, lines: stderr.trimEnd().split("\n").length }).toEqual({ code: 2, stdout: "", lines: 1 });
    expect(stderr).toContain("Usage: npm run demo -- [--once] [--dir DIR]");
  });

  it("that a folder is not empty, and leaves it alone", async () => {
    const folder = await mkdtemp(join(tmpdir(), "slipway-demo-"));
    await writeFile(join(folder, "thesis.txt"), "");
    const { code, stderr } = await demo(script, "--once", "--dir", folder);
    await rm(folder, { recursive: true });
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/^\S+ is not empty: .*\n$/) });
  });
});
