import { expect, it } from "vitest";
import { choiceInput, commitInput, modelInput, recordInput, secretsInput } from "../../../actions/job/inputs.ts";

const inputs = (values: Record<string, string>) => ({ input: (name: string) => values[name] ?? "" });

it("reads inputs as what they are", () => {
  const ports = inputs({ model: "penguins", commit: "a".repeat(40), validate: "b".repeat(64), stage: "baseline" });
  expect(modelInput(ports)).toBe("penguins");
  expect(commitInput(ports)).toBe("a".repeat(40));
  expect(recordInput(ports, "validate")).toBe("b".repeat(64));
  expect(recordInput(ports, "train")).toBeUndefined();
  expect(choiceInput(ports, "stage", ["predict", "baseline"])).toBe("baseline");
  expect(choiceInput(ports, "other", ["predict", "baseline"])).toBe("predict");
});

it.each([
  ["model", "../x", modelInput],
  ["model", "", modelInput],
  ["commit", "main", commitInput],
  ["validate", "b".repeat(63), (ports: Parameters<typeof modelInput>[0]) => recordInput(ports, "validate")],
  ["stage", "deploy", (ports: Parameters<typeof modelInput>[0]) => choiceInput(ports, "stage", ["predict"])],
])("refuses %s: %j, and says what it has to be", (name, value, read) => {
  expect(() => read(inputs({ [name]: value }))).toThrow(expect.objectContaining({ code: "USAGE" }));
});

it("masks every secret, and what they came in", () => {
  const masks: string[] = [];
  const text = '{"TOKEN":"one","EMPTY":"","UNSET":null}';
  const secrets = secretsInput({ ...inputs({ secrets: text }), mask: (secret) => masks.push(secret) });
  expect(secrets).toEqual({ TOKEN: "one" });
  expect(masks).toEqual([text, "one"]);
});

it("refuses secrets that are no object of texts without showing them", () => {
  for (const secrets of ["hunter2", '["hunter2"]', '{"A":{"B":"hunter2"}}', '{"a b":"hunter2"}']) {
    const read = () => secretsInput({ ...inputs({ secrets }), mask: () => {} });
    expect(read).toThrow(
      expect.objectContaining({ code: "USAGE", problems: [expect.not.objectContaining({ found: expect.anything() })] }),
    );
    expect(read).not.toThrow(/hunter2/);
  }
});
