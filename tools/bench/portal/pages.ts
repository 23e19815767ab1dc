import { PAGES } from "../../../api/portal/pages.ts";
import { name } from "../registry/fixture.ts";
import { LIVE } from "./fixture.ts";

/** Of a model in the middle of the list. */
export const MODEL = name(5_000);

/** What is asked of each page of the portal, by its row; pages that a repository without runs has not are left out. */
const PATHS: Readonly<Record<string, readonly string[]>> = {
  "GET /": ["/", "/?page=150", "/?sort=-changed"],
  "GET /m/:model": [`/m/${MODEL}`],
  "GET /m/:model/card": [`/m/${MODEL}/card`],
  "GET /m/:model/compare": [`/m/${MODEL}/compare?v=7,8,${LIVE}`],
  "GET /m/:model/v/:version": [`/m/${MODEL}/v/${LIVE}`],
  "GET /m/:model/live": [`/m/${MODEL}/live`],
  "GET /experiments": ["/experiments"],
  "GET /lineage": ["/lineage", `/lineage?model=${MODEL}`],
  "GET /timeline": ["/timeline", "/timeline?page=100", `/timeline?model=${MODEL}`],
  "GET /inbox": ["/inbox"],
  "GET /new": ["/new"],
  "GET /policy": ["/policy", `/policy?model=${MODEL}`],
};
const LEFT_OUT = [
  "GET /m/:model/v/:version/files/:path{.+}",
  "GET /experiments/compare",
  "GET /experiments/runs/:run",
  "GET /timeline.csv",
  "GET /timeline.jsonl",
];

/** What people type, a letter more each time, and what they find by a metric and by a stage. */
export const SEARCHES = [
  "m",
  "mo",
  "model-05",
  "model-0500",
  "metrics.accuracy > 0.9",
  "production > 0",
  "owner = '@acme/team-7'",
];

export function benchedPaths(): string[] {
  const missing = Object.keys(PAGES).filter((row) => PATHS[row] === undefined && !LEFT_OUT.includes(row));
  if (missing.length > 0) throw new Error(`tools/bench/portal/pages.ts says nothing of ${missing.join(", ")}`);
  return Object.values(PATHS).flat();
}
