/** A page of the story's repository: its row in the table of pages, where it is, and words that it has to say. */
export interface PageRow {
  row: string;
  path: string;
  says: readonly string[];
}

/** Every page, at least once. A row of api/portal/pages.ts that is missing here fails a test. */
export const PAGE_ROWS: readonly PageRow[] = [{ row: "GET /", path: "/", says: ["penguins", "churn", "fares"] }];
