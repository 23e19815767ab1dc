import { z } from "zod";
import { found, type GitHubApi } from "./github-api.ts";

const Environment = z.object({
  deployment_branch_policy: z
    .object({ protected_branches: z.boolean(), custom_branch_policies: z.boolean() })
    .nullish(),
});
const Policies = z.object({
  total_count: z.int(),
  branch_policies: z.array(z.object({ name: z.string().max(300), type: z.string().max(20).nullish() })),
});

/**
 * Why an environment's secrets reach other runs than those of the default branch; undefined: they do not. Environments are
 * the one place of a secret that an author's workflow, which they edit as they like, cannot name.
 */
export async function sharedBy(
  { octokit, repository }: GitHubApi,
  environment: string,
  defaultBranch: string,
): Promise<string | undefined> {
  const { owner, name: repo } = repository;
  const none = "the job that opened them was in no environment that the default branch alone gets into";
  if (environment === "") return none;
  const where = { owner, repo, environment_name: environment };
  const about = Environment.safeParse(await found(octokit.rest.repos.getEnvironment(where)));
  if (!about.success) return none;
  const policy = about.data.deployment_branch_policy;
  if (!policy) return `the environment ${environment} lets every branch in`;
  if (!policy.custom_branch_policies) return `the environment ${environment} lets every protected branch in`;
  const listed = Policies.safeParse(
    await found(octokit.rest.repos.listDeploymentBranchPolicies({ ...where, per_page: 100 })),
  );
  const rules = listed.success ? listed.data.branch_policies : [];
  const isOnly = rules.length > 0 && rules.every(({ name, type }) => name === defaultBranch && type !== "tag");
  if (isOnly && listed.success && listed.data.total_count <= rules.length) return undefined;
  return `the environment ${environment} lets more in than ${defaultBranch}`;
}
