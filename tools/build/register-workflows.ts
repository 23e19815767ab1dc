import { readFileSync } from "node:fs";
import { type Document, parseDocument } from "yaml";

const read = (name: string) => readFileSync(new URL(`../../.github/workflows/${name}`, import.meta.url), "utf8");
const expression = (text: string) => `\${{ ${text} }}`;

const ROLE = {
  description: "The role of AWS that the job store takes on by GitHub's OIDC token, to write an s3:// store.",
  type: "string",
  default: "",
};
const SECRET = {
  description: "A JSON object of credentials that write the store; the job store alone gets them.",
};
const LABELS = {
  description:
    "A JSON object of credentials that open data.labels; the job score alone gets them. Best kept in labels-environment.",
};
const LABELS_ENVIRONMENT = {
  description:
    "The environment of the job score where a model's labels stand apart: the default branch alone should get into it.",
  type: "string",
  default: "slipway-labels",
};
const WRITES = { "id-token": "write", packages: "write" };

/**
 * The workflows of the default branch, by file: those of a pull request, whose last job writes the store as well, and whose
 * job `score` opens labels that stand apart. Nothing else differs. Throws where pipeline.yml or model.yml has no job that this changes.
 */
export function registerWorkflows(): Record<string, string> {
  const pipeline = changed(
    "pipeline",
    read("pipeline.yml").replace("/model.yml", "/register-model.yml"),
    (document) => {
      change(document, ["jobs", "model", "permissions"], WRITES);
      change(document, ["jobs", "model", "with"], {
        "aws-role": expression("inputs.aws-role"),
        "labels-environment": expression("inputs.labels-environment"),
      });
      change(document, ["jobs", "model", "secrets"], {
        store: expression("secrets.store"),
        labels: expression("secrets.labels"),
      });
    },
  );
  // The last job's id is in its outputs and in other jobs' needs.
  const model = changed("model", read("model.yml").replaceAll("collect", "store"), (document) => {
    change(document, ["jobs", "store"], { environment: expression("inputs.environment"), permissions: WRITES });
    const environment = expression(
      "needs.validate.outputs.sealed == 'true' && inputs.labels-environment || inputs.environment",
    );
    change(document, ["jobs", "score"], { environment });
    change(document, ["jobs", "score", "permissions"], { actions: "read" });
    change(document, ["jobs", "score", "steps", 0, "with"], {
      labels: expression("secrets.labels"),
      environment: expression("inputs.labels-environment"),
    });
    change(document, ["jobs", "store", "steps", 0, "with"], {
      ...{ stage: undefined, "aws-role": expression("inputs.aws-role"), store: expression("secrets.store") },
    });
  });
  return { ".github/workflows/register.yml": pipeline, ".github/workflows/register-model.yml": model };
}

function changed(name: string, text: string, act: (document: Document) => void): string {
  const document = parseDocument(text);
  document.commentBefore = ` Generated from ${name}.yml by \`npm run generate\`: the same for the default branch, with a job that writes the store.`;
  document.set("name", `Slipway register${name === "pipeline" ? "" : ` ${name}`}`);
  change(document, ["on", "workflow_call", "inputs"], {
    "aws-role": ROLE,
    "labels-environment": LABELS_ENVIRONMENT,
  });
  change(document, ["on", "workflow_call", "secrets"], { store: SECRET, labels: LABELS });
  act(document);
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

/** Sets keys of a mapping that is there; undefined takes one away. */
function change(document: Document, path: readonly (string | number)[], values: Record<string, unknown>): void {
  if (!document.hasIn(path)) throw new Error(`there is no ${path.join(".")} to change`);
  for (const [key, value] of Object.entries(values)) {
    if (value === undefined) document.deleteIn([...path, key]);
    else document.setIn([...path, key], document.createNode(value));
  }
}
