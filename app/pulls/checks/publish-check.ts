import { z } from "zod";
import { canonicalJson, sha256 } from "../../../core/canonical.ts";
import { visibleText } from "../../../core/report/escape-text.ts";
import type { CommitId } from "../../../schemas/names.ts";
import type { EventContext } from "../../github/event-context.ts";
import { repositoryCache } from "../../repositories/repository-cache.ts";
import { A_REQUEST, annotationsOf, MOST } from "./annotations.ts";
import type { Check } from "./check.ts";

/** By commit, external id and name: the check's id, and what it says, so that it is not said again. */
const checksOf = repositoryCache<string, { id: number; digest: string; completed: boolean; annotated: boolean }>();

const MOST_CHARACTERS = 65_000;

/**
 * Brings a check on a commit up to date, and repeats nothing. It makes one call if the check's id is known, none if
 * the check says the same already, and one more for every 50 annotations. `externalId` says whose check it is:
 * `pr:<n>`, `merge-group:<sha>` or `registration`. With `first`, a check that is there is left as it is. With `anew`, a new check replaces the old one, whatever it says: a person asked
 * for the check again.
 */
export async function publishCheck(
  context: EventContext,
  commit: CommitId,
  externalId: string,
  check: Check,
  { anew = false, first = false }: { anew?: boolean; first?: boolean } = {},
): Promise<void> {
  const where = { owner: context.repository.owner, repo: context.repository.name };
  const checks = checksOf(context);
  const key = `${commit} ${externalId} ${check.name}`;
  const digest = sha256(canonicalJson(check));
  const completed = check.state === "success" || check.state === "failure";
  const known = anew ? undefined : (checks.get(key) ?? (await findCheck(context, commit, externalId, check.name)));
  if (known?.digest === digest || (first && known !== undefined)) return;

  const annotations = annotationsOf(check.problems);
  const body = {
    ...where,
    external_id: externalId,
    ...(check.url === undefined ? {} : { details_url: check.url }),
    output: outputOf(check, digest, annotations.slice(0, A_REQUEST)),
    actions: check.buttons.map((button) => ({ ...button })),
  };
  const progress =
    check.state === "queued" || check.state === "in_progress"
      ? { status: check.state, started_at: context.clock().toISOString() }
      : { status: "completed" as const, conclusion: check.state };
  // What has ended does not begin again on GitHub, and annotations only ever become more: a new one takes its place.
  const fresh = known === undefined || (known.completed && !completed) || known.annotated;
  // A lost answer must not make a second one: the event is handled again, and finds what is there.
  const once = { request: { retries: 0 } };
  const { data } = fresh
    ? await context.octokit.rest.checks.create({ ...body, ...progress, ...once, name: check.name, head_sha: commit })
    : await context.octokit.rest.checks.update({ ...body, ...progress, check_run_id: known.id });
  for (let from = A_REQUEST; from < annotations.length; from += A_REQUEST) {
    const output = outputOf(check, digest, annotations.slice(from, from + A_REQUEST));
    await context.octokit.rest.checks.update({ ...where, check_run_id: data.id, output });
  }
  checks.set(key, { id: data.id, digest, completed, annotated: annotations.length > 0 });
}

function outputOf(check: Check, digest: string, annotations: ReturnType<typeof annotationsOf>) {
  const more = check.problems.length - MOST;
  const left = more > 0 ? `\n\n${more} more problems are not shown on their lines.` : "";
  const text = check.text ?? "";
  return {
    title: visibleText(check.title, 200),
    summary: `${check.summary.slice(0, MOST_CHARACTERS - 300)}${left}\n\n${MARK}${digest} -->`,
    ...(text === "" ? {} : { text: text.slice(0, MOST_CHARACTERS) }),
    annotations,
  };
}

/** What the check says, by its digest: after a restart the App sees whether there is anything new to say. */
const MARK = "<!-- slipway:";

const CheckRun = z.object({
  id: z.int(),
  name: z.string(),
  status: z.string(),
  external_id: z.string().nullish(),
  app: z.object({ id: z.int() }).nullish(),
  output: z.object({ summary: z.string().nullish(), annotations_count: z.int().nullish() }).nullish(),
});

/** One call, for all checks of ours on the commit; another App's check of the same name is not ours. */
async function findCheck(context: EventContext, commit: CommitId, externalId: string, name: string) {
  const checks = checksOf(context);
  const { data } = await context.octokit.rest.checks.listForRef({
    ...{ owner: context.repository.owner, repo: context.repository.name },
    ...{ ref: commit, app_id: context.app.id, filter: "all", per_page: 100 },
  });
  for (const found of data.check_runs) {
    const { id, name: called, status, external_id, app, output } = CheckRun.parse(found);
    if (app?.id !== context.app.id || !external_id) continue;
    const digest = /<!-- slipway:([0-9a-f]{64}) -->/.exec(output?.summary ?? "")?.[1] ?? "";
    const annotated = (output?.annotations_count ?? 0) > 0;
    const key = `${commit} ${external_id} ${called}`;
    // The newest stand first; older ones were replaced.
    if (checks.get(key) === undefined) checks.set(key, { id, digest, completed: status === "completed", annotated });
  }
  return checks.get(`${commit} ${externalId} ${name}`);
}
