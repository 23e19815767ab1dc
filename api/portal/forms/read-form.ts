import { SlipwayError } from "../../../core/errors.ts";
import type { FormValue, SentForm } from "../request/form.ts";

/** Bytes of a form with a file in it, and of any other. */
export const MAX_UPLOAD_BYTES = 25 * 1024 ** 2;
const MAX_FORM_BYTES = 256 * 1024;
const MAX_FIELDS = 500;

/** Reads a form's body, as much as may be. Rejects with FILE_TOO_LARGE, or with USAGE if it is none. */
export async function readForm(request: Request): Promise<SentForm> {
  const type = request.headers.get("content-type") ?? "";
  const most = /^multipart\//i.test(type) ? MAX_UPLOAD_BYTES : MAX_FORM_BYTES;
  const body = await capped(request, most);
  const data = await new Response(body, { headers: { "content-type": type } }).formData().catch((cause: unknown) => {
    throw new SlipwayError("USAGE", "This form cannot be read", { cause });
  });
  const sent: Record<string, FormValue | FormValue[]> = Object.create(null);
  let count = 0;
  for (const [name, value] of data as unknown as Iterable<[string, FormValue]>) {
    count += 1;
    if (count > MAX_FIELDS) throw new SlipwayError("USAGE", `A form has at most ${MAX_FIELDS} fields`);
    const before = sent[name];
    sent[name] = before === undefined ? value : [before, value].flat();
  }
  return sent;
}

async function capped(request: Request, most: number): Promise<Buffer> {
  const tooLarge = () =>
    new SlipwayError("FILE_TOO_LARGE", "This form is too large", { expected: `at most ${most / 1024 ** 2} MiB` });
  if (Number(request.headers.get("content-length") ?? 0) > most) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += (chunk as Uint8Array).length;
    if (size > most) throw tooLarge();
    chunks.push(chunk as Uint8Array);
  }
  return Buffer.concat(chunks);
}
