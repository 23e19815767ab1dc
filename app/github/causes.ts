/** An error, what caused it, and the parts of an AggregateError. */
export function* withCauses(error: unknown, depth = 0): Generator<object> {
  if (typeof error !== "object" || error === null || depth > 5) return;
  yield error;
  const { cause, errors } = error as { cause?: unknown; errors?: unknown };
  yield* withCauses(cause, depth + 1);
  for (const each of Array.isArray(errors) ? errors.slice(0, 20) : []) yield* withCauses(each, depth + 1);
}
