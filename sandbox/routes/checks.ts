import { z } from "zod";
import { emit } from "../events/emit.ts";
import { commitOf } from "../git/run.ts";
import type { Call, Route } from "../http/call.ts";
import { invalid, notFound, Refusal } from "../http/refusal.ts";
import type { Annotation, CheckRun, CheckSuite } from "../state.ts";
import { suiteFor } from "../suites.ts";
import { showCheck, showFullSuite, showSuite } from "../views/check.ts";
import { pageUrl } from "../views/repository.ts";

const READ = { app: ["checks:read"], person: "read" } as const;
const WRITE = { app: ["checks:write"] } as const;
/** The button on the page is a person's; the API's is an App's. */
const RERUN = { app: ["checks:write"], person: "write" } as const;

const text = (most: number) =>
  z.string().refine((value) => [...value].length <= most, `Only ${most} characters are allowed`);
const Time = z.iso.datetime({ offset: true });
const NewAnnotation = z.object({
  path: z.string(),
  start_line: z.int().min(1),
  end_line: z.int().min(1),
  start_column: z.int().nullable().default(null),
  end_column: z.int().nullable().default(null),
  annotation_level: z.enum(["notice", "warning", "failure"]),
  message: z.string().max(65_536),
  title: z.string().max(255).nullable().default(null),
  raw_details: z.string().max(65_536).nullable().default(null),
});
const Fields = z.object({
  name: z.string().min(1),
  details_url: z.url().nullish(),
  external_id: z.string().optional(),
  status: z.enum(["queued", "in_progress", "completed"]).optional(),
  conclusion: z
    .enum(["success", "failure", "neutral", "cancelled", "skipped", "timed_out", "action_required"])
    .optional(),
  started_at: Time.optional(),
  completed_at: Time.optional(),
  output: z
    .object({
      title: z.string().optional(),
      summary: text(65_535).optional(),
      text: text(65_535).optional(),
      annotations: z.array(NewAnnotation).max(50).default([]),
    })
    .optional(),
  actions: z
    .array(z.object({ label: text(20), description: text(40), identifier: text(20) }))
    .max(3)
    .optional(),
});
const NewCheck = Fields.extend({ head_sha: z.string() });
const CheckEdit = Fields.partial();

export const checkRoutes: readonly Route[] = [
  { on: "POST /repos/:owner/:repo/check-runs", needs: WRITE, handle: createCheck },
  { on: "PATCH /repos/:owner/:repo/check-runs/:id", needs: WRITE, handle: updateCheck },
  {
    on: "GET /repos/:owner/:repo/check-runs/:id",
    needs: READ,
    handle: (call) => ({ body: showCheck(call.state, call.repo, checkOf(call)) }),
  },
  {
    on: "GET /repos/:owner/:repo/check-runs/:id/annotations",
    needs: READ,
    handle: (call) => {
      const { annotations, suite } = checkOf(call);
      const blob = `${pageUrl(call.state, call.repo)}/blob/${suite.headSha}`;
      return {
        list: annotations,
        show: (one: Annotation) => ({ ...one, blob_href: `${blob}/${encodeURI(one.path)}` }),
      };
    },
  },
  {
    on: "POST /repos/:owner/:repo/check-runs/:id/rerequest",
    needs: RERUN,
    handle: (call) => {
      tellOwner(call, checkOf(call), "rerequested");
      return { status: 201, body: {} };
    },
  },
  {
    on: "POST /repos/:owner/:repo/check-suites/:id/rerequest",
    needs: RERUN,
    handle: (call) => {
      const suite = call.repo.suites.get(call.number("id"));
      if (suite === undefined) throw notFound();
      const payload = { action: "rerequested", check_suite: showSuite(call.state, call.repo, suite) };
      emit(call.state, call.repo, "check_suite", payload, { sender: call.account, only: suite.app });
      return { status: 201, body: {} };
    },
  },
  { on: "GET /repos/:owner/:repo/commits/:ref/check-runs", needs: READ, handle: listChecks },
  {
    on: "GET /repos/:owner/:repo/commits/:ref/check-suites",
    needs: READ,
    handle: async (call) => {
      const sha = await shaOf(call);
      const app = call.query("app_id");
      const list = [...call.repo.suites.values()].filter(
        (suite) => suite.headSha === sha && (app === undefined || String(suite.app.id) === app),
      );
      return {
        list,
        show: (suite: CheckSuite) => showFullSuite(call.state, call.repo, suite),
        wrap: (check_suites, total_count) => ({ total_count, check_suites }),
      };
    },
  },
];

