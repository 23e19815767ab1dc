// The whole loop on a plain Git repository, with the real commands: init, run, register, promote, refuse, roll back.
// Started by `npm run demo`; `-- --once --dir DIR` writes to DIR and exits.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const { values: options } = parseArgs({
  options: { once: { type: "boolean", default: false }, dir: { type: "string" } },
});
const colour = process.stdout.isTTY && !process.env["NO_COLOR"];
const bold = (text: string) => (colour ? `\u001b[1m${text}\u001b[22m` : text);
const dim = (text: string) => (colour ? `\u001b[2m${text}\u001b[22m` : text);

const parent = options.dir ? dirname(resolve(options.dir)) : mkdtempSync(join(tmpdir(), "slipway-demo-"));
const folder = options.dir ? resolve(options.dir) : join(parent, "penguins-repo");
if (existsSync(folder) && readdirSync(folder).length > 0) {
  process.stderr.write(`${folder} is not empty: give another folder with --dir\n`);
  process.exit(2);
}
mkdirSync(parent, { recursive: true });
const binaries = fileURLToPath(new URL("../dist/bin", import.meta.url));
const environment = {
  ...process.env,
  PATH: `${slipwayOnPath()}:${process.env["PATH"]}`,
  ...(colour ? { FORCE_COLOR: "1" } : {}),
  // A demo must not stop at a machine where Git does not know its user yet.
  ...identity(),
};

say("Slipway: the whole loop on a plain Git repository. No server, no account; every command below is run for real.");
type(`slipway init ${options.dir ? folder : "penguins-repo"}`, { cwd: parent });
if (!options.dir) comment("cd penguins-repo");

say("Is what I wrote right? Which model would be trained?");
type("slipway check");
type("slipway plan");

say("Train it and look. A run on a work tree is advisory, however good.");
type("slipway run penguins");

say("Version 1: registered from the clean default branch, evaluated again, promoted by the gates.");
type("slipway register penguins");
type("slipway promote penguins@1 production");

say("Version 2 is better, and replaces it.");
edit({ features: "[bill_length_mm, bill_depth_mm, flipper_length_mm, body_mass_g]", trees: "100", depth: "6" });
type('git commit --quiet --all --message "penguins: all four measurements, and more trees"');
type("slipway plan --base HEAD~1 --head HEAD");
type("slipway register penguins");
type("slipway promote penguins@2 production");
type("slipway diff penguins@1 penguins@2");

say("Version 3 is worse. It may be registered; the gates keep it out of Production, and say why.");
edit({ features: "[bill_depth_mm, flipper_length_mm, body_mass_g, island, sex]" });
type('git commit --quiet --all --message "penguins: do without the bill length"');
type("slipway register penguins");
type("slipway promote penguins@3 production", { exit: 1 });

say("Back to what was live before: a new record, never a deletion.");
type('slipway rollback penguins production --reason "the demo wants to see it"');

say("What does the registry say now? Who did what? Is every byte where it belongs?");
type("slipway ls");
type("slipway show penguins");
type("slipway log penguins");
type("slipway verify");

say(`The repository is yours to explore: ${folder}`);
const next = [
  "slipway show penguins@2",
  "git log registry",
  "git tag --list",
  "ls .slipway/runs/*/report.md",
  "slipway --help",
];
if (options.once || !process.stdin.isTTY || !process.stdout.isTTY) {
  process.stdout.write(`  export PATH="${slipwayOnPath()}:$PATH"\n  cd ${folder}\n`);
  for (const command of next) process.stdout.write(`  ${command}\n`);
} else {
  for (const command of next) process.stdout.write(`  ${command}\n`);
  say("A shell there, with `slipway` on its PATH (leave it with `exit`):");
  spawnSync(process.env["SHELL"] ?? "sh", { cwd: folder, env: environment, stdio: "inherit" });
}

function say(text: string): void {
  process.stdout.write(`\n${bold(text)}\n`);
}

function comment(command: string): void {
  process.stdout.write(`\n${dim("$")} ${command}\n`);
}

/** Shows a command as typed and runs it; an exit code that the story does not expect ends the demo. */
function type(command: string, { cwd = folder, exit = 0 } = {}): void {
  comment(command);
  const { status } = spawnSync("sh", ["-c", `${command} 2>&1`], {
    cwd,
    env: environment,
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (exit !== 0) process.stdout.write(dim(`(exit code ${status})\n`));
  if (status !== exit) {
    process.stderr.write(`The demo expected exit code ${exit} and got ${status}. Its repository is ${folder}\n`);
    process.exit(3);
  }
}

/** Changes the spec's params as a person would in an editor, and shows the change. */
function edit(params: Record<string, string>): void {
  const file = join(folder, "models/penguins/model.yaml");
  let text = readFileSync(file, "utf8");
  for (const [name, value] of Object.entries(params)) {
    const line = new RegExp(`^(    ${name}: ).*$`, "m");
    if (!line.test(text)) throw new Error(`models/penguins/model.yaml has no param ${name}`);
    text = text.replace(line, `$1${value}`);
  }
  writeFileSync(file, text);
  type("git --no-pager diff --unified=0 models/penguins/model.yaml");
}

/** A folder with a `slipway` that runs this build. */
function slipwayOnPath(): string {
  const script = fileURLToPath(new URL("../dist/slipway.js", import.meta.url));
  const file = join(binaries, "slipway");
  mkdirSync(binaries, { recursive: true });
  writeFileSync(file, `#!/bin/sh\nexec "${process.execPath}" "${script}" "$@"\n`, { mode: 0o755 });
  return binaries;
}

function identity(): Record<string, string> {
  const known = spawnSync("git", ["var", "GIT_AUTHOR_IDENT"], { stdio: "ignore" }).status === 0;
  const ada = { NAME: "Ada", EMAIL: "ada@example.org" };
  return known
    ? {}
    : {
        GIT_AUTHOR_NAME: ada.NAME,
        GIT_AUTHOR_EMAIL: ada.EMAIL,
        GIT_COMMITTER_NAME: ada.NAME,
        GIT_COMMITTER_EMAIL: ada.EMAIL,
      };
}
