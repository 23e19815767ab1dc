import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { sha256 } from "../../core/canonical.ts";
import type { S3Server } from "../../tools/servers/s3.ts";
import { SPEC, tinyRows } from "./tiny-model.ts";

const ROWS = tinyRows("t")
  .trim()
  .split("\n")
  .slice(1)
  .map((line) => line.split(","));

/** Stands in each row of the labels and nowhere else, so that it would be found. */
export const SALT = "ba5eba11";
/** The labels of the tiny model's test rows, in a file of their own. */
export const LABELS = `id,y,salt\n${ROWS.map(([id, , y]) => `${id},${y},${SALT}`).join("\n")}\n`;
/** Where `sealLabels` puts them. */
export const SEALED = "s3://sealed/tiny/labels.csv";
/** What `startS3` has to make for that. */
export const SEALED_BUCKETS = ["sealed/tiny"];

/** The tiny model with its labels at a URI: what its spec says of data, and the files that differ. */
export function labelsApart(uri = SEALED, labels = LABELS) {
  const pin = { uri, sha256: sha256(labels), size: labels.length };
  return {
    data: { ...SPEC.data, labels: uri },
    files: {
      "models/tiny/data/test.csv": `id,x\n${ROWS.map(([id, x]) => `${id},${x}`).join("\n")}\n`,
      "models/tiny/data.lock.json": JSON.stringify({ slipway: 1, files: [pin] }),
    },
  };
}

/** Puts the labels into a bucket that wants keys, and gives these as the environment `slipway-labels` has them. */
export function sealLabels({ folder, accessKeyId, secretAccessKey, endpoint, region }: S3Server) {
  writeFileSync(join(folder, "sealed/tiny/labels.csv"), LABELS);
  return {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_REGION: region,
  };
}
