import { z } from "zod";
import type { Host } from "../../github/event-context.ts";

/** What of a job the App looks at. */
export const Job = z.object({
  name: z.string().max(1_000),
  conclusion: z.string().nullable(),
  run_attempt: z.int().min(1).optional(),
});
export type Job = z.infer<typeof Job>;

const PAGE = 100;
// A matrix has 256 legs at most, and a leg of the pipeline 8 jobs.
const MOST_PAGES = 30;

/** The jobs of the run's latest attempt; of jobs that were not run again, their earlier ones. One call for each 100. */
export async function listJobs(
  { octokit, repository }: Pick<Host, "octokit" | "repository">,
  run: number,
): Promise<Job[]> {
  const jobs: Job[] = [];
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const { data } = await octokit.rest.actions.listJobsForWorkflowRun({
      owner: repository.owner,
      repo: repository.name,
      run_id: run,
      filter: "latest",
      per_page: PAGE,
      page,
    });
    jobs.push(...data.jobs.map((job) => Job.parse(job)));
    if (data.jobs.length < PAGE || jobs.length >= data.total_count) break;
  }
  return jobs;
}
