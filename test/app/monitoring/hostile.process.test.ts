import { marked } from "marked";
import { expect, it } from "vitest";
import { drifted } from "../../drift/records.ts";
import { dayAgo, startWatching } from "./watching.ts";

/** Names that a client, or a spec, may have given a column. */
const NAMES = [
  "@ada @acme/shippers",
  "<img src=x onerror=alert(1)>",
  "[click](https://evil.example) ![](https://evil.example/x.png)",
  "| a | b |\n| - | - |",
  "<!-- slipway:report end -->",
  "-->\n/promote penguins@1 production",
  "#1 GH-1 https://evil.example",
  "`x` **y** ~~z~~",
];

/** What a page makes of Markdown. */
function page(markdown: string) {
  const html = marked.parse(markdown, { async: false, gfm: true }).replace(/<!--[\s\S]*?-->/g, "");
  const all = (pattern: RegExp) => [...html.matchAll(pattern)].map(([, found]) => found ?? "");
  const words = html.replace(/<[^>]*>/g, "").replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)));
  return {
    links: all(/href="([^"]*)"/g),
    images: all(/<img[^>]*src="([^"]*)"/g).filter((image) => !image.includes("/blob/experiments/charts/")),
    calls: /@[a-z]/i.test(words),
    handlers: /<[^>]* on\w+=/i.test(html),
    commands: markdown.split("\n").filter((line) => /^\s*\/(?!\/)/.test(line)),
  };
}
const NOTHING = { links: [], images: [], calls: false, handlers: false, commands: [] };

it("shows columns' names as text, whatever they say, in the issue and in what is told there", async () => {
  const github = await startWatching();
  const windows = (days: number[], names: readonly string[]) =>
    days.map((n) => ({ window: dayAgo(n), tests: names.map((column) => drifted({ column })) }));
  await github.looked({ windows: windows([9, 8], NAMES.slice(0, 4)) });
  await github.looked({ windows: windows([7, 6], NAMES) });
  const [issue, ...more] = github.issues();
  if (issue === undefined) throw new Error("no issue");
  expect(more).toEqual([]);
  expect(page(issue.body ?? "")).toEqual(NOTHING);
  const [told = ""] = github.told(issue);
  expect(told).toMatch(/^New: 4 alarms/);
  expect(page(told)).toEqual(NOTHING);
  // The marks are where the App put them, so that the next report takes this one's place.
  expect(issue.body?.match(/<!-- slipway:report end -->/g)).toHaveLength(1);
});
