import { z } from "zod";
import { levelOf } from "../auth/levels.ts";
import type { Call, Route } from "../http/call.ts";
import { notFound } from "../http/refusal.ts";
import { rulesFor } from "../rules/enforce.ts";
import type { Ruleset } from "../state.ts";
import { nodeId } from "../views/account.ts";
import { pageUrl, repoUrl } from "../views/repository.ts";

const READ = { app: ["metadata:read"], person: "read" } as const;

const Patterns = z.object({ include: z.array(z.string()), exclude: z.array(z.string()).default([]) });
const NewRule = z.discriminatedUnion("type", [
  z.object({ type: z.enum(["creation", "deletion", "non_fast_forward"]) }),
  z.object({
    type: z.literal("update"),
    parameters: z.object({ update_allows_fetch_and_merge: z.boolean() }).optional(),
  }),
  z.object({
    type: z.literal("required_status_checks"),
    parameters: z.object({
      strict_required_status_checks_policy: z.boolean(),
      required_status_checks: z.array(z.object({ context: z.string(), integration_id: z.int().optional() })),
    }),
  }),
]);
const NewRuleset = z.object({
  name: z.string().min(1),
  target: z.enum(["branch", "tag"]).default("branch"),
  enforcement: z.enum(["disabled", "active", "evaluate"]),
  bypass_actors: z
    .array(
      z.object({
        actor_id: z.int().nullable().default(null),
        actor_type: z.enum(["Integration", "OrganizationAdmin", "RepositoryRole", "Team", "DeployKey"]),
        bypass_mode: z.enum(["always", "pull_request", "exempt"]).default("always"),
      }),
    )
    .default([]),
  conditions: z.object({ ref_name: Patterns }),
  rules: z.array(NewRule).default([]),
});

export const rulesetRoutes: readonly Route[] = [
  {
    on: "POST /repos/:owner/:repo/rulesets",
    needs: { app: ["administration:write"], person: "admin" },
    handle: async (call) => {
      const { name, target, enforcement, bypass_actors: bypass, conditions, rules } = await call.body(NewRuleset);
      const times = { createdAt: call.state.now(), updatedAt: call.state.now() };
      const id = call.state.nextId();
      const ruleset: Ruleset = { id, name, target, enforcement, ...conditions.ref_name, rules, bypass, ...times };
      call.repo.rulesets.set(id, ruleset);
      return { status: 201, body: showRuleset(call, ruleset, true) };
    },
  },
  {
    on: "GET /repos/:owner/:repo/rulesets",
    needs: READ,
    handle: (call) => ({
      list: [...call.repo.rulesets.values()],
      show: (one: Ruleset) => showRuleset(call, one, false),
    }),
  },
  {
    on: "GET /repos/:owner/:repo/rulesets/:id",
    needs: READ,
    handle: (call) => ({ body: showRuleset(call, rulesetOf(call), true) }),
  },
  {
    on: "DELETE /repos/:owner/:repo/rulesets/:id",
    needs: { app: ["administration:write"], person: "admin" },
    handle: (call) => {
      call.repo.rulesets.delete(rulesetOf(call).id);
      return { status: 204 };
    },
  },
  {
    on: "GET /repos/:owner/:repo/rules/branches/:branch{.+}",
    needs: READ,
    handle: (call) => ({
      list: rulesFor(call.state, call.repo, `refs/heads/${call.param("branch")}`),
      show: ({ ruleset, rule }: { ruleset: Ruleset; rule: Ruleset["rules"][number] }) => ({
        ...rule,
        ruleset_source_type: "Repository",
        ruleset_source: call.repo.fullName,
        ruleset_id: ruleset.id,
      }),
    }),
  },
];

function rulesetOf(call: Call): Ruleset {
  const ruleset = call.repo.rulesets.get(call.number("id"));
  if (ruleset === undefined) throw notFound();
  return ruleset;
}

/** Lists leave out conditions and rules; who may bypass is shown to who could change it. */
function showRuleset({ state, repo, actor }: Call, ruleset: Ruleset, whole: boolean) {
  const { id, name, target, enforcement, include, exclude, rules, createdAt, updatedAt } = ruleset;
  const manages =
    actor.kind === "user"
      ? levelOf(repo, actor.account) === "admin"
      : actor.kind === "installation" && actor.permissions["administration"] === "write";
  const rest = {
    conditions: { ref_name: { include, exclude } },
    rules,
    ...(manages ? { bypass_actors: ruleset.bypass } : {}),
  };
  return {
    id,
    name,
    target,
    source_type: "Repository",
    source: repo.fullName,
    enforcement,
    node_id: nodeId("RepositoryRuleset", id),
    _links: {
      self: { href: `${repoUrl(state, repo)}/rulesets/${id}` },
      html: { href: `${pageUrl(state, repo)}/rules/${id}` },
    },
    created_at: createdAt,
    updated_at: updatedAt,
    ...(whole ? rest : {}),
  };
}
