import { type Measurement, once } from "../measurement.ts";
import { addModels, type ServedFixture } from "./fixture.ts";
import { serveModels } from "./servers.ts";

const MODELS = 100;

/** A hundred models in one process, none of whose programs was started. */
export async function measureIdle(fixture: ServedFixture): Promise<Measurement> {
  await addModels(fixture, MODELS - 1);
  const server = await serveModels(fixture.folder, ["--lazy"]);
  try {
    return {
      ...{ what: "models idle in one process", size: `${MODELS} models`, unit: "MiB", ...once(await server.memory()) },
      ...{ target: 400, bound: "Node, and each model's spec, signature and environment" },
    };
  } finally {
    await server.stop();
  }
}
