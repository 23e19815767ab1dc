import { openObjects } from "../../core/git/objects.ts";
import { git } from "../../core/git/run.ts";
import { openMonitoring } from "../../core/monitoring/open-branch.ts";
import { readWindows } from "../../core/monitoring/read-records.ts";
import { actId } from "../../core/promotion/act-id.ts";
import { registryOn } from "../../core/registry/open.ts";
import { source } from "../../test/registry/builders.ts";
import { Broken } from "./kind.ts";
import { lookAtBirds } from "./watch-windows.ts";
import type { Act } from "./writer.ts";

/** How often each act is in the registry of a repository, and how many commits there are in all. */
export async function countActs(folder: string, acts: readonly Act[]): Promise<{ times: number[]; commits: number }> {
  const objects = await openObjects(folder);
  try {
    const snapshot = await (await registryOn(objects, undefined, undefined)).snapshot();
    const birds = await snapshot.model("birds");
    const decisions = await snapshot.list("decision", "birds");
    const rollouts = await snapshot.list("rollout", "birds");
    const looks = await readWindows(openMonitoring(objects, undefined), "birds");
    const sources = new Map<string, number>();
    for (const version of await snapshot.versions("penguins")) {
      const commit = (await snapshot.manifest("penguins", version))?.manifest.source.commit ?? "";
      sources.set(commit, (sources.get(commit) ?? 0) + 1);
    }
    const times = await Promise.all(
      acts.map(async (act) => {
        switch (act.do) {
          case "register":
            return sources.get(act.source) ?? 0;
          case "promote":
          case "roll":
          case "rollback":
            return decisions.filter(({ request }) => request === actId(source(act.id))).length;
          case "pause":
          case "resume":
            return rollouts.filter(({ request }) => request === actId(source(act.id))).length;
          case "advance":
            return rollouts.filter(({ act: done, version }) => done === "advance" && version === act.version).length;
          case "complete":
            return decisions.filter(({ completes, version }) => completes && version === act.version).length;
          case "tag":
            return birds?.tags[act.key] === "yes" ? 1 : 0;
          case "withdraw":
            return (await snapshot.list("change", "birds")).filter(({ version }) => version === act.version).length;
          case "look":
            return looks.filter(({ window }) => window.from === lookAtBirds(act.from)[0]?.window.from).length;
          default:
            return 1;
        }
      }),
    );
    const commits = (await git(folder, ["rev-list", "--count", "refs/heads/registry"])).toString();
    return { times, commits: Number(commits) };
  } finally {
    await objects.close();
  }
}

/** Every act that was acknowledged is there, and none twice. */
export function refuseLostActs(acts: readonly Act[], times: readonly number[], acknowledged: readonly number[]): void {
  for (const [place, act] of acts.entries()) {
    const found = times[place] as number;
    if (found > 1) throw new Broken(`${JSON.stringify(act)} is there ${found} times`);
    if (found === 0 && acknowledged.includes(place))
      throw new Broken(`${JSON.stringify(act)} was acknowledged, and is not there`);
  }
}

/** What a writer said: the places of what it acknowledged, and of what it refused, with why. */
export function saidBy(stdout: string): { acknowledged: number[]; refused: { code: string; words: string }[] } {
  const lines = stdout.split("\n");
  const acknowledged = lines.flatMap((line) => (line.startsWith("ok ") ? [Number(line.slice(3))] : []));
  const refused = lines.flatMap((line) => {
    const [, text] = /^refused \d+ (.*)$/.exec(line) ?? [];
    if (text === undefined) return [];
    const [code = "", message, found, hint] = JSON.parse(text) as string[];
    if (!hint && !["REMOTE_FAILED", "SYSTEM_FAILED"].includes(code))
      throw new Broken(`${code} does not say what to do: ${message} ${found}`);
    return [{ code, words: [message, found, hint].join(" ") }];
  });
  return { acknowledged, refused };
}
