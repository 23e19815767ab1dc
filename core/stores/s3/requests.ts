import { setTimeout as sleep } from "node:timers/promises";
import type { S3Client } from "@aws-sdk/client-s3";
import type { StoreAddress } from "../address.ts";
import type { Patience } from "../patience.ts";
import { openClient } from "./client.ts";
import { s3Failure } from "./failures.ts";
import { storeRefusal } from "./refusals.ts";

export type BucketAddress = Extract<StoreAddress, { scheme: "s3" }>;
export type Environment = Readonly<Record<string, string | undefined>>;

/** Milliseconds between tries of a request that a server could not answer: eight seconds in all. */
const PAUSES = [250, 500, 1_000, 2_000, 4_000];

/** What S3 answers by design, for the caller to go on with. */
export type Answer = "missing" | "moved" | "unknown-condition";

/** The requests of one store: tried again while a server is away, with new credentials where the old ones have expired. */
export class Requests {
  readonly #address: BucketAddress;
  readonly #env: Environment;
  #client: Promise<S3Client> | undefined;

  constructor(address: BucketAddress, env: Environment) {
    this.#address = address;
    this.#env = env;
  }

  /**
   * What `act` comes to, which is called anew for each try. Rejects with STORE_DENIED, STORE_NO_CREDENTIALS,
   * STORE_UNREACHABLE or STORE_FAILED; an error that means one of `answers` comes back as that word.
   */
  async send<T, Known extends Answer = never>(
    patience: Patience,
    permission: string,
    act: (client: S3Client, options: { abortSignal: AbortSignal }) => Promise<T>,
    answers: readonly Known[] = [],
  ): Promise<T | Known> {
    let hasRenewed = false;
    for (let tried = 0; ; ) {
      try {
        return await patience.call(async () => act(await this.#open(), { abortSignal: patience.signal }));
      } catch (error) {
        const failure = s3Failure(error);
        const known = answers.find((answer) => answer === failure);
        if (known !== undefined) return known;
        patience.signal.throwIfAborted();
        const pause = PAUSES[tried];
        if (failure === "expired" && !hasRenewed) {
          hasRenewed = true;
          this.#client = undefined;
        } else if ((failure === "away" || failure === "skewed") && pause !== undefined && !isOurs(error)) {
          tried += 1;
          await patience.call(() => sleep(pause, undefined, { signal: patience.signal }));
        } else throw storeRefusal(error, this.#address.uri, permission);
      }
    }
  }

  #open(): Promise<S3Client> {
    // What fails to open is tried anew.
    this.#client ??= openClient(this.#address, this.#env, { maxAttempts: 1 }).catch((error) => {
      this.#client = undefined;
      throw error;
    });
    return this.#client;
  }
}

function isOurs(error: unknown): boolean {
  return error instanceof Error && (error.name === "SlipwayError" || error instanceof TypeError);
}
