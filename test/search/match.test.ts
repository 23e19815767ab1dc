import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseFilter } from "../../core/search/filter.ts";
import { compileFilter } from "../../core/search/match.ts";

const item = { attributes: { name: "churn", version_number: 3, run_id: "r1" }, tags: { k: "Value", empty: "" } };

function matches(filter: string, { attributes, tags }: { attributes: object; tags: object } = item): boolean {
  return compileFilter(parseFilter(filter, "versions"))({
    attribute: (key) => (attributes as Record<string, string | number>)[key],
    tag: (key) => (tags as Record<string, string>)[key],
  });
}

describe("what a filter finds", () => {
  it.each([
    "name = 'churn'",
    "name LIKE 'ch%'",
    "name LIKE '%u_n'",
    "name ILIKE 'CHURN'",
    "tags.k LIKE 'V%e'",
    "tags.k ILIKE 'value'",
    "tags.empty = ''",
    "version_number >= 3 AND version_number < 4",
    "run_id IN ('r0', 'r1')",
    "name NOT IN ('a')",
    "tags.`mlflow.prompt.is_prompt` != 'true'",
    "tag.`mlflow.prompt.is_prompt` = 'false' AND name != 'x'",
  ])("%s", (filter) => expect(matches(filter)).toBe(true));

  it.each([
    "name LIKE 'CH%'",
    "name = 'chur'",
    "name LIKE 'hur'",
    "tags.k = 'value'",
    "tags.missing != 'x'",
    "tags.missing = ''",
    "source_path != 'x'",
    "version_number > 3",
    "run_id NOT IN ('r1')",
    "tags.`mlflow.prompt.is_prompt` = 'true'",
  ])("not: %s", (filter) => expect(matches(filter)).toBe(false));

  it("is a prompt only where prompts are asked for", () => {
    const prompt = { ...item, tags: { "mlflow.prompt.is_prompt": "true" } };
    expect(matches("", prompt)).toBe(false);
    expect(matches("name = 'churn'", prompt)).toBe(false);
    expect(matches("tags.`mlflow.prompt.is_prompt` = 'true'", prompt)).toBe(true);
  });
});

describe("LIKE", () => {
  it("is what a regular expression would say", () => {
    const letters = fc.constantFrom("a", "b", "%", "_", ".", "\n");
    const words = fc.array(letters, { maxLength: 8 }).map((each) => each.join(""));
    fc.assert(
      fc.property(words, words, (pattern, name) => {
        const escaped = pattern.replace(/[.]/g, "\\.").replaceAll("%", "[^]*").replaceAll("_", "[^]");
        const expected = new RegExp(`^${escaped}$`, "u").test(name);
        expect(matches(`name LIKE '${pattern}'`, { attributes: { name }, tags: {} })).toBe(expected);
      }),
      { numRuns: 1_000 },
    );
  });
});
