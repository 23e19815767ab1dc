/** What is searched: MLflow's registry, its runs, or the models as the portal lists them. */
export type Searched = "models" | "versions" | "runs" | "catalog";

/** One comparison of a filter. */
export interface FilterClause {
  type: "attribute" | "tag" | "metric" | "param" | "dataset";
  key: string;
  /** In capitals. IS NULL and IS NOT NULL compare with nothing. */
  comparator: string;
  value: string | number | readonly string[] | null;
}
