import { z } from "zod";
import { adoptRun } from "../../../core/acts/adopt-run.ts";
import { decidingBranch } from "../../../core/acts/binding.ts";
import { noteRun, type RunRemark } from "../../../core/acts/note-run.ts";
import { readPolicy } from "../../../core/acts/policy.ts";
import type { Act } from "../../../core/promotion/decide-authority.ts";
import { RunId } from "../../../schemas/run-summary.ts";
import { runOf, runPlaces } from "../experiments/open-runs.ts";
import { type ActOutcome, type FormRequest, formAct } from "../request/form.ts";
import { denied } from "./refused.ts";

const Run = z.object({ run: RunId });
const Note = z.object({ run: RunId, note: z.string().max(2_000) });

export const star = formAct<z.infer<typeof Run>>({
  fields: Run,
  act: (request, { run }) => remark(request, run, { starred: true }, "has a star"),
});

export const unstar = formAct<z.infer<typeof Run>>({
  fields: Run,
  act: (request, { run }) => remark(request, run, { starred: false }, "has no star"),
});

export const note = formAct<z.infer<typeof Note>>({
  fields: Note,
  act(request, { run, note }) {
    const text = note.replace(/\r\n?/g, "\n").trim();
    return remark(request, run, { note: text }, text === "" ? "has no note" : "has this note");
  },
});

/** Proposes a run's params and seed for the default branch. */
export const adopt = formAct<z.infer<typeof Run>>({
  fields: Run,
  async act(request, { run }) {
    const { host, visitor } = request;
    const refusal = await refusalOf(request, "propose");
    if (refusal) return refusal;
    if (host.propose === undefined)
      return { outcome: "refused", code: "UNSUPPORTED", title: "Nothing can be proposed from here" };
    const { record } = await runOf(host, run);
    const { branch, url } = await host.propose(await adoptRun(host.ports, record, visitor.person));
    const said = url === undefined ? `On the branch ${branch}: look at it, and merge it.` : "A pull request is open.";
    return { outcome: "done", said, ...(url === undefined ? {} : { link: { url, words: "Look at it" } }) };
  },
});

async function remark(request: FormRequest, id: string, what: RunRemark, done: string): Promise<ActOutcome> {
  const { host, visitor } = request;
  const refusal = await refusalOf(request, "edit");
  if (refusal) return refusal;
  const { summary } = await runOf(host, id);
  const places = { local: runPlaces(host).local, experiments: host.experiments, clock: host.ports.clock };
  const changed = await noteRun(places, summary, what, visitor.person);
  return { outcome: "done", said: `Run ${summary.run} ${done}${changed ? "" : " already"}.` };
}

/** A refusal if the policy's roles do not let this person; where nobody knows who anybody is, none. */
async function refusalOf({ host, visitor }: FormRequest, act: Act): Promise<ActOutcome | undefined> {
  if (visitor.authorize === undefined) return undefined;
  const { commit } = await decidingBranch(host.ports);
  const refusal = await visitor.authorize(act)(await readPolicy(host.ports, commit));
  return refusal && denied(refusal);
}
