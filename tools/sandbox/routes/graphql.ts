import { z } from "zod";
import { grants } from "../auth/access.ts";
import type { AddRoute } from "../http/serve-api.ts";
import { nodeId } from "../views/links.ts";

const Query = z.object({ query: z.string().regex(/\blastEditedAt\b/), variables: z.object({ id: z.string() }) });

/** Of GraphQL one question is known here, which REST does not answer: when a comment was last edited. */
export function graphqlRoutes(on: AddRoute): void {
  on("POST /graphql", "installation", async (call) => {
    const { actor } = call;
    const { id } = (await call.body(Query)).variables;
    const seen = actor.kind === "installation" && grants(actor.permissions, "issues:read") ? actor.repositories : [];
    const comments = [...seen].flatMap((repo) => [...repo.comments.values()]);
    const comment = comments.find((one) => nodeId("IssueComment", one.id) === id);
    return { data: { node: comment === undefined ? null : { lastEditedAt: comment.editedAt } } };
  });
}
