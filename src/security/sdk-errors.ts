/** OAuth error codes (RFC 6749, 5.2, and Entra's) that another attempt does not change. */
const REFUSALS =
  /^(invalid_client|invalid_grant|invalid_request|invalid_resource|invalid_scope|unauthorized_client|interaction_required|consent_required|access_denied)\b/;
const PASSING_STATUSES = new Set([404, 408, 410, 429]);

/**
 * True when the authority or token endpoint answered with a refusal, false when it did not answer or has a fault of its
 * own. The SDK keeps the HTTP status in some of its errors, and in others no more than the OAuth code at the start of
 * the message.
 */
export function isRefusal(error: unknown): boolean {
  for (let inner = error, depth = 0; inner instanceof Error && depth < 5; inner = inner.cause, depth++) {
    const { statusCode, status } = inner as { statusCode?: unknown; status?: unknown };
    for (const value of [statusCode, status].map(Number)) {
      if (value >= 400 && value < 600) return value < 500 && !PASSING_STATUSES.has(value);
    }
    if (REFUSALS.test(inner.message)) return true;
  }
  return false;
}

/** The messages of an error and its causes, without the requests that the SDK's errors carry: those hold secrets. */
export function safeCause(error: unknown): Error | undefined {
  const messages: string[] = [];
  for (let inner = error, depth = 0; inner instanceof Error && depth < 5; inner = inner.cause, depth++) {
    messages.push(`${inner.name}: ${inner.message}`);
  }
  return messages.length === 0 ? undefined : new Error(messages.join(' < '));
}
