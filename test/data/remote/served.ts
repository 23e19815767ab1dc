import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { sha256 } from "../../../core/canonical.ts";
import type { DataLock } from "../../../schemas/data-record.ts";
import { specOf, temporaryFolder } from "../setting.ts";

export const CSV = "y,x\na,1\nb,2\n";
export const URI = "https://data.test/rows/t.csv?version=1";

/** A real server behind https://data.test: requests to that host reach it, as a proxy would make them. */
export async function served(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const reach: typeof fetch = (url, init) => fetch(String(url).replace("https://data.test", base), init);
  return { asked, access: { env: {}, fetch: reach }, cache: join(await temporaryFolder(), "cache") };
}

export function model(uri: string) {
  return { name: "m", folder: "models/m", spec: specOf({ train: uri, test: uri, label: "y" }) };
}

export const lockOf = (uri: string, content = CSV): DataLock => ({
  slipway: 1,
  files: [{ uri, sha256: sha256(content), size: content.length, version: '"v1"' }],
});
