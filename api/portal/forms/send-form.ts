import { BoundedMap } from "../../../core/bounded-map.ts";
import { SlipwayError } from "../../../core/errors.ts";
import type { ActOutcome, FormAct, FormRequest, SentForm } from "../request/form.ts";
import type { Answer, PageRequest } from "../request/page.ts";
import type { Said } from "../request/said.ts";
import { checkToken } from "../request/tokens.ts";
import { messagePage } from "../view/error-page.ts";
import { outcomePage } from "../view/outcome-page.ts";
import { formRate } from "./rate.ts";

const MAX_KEPT = 10_000;

export interface Forms {
  /** Seconds until this session may send another form; 0: now. */
  wait(session: string): number;
  /** What the act before came to, once. */
  flash(session: string): Said | undefined;
  /** Does what a form asks for; of one that was sent before, what it came to then. */
  act(row: FormAct, request: FormRequest, form: SentForm): Promise<Answer>;
}

export function openForms(now: () => number): Forms {
  const rate = formRate(now);
  const flashes = new BoundedMap<string, Said>(MAX_KEPT);
  const done = new BoundedMap<string, Promise<ActOutcome>>(MAX_KEPT);
  return {
    wait: (session) => rate.take(session),
    flash(session) {
      const said = flashes.get(session);
      if (said !== undefined) flashes.delete(session);
      return said;
    },
    async act(row, request, form) {
      const { token: _, back, ...sent } = form;
      const fields = row.fields.safeParse(sent);
      if (!fields.success) {
        const [issue] = fields.error.issues;
        throw new SlipwayError("USAGE", "This form is not filled in as it has to be", {
          found: `${issue?.path.join(".") || "the form"}: ${issue?.message}`,
        });
      }
      const { session } = request.visitor;
      const key = `${session.id} ${request.source.id}`;
      let outcome = done.get(key);
      if (outcome === undefined) {
        outcome = row.act(request, fields.data);
        done.set(key, outcome);
        // What went wrong may be tried again; the act's key says whether it was done.
        outcome.catch(() => done.delete(key));
      }
      const came = await outcome;
      const to = backTo(request, back);
      if (came.outcome === "refused") return outcomePage(came, to);
      flashes.set(session.id, { said: came.said, link: came.link });
      return { to: came.to === undefined ? to : `${request.host.base}${came.to}` };
    },
  };
}

/**
 * Lets a form through that this session's own page made, and not too many of them; one that changes something, only in a
 * session that may. No other form's body is read.
 */
export async function sendForm(
  forms: Forms,
  request: PageRequest,
  { read, changes }: { read(): Promise<SentForm>; changes: boolean },
  act: (request: FormRequest, form: SentForm) => Promise<Answer>,
): Promise<Answer> {
  const { visitor, host, now } = request;
  if (changes && visitor.readOnly !== undefined)
    return messagePage({ code: "READ_ONLY", message: "This session changes nothing", hint: visitor.readOnly }, 403);
  const wait = forms.wait(visitor.session.id);
  if (wait > 0) {
    const message = "So many forms in a minute are more than a person sends";
    return messagePage({ code: "TOO_MANY_FORMS", message, hint: `Wait for ${wait} seconds.` }, 429);
  }
  const form = await read();
  const { token } = form;
  const id = typeof token === "string" ? checkToken(visitor.session, token, now) : undefined;
  if (id === undefined) {
    const hint = "Load the page again, and send the form from there.";
    return messagePage({ code: "FOREIGN_FORM", message: "This form is not of this session, or too old", hint }, 403);
  }
  return act({ ...request, source: { kind: "form", repository: host.repository, id, place: 0 } }, form);
}

/** Where the form was: a path of this repository's portal, and nowhere else. */
function backTo({ host }: PageRequest, back: unknown): string {
  const isOurs = typeof back === "string" && back.length < 4_000 && back.startsWith(`${host.base}/`);
  return isOurs && /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(back) ? back : `${host.base}/`;
}
