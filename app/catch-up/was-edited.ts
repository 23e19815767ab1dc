import type { ProbotOctokit } from "probot";
import { z } from "zod";

const QUERY = "query ($id: ID!) { node(id: $id) { ... on IssueComment { lastEditedAt } } }";
const Answer = z.object({ node: z.object({ lastEditedAt: z.string().nullable() }) });

/**
 * Whether a comment was ever edited, by whomever: one call of GraphQL. REST's times are whole seconds, so that an edit
 * in the comment's first second shows in none of them, and no webhook is there that says what it was before. What GitHub
 * does not tell of a comment, because it is gone or is something else, counts as edited.
 */
export async function wasEdited(octokit: ProbotOctokit, nodeId: string): Promise<boolean> {
  const { data } = Answer.safeParse(await octokit.graphql(QUERY, { id: nodeId }));
  return data === undefined || data.node.lastEditedAt !== null;
}
