import { z } from "zod";
import { decidingBranch } from "../../../core/acts/binding.ts";
import { POLICY_PATH } from "../../../core/spec/project.ts";
import { policyProblems, textOf } from "../policy/preview.ts";
import { formAct } from "../request/form.ts";
import { propose } from "./proposed.ts";

const Fields = z.object({
  text: z.string().max(200_000),
  title: z.string().trim().min(1).max(200),
  why: z.string().trim().max(5_000).default(""),
});

/** Proposes another policy: one that can be read. */
export const proposePolicy = formAct<z.infer<typeof Fields>>({
  fields: Fields,
  async act(request, { text: sent, title, why }) {
    const text = textOf(sent);
    const { commit } = await decidingBranch(request.host.ports);
    const problems = await policyProblems(request.host, commit, text);
    if (problems.length > 0)
      return {
        outcome: "refused",
        code: "POLICY_INVALID",
        title: "Nothing could be decided by this policy",
        said: problems
          .slice(0, 50)
          .map(
            ({ file, line, column, message }) =>
              `${[file, line, column].filter((part) => part !== undefined).join(":")}: ${message}`,
          ),
        status: 422,
      };
    return propose(request, {
      kind: "policy",
      title,
      body: why.replaceAll("\r\n", "\n"),
      files: { [POLICY_PATH]: text },
    });
  },
});
