import { z } from "zod";
import { SlipwayError } from "../../core/errors.ts";
import { errorField } from "./error-field.ts";
import { instanceRows } from "./instances.ts";
import { jsonRequest } from "./json-request.ts";
import { plainPredictions } from "./plain-predictions.ts";
import { onlyModel, type Route } from "./route.ts";
import { List, mostRows } from "./size.ts";

/** What Vertex AI tells a container in its environment. */
export interface VertexContainer {
  /** AIP_HTTP_PORT. */
  port?: number;
  /** AIP_HEALTH_ROUTE and AIP_PREDICT_ROUTE, as far as they are given. */
  routes: Route[];
}

/** A path without anything that is a pattern of routes. */
const PATH = /^(?:\/[\w.~-][\w.~:@-]*)+$/;

/** Vertex AI's routes, which its variables name. Rejects with USAGE if they name no port, or no path. */
export function vertexContainer(env: Readonly<Record<string, string | undefined>>): VertexContainer {
  const { AIP_HTTP_PORT: port, AIP_HEALTH_ROUTE: health, AIP_PREDICT_ROUTE: predict } = env;
  const routes: Route[] = [];
  if (health)
    routes.push({
      ...{ method: "GET", path: path("AIP_HEALTH_ROUTE", health), name: "vertex.health" },
      ...{ isOpen: true, refuse: errorField },
      answer: ({ serving }) => ({ status: serving.ready() ? 200 : 503, body: { ready: serving.ready() } }),
    });
  if (predict)
    routes.push({
      ...{ method: "POST", path: path("AIP_PREDICT_ROUTE", predict), name: "vertex.predict", refuse: errorField },
      async answer(call) {
        const model = onlyModel(call.serving);
        const { instances } = await jsonRequest(call, z.object({ instances: List }));
        return {
          body: plainPredictions(await call.ask({ model, rows: instanceRows(instances, mostRows(call, model)) })),
        };
      },
    });
  return { routes, ...(port ? { port: portOf(port) } : {}) };
}

function path(name: string, value: string): string {
  if (PATH.test(value)) return value;
  throw new SlipwayError("USAGE", `${name} is no path`, { expected: "/path/of/letters", found: value.slice(0, 200) });
}

function portOf(value: string): number {
  const port = /^\d{1,5}$/.test(value) ? Number(value) : 0;
  if (port >= 1 && port <= 65_535) return port;
  throw new SlipwayError("USAGE", "AIP_HTTP_PORT is no port", { expected: "1 to 65535", found: value.slice(0, 20) });
}
