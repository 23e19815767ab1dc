import type { ServingHost } from "../../core/serving/open-serving.ts";
import { errorField } from "./error-field.ts";
import type { Route } from "./route.ts";

/** `GET /-/status`: what answers here and since when, what comes up, and what is wrong, for people and for scripts. */
export function statusRoute(serving: Pick<ServingHost, "status">): Route {
  return {
    ...{ method: "GET", path: "/-/status", name: "status", refuse: errorField },
    answer: () => ({ body: serving.status(), headers: { "cache-control": "no-store" } }),
  };
}
