import { once } from "node:events";
import { readdir } from "node:fs/promises";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import { join } from "node:path";
import { createAdaptorServer } from "@hono/node-server";
import { expect, it, onTestFinished, vi } from "vitest";
import { mlflowApi } from "../../../api/mlflow/http.ts";
import { openMlflowHost } from "../../../api/mlflow/open-host.ts";
import { plainHost } from "../../acts/plain-host.ts";
import { until } from "../../helpers/app-process.ts";
import { gate } from "../../helpers/gate.ts";
import { ADA } from "../../registry/builders.ts";
import { ARTIFACTS } from "./server.ts";

it("leaves nothing of an upload that its sender broke off, and calls it no failure of the server", async () => {
  const host = openMlflowHost(await plainHost());
  const onError = vi.fn();
  let entered: Promise<unknown> = Promise.resolve();
  const begun = gate();
  const app = mlflowApi({
    enter(_, act) {
      const acting = act(host, { person: ADA });
      entered = acting.catch(() => {});
      begun.open();
      return acting;
    },
    onError,
  });
  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => void server.close());
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  socket.write(`PUT ${ARTIFACTS}/0/r/MLmodel HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf`);
  await begun.opened;
  socket.destroy();
  await entered;
  await until(async () => (await readdir(join(host.uploads, ".partial"))).length === 0);
  expect(await readdir(host.uploads)).toEqual([".partial"]);
  expect(onError).not.toHaveBeenCalled();
});
