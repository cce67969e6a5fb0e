import { request } from 'node:https';

/** What is needed of `fetch` here; jose's own shape of it. */
export type Fetch = (
  url: string,
  options: { readonly headers?: Headers; readonly signal?: AbortSignal; readonly [other: string]: unknown },
) => Promise<Response>;

/** GET with a CA of one's own: Node's `fetch` takes none without a package, and NODE_EXTRA_CA_CERTS is read once. */
export function httpsFetch(ca: string): Fetch {
  return (url, { headers, signal }) =>
    new Promise((resolve, reject) => {
      const sent = request(
        url,
        { ca, headers: Object.fromEntries(headers ?? []), ...(signal && { signal }) },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () =>
            resolve(new Response(Buffer.concat(chunks), { status: response.statusCode ?? 502 })),
          );
        },
      );
      sent.on('error', reject);
      sent.end();
    });
}
