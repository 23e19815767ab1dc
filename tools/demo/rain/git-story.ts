import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openTypist } from "../typist.ts";
import { openStation, replaced, trainedOn, withoutSeasons } from "./station.ts";

interface StoryOptions {
  /** Where the repository of the rain comes. */
  folder: string;
  environment: NodeJS.ProcessEnv;
  colour: boolean;
}

const SPEC = "models/rain/model.yaml";

/** The loop closes on a plain repository: the world changes, an alarm says so, what comes of it is a branch, and the alarm closes. */
export async function rainStory({ folder, environment, colour }: StoryOptions): Promise<void> {
  const { say, type, dim } = openTypist({ folder, environment, colour });
  const station = openStation(`${folder}-station`);
  const edit = (name: string, change: (text: string) => string) => {
    const file = join(folder, name);
    writeFileSync(file, change(readFileSync(file, "utf8")));
  };
  const ask = async (from: string, to: string, today = to) => {
    const days = await station.ask(from, to, { folder });
    station.bring(today);
    process.stdout.write(dim(`… ${days} days are asked for, from ${from} on and before ${to}\n`));
  };

  say(
    "And then the world changes. A second repository: will it rain in Seattle tomorrow? Its model has seen winters alone.",
  );
  type(`slipway init ${folder} --template rain | tail -7`, { cwd: process.cwd() });
  edit(SPEC, (spec) => trainedOn(station.files, spec));
  edit("slipway.yaml", (policy) => replaced(policy, /^( {2}labels: ).*$/m, `$1{ rain: "${station.files}" }`));
  type("git --no-pager diff --unified=0");
  type("slipway lock --quiet && git add --all && git commit --quiet --message 'Read the station’s own files'");
  type("slipway register rain --quiet");
  type("slipway promote rain@1 production --quiet");

  say(
    "It is February 2014, and each week the version is asked for its days. The station's files come when a month is over.",
  );
  await ask("2014-01-30", "2014-03-27");
  type("slipway monitor rain --act --at 2014-03-27T00:00:00Z");

  say("Spring.");
  await ask("2014-03-27", "2014-05-22");
  type("slipway monitor rain --act --at 2014-05-22T00:00:00Z", { exit: 1 });

  say("Nobody reads it until October.");
  await ask("2014-05-22", "2014-10-09");
  type("slipway monitor rain --act --at 2014-10-09T00:00:00Z", { exit: 1 });
  type("git show monitoring:models/1e/rain/ALARM.md | head -24");

  say("The days that it failed on are days to learn from. New pins come on a branch, as they would as a pull request:");
  type('slipway retrain rain --reason "it has never seen a summer"');
  say("Whoever reviews it adds what a machine cannot know: that days are warmer in summer is no news any more.");
  type("git switch --quiet slipway/retrain-rain");
  edit(SPEC, withoutSeasons);
  type("git --no-pager diff --unified=0 && git commit --quiet --all --message 'rain: it has seen all seasons'");
  type("slipway run rain");
  type("git switch --quiet main && git merge --quiet slipway/retrain-rain");
  type("slipway register rain --quiet");
  type("slipway promote rain@2 production");

  say("A winter later: six times four weeks of its answers, the last five of them clean. The alarm closes.");
  await ask("2014-10-09", "2015-03-26", "2015-04-01");
  type("slipway monitor rain --act --at 2015-04-01T00:00:00Z");
  type("slipway monitor rain --history");
  type("slipway verify");
}
