import { RefusedRequest } from "./refusal.ts";
import { refuseTooMany } from "./size.ts";

/** `instances` as rows. A bare list of values is refused: nothing would say which value is which column's. */
export function instanceRows(instances: readonly unknown[], most: number): Record<string, unknown>[] {
  refuseTooMany(instances.length, most);
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
