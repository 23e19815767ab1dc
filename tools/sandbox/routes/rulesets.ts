import { z } from "zod";
import { levelOf } from "../auth/levels.ts";
import { created, list } from "../http/answer.ts";
import type { Call } from "../http/call.ts";
import type { AddRoute } from "../http/serve-api.ts";
import { activeRules } from "../rules/enforce.ts";
import { Rule } from "../rules/rule.ts";
import type { Ruleset } from "../state.ts";
import { nodeId } from "../views/links.ts";
import { pageUrl, repoUrl } from "../views/repository.ts";

const READ = { app: ["metadata:read"], person: "read" } as const;
const WRITE = { app: ["administration:write"], person: "admin" } as const;

const Bypass = z.object({
  actor_id: z.int().nullable().default(null),
  actor_type: z.enum(["Integration", "OrganizationAdmin", "RepositoryRole", "Team", "DeployKey"]),
  bypass_mode: z.enum(["always", "exempt"]).default("always"),
});
const NewRuleset = z.object({
  name: z.string().min(1),
  target: z.enum(["branch", "tag"]).default("branch"),
  enforcement: z.enum(["disabled", "active", "evaluate"]),
  bypass_actors: z.array(Bypass).default([]),
  conditions: z.object({
    ref_name: z.object({ include: z.array(z.string()), exclude: z.array(z.string()).default([]) }),
  }),
  rules: z.array(Rule).default([]),
});

export function rulesetRoutes(on: AddRoute): void {
  on("POST rulesets", WRITE, async (call) => {
    const { bypass_actors: bypass, conditions, ...wanted } = await call.body(NewRuleset);
    const times = { createdAt: call.state.now(), updatedAt: call.state.now() };
    const ruleset: Ruleset = { id: call.state.nextId(), ...wanted, ...conditions.ref_name, bypass, ...times };
    call.repo.rulesets.set(ruleset.id, ruleset);
    return created(showWhole(call, ruleset));
  });
  on("GET rulesets", READ, (call) => list(call.repo.rulesets.values(), (one) => showRuleset(call, one)));
  on("GET rulesets/:id", READ, (call) => showWhole(call, call.pick(call.repo.rulesets)));
  on("GET rules/branches/:branch{.+}", READ, (call) => {
    const source = { ruleset_source_type: "Repository", ruleset_source: call.repo.fullName };
    const rules = activeRules(call.repo, `refs/heads/${call.param("branch")}`);
    return list(rules, ({ ruleset, rule }) => ({ ...rule, ...source, ruleset_id: ruleset.id }));
  });
}

function showRuleset({ state, repo }: Call, { id, name, target, enforcement, createdAt, updatedAt }: Ruleset) {
  const self = { href: `${repoUrl(state, repo)}/rulesets/${id}` };
  const _links = { self, html: { href: `${pageUrl(state, repo)}/rules/${id}` } };
  const times = { created_at: createdAt, updated_at: updatedAt };
  const source = { source_type: "Repository", source: repo.fullName };
  return { id, name, target, ...source, enforcement, node_id: nodeId("RepositoryRuleset", id), _links, ...times };
}

/** With its rules; and with who may bypass them, for who could change that. */
function showWhole(call: Call, ruleset: Ruleset) {
  const { actor, repo } = call;
  const { include, exclude, rules, bypass } = ruleset;
  const person = actor.kind === "user" && levelOf(repo, actor.account) === "admin";
  const manages = person || (actor.kind === "installation" && actor.permissions["administration"] === "write");
  const rest = { conditions: { ref_name: { include, exclude } }, rules };
  return { ...showRuleset(call, ruleset), ...rest, ...(manages ? { bypass_actors: bypass } : {}) };
}
