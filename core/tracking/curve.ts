import type { TrackedMetric, TrackedPoint } from "../../schemas/tracked.ts";
import { LIMITS } from "./limits.ts";

/** So many points are at hand while a curve grows. */
const HELD = 4 * LIMITS.curvePoints;

/** A curve as it grows: any number of points in little memory. Every point counts in `count`, `least`, `most` and `last`. */
export class Curve {
  #count = 0;
  #held: TrackedPoint[] = [];
  /** Every so many-th point is held. */
  #every = 1;
  #last: TrackedPoint | undefined;
  #least = Number.POSITIVE_INFINITY;
  #most = Number.NEGATIVE_INFINITY;

  /** Takes a point; one whose step, value or time is no number that can be kept is refused: false. */
  add(point: TrackedPoint): boolean {
    const [step, value, at] = point;
    if (!Number.isSafeInteger(step) || !Number.isFinite(value) || !Number.isFinite(at)) return false;
    if (this.#count % this.#every === 0) this.#held.push(point);
    this.#count += 1;
    this.#last = point;
    this.#least = Math.min(this.#least, value);
    this.#most = Math.max(this.#most, value);
    if (this.#held.length > HELD) {
      this.#held = this.#held.filter((_, at) => at % 2 === 0);
      this.#every *= 2;
    }
    return true;
  }

  /** As it is now, with at most so many points, the first and the last among them; undefined without any. */
  metric(name: string, most: number): TrackedMetric | undefined {
    const [last, held] = [this.#last, this.#held];
    if (last === undefined) return undefined;
    const all = held.at(-1) === last ? held : [...held, last];
    const apart = (all.length - 1) / (most - 1);
    const points =
      all.length <= most
        ? [...all]
        : Array.from({ length: most }, (_, at) => all[Math.round(at * apart)] as TrackedPoint);
    return { name, count: this.#count, last, least: this.#least, most: this.#most, points };
  }
}
