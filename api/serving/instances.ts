import { z } from "zod";
import { RefusedRequest } from "./refusal.ts";

export const Instances = z.array(z.unknown());

/** `instances` as rows. A bare list of values is refused: nothing would say which value is which column's. */
export function instanceRows(instances: readonly unknown[]): Record<string, unknown>[] {
  return instances.map((instance, at) => {
    if (typeof instance === "object" && instance !== null && !Array.isArray(instance))
      return instance as Record<string, unknown>;
    const found = Array.isArray(instance) ? "a list" : `a ${instance === null ? "null" : typeof instance}`;
    throw new RefusedRequest(
      400,
      `Instance ${at + 1}: expected an object with the model's columns, {"column": value, …}, found ${found}.`,
    );
  });
}
