// Slipway on GitHub, with three people and a stand-in for GitHub on this machine: real pull requests, webhooks, Actions and
// pushes. Started by `npm run demo`; `-- --once` ends instead of serving the pages, `--dir DIR` keeps all of it in DIR. The
// plain-Git walk is demo-git.ts.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import pc from "picocolors";
import { watchConversation } from "./conversation.ts";
import type { Clone } from "./github-home/clone.ts";
import { type GitHubHome, homeFolder, openGitHubHome } from "./github-home/home.ts";
import { serveIn, trafficOn, trafficWords } from "./live-endpoint.ts";
import { modelsRepository } from "./models-repository.ts";
import { demoOptions } from "./options.ts";
import { rainStory } from "./rain/github-story.ts";
import { readMarkdown } from "./read-markdown.ts";
import { slipwayOnPath } from "./slipway-on-path.ts";

const options = demoOptions();
const colour = process.stdout.isTTY === true && !process.env["NO_COLOR"];
const colours = pc.createColors(colour);
const width = Math.min(process.stdout.columns || 100, 110);
const write = (text: string) => void process.stdout.write(text);

const SPEC = "models/penguins/model.yaml";

say(
  "Slipway on GitHub. What stands in for github.com here is a test instrument on this machine: it knows what Slipway",
);
say("touches of GitHub and no more. The Actions, the App, the webhooks, the pushes and the models are real.", "");
const { root, store } = await homeFolder(options.dir);
const home = await openGitHubHome(root, {
  files: modelsRepository(join(root, "start"), store),
  people: { ada: "write", rolf: "maintain", mia: "read" },
  keep: options.dir !== undefined,
  portal: true,
});
for (const [signal, code] of [
  ["SIGHUP", 129],
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)
  process.once(signal, () => void home.close().then(() => process.exit(code)));
try {
  await story(home);
  if (options.dir !== undefined) say(`What it made is kept: the clones and the artifact store in ${options.dir}`);
  await signsIn(home);
  if (options.once || !process.stdout.isTTY) await home.close();
  else serve(home);
} catch (error) {
  await home.close();
  throw error;
}

async function story(home: GitHubHome): Promise<void> {
  const { repository } = home;
  const chat = watchConversation(home.octokit("mia"), repository, { width, colour, write });
  const ada = await home.clone("ada");

  say("Three people share the repository acme/models: Ada may write, Rolf maintains it, and Mia may read.");
  say("Its policy asks for one approval, by somebody else than who asks, before a version goes to production.", "");
  told(
    "The first push to main ran the pipeline, and the App registered version 1. Ada and Rolf bring it to production:",
  );
  await settled("the pipeline runs on main");
  const first = await openIssue("ada", "Bring the first model to production");
  await comment(first, "ada", "/promote penguins@1 production");
  await comment(first, "rolf", "/approve");

  told("Ada tries all four measurements and deeper trees, on a branch, and opens a pull request.");
  await ada.branch("all-measurements");
  await edit(ada, { features: "[bill_length_mm, bill_depth_mm, flipper_length_mm, body_mass_g]", trees: "40" });
  await ada.push("penguins: all four measurements");
  const second = await openPull("ada", "all-measurements", "penguins: all four measurements");
  await settled("the pipeline runs on the pull request", second);

  told("She pushes again. The comment follows; there is no second one.");
  await edit(ada, { trees: "100", depth: "6" });
  await ada.push("penguins: more and deeper trees");
  await settled("the pipeline runs again", second);

  told(
    "Rolf reviews and merges. main's own run decides: it trains and evaluates again, and the App registers version 2.",
  );
  await merge("rolf", second);
  await settled("the pipeline runs on main", second);

  told("Mia would like to see it live. She may read here, and promoting takes more.");
  await comment(second, "mia", "/promote production");

  told("Ada asks.");
  await comment(second, "ada", "/promote production");

  told("Rolf approves. The gates decide; the App records it, moves the stage, and opens a GitHub Deployment.");
  await comment(second, "rolf", "/approve");
  await deployments();

  told("Somebody leaves the caliper at home: no bill length. Good enough by itself, and worse than what is live.");
  await ada.branch("no-bill-length");
  await edit(ada, { features: "[bill_depth_mm, flipper_length_mm, body_mass_g, island, sex]" });
  await ada.push("penguins: do without the bill length");
  const third = await openPull("ada", "no-bill-length", "penguins: do without the bill length");
  await settled("the pipeline runs on the pull request", third);

  told("Merged all the same, it is version 3 on record, and production refuses it.");
  await merge("rolf", third);
  await settled("the pipeline runs on main", third);
  await comment(third, "ada", "/promote production");

  told("Something is wrong with version 2? Rolf brings back what was live before: a new record, never a deletion.");
  await comment(third, "rolf", "/rollback production the demo wants to see it");
  await deployments();

  told(
    "What is in production answers. Rolf serves it from a clone of his own, which follows the repository's registry:",
  );
  await answering(third);

  await rainStory(home, {
    ...{ told, settled, comment, openIssue, merge, show: issue },
    note: (text) => write(colours.dim(`… ${text}\n`)),
  });

  told("All of it is on the branch `registry`, for any Git client to read:");
  write(
    `${await ada.git("fetch", "--quiet", "--tags", "origin").then(() => ada.git("log", "--format=  %h %an: %s", "origin/registry"))}\n`,
  );
  write(`${(await ada.git("tag", "--list")).replace(/^/gm, "  ")}\n`);

  async function answering(number: number): Promise<void> {
    const rolf = await home.clone("rolf");
    const env = { ...process.env, PATH: `${slipwayOnPath()}:${process.env["PATH"]}` };
    write(`${colours.dim("$")} slipway serve penguins --remote origin\n`);
    const endpoint = await serveIn(rolf.folder, env, ["--remote", "origin"]);
    try {
      write(`${endpoint.printed}\n`);
      told("A hundred requests a second from here on, while version 2 goes live again and is taken back again.");
      const traffic = trafficOn(endpoint);
      await comment(number, "ada", "/promote penguins@2 production");
      await comment(number, "rolf", "/approve");
      await endpoint.untilLive(2);
      await comment(number, "rolf", "/rollback production the demo wants to see that, too");
      await endpoint.untilLive(1);
      const became = await traffic.stop();
      write(`\n${trafficWords(became)}\n`);
      if (became.failed.length > 0) process.exitCode = 3;
    } finally {
      await endpoint.stop();
    }
    told("What was asked and answered is kept, in Parquet files where the policy says:");
    write(`${colours.dim("$")} slipway requests penguins --remote origin --limit 3\n`);
    const asked = ["requests", "penguins", "--remote", "origin", "--limit", "3"];
    // This process is the remote that it asks: it must not stand still.
    write((await promisify(execFile)("slipway", asked, { cwd: rolf.folder, env })).stdout);
  }

  async function issue(number: number): Promise<void> {
    const { data } = await home.octokit("mia").rest.issues.get({ ...repository, issue_number: number });
    const title = `#${number}, ${data.state}: ${data.title}`;
    const body = readMarkdown(data.body ?? "", { width: width - 2, colour });
    write(`\n${colours.bold(title)}\n${body.replace(/^(?=.)/gm, "  ")}\n`);
    await chat.look(number);
  }

  async function settled(doing: string, number?: number): Promise<void> {
    write(colours.dim(`… ${doing}\n`));
    await home.settle();
    if (number !== undefined) await chat.look(number);
  }

  async function comment(number: number, by: string, body: string): Promise<void> {
    await home.octokit(by).rest.issues.createComment({ ...repository, issue_number: number, body });
    await home.settle();
    await chat.look(number);
  }

  async function openIssue(by: string, title: string): Promise<number> {
    const { data } = await home.octokit(by).rest.issues.create({ ...repository, title });
    write(`\n${colours.bold(`Issue #${data.number}: ${title}`)}\n`);
    return data.number;
  }

  async function openPull(by: string, head: string, title: string): Promise<number> {
    const { data } = await home.octokit(by).rest.pulls.create({ ...repository, head, base: "main", title });
    write(`\n${colours.bold(`Pull request #${data.number}: ${title}`)}\n`);
    return data.number;
  }

  async function merge(by: string, number: number): Promise<void> {
    await home.octokit(by).rest.pulls.merge({ ...repository, pull_number: number, merge_method: "squash" });
    write(`${colours.cyan(colours.bold(by))} merged #${number}\n`);
  }

  async function deployments(): Promise<void> {
    const { rest } = home.octokit("mia");
    const { data } = await rest.repos.listDeployments({ ...repository });
    for (const { id, environment, task, description } of data.slice(0, 1)) {
      const statuses = await rest.repos.listDeploymentStatuses({ ...repository, deployment_id: id });
      const state = statuses.data[0]?.state ?? "waiting";
      write(`  ${colours.dim("deployment")} ${task} to ${environment}, ${description}: ${state}\n`);
    }
  }
}

/** Changes the spec's params as a person would in an editor. */
async function edit(clone: Clone, params: Record<string, string>): Promise<void> {
  let text = await clone.read(SPEC);
  for (const [name, value] of Object.entries(params)) {
    const line = new RegExp(`^(    ${name}: ).*$`, "m");
    if (!line.test(text)) throw new Error(`${SPEC} has no param ${name}`);
    text = text.replace(line, `$1${value}`);
    write(`  ${colours.dim(`${name}:`)} ${value}\n`);
  }
  await clone.write({ [SPEC]: text });
}

/** Who opens a page of the App is asked to sign in, and comes back to it. */
async function signsIn({ app, fullName }: GitHubHome): Promise<void> {
  const answer = await fetch(`${app.url}/r/${fullName}/`, { redirect: "manual" });
  const to = answer.headers.get("location");
  if (!to?.startsWith("/login?")) throw new Error(`the portal answered ${answer.status}, and leads to ${to}`);
}

function serve({ app, sandbox, fullName }: GitHubHome): void {
  say(`The models are there to look at and to act on, until Ctrl-C: ${app.url}/r/${fullName}/`);
  write(colours.dim("Sign in as ada, who may promote, as rolf, who may approve, or as mia, who may look.\n"));
  say(`What happened on GitHub: ${sandbox.url}/${fullName}`);
  write(colours.dim("A stand-in for GitHub, read-only, on this machine alone.\n"));
}

function say(text: string, before = "\n"): void {
  write(`${before}${colours.bold(text)}\n`);
}

function told(text: string): void {
  write(`\n${colours.dim("─".repeat(Math.min(width, 60)))}\n${colours.bold(text)}\n`);
}
