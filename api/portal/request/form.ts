import type { z } from "zod";
import type { Section } from "../../../core/report/report.ts";
import type { ActSource } from "../../../schemas/act-source.ts";
import type { PageRequest } from "./page.ts";
import type { Said } from "./said.ts";

export type FormValue = string | File;
/** What a form sent. A name that was sent twice is a list. */
export type SentForm = Readonly<Record<string, FormValue | FormValue[]>>;

/** A form that was sent, by somebody who may send forms here. */
export interface FormRequest extends PageRequest {
  /** The act's key: a form that is sent twice is one act. */
  source: ActSource;
}

/** What became of an act, in words for its page. */
export type ActOutcome =
  /** Done, or on its way: a message at the top of the page `to` (a path below the base); default: where the form was. */
  | ({ outcome: "done"; to?: string | undefined } & Said)
  /** Refused: a page of its own says why. */
  | {
      outcome: "refused";
      code: string;
      title: string;
      said?: readonly string[] | undefined;
      sections?: readonly Section[] | undefined;
      status?: 403 | 409 | 422 | undefined;
    };

/** One act of the portal. `fields` parses what the form sent besides its token; a name that is sent twice is a list. */
export interface FormAct<Fields = unknown> {
  fields: z.ZodType<Fields>;
  act(request: FormRequest, fields: Fields): Promise<ActOutcome>;
}

/** Keeps a row's fields and its act of one type. */
export function formAct<Fields>(row: FormAct<Fields>): FormAct {
  return row as FormAct;
}
