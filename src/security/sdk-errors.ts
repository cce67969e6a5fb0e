/**
 * The HTTP status with which an authority or token endpoint answered, from an error of `@azure/identity`: it stands at
 * another place in each of the SDK's error classes. Undefined when there was no answer.
 */
export function statusOf(error: unknown): number | undefined {
  for (let inner = error, depth = 0; inner instanceof Error && depth < 5; inner = inner.cause, depth++) {
    const { statusCode, status } = inner as { statusCode?: unknown; status?: unknown };
    for (const value of [statusCode, status].map(Number)) {
      if (value >= 400 && value < 600) return value;
    }
  }
  return undefined;
}
