import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { parseDocument } from "yaml";
import type { GitHubHome } from "../github-home/home.ts";
import { slipwayOnPath } from "../slipway-on-path.ts";
import { openStation, trainedOn, withoutSeasons } from "./station.ts";

const MODEL = fileURLToPath(new URL("../../../examples/rain/models/rain/", import.meta.url));
const SPEC = "models/rain/model.yaml";

/** What the story needs of who tells it. */
export interface Teller {
  told(text: string): void;
  note(text: string): void;
  /** Waits until nothing is left to do, and shows what is new on an issue or pull request. */
  settled(doing: string, number?: number): Promise<void>;
  comment(number: number, by: string, body: string): Promise<void>;
  openIssue(by: string, title: string): Promise<number>;
  merge(by: string, number: number): Promise<void>;
  /** Shows an issue as it stands. */
  show(number: number): Promise<void>;
}

/** The loop closes on GitHub: the world changes, an issue says so, `/retrain` on it opens a pull request, and the issue closes. */
export async function rainStory(home: GitHubHome, teller: Teller): Promise<void> {
  const { told, settled, comment } = teller;
  const { repository } = home;
  const station = openStation(join(home.root, "station"));
  const rolf = await home.clone("rolf");

  told(
    "And then the world changes. The owner brings a second model: will it rain in Seattle tomorrow? It has seen winters alone.",
  );
  await bringModel();
  await settled("the pipeline runs on main");
  const live = await teller.openIssue("ada", "Bring the rain to production");
  await comment(live, "ada", "/promote rain@1 production");
  await comment(live, "rolf", "/approve");

  told(
    "It is February 2014, then spring. Each week the version is asked for its days; a scheduled run looks at what it answered.",
  );
  await ask("2014-01-30", "2014-05-22");
  await monitor("2014-05-22");
  const alarm = await alarmed();
  await teller.show(alarm);

  told("Nobody reads it until October. There is still one issue, and it says how things stand.");
  await ask("2014-05-22", "2014-10-09");
  await monitor("2014-10-09");
  await teller.show(alarm);

  told("The days that it failed on are days to learn from. Ada asks for that, on the issue:");
  await comment(alarm, "ada", "/retrain");
  const { data: pulls } = await home.octokit("mia").rest.pulls.list({ ...repository, state: "open" });
  const pull = pulls.find(({ head }) => head.ref === "slipway/retrain-rain")?.number;
  if (pull === undefined) throw new Error("no retrain pull request has come");
  await teller.show(pull);

  told("She adds what a machine cannot know: that days are warmer in summer is no news any more.");
  const ada = await home.clone("ada");
  await ada.git("switch", "--quiet", "slipway/retrain-rain");
  await ada.write({ [SPEC]: withoutSeasons(await ada.read(SPEC)) });
  await ada.push("rain: it has seen all seasons");
  await settled("the pipeline runs on the pull request", pull);
  await teller.merge("rolf", pull);
  await settled("the pipeline runs on main", pull);
  await comment(pull, "ada", "/promote production");
  await comment(pull, "rolf", "/approve");

  told("A winter later: six times four weeks of its answers, the last five of them clean.");
  await ask("2014-10-09", "2015-03-26", "2015-04-01");
  await monitor("2015-04-01");
  await teller.show(alarm);

  /** The example, reading the station's files. */
  async function bringModel(): Promise<void> {
    const owner = await home.clone("owner");
    const example = (name: string) => readFileSync(join(MODEL, name), "utf8");
    const names = readdirSync(MODEL).filter((name) => name !== "data");
    const policy = parseDocument(await owner.read("slipway.yaml"));
    policy.setIn(["monitor", "labels", "rain"], station.files);
    await owner.write({
      ...Object.fromEntries(names.map((name) => [`models/rain/${name}`, example(name)])),
      [SPEC]: trainedOn(station.files, example("model.yaml")),
      "slipway.yaml": policy.toString(),
    });
    const env = { ...process.env, PATH: `${slipwayOnPath()}:${process.env["PATH"]}` };
    await promisify(execFile)("slipway", ["lock", "rain", "--quiet"], { cwd: owner.folder, env });
    await owner.push("rain: a model of Seattle's winters");
  }

  async function ask(from: string, to: string, today = to): Promise<void> {
    await rolf.git("pull", "--quiet");
    const days = await station.ask(from, to, { folder: rolf.folder, remote: "origin" });
    station.bring(today);
    teller.note(`${days} days are asked for, from ${from} on and before ${to}`);
  }

  async function monitor(day: string): Promise<void> {
    await home.octokit("ada").rest.actions.createWorkflowDispatch({
      ...{ ...repository, workflow_id: "slipway-monitor.yml", ref: "main" },
      inputs: { models: "rain", at: `${day}T00:00:00Z` },
    });
    await settled(`slipway-monitor.yml looks, as on ${day}`);
  }

  /** The issue that the App keeps. */
  async function alarmed(): Promise<number> {
    const { data } = await home.octokit("mia").rest.issues.listForRepo({ ...repository, state: "open" });
    const found = data.find(({ user }) => user?.type === "Bot");
    if (found === undefined) throw new Error("no issue of an alarm has come");
    return found.number;
  }
}
