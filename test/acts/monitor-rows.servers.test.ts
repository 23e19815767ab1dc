import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { startS3 } from "../../tools/servers/s3.ts";
import { daysAgo, POLICY, requestsOf, SPEC, watchedHost } from "../monitoring/watched-host.ts";
import { wireTo } from "../stores/wire.ts";

const PATTERN = "s3://rows/live/penguins/*.parquet";

it("labelled rows in a bucket move what is pinned by a pattern, and cost a list and nothing more once they are pinned", async () => {
  const server = await startS3(["rows"]);
  const wire = await wireTo(server.endpoint);
  onTestFinished(async () => {
    await wire.close();
    await server.stop();
  });
  const keys = { AWS_ACCESS_KEY_ID: server.accessKeyId, AWS_SECRET_ACCESS_KEY: server.secretAccessKey };
  const env = { ...keys, AWS_ENDPOINT_URL_S3: `http://${wire.host}`, AWS_REGION: server.region };
  const host = await watchedHost({
    "slipway.yaml": `${POLICY}  rows: { penguins: "s3://rows/live/" }\n  then: { data: retrain }\n`,
    "models/penguins/model.yaml": SPEC.replace("train: train.csv", `train: "${PATTERN}"`),
  });
  await host.ask(requestsOf(daysAgo(1), 6));
  await mkdir(join(host.folder, "labels"), { recursive: true });
  await writeFile(join(host.folder, "labels/a.csv"), "id,label\ns1r0/0,gentoo\ns1r1/0,adelie\n");

  const { moved } = await host.look({ access: { env } });
  const [pins] = moved;
  expect(pins?.changes).toEqual([
    expect.stringMatching(/^0 files, 0 bytes → 1 file, /),
    expect.stringMatching(/^\+ s3:\/\/rows\/live\/penguins\/20260228T000000Z\.parquet: new, 2 rows, /),
  ]);
  await host.write({ "models/penguins/data.lock.json": pins?.content ?? "" });
  const before = wire.seen.length;
  expect((await host.look({ access: { env } })).moved).toEqual([]);
  const asked = wire.seen.slice(before).filter(({ path }) => !path.includes("list-type"));
  expect(asked).toEqual([]);
});
