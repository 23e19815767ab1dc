import { z } from "zod";
import type { Doing } from "../doing.ts";
import { emit } from "../events/emit.ts";
import { commitOf } from "../git/run.ts";
import { created, list } from "../http/answer.ts";
import type { Call } from "../http/call.ts";
import { invalid, Refusal } from "../http/refusal.ts";
import type { AddRoute } from "../http/serve-api.ts";
import type { Annotation, CheckRun } from "../state.ts";
import { suiteFor } from "../suites.ts";
import { showCheck, showFullSuite, showSuite } from "../views/check.ts";
import { pageUrl } from "../views/repository.ts";
import { CheckFields } from "./check-fields.ts";

const READ = { app: ["checks:read"], person: "read" } as const;
const WRITE = { app: ["checks:write"] } as const;
/** The button on the page is a person's; the API's is an App's. */
const RERUN = { app: ["checks:write"], person: "write" } as const;

const NewCheck = CheckFields.extend({ head_sha: z.string() });
const CheckEdit = CheckFields.partial();

export function checkRoutes(on: AddRoute): void {
  on("POST check-runs", WRITE, createCheck);
  on("PATCH check-runs/:id", WRITE, updateCheck);
  on("GET check-runs/:id", READ, (call) => call.show(showCheck, checkOf(call)));
  on("GET check-runs/:id/annotations", READ, (call) => {
    const { annotations, suite } = checkOf(call);
    const blob = `${pageUrl(call.state, call.repo)}/blob/${suite.headSha}`;
    return list(annotations, (one: Annotation) => ({ ...one, blob_href: `${blob}/${encodeURI(one.path)}` }));
  });
  on("POST check-runs/:id/rerequest", RERUN, (call) => {
    pressButton(call, checkOf(call));
    return created();
  });
  on("POST check-suites/:id/rerequest", RERUN, (call) => {
    const suite = call.pick(call.repo.suites);
    const payload = { action: "rerequested", check_suite: call.show(showSuite, suite) };
    emit(call, "check_suite", payload, suite.app);
    return created();
  });
  on("GET commits/:ref/check-runs", READ, async (call) => {
    const sha = await shaOf(call);
    const found = [...call.repo.checks.values()]
      .filter(({ suite, name, status }) => {
        const asked = call.asks("app_id", suite.app.id) && call.asks("check_name", name) && call.asks("status", status);
        return suite.headSha === sha && asked;
      })
      .reverse();
    // `latest` is GitHub's default: of checks of one name in one suite, the newest.
    const same = (one: CheckRun, two: CheckRun) => one.suite === two.suite && one.name === two.name;
    const latest = found.filter((check, at) => found.findIndex((one) => same(one, check)) === at);
    return list(call.query("filter") === "all" ? found : latest, call.as(showCheck), "check_runs");
  });
  on("GET commits/:ref/check-suites", READ, async (call) => {
    const sha = await shaOf(call);
    const suites = [...call.repo.suites.values()].filter(({ headSha }) => headSha === sha);
    return list(
      suites.filter(({ app }) => call.asks("app_id", app.id)),
      call.as(showFullSuite),
      "check_suites",
    );
  });
}

const checkOf = (call: Call): CheckRun => call.pick(call.repo.checks);

/** The commit that `:ref` names. Rejects with 422 if it names none. */
export async function shaOf(call: Call): Promise<string> {
  const sha = await commitOf(call.repo.folder, call.param("ref"));
  if (sha === undefined) throw new Refusal(422, `No commit found for SHA: ${call.param("ref")}`);
  return sha;
}

async function createCheck(call: Call) {
  const { state, repo, app } = call;
  const { head_sha, ...fields } = await call.body(NewCheck);
  if (app === undefined) throw new Refusal(403, "You must authenticate via a GitHub App.");
  const sha = await commitOf(repo.folder, head_sha);
  if (sha !== head_sha) throw new Refusal(422, `No commit found for SHA: ${head_sha}`);
  const check: CheckRun = {
    id: state.nextId(),
    suite: await suiteFor(call, app, sha),
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
  return created(call.show(showCheck, check));
}

async function updateCheck(call: Call) {
  const check = checkOf(call);
  const { app } = check.suite;
  if (call.app !== app) {
    const rule = "check run can only be modified by the GitHub App that created it.";
    throw new Refusal(403, `Invalid app_id \`${app.id}\` - ${rule}`);
  }
  const before = check.status;
  change(call, check, await call.body(CheckEdit));
  if (check.status === "completed" && before !== "completed") tell(call, check, "completed");
  return call.show(showCheck, check);
}

/** A conclusion completes a check; annotations are added to those that are there. */
function change({ state }: Call, check: CheckRun, fields: z.infer<typeof CheckEdit>): void {
  const { conclusion = check.conclusion, output, actions = check.actions } = fields;
  const done = (fields.status ?? (fields.conclusion ? "completed" : check.status)) === "completed";
  const missing = done && conclusion === null ? "conclusion" : undefined;
  const { title = check.output.title, summary = check.output.summary, text = check.output.text } = output ?? {};
  const field = missing ?? (output !== undefined && summary === null ? "output.summary" : undefined);
  if (field !== undefined) throw invalid({ resource: "CheckRun", code: "missing_field", field });
  Object.assign(check, {
    name: fields.name ?? check.name,
    externalId: fields.external_id ?? check.externalId,
    detailsUrl: fields.details_url ?? check.detailsUrl,
    status: done ? "completed" : (fields.status ?? check.status),
    conclusion: done ? conclusion : null,
    startedAt: fields.started_at ?? check.startedAt,
    completedAt: done ? (fields.completed_at ?? check.completedAt ?? state.now()) : null,
    output: { title, summary, text },
    actions,
  });
  check.annotations.push(...(output?.annotations ?? []));
  check.suite.updatedAt = state.now();
}

function tell(call: Call, check: CheckRun, action: string): void {
  const payload = { action, check_run: call.show(showCheck, check) };
  emit(call, "check_run", payload);
}

/** What a button of a check does, or the one that runs it again: the App that made it hears of it, and nobody else. */
export function pressButton(doing: Doing, check: CheckRun, identifier?: string): void {
  const asked = identifier === undefined ? {} : { requested_action: { identifier } };
  const action = identifier === undefined ? "rerequested" : "requested_action";
  const payload = { action, check_run: showCheck(doing.state, doing.repo, check), ...asked };
  emit(doing, "check_run", payload, check.suite.app);
}
