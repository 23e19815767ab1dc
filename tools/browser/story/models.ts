import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { stringify } from "yaml";
import { PROGRAMS } from "./programs.ts";

const PENGUINS = fileURLToPath(new URL("../../../examples/penguins/models/penguins/data", import.meta.url));

/** The repository's policy. `more` are lines of its own. */
export const policyOf = (more = "") => `slipway: 1
stages: [staging, production]
metrics:
  accuracy: { metric: accuracy_score }
gates:
  production:
    - { metric: accuracy, at-least: 0.6 }
tries: 40
monitor:
  requests: { store: file:.slipway/requests }
  labels: { penguins: labels/*.csv }
${more}`;

/** What is changed of a model from one version to the next. */
export interface Params {
  features: string[];
  steps: number;
  rate: number;
}

/** The species of a penguin, on real measurements. */
export function penguinsSpec({ features, steps, rate }: Params): Record<string, string> {
  return {
    "models/penguins/model.yaml": stringify({
      slipway: 1,
      owner: "@acme/field-work",
      description: "The species of a penguin, from what a field worker measures",
      task: "classification",
      data: {
        train: "data/train.csv",
        test: "data/test.csv",
        label: "species",
        id: "row_id",
        columns: {
          species: { type: "string", "one-of": ["Adelie", "Chinstrap", "Gentoo"] },
          island: { type: "string", "one-of": ["Biscoe", "Dream", "Torgersen"] },
          sex: { type: "string", "one-of": ["female", "male"], nulls: 0.05 },
          bill_length_mm: { type: "double", min: 20, max: 80, nulls: 0.02 },
          bill_depth_mm: { type: "double", min: 10, max: 30, nulls: 0.02 },
          flipper_length_mm: { type: "double", min: 150, max: 250, nulls: 0.02 },
          body_mass_g: { type: "double", min: 2000, max: 8000, nulls: 0.02 },
        },
      },
      train: { run: "node train.mjs", params: { label: "species", features, steps, rate }, seed: 7 },
      predict: { run: "node predict.mjs" },
      metrics: {
        accuracy: { metric: "accuracy_score" },
        f1: { metric: "f1_score", average: "macro" },
        auc: { metric: "roc_auc_score", multi_class: "ovr" },
        log_loss: { metric: "log_loss" },
        confusion: { metric: "confusion_matrix" },
      },
      slices: ["island", "sex"],
      gates: {
        register: [{ metric: "accuracy", "at-least": 0.5 }],
        production: [
          { metric: "accuracy", "at-least": 0.75, confidence: 0.95 },
          { metric: "auc", versus: "production", "max-regression": 0.005 },
          { metric: "accuracy", slice: { sex: "female" }, "at-least": 0.75 },
        ],
      },
      monitor: { bars: [{ metric: "accuracy", "at-least": 0.85 }] },
    }),
  };
}

/** Whether a customer leaves, on rows that are made up: the same ones each time. */
export function churnSpec({ features, steps, rate }: Params): Record<string, string> {
  return {
    "models/churn/model.yaml": stringify({
      slipway: 1,
      owner: "@acme/growth",
      description: "Whether a customer leaves within a quarter",
      task: "classification",
      data: {
        train: "train.csv",
        test: "test.csv",
        label: { column: "leaves", positive: "yes" },
        id: "customer",
        columns: {
          months: { type: "long", min: 0, max: 120 },
          calls: { type: "long", min: 0, max: 50 },
          plan: { type: "string", "one-of": ["basic", "family", "pro"] },
          leaves: { type: "string", "one-of": ["no", "yes"] },
        },
      },
      train: { run: "node train.mjs", params: { label: "leaves", features, steps, rate } },
      predict: { run: "node predict.mjs" },
      metrics: {
        accuracy: { metric: "accuracy_score" },
        recall: { metric: "recall_score" },
        auc: { metric: "roc_auc_score" },
      },
      slices: ["plan"],
      gates: {
        production: [
          { metric: "auc", "at-least": 0.6 },
          { metric: "auc", versus: "production", "max-regression": 0 },
        ],
      },
    }),
  };
}

/** Files of the repository that stay as they are. */
export async function firstFiles(policy: string): Promise<Record<string, string>> {
  const code = (folder: string) =>
    Object.fromEntries(Object.entries(PROGRAMS).map(([name, text]) => [`models/${folder}/${name}`, text]));
  const data = (name: string) => readFile(join(PENGUINS, name), "utf8");
  return {
    ".gitignore": ".slipway/\n",
    "slipway.yaml": policy,
    ...code("penguins"),
    "models/penguins/data/train.csv": await data("train.csv"),
    "models/penguins/data/test.csv": await data("test.csv"),
    "models/penguins/README.md": CARD,
    ...code("churn"),
    "models/churn/train.csv": customers(1, 600),
    "models/churn/test.csv": customers(10_001, 300),
  };
}

const CARD = `# Penguins

Tells the species of a penguin from its bill, flipper and weight. Meant for field work on three islands.

- **Not meant** for chicks, nor for birds in captivity.
- Measured by hand, so a value may be missing.
`;

/** Rows whose label follows from the columns but for chance. */
function customers(from: number, count: number): string {
  let state = from;
  const chance = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const lines = Array.from({ length: count }, (_, at) => {
    const months = Math.floor(chance() * 60);
    const calls = Math.floor(chance() ** 2 * 12);
    const plan = ["basic", "family", "pro"][Math.floor(chance() * 3)] ?? "basic";
    const inclined = 1.2 - months / 20 + calls / 3 - (plan === "pro" ? 1 : 0);
    return `${from + at},${months},${calls},${plan},${chance() < 1 / (1 + Math.exp(-inclined)) ? "yes" : "no"}`;
  });
  return ["customer,months,calls,plan,leaves", ...lines, ""].join("\n");
}
