/** A page of the story's repository: its row in the table of pages, where it is, and words that it has to say. */
export interface PageRow {
  row: string;
  /** `{run}` is the newest of the story's runs, `{runs}` its last two. */
  path: string;
  says: readonly string[];
}

/** What a browser keeps in place of showing it, and the name that it gets. */
export interface DownloadRow {
  row: string;
  path: string;
  name: string;
}

export const DOWNLOAD_ROWS: readonly DownloadRow[] = [
  {
    ...{ row: "GET /m/:model/v/:version/files/:path{.+}", path: "/m/penguins/v/5/files/model.json" },
    name: "model.json",
  },
  { row: "GET /timeline.csv", path: "/timeline.csv", name: "timeline.csv" },
  { row: "GET /timeline.jsonl", path: "/timeline.jsonl?model=penguins", name: "timeline.jsonl" },
];

/** Every page, at least once. A row of api/portal/pages.ts that is missing here and above fails a test. */
export const PAGE_ROWS: readonly PageRow[] = [
  { row: "GET /", path: "/", says: ["penguins", "churn", "fares"] },
  { row: "GET /", path: "/?q=production > 0", says: ["penguins"] },
  { row: "GET /m/:model", path: "/m/penguins", says: ["Version 5", "field work", "all 4 gates passed"] },
  { row: "GET /m/:model", path: "/m/churn", says: ["On hold", "Until support has a plan"] },
  { row: "GET /m/:model", path: "/m/fares", says: ["What a ride will cost"] },
  { row: "GET /m/:model/card", path: "/m/penguins/card", says: ["How it was judged"] },
  { row: "GET /m/:model/live", path: "/m/penguins/live", says: ["alarmed", "bill_length_mm", "Snooze"] },
  { row: "GET /experiments", path: "/experiments", says: ["penguins", "params.rate=0.05"] },
  { row: "GET /experiments", path: "/experiments?q=params.steps = '60'", says: ["penguins"] },
  { row: "GET /experiments/compare", path: "/experiments/compare?runs={runs}", says: ["steps", "accuracy"] },
  { row: "GET /experiments/runs/:run", path: "/experiments/runs/{run}", says: ["penguins", "accuracy"] },
  { row: "GET /new", path: "/new", says: ["CSV file", "Template"] },
  { row: "GET /new", path: "/new?template=penguins&name=birds", says: ["birds", "The files"] },
  { row: "GET /m/:model/compare", path: "/m/penguins/compare?v=3,4,5", says: ["accuracy", "steps"] },
  { row: "GET /lineage", path: "/lineage", says: ["Lineage"] },
  { row: "GET /lineage", path: "/lineage?model=penguins", says: ["penguins", "production"] },
  { row: "GET /inbox", path: "/inbox", says: ["Inbox"] },
  { row: "GET /policy", path: "/policy", says: ["production", "accuracy"] },
  { row: "GET /timeline", path: "/timeline", says: ["Roll back churn", "Grace Hopper"] },
  { row: "GET /timeline", path: "/timeline?model=penguins", says: ["Nine of ten"] },
  { row: "GET /m/:model/v/:version", path: "/m/penguins/v/5", says: ["accuracy", "production"] },
  { row: "GET /m/:model/v/:version", path: "/m/penguins/v/5?tab=metrics", says: ["log_loss"] },
  { row: "GET /m/:model/v/:version", path: "/m/penguins/v/5?tab=data", says: ["bill_length_mm"] },
  { row: "GET /m/:model/v/:version", path: "/m/penguins/v/5?tab=files", says: ["model.json"] },
  { row: "GET /m/:model/v/:version", path: "/m/penguins/v/5?tab=use", says: ["slipway pull"] },
  { row: "GET /m/:model/v/:version", path: "/m/penguins/v/4", says: ["refused", "GATE_FAILED"] },
];
