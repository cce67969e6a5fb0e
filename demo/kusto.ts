import { Client as KustoClient, KustoConnectionStringBuilder, type KustoResultTable } from 'azure-kusto-data';

export interface Answer {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

/** A session of one principal with the server, through the vendor's own client. */
export class Kusto {
  readonly #client: KustoClient;

  constructor(
    endpoint: string,
    readonly database: string,
    token: () => Promise<string>,
  ) {
    this.#client = new KustoClient(KustoConnectionStringBuilder.withTokenProvider(endpoint, token));
  }

  /** Runs a query or a dot-command. Rejects with the server's own message. */
  async run(text: string): Promise<Answer> {
    try {
      const isCommand = text.trimStart().startsWith('.');
      const answer = await (isCommand
        ? this.#client.executeMgmt(this.database, text)
        : this.#client.execute(this.database, text));
      return answerOf(answer.primaryResults[0]);
    } catch (error) {
      throw new Error(messageOf(error), { cause: error });
    }
  }

  /** One row, by column name. */
  async one(text: string): Promise<Readonly<Record<string, unknown>>> {
    const { columns, rows } = await this.run(text);
    return Object.fromEntries(columns.map((name, i) => [name, rows[0]?.[i]]));
  }

  close(): void {
    this.#client.close();
  }
}

function answerOf(table: KustoResultTable | undefined): Answer {
  if (table === undefined) return { columns: [], rows: [] };
  return { columns: table.columns.map((column) => column.name ?? ''), rows: table._rows as unknown[][] };
}

/** The text of the service's error body, where there is one. */
function messageOf(error: unknown): string {
  const body = (error as { response?: { data?: { error?: { '@message'?: string; message?: string } } } }).response?.data
    ?.error;
  return body?.['@message'] ?? body?.message ?? (error instanceof Error ? error.message : String(error));
}
