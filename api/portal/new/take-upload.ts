import { loadDuckDB } from "../../../core/data/duckdb.ts";
import { SlipwayError } from "../../../core/errors.ts";
import type { FormRequest, SentForm } from "../request/form.ts";
import type { Redirect } from "../request/page.ts";
import { pathTo } from "../view/links.ts";
import { nameFrom } from "./choice.ts";
import { keepUpload } from "./uploads.ts";

/** `POST /new`: takes a table, and leads to its preview. Rejects with USAGE or DATA_UNREADABLE. */
export async function takeUpload({ host, visitor, now }: FormRequest, { file }: SentForm): Promise<Redirect> {
  if (!(file instanceof File) || file.size === 0)
    throw new SlipwayError("USAGE", "There is no table in this form", {
      hint: "Choose a CSV file that holds something.",
    });
  await loadDuckDB().catch((cause: unknown) => {
    const hint = "Begin the model on your machine: `slipway ui --write` has this page, too.";
    throw new SlipwayError("UNSUPPORTED", "This server cannot look into tables", { hint, cause });
  });
  const name = file.name.replace(/^.*[/\\]/, "").slice(0, 200) || "rows.csv";
  const { digest } = await keepUpload(visitor, Buffer.from(await file.arrayBuffer()), name, now);
  return { to: pathTo(host, ["new"], { csv: digest, name: nameFrom(name) }) };
}
