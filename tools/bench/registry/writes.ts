import type { Server } from "../../server-process.ts";
import { type Measurement, repeat } from "../measurement.ts";
import { name } from "./fixture.ts";
import { openClient } from "./http-client.ts";
import { beside } from "./reads.ts";
import { API } from "./servers.ts";

const RUNS = 61;

/** Writes over plain HTTP, each alone: into a local repository and into MLflow's SQLite. */
export async function measureWrites(
  ours: Server,
  theirs: Server,
  models: number,
  versions: number,
): Promise<Measurement[]> {
  const size = `${models} × ${versions}`;
  const [client, other] = [openClient(ours.url), openClient(theirs.url)];
  const model = (at: number) => name((at * 7) % models);
  const writes: [string, string, string, (at: number) => object][] = [
    ["set a tag", "POST", "registered-models/set-tag", (at) => ({ name: model(at), key: "bench", value: String(at) })],
    [
      ...(["set an alias", "POST", "registered-models/alias"] as const),
      (at) => ({ name: model(at), alias: `at-${at}`, version: String(versions) }),
    ],
    [
      ...(["create a version", "POST", "model-versions/create"] as const),
      (at) => ({ name: model(at), source: "s3://bench/model" }),
    ],
    ["create a model", "POST", "registered-models/create", (at) => ({ name: `bench-${at}` })],
  ];
  try {
    const measured: Measurement[] = [];
    for (const [what, method, path, body] of writes) {
      const timing = await repeat(RUNS, (at) => client.send(method, `${API}/${path}`, body(at)));
      const peer = await repeat(RUNS, (at) => other.send(method, `${API}/${path}`, body(at)));
      const bound = "syncing three times: objects, refs, their folder";
      measured.push({ what, size, unit: "ms", bound, peer: beside(peer, timing, 1), ...timing });
    }
    return measured;
  } finally {
    client.end();
    other.end();
  }
}