async function createCheck(call: Call) {
  const { state, repo, actor } = call;
  const { head_sha, ...fields } = await call.body(NewCheck);
  if (actor.kind !== "installation") throw new Refusal(403, "You must authenticate via a GitHub App.");
  const sha = await commitOf(repo.folder, head_sha);
  if (sha === undefined || sha !== head_sha) throw new Refusal(422, `No commit found for SHA: ${head_sha}`);
  const check: CheckRun = {
    id: state.nextId(),
    suite: await suiteFor(state, repo, actor.app, sha),
    name: fields.name,
    externalId: "",
    detailsUrl: null,
    status: "queued",
    conclusion: null,
    startedAt: state.now(),
    completedAt: null,
    output: { title: null, summary: null, text: null },
    annotations: [],
    actions: [],
  };
  change(call, check, fields);
  repo.checks.set(check.id, check);
  tell(call, check, "created");
  if (check.status === "completed") tell(call, check, "completed");
  return { status: 201, body: showCheck(state, repo, check) };
}

async function updateCheck(call: Call) {
  const check = checkOf(call);
  const { app } = check.suite;
  if (call.actor.kind !== "installation" || call.actor.app !== app) {
    throw new Refusal(
      403,
      `Invalid app_id \`${app.id}\` - check run can only be modified by the GitHub App that created it.`,
    );
  }
  const before = check.status;
  change(call, check, await call.body(CheckEdit));
  if (check.status === "completed" && before !== "completed") tell(call, check, "completed");
  return { body: showCheck(call.state, call.repo, check) };
}

/** A conclusion completes a check; annotations are added to those that are there. */
function change({ state }: Call, check: CheckRun, fields: z.infer<typeof CheckEdit>): void {
  const { status = fields.conclusion === undefined ? check.status : "completed", conclusion, output } = fields;
  if (fields.status === "completed" && conclusion === undefined && check.conclusion === null) {
    throw invalid("CheckRun", "missing_field", "conclusion");
  }
  const done = status === "completed";
  Object.assign(check, {
    name: fields.name ?? check.name,
    externalId: fields.external_id ?? check.externalId,
    detailsUrl: fields.details_url ?? check.detailsUrl,
    status,
    conclusion: done ? (conclusion ?? check.conclusion) : null,
    startedAt: fields.started_at ?? check.startedAt,
    completedAt: done ? (fields.completed_at ?? check.completedAt ?? state.now()) : null,
    actions: fields.actions ?? check.actions,
  });
  check.suite.updatedAt = state.now();
  if (output === undefined) return;
  const { title = check.output.title, summary = check.output.summary, text: long = check.output.text } = output;
  if (summary === null) throw invalid("CheckRun", "missing_field", "output.summary");
  check.output = { title, summary, text: long };
  check.annotations.push(...output.annotations);
}

async function listChecks(call: Call) {
  const sha = await shaOf(call);
  const [name, status, app] = [call.query("check_name"), call.query("status"), call.query("app_id")];
  const found = [...call.repo.checks.values()]
    .filter(({ suite }) => suite.headSha === sha && (app === undefined || String(suite.app.id) === app))
    .filter((check) => (name ?? check.name) === check.name && (status ?? check.status) === check.status)
    .reverse();
  // `latest` is GitHub's default: of checks of one name in one suite, the newest.
  const latest = found.filter(
    (check, at) => found.findIndex((one) => one.suite === check.suite && one.name === check.name) === at,
  );
  return {
    list: call.query("filter") === "all" ? found : latest,
    show: (check: CheckRun) => showCheck(call.state, call.repo, check),
    wrap: (check_runs: unknown[], total_count: number) => ({ total_count, check_runs }),
  };
}

async function shaOf({ repo, param }: Call): Promise<string> {
  const sha = await commitOf(repo.folder, param("ref"));
  if (sha === undefined) throw new Refusal(422, `No commit found for SHA: ${param("ref")}`);
  return sha;
}

function checkOf(call: Call): CheckRun {
  const check = call.repo.checks.get(call.number("id"));
  if (check === undefined) throw notFound();
  return check;
}

function tell({ state, repo, account: sender, actor }: Call, check: CheckRun, action: string): void {
  emit(state, repo, "check_run", { action, check_run: showCheck(state, repo, check) }, { sender, actor });
}

/** What a button on a check does: the App that made the check hears of it, and nobody else. */
export function tellOwner(
  { state, repo, account: sender }: Pick<Call, "state" | "repo" | "account">,
  check: CheckRun,
  action: "rerequested" | "requested_action",
  button?: string,
): void {
  const asked = button === undefined ? {} : { requested_action: { identifier: button } };
  const payload = { action, check_run: showCheck(state, repo, check), ...asked };
  emit(state, repo, "check_run", payload, { sender, only: check.suite.app });
}
