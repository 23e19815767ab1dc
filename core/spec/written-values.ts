import { NumberText, type WrittenJson } from "../json-text.ts";
import type { Diagnostics } from "./diagnostics.ts";
import type { Keys } from "./yaml.ts";

/** Keys whose values are compared with what data holds: classes, and a slice's values. */
const COMPARED: readonly unknown[] = ["positive", "pos_label", "labels", "class"];

/**
 * Refuses a number where a class or a slice's value is meant, if its spelling would be lost: as a number, 1.10 is 1.1, and
 * text in the data tells them apart. `isNumber` says of a place that its column is
 * declared to hold numbers, which the text tells apart as well.
 */
export function checkWrittenValues(
  written: WrittenJson,
  report: Diagnostics,
  code: "SPEC_INVALID" | "POLICY_INVALID",
  isNumber: (keys: Keys, text: string) => boolean = () => false,
): void {
  const walk = (value: WrittenJson, keys: Keys): void => {
    if (value instanceof NumberText) {
      const names = keys.filter((key) => typeof key === "string");
      if (names.at(-2) !== "slice" && !COMPARED.includes(names.at(-1))) return;
      if (isNumber(keys, value.text)) return;
      report.problem(keys, code, `${value.text} is the number ${Number(value.text)}, and the data may hold either`, {
        expected: "the value as the data writes it, in quotes; or a column that is declared as long",
        hint: `write "${value.text}"`,
      });
    } else if (Array.isArray(value)) {
      value.forEach((item, i) => {
        walk(item, [...keys, i]);
      });
    } else if (typeof value === "object" && value !== null) {
      for (const [key, item] of Object.entries(value)) walk(item, [...keys, key]);
    }
  };
  walk(written, []);
}
