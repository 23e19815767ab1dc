/** What GitHub answers with: of `data` nothing is believed until it is parsed. */
interface Answer {
  data: unknown;
}

// Octokit's parameters have an index signature, which an interface does not satisfy.
type Where = { owner: string; repo: string };
type Page = Where & { run_id: number; per_page: number; page: number };

interface Jobs {
  data: { total_count: number; jobs: unknown[] };
}

/** The calls of GitHub's API that a run's results are read with: any Octokit has them. */
export interface ActionsApi {
  octokit: {
    rest: {
      actions: {
        listJobsForWorkflowRun(asked: Page & { filter: "latest" }): Promise<Jobs>;
        listJobsForWorkflowRunAttempt(asked: Page & { attempt_number: number }): Promise<Jobs>;
        getArtifact(asked: Where & { artifact_id: number }): Promise<Answer>;
        downloadArtifact(
          asked: Where & {
            artifact_id: number;
            archive_format: "zip";
            request: { redirect: "manual"; signal: AbortSignal };
          },
        ): Promise<{ headers: { location?: string | undefined }; url: string }>;
      };
    };
  };
  repository: { owner: string; name: string };
}
