import { z } from "zod";
import type { ActionsApi } from "./actions-api.ts";

/** What the App reads of a job. */
export const WorkflowJob = z.object({
  name: z.string().max(1_000),
  conclusion: z.string().nullable(),
  run_attempt: z.int().min(1).optional(),
  html_url: z.string().max(500).nullish(),
});
export type WorkflowJob = z.infer<typeof WorkflowJob>;

const PAGE = 100;
// A matrix has 256 legs at most, and a leg of the pipeline 8 jobs.
const MOST_PAGES = 30;

/**
 * The jobs of one attempt of the run, or of its latest; of jobs that were not run again, their earlier ones. One call for each
 * 100.
 */
export async function listJobs(
  { octokit, repository }: ActionsApi,
  run: number,
  attempt?: number,
): Promise<WorkflowJob[]> {
  const { actions } = octokit.rest;
  const jobs: WorkflowJob[] = [];
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const asked = { owner: repository.owner, repo: repository.name, run_id: run, per_page: PAGE, page };
    const { data } =
      attempt === undefined
        ? await actions.listJobsForWorkflowRun({ ...asked, filter: "latest" })
        : await actions.listJobsForWorkflowRunAttempt({ ...asked, attempt_number: attempt });
    jobs.push(...data.jobs.map((job) => WorkflowJob.parse(job)));
    if (data.jobs.length < PAGE || jobs.length >= data.total_count) break;
  }
  return jobs;
}
