import { setTimeout as sleep } from "node:timers/promises";
import { DeleteObjectCommand, HeadObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import type { Patience } from "../patience.ts";
import type { Requests } from "./requests.ts";

/** Longer than a removal takes: what is older was left by one that was killed. */
const STALE = 5 * 60_000;
const PAUSE = 500;

interface Mark {
  requests: Requests;
  patience: Patience;
  /** Stands beside the object while it is being removed. */
  at: { Bucket: string; Key: string };
}

/**
 * Does `act` while the mark stands. S3 cannot remove an object only if it is old, so whoever removes sets the mark before it
 * looks at the object's date, and whoever puts looks for the mark after it has set the date: one of them sees the other.
 */
export async function whileMarked<T>({ requests, patience, at }: Mark, act: () => Promise<T>): Promise<T> {
  await requests.send(patience, "s3:PutObject", (client, options) =>
    client.send(new PutObjectCommand({ ...at, Body: "", ContentLength: 0 }), options),
  );
  try {
    return await act();
  } finally {
    await requests.send(patience, "s3:DeleteObject", (client, options) =>
      client.send(new DeleteObjectCommand(at), options),
    );
  }
}

/** Resolves once nobody removes the object any more. */
export async function untilUnmarked({ requests, patience, at }: Mark): Promise<void> {
  for (;;) {
    const mark = await requests.send(
      patience,
      "s3:GetObject, s3:ListBucket",
      (client, options) => client.send(new HeadObjectCommand(at), options),
      ["missing"],
    );
    if (mark === "missing" || Date.now() - Number(mark.LastModified ?? 0) > STALE) return;
    patience.moved();
    await patience.call(() => sleep(PAUSE, undefined, { signal: patience.signal }));
  }
}
