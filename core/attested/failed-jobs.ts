import type { ActionsApi } from "./actions-api.ts";
import { listJobs } from "./list-jobs.ts";

/** A job of a model that failed, and the page of its log. */
export interface FailedJob {
  name: string;
  url: string;
}

const MOST = 3;

/** The jobs of a run that failed, by the model that they are of: what a person reads next is their log. One call for each 100. */
export async function failedJobs(
  context: ActionsApi,
  run: number,
  models: readonly string[],
): Promise<Map<string, FailedJob[]>> {
  const failed = (await listJobs(context, run)).flatMap(({ name, conclusion, html_url: url }) => {
    const [model, job] = name.split(" / ").slice(-2);
    const isFailed = conclusion === "failure" || conclusion === "timed_out";
    return isFailed && url && model !== undefined && job !== undefined ? [{ model, name: job, url }] : [];
  });
  const of = (model: string) => failed.filter((each) => each.model === model).slice(0, MOST);
  return new Map(models.map((model) => [model, of(model).map(({ name, url }) => ({ name, url }))]));
}
