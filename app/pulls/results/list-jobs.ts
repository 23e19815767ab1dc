import { z } from "zod";
import type { EventContext } from "../../github/event-context.ts";

/** What the App reads of a job. */
export const WorkflowJob = z.object({
  name: z.string().max(1_000),
  conclusion: z.string().nullable(),
  run_attempt: z.int().min(1).optional(),
});
export type WorkflowJob = z.infer<typeof WorkflowJob>;

const PAGE = 100;
// A matrix has 256 legs at most, and a leg of the pipeline 8 jobs.
const MOST_PAGES = 30;

/** The jobs of the run's latest attempt; of jobs that were not run again, their earlier ones. One call for each 100. */
export async function listJobs(
  { octokit, repository }: Pick<EventContext, "octokit" | "repository">,
  run: number,
): Promise<WorkflowJob[]> {
  const jobs: WorkflowJob[] = [];
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const { data } = await octokit.rest.actions.listJobsForWorkflowRun({
      owner: repository.owner,
      repo: repository.name,
      run_id: run,
      filter: "latest",
      per_page: PAGE,
      page,
    });
    jobs.push(...data.jobs.map((job) => WorkflowJob.parse(job)));
    if (data.jobs.length < PAGE || jobs.length >= data.total_count) break;
  }
  return jobs;
}
