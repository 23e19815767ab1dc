// The whole loop on plain Git repositories, with the real commands: init, run, register, promote, refuse, roll back; then a world
// that changes, an alarm, a retrain branch. Started by `npm run demo:git`; `-- --once --dir DIR` writes to DIR, DIR-rain and
// DIR-rain-station, and exits.
import { spawnSync } from "node:child_process";
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { serveIn, trafficOn, trafficWords } from "./live-endpoint.ts";
import { demoOptions } from "./options.ts";
import { rainStory } from "./rain/git-story.ts";
import { slipwayOnPath } from "./slipway-on-path.ts";
import { gitIdentity, openTypist } from "./typist.ts";

const options = demoOptions();
const colour = process.stdout.isTTY && !process.env["NO_COLOR"];

const parent = options.dir ? dirname(options.dir) : mkdtempSync(join(tmpdir(), "slipway-demo-"));
const folder = options.dir ?? join(parent, "penguins-repo");
mkdirSync(parent, { recursive: true });
const environment = {
  ...process.env,
  PATH: `${slipwayOnPath()}:${process.env["PATH"]}`,
  ...(colour ? { FORCE_COLOR: "1" } : {}),
  ...gitIdentity(),
};
const { say, comment, type, typeBeside, dim } = openTypist({ folder, environment, colour });

say("Slipway's whole loop on a plain Git repository: no server, no account. Every command below is run for real.");

say("A data scientist starts a repository: a model of penguins, with real data, two programs and its gates.");
type(`slipway init ${options.dir ? folder : "penguins-repo"}`, { cwd: parent });
if (!options.dir) comment("cd penguins-repo");

say("Before anything runs: is the spec right, and has anything changed since the last commit?");
type("slipway check");
type("slipway plan");

say("Train it and look. What runs on a work tree is advice: it decides nothing, however good.");
type("slipway run penguins");

say("Make it version 1: the default branch's commit is evaluated again, with the artifact that was trained above.");
type("slipway register penguins");

say(
  "May it go live? The gates decide, not the person. Nothing is live yet, so a comparison has nothing to compare. One gate has a confidence: a promise that luck passes none of 20 tries on these rows. Version 1 was the first.",
);
type("slipway promote penguins@1 production");

say("A colleague tries all four measurements and deeper trees. The plan says what changed, and what would run.");
edit({ features: "[bill_length_mm, bill_depth_mm, flipper_length_mm, body_mass_g]", trees: "100", depth: "6" });
type('git commit --quiet --all --message "penguins: all four measurements, and more trees"');
type("slipway plan --base HEAD~1 --head HEAD");

say("Version 2 is compared with version 1 on the same penguins. It passes, and replaces it.");
type("slipway register penguins");
type("slipway promote penguins@2 production");
type("slipway diff penguins@1 penguins@2");

say("Somebody leaves the caliper at home: no bill length. Good enough by itself, and worse than what is live.");
edit({ features: "[bill_depth_mm, flipper_length_mm, body_mass_g, island, sex]" });
type('git commit --quiet --all --message "penguins: do without the bill length"');
type("slipway register penguins");

say("So version 3 is on record, and Production refuses it. The refusal says why, and is kept too.");
type("slipway promote penguins@3 production", { exit: 1 });

say("Something is wrong with version 2? Back to what was live before: a new record, never a deletion.");
type('slipway rollback penguins production --reason "the demo wants to see it"');

say("A policy may keep what is asked and answered. This one does from now on, in Parquet files beside the repository:");
append("slipway.yaml", "monitor: { requests: { store: file:.slipway/requests } }");
type('git commit --quiet --all --message "Keep a log of requests"');

say(
  "What is in production answers over HTTP: each version in processes of its own, with its own code and environment.",
);
comment("slipway serve penguins --port 0 &");
const endpoint = await serveIn(folder, environment);
try {
  process.stdout.write(endpoint.printed);
  type(/^curl (?:.|\n)*?'$/m.exec(endpoint.printed)?.[0] ?? "false");

  say("A hundred requests a second from here on, while version 2 goes live again and is taken back again.");
  const traffic = trafficOn(endpoint);
  await typeBeside("slipway promote penguins@2 production");
  await endpoint.untilLive(2);
  await typeBeside('slipway rollback penguins production --reason "the demo wants to see that, too"');
  await endpoint.untilLive(1);
  const became = await traffic.stop();
  process.stdout.write(`\n${trafficWords(became)}\n`);
  if (became.failed.length > 0) process.exitCode = 3;
} finally {
  await endpoint.stop();
}

say("What was asked and answered, by version:");
type("slipway requests penguins --limit 3");

say(
  "All of that is on the branch `registry`: what is live, who did what, what did it cost, and is every byte in place?",
);
type("slipway ls");
type("slipway show penguins");
type("slipway ledger penguins");
type("slipway log penguins");
type("slipway verify");

const rain = options.dir ? `${folder}-rain` : join(parent, "rain-repo");
await rainStory({ folder: rain, environment, colour });

say(`The repositories are yours to explore: ${folder} and ${rain}`);
const next = [
  ["slipway ui --write", "all of it in a browser: it prints the page's address"],
  ["slipway show penguins@2", "one version's manifest"],
  ["slipway show 'penguins#production'", "what is live"],
  ["ls .slipway/runs/*/report.md", "the reports, the refused version's last, with their charts"],
  ["git log registry", "the audit log, in Git's own words"],
  ["git tag --list", "what GTO reads"],
  ["slipway --help", "all commands"],
];
const lines = next.map(([command = "", does]) => `  ${command.padEnd(36)}${dim(`# ${does}`)}\n`).join("");
if (options.once || !process.stdin.isTTY || !process.stdout.isTTY) {
  process.stdout.write(`  export PATH="${slipwayOnPath()}:$PATH"\n  cd ${folder}\n${lines}`);
} else {
  process.stdout.write(lines);
  say("You are in a shell there, with `slipway` on its PATH. `exit` ends the demo; the repository stays.");
  spawnSync(process.env["SHELL"] ?? "sh", { cwd: folder, env: environment, stdio: "inherit" });
}

/** Adds a line at the end of a file, and shows it. */
function append(file: string, line: string): void {
  appendFileSync(join(folder, file), `${line}\n`);
  process.stdout.write(`\n${dim(`${file}:`)} ${line}\n`);
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
