/** A page of the story's repository: its row in the table of pages, where it is, and words that it has to say. */
export interface PageRow {
  row: string;
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
];

/** Every page, at least once. A row of api/portal/pages.ts that is missing here and above fails a test. */
export const PAGE_ROWS: readonly PageRow[] = [
  { row: "GET /", path: "/", says: ["penguins", "churn", "fares"] },
  { row: "GET /m/:model/v/:version", path: "/m/penguins/v/5", says: ["accuracy", "production"] },
  { row: "GET /m/:model/v/:version", path: "/m/penguins/v/4", says: ["refused", "GATE_FAILED"] },
];
