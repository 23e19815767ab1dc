import { execFile } from "node:child_process";
import { mkdir, symlink, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { SHELLS } from "../../cli/table/choices.ts";
import { COMMANDS } from "../../cli/table/commands.ts";
import { GLOBAL_OPTIONS } from "../../cli/table/global-options.ts";
import { CompletionResult, cliOutput } from "../../schemas/cli-output.ts";
import { PACKAGE_ROOT, slipway, temporaryFolder } from "./memory-host.ts";

const exec = promisify(execFile);

/** What bash offers for a line whose last word is being typed, with the script that the program itself printed. */
async function bashOffers(words: string[], cwd: string): Promise<string[]> {
  const { stdout: script } = await slipway(["completion", "bash"]);
  const program = `slipway() { "${process.execPath}" "${path.join(PACKAGE_ROOT, "dist/slipway.js")}" "$@"; }`;
  const ask = `COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _slipway; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = await exec("bash", ["--norc", "-c", `${program}\n${script}\n${ask}`, "bash", ...words], { cwd });
  return lines(stdout);
}

/** What a script of any shell is told. */
async function offers(words: string[], cwd: string): Promise<string[]> {
  return lines((await slipway(["complete", "--", ...words], { cwd })).stdout);
}

function lines(text: string): string[] {
  return text
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

it("names every command and option, and what each does", async () => {
  const cwd = await temporaryFolder();
  const commands = await offers([""], cwd);
  for (const { name, summary, options } of COMMANDS) {
    expect(commands).toContain(`${name}\t${summary}`);
    const offered = await offers([name, "-"], cwd);
    for (const { flags, summary } of [...options, ...GLOBAL_OPTIONS])
      for (const flag of flags.replace(/ <.*/, "").split(", ")) expect(offered).toContain(`${flag}\t${summary}`);
  }
});

it("names the policy's own stages, and the models in its own folder", async () => {
  const cwd = await temporaryFolder();
  await writeFile(path.join(cwd, "slipway.yaml"), "slipway: 1\nmodels: ml\nstages: [canary, live]\n");
  await mkdir(path.join(cwd, "ml/churn"), { recursive: true });
  await writeFile(path.join(cwd, "ml/churn/model.yaml"), "");
  expect(await offers(["rollback", ""], cwd)).toEqual(["canary", "churn", "live"]);
  expect(await offers(["ls", "--stage", "ca"], cwd)).toEqual(["canary"]);
  expect(await offers(["ls", "--after", ""], cwd)).toEqual(["churn"]);
});

it("offers the default stages where the policy cannot be read, and nothing that a shell could read otherwise", async () => {
  const cwd = await temporaryFolder();
  await writeFile(path.join(cwd, "slipway.yaml"), "stages: [");
  expect(await offers(["promote", ""], cwd)).toEqual(["production", "staging"]);
  await writeFile(path.join(cwd, "slipway.yaml"), "stages: ['a b', '$(touch owned)', 'live', \":files\"]");
  expect(await offers(["promote", ""], cwd)).toEqual(["live"]);
});

it.each([
  ["a link to what has no end", (file: string) => symlink("/dev/zero", file)],
  [
    "larger than any policy",
    async (file: string) => {
      await writeFile(file, "stages: [live]\n");
      await truncate(file, 8 * 1024 ** 3);
    },
  ],
])("reads no policy that is %s: a TAB waits for nothing", async (_, make) => {
  const cwd = await temporaryFolder();
  await make(path.join(cwd, "slipway.yaml"));
  expect(await offers(["promote", ""], cwd)).toEqual(["production", "staging"]);
});

it("offers stages where a file stands in place of the models' folder", async () => {
  const cwd = await temporaryFolder();
  await writeFile(path.join(cwd, "models"), "");
  expect(await offers(["promote", ""], cwd)).toEqual(["production", "staging"]);
});

it("leaves files to the shell", async () => {
  const cwd = await temporaryFolder();
  await writeFile(path.join(cwd, "two words.csv"), "");
  expect(await offers(["predict", "--out", ""], cwd)).toEqual([":files"]);
  expect(await bashOffers(["slipway", "predict", "--out", "tw"], cwd)).toEqual(["two words.csv"]);
});

it("shows the command that scripts call in no help", async () => {
  expect((await slipway(["--help"])).stdout).not.toContain("complete ");
});

it.each(SHELLS)("prints %s's script as it is, and in the envelope", async (shell) => {
  const plain = await slipway(["completion", shell]);
  const json = await slipway(["completion", shell, "--json"]);
  const output = cliOutput(CompletionResult).parse(JSON.parse(json.stdout));
  expect(output).toMatchObject({ command: "completion", ok: true, result: { shell } });
  expect(plain.stdout).toBe(output.ok ? output.result.script : "");
});
