import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { execa } from "execa";
import { expect, it, onTestFinished } from "vitest";
import { until } from "../helpers/app-process.ts";

it("leaves repositories on real stores, in which every command that it prints works, and removes all of it at Ctrl-C", async () => {
  const child = spawn(process.execPath, ["--import", "tsx", "tools/demo/playground.ts"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const closed = once(child, "close");
  onTestFinished(() => void child.kill("SIGKILL"));
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  await until(() => said.includes("Ctrl-C") || child.exitCode !== null);

  const typed = said.split("\n").filter((line) => /^ {2}(export|cd|slipway|oras|find) /.test(line));
  const { stdout } = await execa("sh", ["-euc", typed.join("\n")]);
  child.kill("SIGINT");

  expect(typed.length).toBeGreaterThan(10);
  expect(stdout).toContain("application/vnd.cncf.model.manifest.v1+json");
  expect(await closed).toEqual([0, null]);
  expect(existsSync(/cd (\S+)\/models-oci/.exec(said)?.[1] ?? "/")).toBe(false);
});
