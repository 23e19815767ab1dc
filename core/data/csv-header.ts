import { createReadStream } from "node:fs";
import { createGunzip } from "node:zlib";
import { SlipwayError } from "../errors.ts";

const MAX_HEADER = 1 << 20;

/** The column names in a CSV file's first record (RFC 4180), gzip or not. A byte order mark is no part of them. */
export async function csvHeader(file: string, path: string, packed: boolean): Promise<string[]> {
  const input = createReadStream(file);
  const stream = packed ? input.pipe(createGunzip()) : input;
  const decoder = new TextDecoder("utf-8");
  let text = "";
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      text += decoder.decode(chunk, { stream: true });
      const names = firstRecord(text, false);
      if (names) return names;
      if (text.length > MAX_HEADER)
        throw new SlipwayError("DATA_UNREADABLE", "The header does not end within 1 MiB.", {
          expected: "a first line with column names",
          file: path,
          line: 1,
          hint: "Is a quote left open in it?",
        });
    }
  } finally {
    input.destroy();
  }
  const names = firstRecord(text, true);
  if (names) return names;
  throw new SlipwayError("DATA_UNREADABLE", "A quote in the header is never closed.", { file: path, line: 1 });
}

function firstRecord(text: string, complete: boolean): string[] | undefined {
  const names: string[] = [];
  let at = 0;
  for (;;) {
    let name = "";
    if (text[at] === '"') {
      for (at += 1; ; ) {
        const close = text.indexOf('"', at);
        if (close < 0) return undefined;
        name += text.slice(at, close);
        at = close + 1;
        if (text[at] !== '"') break;
        name += '"';
        at += 1;
      }
      if (at >= text.length && !complete) return undefined;
    }
    const rest = /[^,\r\n]*/y;
    rest.lastIndex = at;
    name += rest.exec(text)?.[0] ?? "";
    at = rest.lastIndex;
    names.push(name);
    if (at >= text.length) return complete ? names : undefined;
    if (text[at] !== ",") return names;
    at += 1;
  }
}
