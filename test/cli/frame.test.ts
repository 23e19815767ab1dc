import { readFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { COMMANDS } from "../../cli/table/commands.ts";
import { GLOBAL_OPTIONS } from "../../cli/table/global-options.ts";
import { CLI_RESULTS, CliOutput } from "../../schemas/cli-output.ts";
import { PACKAGE_ROOT, slipway } from "./memory-host.ts";

it("shows every command, and the exit codes, in --help", async () => {
  const { code, stdout, stderr } = await slipway(["--help"]);
  expect(code).toBe(0);
  for (const { name } of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${name} `, "m"));
  expect(stdout).toContain("Exit codes: 0 done");
  expect(stderr).toBe("");
});

it.each(COMMANDS.map((definition) => [definition.name, definition] as const))(
  "shows %s's own help with its examples",
  async (name, definition) => {
    const { code, stdout } = await slipway([name, "--help"]);
    expect(code).toBe(0);
    for (const { command } of definition.examples) expect(stdout).toContain(command);
  },
);

it("has a result schema for each command and for nothing else", () => {
  expect(Object.keys(CLI_RESULTS).sort()).toEqual(COMMANDS.map(({ name }) => name).sort());
});

it("gives every example a command line that it understands", async () => {
  for (const { examples } of COMMANDS)
    for (const { command } of examples) {
      const words = /slipway ([^|;)]*)/.exec(command)?.[1]?.trim().split(" ") ?? [];
      expect((await slipway([...words, "--help"])).code).toBe(0);
    }
});

it("prints the version", async () => {
  expect((await slipway(["--version"])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

it("calls a missing command bad use, and shows the help on stderr", async () => {
  const { code, stdout, stderr } = await slipway([]);
  expect(code).toBe(2);
  expect(stdout).toBe("");
  expect(stderr).toContain("Usage: slipway");
});

it("suggests the command that was meant", async () => {
  const { code, stderr } = await slipway(["inti"]);
  expect(code).toBe(2);
  expect(stderr).toContain("unknown command 'inti'");
  expect(stderr).toContain("did you mean init?");
});

it("suggests the option that was meant", async () => {
  const { code, stderr } = await slipway(["init", "--nam", "x"]);
  expect(code).toBe(2);
  expect(stderr).toContain("did you mean --name?");
});

it("says which values an option may have", async () => {
  const { code, stderr } = await slipway(["init", "--template", "iris"]);
  expect(code).toBe(2);
  expect(stderr).toContain("penguins, diabetes, rain, empty");
});

it("refuses an argument too many", async () => {
  expect((await slipway(["init", "a", "b"])).code).toBe(2);
});

it("refuses to work in a folder that is not there", async () => {
  const { code, stderr } = await slipway(["-C", "/nowhere/at/all", "completion", "bash"]);
  expect(code).toBe(2);
  expect(stderr).toContain("/nowhere/at/all");
});

it("tells bad use as one JSON document where --json is asked, wherever it stands", async () => {
  for (const argv of [
    ["--json", "inti"],
    ["inti", "--json"],
  ]) {
    const { code, stdout } = await slipway(argv);
    expect(code).toBe(2);
    expect(CliOutput.parse(JSON.parse(stdout))).toMatchObject({
      command: "slipway",
      ok: false,
      error: { code: "USAGE" },
    });
  }
});

it("reports an interruption that came before the command began, with exit 130", async () => {
  const { SlipwayError } = await import("../../core/errors.ts");
  const signal = AbortSignal.abort(new SlipwayError("INTERRUPTED", "interrupted by SIGINT"));
  const { code, stdout, stderr } = await slipway(["completion", "bash"], { signal });
  expect(code).toBe(130);
  expect(stdout).toBe("");
  expect(stderr).toContain("interrupted by SIGINT");
});

it("sends a wrong argument to its command's own help", async () => {
  expect((await slipway(["completion", "tcsh"])).stderr).toContain("slipway completion --help");
});

it("describes every command and global option in docs/cli.md", async () => {
  const page = await readFile(path.join(PACKAGE_ROOT, "docs/cli.md"), "utf8");
  for (const { name } of COMMANDS) expect(page).toMatch(new RegExp(`^\\| \`${name}[ \`]`, "m"));
  for (const { flags } of GLOBAL_OPTIONS) expect(page).toContain(`\`${flags.split(", ")[0]}`);
});
