/** Which requests a fault strikes: by path (a pattern of path and query) and by method. */
interface Requests {
  path: RegExp;
  method?: string;
  /** How many of them; default 1. */
  times?: number;
}

type ApiFault = Requests &
  (
    | { kind: "fail"; status: number; retryAfter?: number }
    /** GitHub's secondary rate limit: 403 with `retry-after` in seconds. */
    | { kind: "secondary-limit"; retryAfter: number }
    /** Answered once this resolves, which is asked for each request. */
    | { kind: "slow"; until: () => Promise<unknown> }
  );

/**
 * What happens to the next webhooks (of one event): dropped on the way (the log says that nobody answered), lost
 * before the log, sent twice, sent late, or sent after the next one.
 */
interface DeliveryFault {
  kind: "dropped" | "lost" | "doubled" | "delayed" | "reordered";
  event?: string;
  times?: number;
  /** For `delayed`: sent once this resolves. */
  until?: () => Promise<unknown>;
}

/** Faults on demand: the first that fits strikes, and is used up after its `times`. */
export class Faults {
  readonly #api: (ApiFault & { left: number })[] = [];
  readonly #deliveries: (DeliveryFault & { left: number })[] = [];
  /** Requests an hour for each token, as the rate-limit headers say. */
  rateLimit = 5_000;

  api(fault: ApiFault): void {
    this.#api.push({ ...fault, left: fault.times ?? 1 });
  }

  deliveries(fault: DeliveryFault): void {
    this.#deliveries.push({ ...fault, left: fault.times ?? 1 });
  }

  takeApi(method: string, path: string): ApiFault | undefined {
    return take(this.#api, (fault) => fault.path.test(path) && (fault.method ?? method) === method);
  }

  takeDelivery(event: string): DeliveryFault | undefined {
    return take(this.#deliveries, (fault) => (fault.event ?? event) === event);
  }
}

function take<Fault extends { left: number }>(faults: Fault[], fits: (fault: Fault) => boolean): Fault | undefined {
  const fault = faults.find((one) => one.left > 0 && fits(one));
  if (fault !== undefined) fault.left -= 1;
  return fault;
}
