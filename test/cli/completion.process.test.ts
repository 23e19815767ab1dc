import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { SHELLS } from "../../cli/choices.ts";
import type { CommandDefinition } from "../../cli/command.ts";
import { COMMANDS } from "../../cli/commands.ts";
import { bashCompletion } from "../../cli/completion/bash.ts";
import { fishCompletion } from "../../cli/completion/fish.ts";
import { zshCompletion } from "../../cli/completion/zsh.ts";
import { GLOBAL_OPTIONS } from "../../cli/global-options.ts";
import { CompletionResult, cliOutput } from "../../schemas/cli-output.ts";
import { slipway, temporaryFolder } from "./memory-host.ts";

const exec = promisify(execFile);

const PROMOTE: CommandDefinition = {
  name: "promote",
  summary: "it's promoted",
  arguments: [
    { name: "model", kind: "model", required: true, summary: "which" },
    { name: "stage", kind: "stage", required: true, summary: "where" },
  ],
  options: [
    { flags: "--reason <text>", summary: "why" },
    { flags: "--dry-run", summary: "decide only" },
  ],
  examples: [],
  load: () => Promise.reject(new Error("never run here")),
};

/** What bash offers for a line whose last word is being typed. */
async function bashOffers(words: string[], cwd: string): Promise<string[]> {
  const script = bashCompletion([...COMMANDS, PROMOTE], GLOBAL_OPTIONS);
  const ask = `COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _slipway; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = await exec("bash", ["--norc", "-c", `${script}\n${ask}`, "bash", ...words], { cwd });
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .sort();
}

it.each([
  ["commands", ["slipway", "in"], ["init"]],
  ["commands after -C and its folder", ["slipway", "-C", "elsewhere", "--json", "comp"], ["completion"]],
  ["commands that one wants help for", ["slipway", "help", "ini"], ["init"]],
  ["a command's options", ["slipway", "init", "--te"], ["--template"]],
  ["global options", ["slipway", "init", "--js"], ["--json"]],
  ["an option's values", ["slipway", "init", "--template", "d"], ["diabetes"]],
  ["an argument's values", ["slipway", "completion", ""], ["bash", "fish", "zsh"]],
  ["stages", ["slipway", "promote", "penguins@1", "prod"], ["production"]],
  ["nothing for free text", ["slipway", "promote", "--reason", ""], []],
])("completes %s in bash", async (_, words, expected) => {
  expect(await bashOffers(words, await temporaryFolder())).toEqual(expected);
});

it("completes model names and folders in bash, from the folder given with -C", async () => {
  const cwd = await temporaryFolder();
  await mkdir(path.join(cwd, "repo/models/penguins"), { recursive: true });
  await writeFile(path.join(cwd, "repo/models/penguins/model.yaml"), "");
  await mkdir(path.join(cwd, "repo/models/no-spec"));
  expect(await bashOffers(["slipway", "-C", "repo", "promote", ""], cwd)).toEqual([
    "penguins",
    "production",
    "staging",
  ]);
  expect(await bashOffers(["slipway", "-C", "re"], cwd)).toEqual(["repo"]);
  expect(await bashOffers(["slipway", "init", "re"], cwd)).toEqual(["repo"]);
});

it("runs no command that a model's folder is named after", async () => {
  const cwd = await temporaryFolder();
  const hostile = path.join(cwd, "models", "$(touch owned)");
  await mkdir(hostile, { recursive: true });
  await writeFile(path.join(hostile, "model.yaml"), "");
  expect(await bashOffers(["slipway", "promote", ""], cwd)).toEqual(["production", "staging"]);
  await expect(exec("ls", [path.join(cwd, "owned")])).rejects.toThrow();
});

it.each([
  ["bash", bashCompletion],
  ["zsh", zshCompletion],
  ["fish", fishCompletion],
] as const)("names every command and option in %s's script", (_, generate) => {
  const script = generate([...COMMANDS, PROMOTE], GLOBAL_OPTIONS);
  const words = ["init", "completion", "promote", "template", "dry-run", "json", "penguins diabetes empty"];
  for (const word of words) expect(script).toContain(word);
});

it.each(SHELLS)("prints %s's script as it is, and in the envelope", async (shell) => {
  const plain = await slipway(["completion", shell]);
  const json = await slipway(["completion", shell, "--json"]);
  const output = cliOutput(CompletionResult).parse(JSON.parse(json.stdout));
  expect(output).toMatchObject({ command: "completion", ok: true, result: { shell } });
  expect(plain.stdout).toBe(output.ok ? output.result.script : "");
});
