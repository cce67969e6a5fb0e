import type { FastifyInstance, FastifyReply } from 'fastify';
import { KustoError } from '../errors/index.js';

/** Plain pages for people who open the server's address in a browser. */
export function pageRoutes(app: FastifyInstance, development: boolean): void {
  app.get('/', (_request, reply) => page(reply, development));
  app.get<{ Params: { database: string } }>('/:database', (request, reply) => {
    const { database } = request.params;
    const wantsPage = request.headers.accept?.includes('text/html') === true;
    if (!wantsPage || database.includes('.'))
      throw new KustoError('General_NotFound', `There is nothing at '/${database}'.`);
    return page(reply, development, database);
  });
}

function page(reply: FastifyReply, development: boolean, database?: string): FastifyReply {
  const where = database === undefined ? '' : `<p>Database <code>${escapeHtml(database)}</code></p>`;
  const mode = development ? '<p>Development mode: no authentication, this machine only.</p>' : '';
  return reply
    .header('content-type', 'text/html; charset=utf-8')
    .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
    .send(
      `<!doctype html><html lang="en"><meta charset="utf-8"><title>Calypso</title>` +
        `<style>body{font:16px/1.5 system-ui;margin:3rem auto;max-width:40rem}</style>` +
        `<h1>Calypso</h1>${where}<p>This server speaks Kusto. Point a Kusto client at this address, or run ` +
        `<code>npx calypso query 'print 1' --endpoint &lt;this address&gt;</code>.</p>${mode}</html>`,
    );
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (c) => ENTITIES[c] as string);
